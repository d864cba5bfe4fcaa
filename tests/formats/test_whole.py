"""Whole records: the same tree from every form, and nothing that a hostile text can do."""

from __future__ import annotations

import io
import json
import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.formats import evtx
from trackway.formats.rows import Ledger
from trackway.formats.whole import NOTHING, Element, Sieve, Tally, Whole, ticks, whole
from trackway.formats.whole.tree import parsed, written

from . import exports
from .exports import Written

SHARED = Path(__file__).parents[2] / "../shared/data/evtx"
ALL = Sieve()
SOUND = ("python-evtx/issue_43.evtx", "omerbenamram/system.evtx", "omerbenamram/Security_with_size_t.evtx")


def read(text: str, sieve: Sieve = ALL, tally: Tally | None = None) -> tuple[list[Whole], Ledger]:
    raw, ledger = text.encode(), Ledger()
    kind = "json" if text.lstrip()[:1] in {"{", "["} else "xml"
    member = Member(name="x", kind=kind, size=len(raw), sha256=None, stream=io.BytesIO(raw))
    return list(whole(member, sieve, tally or Tally(), ledger)), ledger


def dumped(event: Written) -> dict[str, Any]:
    system = {
        "Provider": {"#attributes": {"Name": event.provider}},
        "EventID": {"#attributes": {"Qualifiers": 0}, "#text": event.event_id},
        "Version": event.version,
        "TimeCreated": {"#attributes": {"SystemTime": event.time}},
        "EventRecordID": event.record,
        "Execution": {"#attributes": {"ProcessID": event.pid, "ThreadID": 8}},
        "Channel": event.channel,
        "Computer": event.computer,
        "Security": {"#attributes": {"UserID": event.sid}},
    }
    return {"Event": {"System": system, "EventData": event.fields}}


def as_xml(event: Written) -> str:
    data = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in event.fields.items())
    return (
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System>"
        f"<Provider Name='{event.provider}'/><EventID Qualifiers='0'>{event.event_id}</EventID>"
        f"<Version>{event.version}</Version><TimeCreated SystemTime='{event.time}'/>"
        f"<EventRecordID>{event.record}</EventRecordID><Execution ProcessID='{event.pid}' ThreadID='8'/>"
        f"<Channel>{event.channel}</Channel><Computer>{event.computer}</Computer>"
        f"<Security UserID='{event.sid}'/></System><EventData>{data}</EventData></Event>"
    )


WRITERS: dict[str, Callable[[Written], str]] = {
    "nxlog": lambda event: json.dumps(exports.nxlog(event)),
    "evtx_dump": lambda event: json.dumps(dumped(event)),
    "xml": as_xml,
}


@pytest.mark.parametrize("form", WRITERS)
def test_every_form_gives_the_event_that_windows_had(form: str) -> None:
    (found,), ledger = read(WRITERS[form](Written()))
    event = found.root

    assert (ledger.seen, ledger.ignored, ledger.skips) == (1, 0, [])
    assert event.value("System/Provider", "Name") == "Microsoft-Windows-DNS-Client"
    assert event.value("System/EventID") == "3008"
    assert event.value("System/Channel") == "Microsoft-Windows-DNS-Client/Operational"
    assert event.value("System/Computer") == "WS7.example.org"
    assert event.value("System/EventRecordID") == "42"
    assert event.value("System/Execution", "ProcessID") == "4711"
    assert event.value("System/Security", "UserID") == "S-1-5-18"
    time = ticks.moment("2021-03-04T05:06:07.891Z")
    assert time
    assert (found.ticks, found.zoned, found.record) == (time.ticks, True, 42)
    data = event.child("EventData")
    assert data
    assert {child.attributes["Name"]: child.text for child in data.children} == {
        "QueryName": "perdu.com",
        "QueryType": "1",
    }


