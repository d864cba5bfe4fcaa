"""Whole records: every event of a file as a tree, whatever it was written in.

`formats.read` gives typed columns of known events; this gives everything that a record holds, for those who
look into a log. A reader refuses a record by its `Sieve` before it decodes it, where it can.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from importlib.util import find_spec
from typing import IO, Any, Final, cast

from trackway.errors import EvidenceError, UsageError
from trackway.evidence.containers import Member
from trackway.formats import KINDS, evtx, evtx_file
from trackway.formats.rows import Ledger
from trackway.formats.whole import evtx_numbered
from trackway.formats.whole.exports import WholeGathering
from trackway.formats.whole.holds import Held
from trackway.formats.whole.sieve import NOTHING, Sieve, Tally, Whole
from trackway.formats.whole.tree import Element, parsed

__all__ = [
    "NOTHING",
    "Element",
    "Held",
    "Sieve",
    "Tally",
    "Whole",
    "is_readable",
    "numbered",
    "of_log",
    "whole",
]


def whole(member: Member, sieve: Sieve, tally: Tally, ledger: Ledger) -> Iterator[Whole]:
    """Yield the records of a member that the sieve lets through, in the order of the file.

    Args:
        member: a leaf of some evidence, while its stream is open.
        sieve: what is wanted at least.
        tally: is told of every record.
        ledger: is told what became of every record; a refused one is ignored. Empty its `skips` at will.

    Raises:
        EvidenceError: no reader knows the kind of the member.
    """
    if member.stream is None or not is_readable(member.kind):
        raise EvidenceError(member.name, f"no reader of whole records for a file of kind {member.kind}")
    if member.kind == "evtx":
        return of_log()(member.stream, sieve, tally, ledger)
    gathering: Any = WholeGathering(sieve, tally, ledger)
    return cast("Iterator[Whole]", KINDS[member.kind](member.stream, gathering, ledger))


def of_log() -> Callable[[IO[bytes], Sieve, Tally, Ledger], Iterator[Whole]]:
    """Return the reader of event logs: the native one where it is installed."""
    if evtx.NATIVE:
        from trackway.formats.whole import evtx_native  # noqa: PLC0415  what it imports may not be there

        return evtx_native.records
    if find_spec("evtx") is None:
        raise UsageError(evtx.MISSING)
    from trackway.formats.whole import evtx_package  # noqa: PLC0415  as above

    return evtx_package.records


def numbered(stream: IO[bytes], numbers: Collection[int], sieve: Sieve) -> Iterator[Whole]:
    """Yield records of an event log by their numbers, without reading all of it; not all may be found so.

    Only the native reader decodes single records; without it none are found.

    Args:
        stream: a log.
        numbers: of records.
        sieve: of which only the events are looked at.
    """
    if not evtx.NATIVE or evtx_file.missing(stream) is not None:
        return
    from trackway.formats.whole import evtx_again  # noqa: PLC0415  as below

    found = evtx_numbered.offsets(stream, numbers, most=_NAMESAKES * len(numbers))
    stream.seek(0)
    places = [evtx_again.Place(offset=offset, record=None, time=None) for offset in found]
    for row in evtx_again.records(stream, places):
        if not row["xml"] or row["record"] not in numbers:
            continue
        try:
            root = parsed(row["xml"])
        except ValueError:
            continue  # whoever reads all of the log says so
        event = root.value("System/EventID") or ""
        if sieve.events is None or (event.isdecimal() and int(event) in sieve.events):
            yield Whole(None, row["record"], None, True, None, root)


def is_readable(kind: str) -> bool:
    """True where files of a kind hold events, and can be read."""
    return kind in EVENT_KINDS and kind in KINDS


_NAMESAKES: Final = 8
"""Records of one number that are looked at: a log has a number once, unless logs were put together."""

EVENT_KINDS: Final = frozenset({"evtx", "json", "xml", "clixml", "csv", "event_text"})
"""Kinds whose records are events: each reader hands them to the `Gathering` that it is given."""
