"""EVTX through the package `evtx`, where the native reader is not installed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO, Any, Final

from trackway.formats.event_forms import event
from trackway.formats.evtx_decoded import broken_record, decoded
from trackway.formats.evtx_file import made_whole
from trackway.formats.gather import Gathering
from trackway.formats.json_text import Unparsable, exactly_parsed, parsed
from trackway.formats.rows import Ledger, RowStream, Shape

# "EventID":4624 or "EventID":{"#attributes":{"Qualifiers":0},"#text":4624}; the first is System's
_EVENT_ID: Final = re.compile(r'"EventID":\s*(?:\{[^{}]*(?:\{[^{}]*\}[^{}]*)?"#text":\s*)?(\d+)')
# the package writes a GUID as 94F748D5-4A45-5A42-0000-0010D265F20F, Windows as {94F748D5-…}
_BARE_GUID: Final = re.compile(r'"([0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12})"')


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger, threads: int = 1) -> RowStream:
    """Yield the rows of an event log, by one thread whatever is asked; see `formats.read`."""
    del threads  # the package would give records in another order
    gathering = Gathering(shapes, ledger)
    whole, ledger.note = made_whole(stream)
    ledger.damaged = ledger.note is not None
    for record in decoded(whole, "json"):
        ledger.seen += 1
        if isinstance(record, Exception):
            _lost(record, gathering, ledger)
        else:
            _take(record, gathering, ledger)
        if gathering.full:
            yield from gathering.batches()
    yield from gathering.batches()


def _lost(error: Exception, gathering: Gathering, ledger: Ledger) -> None:
    """Put down what cannot be decoded: one record, or a chunk with an unknown number of them."""
    record = broken_record(error)
    ledger.damaged = ledger.damaged or record is None
    gathering.skip(f"cannot be decoded: {error}", record=record)


def _take(record: dict[str, Any], gathering: Gathering, ledger: Ledger) -> None:
    text = record["data"]
    number = _EVENT_ID.search(text)
    if number and not gathering.is_wanted(int(number[1])):
        ledger.ignored += 1
        return
    raw = _BARE_GUID.sub(r'"{\1}"', text).encode()
    try:
        found = event(parsed(raw)[0])
    except Unparsable as reason:  # the package writes names from broken templates as they are
        gathering.skip(f"cannot be decoded: {reason}", record=record["event_record_id"])
        return
    if found is None:
        gathering.skip("an event without a number or a provider", record=record["event_record_id"])
        return
    gathering.take(found, len(raw), None, lambda: event(exactly_parsed(raw)[0]))