def test_user_data_keeps_its_nesting() -> None:
    record = dumped(Written())
    del record["Event"]["EventData"]
    record["Event"]["UserData"] = {
        "LogFileCleared": {"#attributes": {"xmlns": "x"}, "Channel": "System", "N": [1, 2]}
    }
    (found,), _ = read(json.dumps(record))
    user = found.root.child("UserData")

    assert user
    assert [child.name for child in user.children] == ["LogFileCleared"]
    assert [(leaf.name, leaf.text) for leaf in user.children[0].children] == [
        ("Channel", "System"),
        ("N", "1"),
        ("N", "2"),
    ]


def test_unnamed_values_stay_unnamed() -> None:
    record = dumped(Written(fields={}))
    record["Event"]["EventData"] = {"Data": {"#text": ["a", "b"]}, "Binary": "00FF"}
    (found,), _ = read(json.dumps(record))
    data = found.root.child("EventData")

    assert data
    assert [(each.name, each.attributes, each.text) for each in data.children] == [
        ("Data", {}, "a"),
        ("Data", {}, "b"),
        ("Binary", {}, "00FF"),
    ]


def test_keywords_of_nxlog_are_the_bits_that_windows_writes() -> None:
    record = {**exports.nxlog(Written()), "Keywords": -9214364837600034816}
    (found,), _ = read(json.dumps(record))

    assert found.root.value("System/Keywords") == "0x8020000000000000"


def test_what_an_export_leaves_out_is_not_there() -> None:
    (found,), _ = read(json.dumps({"EventID": 1, "Channel": "C", "Fact": "x"}))

    assert found.root.value("System/Level") is None
    assert found.ticks is None


@pytest.mark.parametrize(
    ("sieve", "count"),
    [
        (Sieve(), 1),
        (NOTHING, 0),
        (Sieve(events=frozenset({3008})), 1),
        (Sieve(events=frozenset({3006})), 0),
        (Sieve(providers=frozenset({"microsoft-windows-dns-client"})), 1),
        (Sieve(channels=frozenset({"security"})), 0),
        (Sieve(since=16148343678910000), 1),
        (Sieve(since=16148343678910001), 0),
        (Sieve(until=16148343678910000), 1),
        (Sieve(until=16148343678909999), 0),
    ],
)
@pytest.mark.parametrize("form", WRITERS)
def test_a_sieve_refuses_what_is_not_asked_for_and_the_ledger_balances(
    form: str, sieve: Sieve, count: int
) -> None:
    found, ledger = read(WRITERS[form](Written()), sieve)

    assert len(found) == count
    assert ledger.seen == len(found) + ledger.ignored + len(ledger.skips)


def test_refused_records_are_counted_where_their_times_matter() -> None:
    tally = Tally(wants_times=True)
    read(as_xml(Written()), NOTHING, tally)

    assert tally.newest == 16148343678910000
    assert tally.channels == {"Microsoft-Windows-DNS-Client/Operational": 1}


@pytest.mark.parametrize(
    ("text", "ticks_", "zoned"),
    [
        ("1970-01-01T00:00:00Z", 0, True),
        ("1970-01-01 00:00:00.0000001", 1, False),
        ("1970-01-01T01:00:00.123456789+01:00", 1_234_567, True),
        ("1601-01-01T00:00:00Z", -116_444_736_000_000_000, True),
        ("/Date(1603346498485)/", 16_033_464_984_850_000, True),
        ("2021-13-01T00:00:00Z", None, False),
        ("2021-11-27", None, False),
        ("", None, False),
    ],
)
def test_a_time_is_read_to_a_hundred_nanoseconds(text: str, ticks_: int | None, zoned: bool) -> None:
    found = ticks.moment(text)

    assert (None if found is None else found.ticks) == ticks_
    assert found is None or found.zoned is zoned


