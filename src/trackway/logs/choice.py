"""Plain selection: ids, providers, channels, times, texts and fields, all of which must hold.

Letter case never matters. A regular expression is RE2's, which takes time in proportion to the text whatever
the pattern.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import translate
from typing import Any, Final

from trackway.errors import UsageError
from trackway.formats.whole import Element, Held, Sieve, Whole, ticks
from trackway.formats.whole.holds import FIELDS, Holds, as_written, every
from trackway.logs import values
from trackway.logs.query_list import canonical, channel_of

Test = Callable[[str, Whole], bool]

_IDS: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?", re.ASCII)
_FIELD: Final = re.compile(r"([^=~]+)([=~])(.*)", re.DOTALL)
_MOST_IDS: Final = 1 << 16
_ELSEWHERE: Final = frozenset(
    """
    provider eventid version level task opcode keywords timecreated eventrecordid correlation execution channel
    computer security message keyword culture errorcode dataitemname eventpayload sequencenumber flagsname
    levelname component subcomponent fileline function complexdata
    """.split()
)
"""Elements of an event that are called so and are no field of it, lower case (Microsoft, "Event Schema")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What a record must be; null and empty ask for nothing.

    Attributes:
        events: event ids.
        providers: names, * and ? stand for anything; one of them.
        channels: as providers.
        since: not before; aware.
        until: not after; aware.
        contains: text in any value.
        fields: `NAME=VALUE` (with * and ?) or `NAME~REGEX`.
        regex: pattern found in any value.
    """

    events: frozenset[int] = frozenset()
    providers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    contains: str | None = None
    fields: tuple[str, ...] = ()
    regex: str | None = None

    def sieve(self) -> Sieve:
        """Return the least that is asked of a record."""
        return Sieve(
            events=self.events or None,
            providers=_plain(self.providers),
            since=ticks.of(self.since) if self.since else None,
            until=ticks.of(self.until) + 9 if self.until else None,  # up to the next microsecond
            holds=every(filter(None, self._holds())),
        )

    def _holds(self) -> Iterator[Holds | None]:
        """Yield what columns must hold, as far as they tell."""
        if self.providers:
            yield Held(column="provider", is_so=_glob(self.providers))
        if self.channels:
            matches = _glob([canonical(glob) for glob in self.channels])
            yield Held(column="channel", is_so=lambda name: not name or matches(canonical(name)))
        yield from map(_held_field, self.fields)
        if self.contains:
            yield as_written(self.contains)

    def tests(self) -> Iterator[Test]:
        """Yield what must hold, the cheapest first.

        Raises:
            UsageError: a field or a pattern is not one.
        """
        if self.events:
            yield lambda _file, whole: values.number(whole.root.value("System/EventID") or "") in self.events
        if self.providers:
            yield _provider(self.providers)
        if self.channels:
            yield _channel(self.channels)
        if self.since or self.until:
            yield _between(self.sieve())
        yield from map(_field, self.fields)
        if self.contains:
            yield _anywhere(_found(self.contains, "--contains", as_it_stands=True))
        if self.regex:
            yield _anywhere(_found(self.regex, "--regex"))


def events(text: str) -> frozenset[int]:
    """Return the ids of `3006,3020-3022`.

    Raises:
        UsageError: it is no list of ids.
    """
    found: set[int] = set()
    for part in text.split(","):
        given = _IDS.fullmatch(part.strip())
        first, last = (int(given[1]), int(given[2] or given[1])) if given else (1, 0)
        if not 0 <= last - first < _MOST_IDS:
            raise UsageError(f"--id {text}: give event ids as 3006, 3006,3020 or 3006-3020")
        found.update(range(first, last + 1))
    return frozenset(found)


def leaves(element: Element) -> Iterator[tuple[str, str]]:
    """Yield name and text of every leaf below an element; a `Data` is called by its Name."""
    for child in element.children:
        if child.children:
            yield from leaves(child)
        else:
            yield child.attributes.get("Name", child.name) if child.name == "Data" else child.name, child.text


def texts(element: Element) -> Iterator[str]:
    """Yield every value of an event: texts of leaves, and attributes."""
    yield from element.attributes.values()
    if element.text:
        yield element.text
    for child in element.children:
        yield from texts(child)


def _provider(globs: Sequence[str]) -> Test:
    matches = _glob(globs)
    return lambda _file, whole: matches(whole.root.value("System/Provider", "Name") or "")


def _channel(globs: Sequence[str]) -> Test:
    matches = _glob([canonical(glob) for glob in globs])
    return lambda file, whole: matches(canonical(whole.root.value("System/Channel") or channel_of(file)))


def _between(sieve: Sieve) -> Test:
    return lambda _file, whole: whole.ticks is not None and sieve.lets_through(None, None, None, whole.ticks)


def _field(text: str) -> Test:
    name, matches = _named(text)
    return lambda _file, whole: any(
        leaf.lower() == name and matches(value) for leaf, value in leaves(whole.root)
    )


def _held_field(text: str) -> Holds | None:
    """Return what the column of fields must hold; null for a name that may stand elsewhere in an event."""
    name, matches = _named(text)
    part = _literal(text.partition("=")[2]) if "~" not in text.partition("=")[0] else None
    held = Held(column=FIELDS, name=name, any_case=True, part=part, is_so=matches)
    return None if name in _ELSEWHERE else held


def _named(text: str) -> tuple[str, Callable[[str], bool]]:
    """Return the name in lower case, and what says whether a value will do."""
    given = _FIELD.fullmatch(text)
    if not given:
        raise UsageError(f"--field {text}: give NAME=VALUE, or NAME~PATTERN for a regular expression")
    name, wanted = given[1].strip().lower(), given[3]
    return name, _found(wanted, f"--field {text}") if given[2] == "~" else _equal(wanted)


def _equal(wanted: str) -> Callable[[str], bool]:
    """Equal by letters, in any case, or as numbers: 0x1f4 is 500."""
    matches, number = _glob([wanted]), values.number(wanted)
    return lambda value: matches(value) or values.number(value) == number


def _literal(glob: str) -> str | None:
    """Return the longest text that stands in all that a pattern matches, null for one that is also a number."""
    return max(re.split(r"[*?]", glob), key=len) if math.isnan(values.number(glob)) else None


def _anywhere(matches: Callable[[str], bool]) -> Test:
    return lambda _file, whole: any(map(matches, texts(whole.root)))


def _found(pattern: str, word: str, *, as_it_stands: bool = False) -> Callable[[str], bool]:
    try:
        import re2  # type: ignore[import-untyped]  # noqa: PLC0415  ships no types; nothing else needs it
    except ImportError as error:
        raise UsageError(f"{word}: regular expressions need the package google-re2; install it") from error
    options = re2.Options()
    options.case_sensitive, options.log_errors, options.literal = False, False, as_it_stands
    try:
        compiled: Any = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
        raise UsageError(f"{word}: not a regular expression of RE2: {reason}") from error
    return lambda value: compiled.search(value) is not None


def _glob(globs: Sequence[str]) -> Callable[[str], bool]:
    """Match one of several texts in which * and ? stand for anything, brackets for themselves."""
    patterns = [translate(glob.lower().replace("[", "[[]")) for glob in globs]
    compiled = re.compile("|".join(patterns))
    return lambda text: compiled.match(text.lower()) is not None


def _plain(globs: Sequence[str]) -> frozenset[str] | None:
    """Return texts that are meant as they stand, null where one of them is a pattern."""
    if not globs or any("*" in glob or "?" in glob for glob in globs):
        return None
    return frozenset(glob.lower() for glob in globs)
