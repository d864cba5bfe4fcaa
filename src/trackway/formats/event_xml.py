"""XML event exports: Event Viewer, `wevtutil`, `evtx_dump`, EvtxECmd, with or without an element around them.

An element is as Windows' event schema has it, so `SystemTime` is UTC by definition of the form. Source:
Microsoft, "Event Schema" (System, EventData, UserData, RenderingInfo), read 2026-11.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import IO, Final

from trackway.formats import markup
from trackway.formats.reading import Language, Origin, Reading
from trackway.formats.rows import Ledger, RowStream, Shape

_EVENTS: Final = markup.Outermost(re.compile(rb"(<Event(?=[\s>]))|</Event\s{0,8}>"), nests=False)

# <EventID Qualifiers='0'>4624</EventID>; the first is System's
_EVENT_ID: Final = re.compile(rb"<EventID(?:\s[^<>]{0,64})?>\s*([0-9]{1,9})\s*</EventID>")


_PROVIDER: Final = re.compile(rb"""<Provider\s+Name=["']([^"'&<>]{1,200})["']""")
_CHANNEL: Final = re.compile(rb"<Channel>([^&<>]{1,200})</Channel>")


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the rows of an XML export; see `formats.read`."""
    return Reading(_XML, shapes, ledger).rows(markup.elements(stream, _EVENTS))


def _origin(raw: bytes) -> Origin | None:
    """Return what System says at its beginning, where it is spelled plainly."""
    number, provider, channel = _EVENT_ID.search(raw), _PROVIDER.search(raw), _CHANNEL.search(raw)
    if number is None:
        return None
    if provider is None or channel is None:
        return int(number[1]), None, None
    return int(number[1]), provider[1].decode("utf-8", "replace"), channel[1].decode("utf-8", "replace")


_XML: Final = Language(
    name="XML",
    parsed=markup.event_value,
    exactly=markup.event_value,
    origin=_origin,
    replaced="characters that XML forbids",
)
