"""A search through evidence: what is asked, brought to one sieve and one test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from pathlib import Path as FilePath
from typing import Final

from trackway.evidence.discover import EvidenceFile
from trackway.formats.whole import Sieve, Tally
from trackway.logs import lenient, pushdown, query_list
from trackway.logs.choice import Choice
from trackway.logs.evidence import Selects, newest
from trackway.logs.query_list import Query
from trackway.logs.syntax import All, Any_, Comparison, Path
from trackway.logs.trap import rewritten
from trackway.logs.xpath import parse

MOST_IN_WINDOWS: Final = 32
"""Expressions that Windows takes in one XPath (Microsoft, "Query Schema")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked; all of it must hold.

    Attributes:
        choice: plain words.
        queries: of a list, or one from `--xpath`.
        lenient: XPath 1.0 that Windows would refuse, or null.
    """

    choice: Choice
    queries: tuple[Query, ...] = ()
    lenient: str | None = None

    @property
    def depends_on_now(self) -> bool:
        """True where a query compares with the present."""
        asked = query_list.depends_on_now(list(self.queries)) if self.queries else False
        return asked or "timediff" in (self.lenient or "")

    @property
    def names_sources(self) -> bool:
        """True where channels or providers are named, which may not be in the evidence."""
        return bool(self.choice.providers or query_list.channels(list(self.queries)))

    def sieve(self, now: int | None) -> Sieve:
        """Return the least that a record must be."""
        of_queries = [query_list.sieve(list(self.queries), now)] if self.queries else []
        return pushdown.lean(reduce(pushdown.both, [self.choice.sieve(), *of_queries]))

    def selects(self, now: int | None) -> Selects:
        """Return what says whether a record is selected.

        Raises:
            UsageError: something in it is not what it should be.
        """
        tests = list(self.choice.tests())
        if self.queries:
            tests.append(query_list.selector(list(self.queries), now))
        if self.lenient is not None:
            matches = lenient.matcher(self.lenient, now)
            tests.append(lambda _file, whole: matches(whole.root))
        return lambda file, whole: all(test(file, whole) for test in tests)

    def remarks(self) -> Iterator[str]:
        """Yield what a user may want to know of the query before its answer."""
        for path in self._paths():
            if (meant := rewritten(path)) is not None:
                yield (
                    "two conditions of the query may hold for two different Data: it selects events in which "
                    f"any field has that value; did you mean {meant}"
                )
            if (count := expressions(path)) > MOST_IN_WINDOWS:
                yield f"the query has {count} expressions; Windows itself takes {MOST_IN_WINDOWS} at most"

    def _paths(self) -> Iterator[Path]:
        for query in self.queries:
            yield from (each.query for each in (*query.selects, *query.suppresses))


def of_xpath(text: str) -> Query:
    """Return the query that an XPath alone is: of every channel.

    Raises:
        QueryError: Windows would refuse it.
    """
    return Query((query_list.Filter(None, parse(text)),), ())


def present(
    search: Search, files: Iterable[EvidenceFile], now: int | None, password: str | None = None
) -> int | None:
    """Return the time that `timediff` counts from: as given, else of the newest record, where it matters."""
    return newest(files, password) if now is None and search.depends_on_now else now


def absent(search: Search, tally: Tally, files: Sequence[str]) -> Iterator[str]:
    """Yield what was named but is nowhere in the evidence."""
    there = {query_list.canonical(channel) for channel in tally.channels}
    there |= {query_list.canonical(query_list.channel_of(file)) for file in files}
    for channel in query_list.channels(list(search.queries)):
        if query_list.canonical(channel) not in there:
            yield f"channel {channel} is nowhere in the evidence; there {_listed(tally.channels)}"
    providers = {provider.lower() for provider in tally.providers}
    for provider in search.choice.providers:
        if not {"*", "?"} & set(provider) and provider.lower() not in providers:
            yield f"provider {provider} is nowhere in the evidence; there {_listed(tally.providers)}"


def expressions(condition: object) -> int:
    """Return how many comparisons and bare conditions a query has."""
    if isinstance(condition, All | Any_):
        return sum(map(expressions, condition.parts))
    if isinstance(condition, Comparison):
        inner = expressions(condition.left)
        return 1 + (inner if isinstance(condition.left, Path) else 0) - (1 if _is_bare(condition.left) else 0)
    if isinstance(condition, Path):
        found = sum(expressions(inner) for step in condition.steps for inner in step.conditions)
        return found or 1
    return 1


def read_list(path: str) -> tuple[Query, ...]:
    """Return the queries of a file.

    Raises:
        UsageError: it holds none.
        OSError: it cannot be read.
    """
    return tuple(query_list.parsed(FilePath(path).read_bytes(), path))


def _is_bare(operand: object) -> bool:
    return isinstance(operand, Path) and not any(step.conditions for step in operand.steps)


def _listed(names: Iterable[str]) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - 5:,} more" if len(shown) > 5 else ""  # noqa: PLR2004
    return f"are {', '.join(shown[:5])}{more}" if shown else "is none"
