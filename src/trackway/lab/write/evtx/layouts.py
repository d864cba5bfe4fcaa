"""The templates of the lab's events."""

from __future__ import annotations

from functools import cache
from typing import Final

from trackway.formats.evtx_writing import BINXML, Content, Element, Hole, Template
from trackway.formats.whole.tree import NAMESPACE
from trackway.lab.witness.record import Event
from trackway.lab.write.evtx.values import CODES

USER_NAMESPACE: Final = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"
TEXT_ARRAY, BINARY = 0x81, 0x0E
U8, U16, U32, U64 = CODES["u8"], CODES["u16"], CODES["u32"], CODES["u64"]
TEXT, GUID, SID, TIME, HEX64 = CODES["text"], CODES["guid"], CODES["sid"], CODES["time"], CODES["hex64"]


def outer(computer: str) -> Template:
    """Return the template of a record by a manifest's provider: System, and the event in value 17."""
    return Template(_event(computer, ("Guid", Hole(15, GUID)), Hole(17, BINXML)))


def classic(computer: str) -> Template:
    """Return the template of a record by a provider without manifest: its strings are an array."""
    data = Element("Data", (), (Hole(17, TEXT_ARRAY, optional=False),))
    return Template(
        _event(computer, None, Element("EventData", (), (data, Element("Binary", (), (Hole(18, BINARY),)))))
    )


def _event(computer: str, guid: tuple[str, Content] | None, body: Content | Element) -> Element:
    provider: tuple[tuple[str, Content], ...] = (("Name", Hole(14, TEXT)), *((guid,) if guid else ()))
    correlation = (("ActivityID", Hole(7, GUID)), ("RelatedActivityID", Hole(13, GUID)))
    system = Element(
        "System",
        (),
        (
            Element("Provider", provider),
            Element("EventID", (("Qualifiers", Hole(4, U16)),), (Hole(3, U16),)),
            Element("Version", (), (Hole(11, U8),)),
            Element("Level", (), (Hole(0, U8),)),
            Element("Task", (), (Hole(2, U16),)),
            Element("Opcode", (), (Hole(1, U8),)),
            Element("Keywords", (), (Hole(5, HEX64),)),
            Element("TimeCreated", (("SystemTime", Hole(6, TIME)),)),
            Element("EventRecordID", (), (Hole(10, U64),)),
            Element("Correlation", correlation),
            Element("Execution", (("ProcessID", Hole(8, U32)), ("ThreadID", Hole(9, U32)))),
            Element("Channel", (), (Hole(16, TEXT),)),
            Element("Computer", (), (computer,)),
            Element("Security", (("UserID", Hole(12, SID)),)),
        ),
    )
    return Element("Event", (("xmlns", NAMESPACE),), (system, body))


@cache
def event_data(event: Event) -> Template:
    """Return the template of one kind of event: EventData, or an element of its own below UserData.

    It is compiled once for all the logs of a fleet.
    """
    holes = [
        (name, Hole(place, CODES[kind], optional=False)) for place, (name, kind) in enumerate(event.fields)
    ]
    if event.user_data:
        inner = tuple(Element(name, (), (hole,)) for name, hole in holes)
        xmlns = (("xmlns", USER_NAMESPACE),)
        return Template(Element("UserData", (), (Element(event.user_data, xmlns, inner),)))
    return Template(
        Element(
            "EventData",
            (),
            tuple(Element("Data", (("Name", name),), (hole,)) for name, hole in holes),
        )
    )