@given(st.integers(-116_444_736_000_000_000, 2_500_000_000_000_000_000 // 10))
def test_a_time_is_written_as_it_is_read(at: int) -> None:
    assert ticks.moment(ticks.shown(at)) == (at, True)


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True).filter(lambda name: name != "xmlns")
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\ufffe\uffff"), max_size=20)
LEAVES = st.builds(Element, NAMES, st.dictionaries(NAMES, TEXTS, max_size=2), st.just([]), TEXTS)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Element, NAMES, st.just({}), st.lists(inner, min_size=1, max_size=3), st.just("")
    ),
)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(TREES)
def test_xml_reads_as_it_was_written(tree: Element) -> None:
    printable = clean(tree)

    assert parsed(written(printable)) == printable


def clean(tree: Element) -> Element:
    """Return the tree without what XML 1.0 has not, or brings to another form in attributes."""

    def text(value: str) -> str:
        return "".join(letter for letter in value if letter >= " ")

    attributes = {name: text(value) for name, value in tree.attributes.items()}
    return Element(tree.name, attributes, [clean(child) for child in tree.children], text(tree.text))


def test_control_characters_come_through() -> None:
    assert parsed("<a b='\x01'>\x00x\x1b</a>") == Element("a", {"b": "\x01"}, [], "\x00x\x1b")
    assert written(Element("a", {}, [], "\x1b")) == "<a>\ufffd</a>"


@pytest.mark.parametrize(
    "xml",
    [
        "<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>",
        "<a>&nobody;</a>",
        "<a><b></a>",
        "",
        "<a>" * 300 + "</a>" * 300,
    ],
)
def test_hostile_xml_is_a_reason_and_no_more(xml: str) -> None:
    with pytest.raises(ValueError, match="XML"):
        parsed(xml)


def of_file(path: Path, reader: Any, sieve: Sieve = ALL) -> list[Whole]:
    found: list[Whole] = []
    for member in members(discover([path])[0]):
        assert member.stream
        found += reader(member.stream, sieve, Tally(), Ledger())
    return found


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
@pytest.mark.skipif(not evtx.NATIVE, reason="the native reader is not installed")
@pytest.mark.parametrize("name", SOUND)
def test_both_readers_of_event_logs_give_the_same_trees(name: str) -> None:
    from trackway.formats.whole import evtx_native, evtx_package

    native, package = (of_file(SHARED / name, each.records) for each in (evtx_native, evtx_package))
    differing = Counter(
        one.root.value("System/EventID")
        for one, other in zip(native, package, strict=True)
        if one.record != other.record or flat(one.root) != flat(other.root)
    )

    assert differing.total() <= len(package) // 500, differing


def flat(element: Element, path: str = "") -> list[tuple[str, str]]:
    """Return every value with its path, where the readers agree: the package cuts times to microseconds."""
    here = f"{path}/{element.name}"
    own = [(f"{here}@{name}", spelled(value)) for name, value in element.attributes.items()]
    text = [(here, spelled(element.text))] if element.text.strip() else []
    return [*own, *text, *(pair for child in element.children for pair in flat(child, here))]


def spelled(value: str) -> str:
    return re.sub(r"(T\d\d:\d\d:\d\d\.\d{6})\dZ", r"\1Z", value.strip()).lower()


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
@pytest.mark.parametrize("seed", range(6))
def test_a_sieve_gives_the_same_records_as_looking_at_all_of_them(seed: int) -> None:
    path = SHARED / SOUND[seed % 3]
    everything = of_file(path, reader_of_logs())
    one = random.Random(seed).choice(everything)  # noqa: S311  which record, nobody needs to guess
    number, provider = one.root.value("System/EventID"), one.root.value("System/Provider", "Name")
    assert number
    assert provider
    sieve = Sieve(events=frozenset({int(number)}), providers=frozenset({provider.lower()}), since=one.ticks)

    found = of_file(path, reader_of_logs(), sieve)

    wanted = [
        each
        for each in everything
        if each.root.value("System/EventID") == number
        and each.root.value("System/Provider", "Name") == provider
        and (each.ticks or 0) >= (one.ticks or 0)
    ]
    assert found == wanted


def reader_of_logs() -> Any:
    from trackway.formats.whole import of_log

    return of_log()
