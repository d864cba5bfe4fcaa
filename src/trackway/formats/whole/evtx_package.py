"""Whole records of EVTX, through the XML that the package `evtx` makes of them.

The package decodes every record before anybody can refuse it, so a refused one only saves the parsing of its
XML. It cuts SystemTime to microseconds and writes a GUID without braces; both are put right here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any, Final
from xml.sax.saxutils import escape

from trackway.formats.evtx_decoded import broken_record, decoded
from trackway.formats.evtx_file import made_whole
from trackway.formats.rows import Ledger
from trackway.formats.whole import ticks
from trackway.formats.whole.sieve import Sieve, Tally, Whole
from trackway.formats.whole.tree import Element, parsed

_PROVIDER: Final = re.compile(r'<Provider [^>]*?\bName="([^"&]*)"')
_EVENT: Final = re.compile(r"<EventID[^>]*>(\d{1,9})</EventID>")
_CHANNEL: Final = re.compile(r"<Channel>([^<&]*)</Channel>")
_TIME: Final = re.compile(r'<TimeCreated SystemTime="([^"]*)"')
_BARE_GUID: Final = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
_WRITTEN_OTHERWISE: Final = frozenset("\r\n\t")
_MICROSECOND: Final = 10
_GUID_LETTERS: Final = 36


def records(stream: IO[bytes], sieve: Sieve, tally: Tally, ledger: Ledger) -> Iterator[Whole]:
    """Yield the records of an event log; see `formats.whole.whole`."""
    log, ledger.note = made_whole(stream)
    ledger.damaged = ledger.note is not None
    texts = [escape(text) for text in sieve.texts if not _WRITTEN_OTHERWISE & set(text)]
    for record in decoded(log, "xml"):
        ledger.seen += 1
        if isinstance(record, Exception):
            _lost(record, ledger)
        elif not _wanted(record["data"], sieve, texts, tally):
            ledger.ignored += 1
        elif (found := _whole(record, ledger)) is not None:
            yield found


def _lost(error: Exception, ledger: Ledger) -> None:
    """Put down what cannot be decoded: one record, or a chunk with an unknown number of them."""
    record = broken_record(error)
    ledger.damaged = ledger.damaged or record is None
    ledger.skip(f"cannot be decoded: {error}", record=record)


def _wanted(xml: str, sieve: Sieve, texts: list[str], tally: Tally) -> bool:
    """True unless the record's header or its bare text says that it is not asked for."""
    provider, channel, event = (_first(pattern, xml) for pattern in (_PROVIDER, _CHANNEL, _EVENT))
    time = ticks.moment(_first(_TIME, xml) or "")
    at = time.ticks if time else None
    tally.count(provider, channel, at)
    # the text is cut to microseconds: what it says is up to one of them early
    late = at + _MICROSECOND - 1 if at is not None and sieve.since is not None and at < sieve.since else at
    if not sieve.lets_through(int(event) if event else None, provider, channel, late):
        return False
    return all(text in xml for text in texts)


def _first(pattern: re.Pattern[str], xml: str) -> str | None:
    found = pattern.search(xml)
    return found[1] if found else None


def _whole(record: dict[str, Any], ledger: Ledger) -> Whole | None:
    number, xml = record["event_record_id"], record["data"]
    try:
        root = parsed(_bare(xml), indented=True)
    except ValueError as error:
        ledger.skip(f"cannot be decoded: {error}", record=number)
        return None
    _brace(root)
    time = _exact(root, str(record["timestamp"]))
    stated = root.value("System/EventRecordID") or ""
    return Whole(None, int(stated) if stated.isdecimal() else number, time, True, None, root)


def _bare(xml: str) -> str:
    """Return the XML without its declaration, and with carriage returns that a parser keeps."""
    return xml.removeprefix('<?xml version="1.0" encoding="utf-8"?>').replace("\r", "&#13;")


def _brace(element: Element) -> None:
    """Put GUIDs into the braces in which Windows writes them."""
    if len(element.text) == _GUID_LETTERS and _BARE_GUID.fullmatch(element.text):
        element.text = f"{{{element.text}}}"
    for name, value in element.attributes.items():
        if len(value) == _GUID_LETTERS and _BARE_GUID.fullmatch(value):
            element.attributes[name] = f"{{{value}}}"
    for child in element.children:
        _brace(child)


def _exact(root: Element, header: str) -> int | None:
    """Return the time of a record, the seventh digit from its header where that is the same time.

    The header of a record in an exported log may hold another time than SystemTime.
    """
    system = root.child("System")
    created = system.child("TimeCreated") if system else None
    stated = ticks.moment(created.attributes.get("SystemTime", "")) if created else None
    if created is None or stated is None:
        return None
    exact = ticks.moment(header.removesuffix(" UTC"))
    found = stated.ticks
    if exact and exact.ticks // _MICROSECOND == found // _MICROSECOND:
        found = exact.ticks
    created.attributes["SystemTime"] = ticks.shown(found)
    return found
