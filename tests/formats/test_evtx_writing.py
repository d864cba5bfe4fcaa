"""A log that was written from whole records gives them back, in every reader."""

from __future__ import annotations

import html
import io
from pathlib import Path

import pytest

from tests.lab.records import by_python_evtx, data_of
from tests.logs.events import event, whole
from tests.reader.logs import needs_recordings, recording
from trackway.formats.evtx_writing.whole import WholeLog
from trackway.formats.rows import Ledger
from trackway.formats.whole import Element, Sieve, Tally, Whole, evtx_package
from trackway.formats.whole.tree import NAMESPACE, parsed

READERS = ["native", "package"]


def written(*records: Whole) -> bytes:
    file = io.BytesIO()
    log = WholeLog(file)
    for each in records:
        log.write(each)
    log.close()
    return file.getvalue()


def read(raw: bytes, reader: str) -> list[Whole]:
    module = evtx_package
    if reader == "native":
        module = pytest.importorskip(
            "trackway.formats.whole.evtx_native", reason="the native reader is not installed"
        )
    ledger = Ledger()
    found = list(module.records(io.BytesIO(raw), Sieve(), Tally(), ledger))
    assert (ledger.skips, ledger.note) == ([], None)
    return found


TREES = {
    "named": event(
        "<Data Name='A'>naïve ☃ 𐐷 &lt;&amp;&gt;</Data><Data Name='B'></Data><Binary>00FF</Binary>"
    ),
    "nameless": event("<Data>one</Data><Data>two</Data>"),
    "of one name": event("<Data Name='A'>1</Data><Data Name='A'>2</Data>"),
    "of a user": event(user="<X xmlns='urn:x'><Y a='1' b='2'><Z>deep</Z></Y><Y/></X>"),
    "in other spellings": event(
        event_id="007", level="many", keywords="0x0ABC", pid="-1", time="2021-11-27 03:17"
    ),
    "at the limits": event(event_id=65535, level=255, keywords="0xffffffffffffffff", pid=2**32 - 1),
    "beyond the limits": event(event_id=65536, level=256, keywords="0x1ffffffffffffffff", pid=2**32),
    "bare": parsed(
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='P'/><EventID>1</EventID></System></Event>"
    ),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("name", TREES)
def test_what_is_written_is_read_back(name: str, reader: str) -> None:
    (found,) = read(written(whole(TREES[name])), reader)

    assert found.root == TREES[name]


@pytest.mark.parametrize("reader", READERS)
def test_records_of_many_kinds_and_chunks_keep_their_order(reader: str) -> None:
    trees = [event(f"<Data Name='N{number % 7}'>{'x' * number}</Data>") for number in range(400)]

    raw = written(*map(whole, trees))

    assert len(raw) > 4096 + 2 * 65536
    assert [found.root for found in read(raw, reader)] == trees


def test_nul_ends_no_text() -> None:
    tree = event()
    tree.children[1] = Element("EventData", children=[Element("Data", {"Name": "A"}, text="a\0b\x01c")])

    (found,) = read(written(whole(tree)), "package")

    assert found.root.value("EventData/Data") in {"a\ufffdb\x01c", "a\ufffdb\ufffdc", "a\ufffdb_c"}


def test_what_no_log_can_hold_is_refused_and_leaves_the_log_whole() -> None:
    file = io.BytesIO()
    log = WholeLog(file)
    log.write(whole())
    for text in ("x" * 32_768, "x" * 32_500):
        with pytest.raises(ValueError, match="record 2 "):
            log.write(whole(event(f"<Data Name='A'>{text}</Data>")))
    log.write(whole(event("<Data Name='A'>y</Data>")))
    log.close()

    assert len(read(file.getvalue(), "package")) == 2


def test_a_log_without_records_is_one() -> None:
    assert read(written(), "package") == []


def test_python_evtx_reads_the_same_values_with_right_checksums(tmp_path: Path) -> None:
    trees = [
        event(f"<Data Name='A'>{number} ☃ &lt;</Data><Data Name='B'>C:\\x</Data>") for number in range(200)
    ]
    path = tmp_path / "log.evtx"
    path.write_bytes(written(*map(whole, trees)))

    found = by_python_evtx(path)

    assert [[(name, html.unescape(text)) for name, text in data_of(xml)] for xml in found] == [
        [("A", f"{number} ☃ <"), ("B", "C:\\x")] for number in range(200)
    ]
    assert all(
        "<EventID>3006</EventID>" in xml or '<EventID Qualifiers="">3006</EventID>' in xml for xml in found
    )
    assert all('ProcessID="4711"' in xml and 'UserID="S-1-5-18"' in xml for xml in found)


@needs_recordings
@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    "name",
    [
        "E_Windows_system32_winevt_logs_Microsoft-Windows-CAPI2%4Operational.evtx",
        "new-user-security.evtx",
        "issue_201.evtx",
    ],
)
def test_real_records_are_read_back(name: str, reader: str) -> None:
    records = read(recording(name).read_bytes(), reader)

    assert read(written(*records), reader) == records
