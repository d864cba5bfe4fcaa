"""Event Viewer's structured query: `<QueryList><Query><Select Path="…"><Suppress Path="…">`.

Source: Microsoft, "Query Schema"; MS-EVEN6, 2.2.16. An event is selected by a query where one of its Selects
takes it and none of its Suppresses does. A custom view that Event Viewer saved holds such a list, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # ships no types

from trackway.errors import UsageError
from trackway.formats.whole import Held, Sieve, Whole
from trackway.logs import pushdown
from trackway.logs.match import matcher, needs_now
from trackway.logs.syntax import Path
from trackway.logs.xpath import parse

FORWARDED: Final = "forwardedevents"
_ALIASES: Final = {
    "microsoft-windows-dns client events/operational": "microsoft-windows-dns-client/operational"
}
"""Display names that are taken for channels, lower case, and the channel that is meant."""

_LARGEST: Final = 1 << 20
_ENDINGS: Final = re.compile(r"(?i)(\.(evtx|json|jsonl|xml|csv|gz))+$")


@dataclass(frozen=True, slots=True)
class Filter:
    """One Select or Suppress: where it looks, and what it takes."""

    channel: str | None  # as written; null for every one
    query: Path


@dataclass(frozen=True, slots=True)
class Query:
    """One query of a list."""

    selects: tuple[Filter, ...]
    suppresses: tuple[Filter, ...]


def parsed(xml: bytes, where: str) -> list[Query]:
    """Return the queries of a list.

    Args:
        xml: the list.
        where: what to call it in an error.

    Raises:
        UsageError: it is no list of queries, or one of them is not one that Windows takes.
    """
    root = _root(xml, where)
    lists = [element for element in root.iter() if _name(element) == "QueryList"]
    queries = [query for found in lists for query in found if _name(query) == "Query"]
    if not queries:
        raise UsageError(f"{where}: no <QueryList> with a <Query> in it; Event Viewer shows one as XML")
    return [_query(query, where) for query in queries]


def channels(queries: list[Query]) -> list[str]:
    """Return every channel that is named, as written."""
    filters = [each for query in queries for each in (*query.selects, *query.suppresses)]
    return sorted({each.channel for each in filters if each.channel and not _is_file(each.channel)})


def sieve(queries: list[Query], now: int | None) -> Sieve:
    """Return the least that a record must be for some query to select it."""
    selects = [select for query in queries for select in query.selects]
    return reduce(pushdown.either, (_sieve(select, now) for select in selects))


def _sieve(select: Filter, now: int | None) -> Sieve:
    """Return what one Select asks; a channel only where no file can decide."""
    asked = pushdown.sieve(select.query, now)
    if select.channel is None or _is_file(select.channel) or canonical(select.channel) == FORWARDED:
        return asked
    wanted = canonical(select.channel)
    own = Held(column="channel", is_so=lambda name: not name or canonical(name) == wanted)
    return pushdown.both(asked, Sieve(holds=own))


def depends_on_now(queries: list[Query]) -> bool:
    """True where a query compares with the present."""
    return any(needs_now(each.query) for query in queries for each in (*query.selects, *query.suppresses))


def selector(queries: list[Query], now: int | None) -> Callable[[str, Whole], bool]:
    """Return what says whether a record of a file is selected."""
    compiled = [
        ([_takes(each, now) for each in query.selects], [_takes(each, now) for each in query.suppresses])
        for query in queries
    ]
    return lambda file, whole: any(
        any(takes(file, whole) for takes in selects) and not any(takes(file, whole) for takes in suppresses)
        for selects, suppresses in compiled
    )


def channel_of(file: str) -> str:
    """Return the channel that a file is called after: `%4` stands for a slash, in a zip `%254`."""
    base = re.split(r"[/!]", file)[-1]
    return re.sub("%(25)?4", "/", _ENDINGS.sub("", base))


def _root(xml: bytes, where: str) -> etree._Element:
    if len(xml) > _LARGEST:
        raise UsageError(f"{where}: longer than {_LARGEST:,} bytes; this is no list of queries")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        raise UsageError(
            f"{where}, line {line}: not XML: {error}" if line else f"{where}: {error}"
        ) from error
    if root.getroottree().docinfo.doctype:
        raise UsageError(f"{where}: a list of queries has no <!DOCTYPE>; not read")
    return root


def _query(element: etree._Element, where: str) -> Query:
    filters: dict[str, list[Filter]] = {"Select": [], "Suppress": []}
    for child in element:
        place = f"{where}, line {child.sourceline}"
        if _name(child) not in filters:
            raise UsageError(f"{place}: <{_name(child)}> is neither <Select> nor <Suppress>")
        channel = child.get("Path") or element.get("Path") or None
        filters[_name(child)].append(Filter(channel, parse(child.text or "", f"{place}, {_name(child)}")))
    if not filters["Select"]:
        raise UsageError(f"{where}, line {element.sourceline}: a <Query> without <Select> selects nothing")
    return Query(tuple(filters["Select"]), tuple(filters["Suppress"]))


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _takes(each: Filter, now: int | None) -> Callable[[str, Whole], bool]:
    matches = matcher(each.query, now)
    stands_in = _place(each.channel)
    return lambda file, whole: stands_in(file, whole) and matches(whole.root)


def _place(channel: str | None) -> Callable[[str, Whole], bool]:
    """Return what says whether a record stands in a channel, or in a file that is named in its place.

    A forwarded record keeps the channel it came from, and an export may leave the channel out; there the
    name of the file decides.
    """
    if channel is None:
        return lambda _file, _whole: True
    if _is_file(channel):
        named = re.split(r"[/\\]", channel)[-1].lower()
        return lambda file, _whole: re.split(r"[/!]", file)[-1].lower() == named
    wanted = canonical(channel)

    def stands_in(file: str, whole: Whole) -> bool:
        own = whole.root.value("System/Channel")
        if own and wanted != FORWARDED:
            return canonical(own) == wanted
        return canonical(channel_of(file)) == wanted

    return stands_in


def canonical(channel: str) -> str:
    """Return a channel in the spelling that is compared."""
    return _ALIASES.get(channel.lower(), channel.lower())


def _is_file(channel: str) -> bool:
    return channel.lower().startswith("file:")
