"""The native reader from Python: what is asked for is what comes, typed, in order, again and again."""

from __future__ import annotations

import datetime as dt
import io
import re
import struct
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trackway.evidence.kinds import recognised
from trackway.formats.rows import Ledger, Shape

from .logs import CHUNK, HEADER, OTHER, START, needs_recordings, record, recording, recordings, write

trackway_evtx = pytest.importorskip("trackway_evtx", reason="the native reader is not installed")


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return write(tmp_path / "log.evtx", record(), record(OTHER, ["x"]), record())


def table(source: object, **request: object) -> pa.Table:
    found = pa.table(trackway_evtx.read(source, **request))
    found.validate(full=True)
    return found


def test_every_type_of_value_has_a_column_of_its_type(log):
    kinds = {batch.kind.event_id: pa.record_batch(batch) for batch in trackway_evtx.scan(log)}
    names = [name for name in kinds[7].schema.names if name not in trackway_evtx.SYSTEM]
    types = [str(kinds[7].schema.field(name).type) for name in names]
    assert dict(zip(names, types, strict=True)) == {
        "Text": "string", "A": "uint32", "B": "uint32", "C": "uint32", "D": "uint64", "E": "uint32", "F": "uint64",
        "G": "uint64", "H": "string", "I": "string", "J": "bool", "K": "timestamp[ns, tz=UTC]", "ProcessId": "uint32",
    }  # fmt: skip
    assert kinds[7].column("Text").to_pylist() == ["naïve ☃ 𐐷 <&>"] * 2
    assert kinds[7].column("D").to_pylist() == [2**64 - 1] * 2
    assert kinds[7].column("H").to_pylist() == ["{03020100-0504-0706-0809-0A0B0C0D0E0F}"] * 2
    assert kinds[7].column("J").to_pylist() == [True] * 2
    assert kinds[7].column("K").cast(pa.int64()).to_pylist() == [START * 1000] * 2
    assert kinds[7].schema.field("E").metadata == {b"evtx": b"hex32"}


def test_the_system_columns_are_complete(log):
    row = table(log, events=[7], fields=[]).slice(0, 1)
    time = row["time"].cast(pa.int64()).to_pylist()[0]
    found = {name: row[name].to_pylist()[0] for name in row.schema.names if name not in ("time", "written")}
    assert time == START * 1000
    assert found == {
        "record": 1, "number": 1, "provider": "Lab", "provider_guid": "{03020100-0504-0706-0809-0A0B0C0D0E0F}",
        "event_source": None, "event_id": 7, "qualifiers": None, "version": 2, "level": 4, "task": 3, "opcode": 0,
        "keywords": 0x8000000000000000, "activity_id": None, "related_activity_id": None, "process_id": 4,
        "thread_id": 1108, "channel": "Lab/Operational", "computer": "WS7.example.org", "user": "S-1-5-18",
        "status": "sound",
    }  # fmt: skip


def test_fields_are_found_in_any_letter_case_and_typed_as_asked(log):
    found = table(
        log, events=[7], system=["record"], fields={"processID": "int64", "E": "text", "none": "text"}
    )
    assert found.to_pylist() == [
        {"record": 1, "processID": 4711, "E": "0xabc", "none": None},
        {"record": 3, "processID": 4711, "E": "0xabc", "none": None},
    ]


def test_a_value_that_does_not_fit_the_type_asked_for_is_null_and_counted(log):
    stream = trackway_evtx.read(log, events=[7], system=[], fields={"Text": "uint64", "C": "int32"})
    assert pa.table(stream).to_pylist() == [{"Text": None, "C": None}] * 2
    assert stream.ledger.misfits == 4


def test_whole_records_keep_names_and_values_in_order(log):
    found = table(log, events=[7], system=[], xml=True).to_pylist()[0]
    assert [pair["name"] for pair in found["fields"]][:3] == ["Text", "A", "B"]
    assert found["fields"][0]["value"] == "naïve ☃ 𐐷 <&>"
    assert "<Data Name='Text'>naïve ☃ 𐐷 &lt;&amp;&gt;</Data>" in found["xml"]


@pytest.mark.parametrize(
    ("request_", "records"),
    [
        ({}, [1, 2, 3]),
        ({"events": [8]}, [2]),
        ({"events": []}, []),
        ({"versions": [2]}, [1, 3]),
        ({"providers": ["LAB"]}, [1, 2, 3]),
        ({"providers": ["other"]}, []),
        ({"providers": ["other"], "channels": ["lab/operational"]}, [1, 2, 3]),
        ({"events": [7], "providers": ["other"]}, []),
    ],
)
def test_only_what_is_asked_for_comes(log, request_, records):
    assert table(log, system=["record"], **request_)["record"].to_pylist() == records


@pytest.mark.parametrize(("step", "count"), [(-1, 3), (0, 3), (1, 0)])
def test_a_span_of_time_begins_with_its_first_moment(log, step, count):
    since = dt.datetime.fromtimestamp(0, dt.UTC) + dt.timedelta(microseconds=START + step)
    assert table(log, since=since).num_rows == count
    assert table(log, until=since).num_rows == 3 - count


def test_a_time_without_zone_is_refused(log):
    with pytest.raises(ValueError, match="time zone"):
        trackway_evtx.read(log, since=dt.datetime(2021, 1, 1))  # noqa: DTZ001  what is refused


@pytest.mark.parametrize("request_", [{"fields": {"x": "no"}}, {"system": ["no"]}, {"code_page": "no"}])
def test_a_request_that_makes_no_sense_is_refused_at_once(log, request_):
    with pytest.raises(ValueError, match="no"):
        trackway_evtx.read(log, **request_)


def test_a_table_can_be_taken_again_and_the_log_is_opened_only_then(log):
    stream = trackway_evtx.read(log, fields=["Text"])
    assert pa.schema(stream).names[-1] == "Text"
    first, second = pa.table(stream), pa.table(stream)
    assert first == second
    missing = trackway_evtx.read(log.with_name("none"))
    assert pa.schema(missing).names
    with pytest.raises((OSError, pa.ArrowException), match=r"No such file|os error 2"):
        pa.table(missing)


def test_duckdb_reads_it_in_sql(log):
    events = trackway_evtx.read(log, fields={"C": "uint32"})  # noqa: F841  SQL names it
    rows = (
        duckdb.connect().sql("SELECT event_id, count(*), max(C) FROM events GROUP BY 1 ORDER BY 1").fetchall()
    )
    assert rows == [(7, 2, 2**32 - 1), (8, 1, None)]


def test_a_file_object_gives_what_its_path_gives(log):
    content = log.read_bytes()
    assert table(io.BytesIO(content)) == table(log)
    with log.open("rb") as stream:
        stream.seek(77)
        assert table(stream) == table(str(log))


def test_an_error_of_a_file_object_is_an_error_of_the_reading():
    class Broken(io.BytesIO):
        def read(self, *_):
            raise OSError("the medium is gone")

    with pytest.raises(OSError, match="the medium is gone"):
        list(trackway_evtx.scan(Broken(b"x" * 9999)))


@needs_recordings
def test_threads_give_equal_batches(tmp_path):
    log = recording("issue_43.evtx").read_bytes()
    long = tmp_path / "long.evtx"
    long.write_bytes(log[:HEADER] + log[HEADER:] * 12)

    def batches(threads: int) -> list[pa.RecordBatch]:
        return [pa.record_batch(batch) for batch in trackway_evtx.scan(long, threads=threads)]

    one = batches(1)
    assert len(one) > 10
    assert one == batches(2) == batches(5)


@needs_recordings
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_every_batch_of_a_recording_is_valid_and_the_ledger_adds_up(path):
    scan = trackway_evtx.scan(path)
    rows = seen = ignored = 0
    for batch in scan:
        if batch.shape is not None:
            pa.record_batch(batch).validate(full=True)
            rows += batch.num_rows
        ledger = scan.take_ledger()
        seen, ignored = seen + ledger.seen, ignored + ledger.ignored
    ledger = scan.take_ledger()
    assert (rows, ignored) == (seen + ledger.seen, 0)


@given(head=st.binary(min_size=128, max_size=128), rest=st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_any_header_of_a_chunk_is_read_without_an_accident(head, rest):
    chunk = (b"ElfChnk\0" + head[8:] + bytes(384) + rest).ljust(CHUNK, b"\0")
    for batch in trackway_evtx.scan(io.BytesIO(bytes(HEADER) + chunk), recovered=True):
        assert batch.num_rows >= 0


@given(place=st.integers(0, 511), word=st.integers(0, 2**32 - 1))
@settings(max_examples=150, deadline=None)
def test_a_changed_header_never_loses_a_record_without_a_word(place, word):
    sound = _SOUND or _SOUND.append(_log()) or _SOUND
    log = bytearray(sound[0])
    struct.pack_into("<I", log, HEADER + min(place, 508), word)
    scan = trackway_evtx.scan(io.BytesIO(bytes(log)))
    rows = sum(batch.num_rows for batch in scan)
    assert rows == 3 or scan.take_ledger().lost


_SOUND: list[bytes] = []


def _log() -> bytes:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder) / "x", record(), record(OTHER, ["x"]), record()).read_bytes()


WHOLE = (("record", "int64"), ("offset", "int64"), ("size", "int64"), ("xml", "text"))


def whole(source: object, *, offsets: list[int] | None = None, **asked: object) -> list[dict[str, object]]:
    shapes = [trackway_evtx.Shape(system=WHOLE, **asked)]
    batches = trackway_evtx.scan(source, shapes, offsets=offsets)
    return [row for batch in batches if batch.num_rows for row in pa.record_batch(batch).to_pylist()]


@pytest.mark.parametrize(
    ("holds", "records"),
    [
        ([[("naïve ☃", False)]], [1, 3]),
        ([[("Naïve ☃", False)]], []),
        ([[("IVE", True)], [("lab/OPER", True)]], []),  # any case is one of ASCII
        ([[("ve ☃", False)], [("WS7.example.org", False)]], [1, 3]),
        ([[("nowhere", True), ("ws7.EXAMPLE", True)]], [1, 2, 3]),
        ([[("nowhere", True)]], []),
        ([[("4711", False)]], [1, 2, 3]),  # a number stands otherwise in the record
        ([[("S-1-5-21-3500184411", True)]], [1, 2, 3]),
        ([[("ProcessId", True)]], [1, 3]),  # the template says it
    ],
)
def test_a_record_that_cannot_hold_a_text_is_refused_and_no_other(log, holds, records):
    assert [row["record"] for row in whole(log, holds=holds)] == records


@needs_recordings
@pytest.mark.parametrize("path", recordings(), ids=lambda path: path.name)
def test_no_record_that_holds_a_text_is_refused(path):
    rows = whole(path)[:2_000]
    values = {row["offset"]: re.findall(r">([^<&]+)<|='([^'&]+)'", row["xml"]) for row in rows}
    texts = {text for row in rows[::97] for pair in values[row["offset"]] for text in pair if len(text) > 2}
    for text in sorted(texts)[:: len(texts) // 6 + 1]:
        holding = {
            place for place, pairs in values.items() if any(text in value for pair in pairs for value in pair)
        }
        for asked, any_case in ((text, False), (text.swapcase(), True)):
            assert {row["offset"] for row in whole(path, holds=[[(asked, any_case)]])} >= holding


@needs_recordings
def test_records_at_places_are_those_of_all(tmp_path):
    path = recording("issue_43.evtx")
    rows = whole(path)
    chosen = rows[3::211] + rows[-1:]
    assert whole(path, offsets=[row["offset"] for row in reversed(chosen)]) == chosen
    broken = bytearray(path.read_bytes())
    del broken[HEADER + CHUNK + 20_000 : HEADER + CHUNK + 33_333]
    damaged = tmp_path / "damaged.evtx"
    damaged.write_bytes(broken)
    rows = whole(damaged)
    assert whole(damaged, offsets=[row["offset"] for row in rows[5::211]]) == rows[5::211]
    assert sum(row["size"] for row in rows) < len(broken)


@pytest.mark.parametrize("cut", [1, 2, 100, HEADER - 1, HEADER, HEADER + 1, HEADER + 8, HEADER + 512])
def test_a_log_whose_beginning_is_cut_off_gives_all_records_that_are_left(log, cut):
    rest = log.read_bytes()[cut:]
    assert recognised(rest[:65_536]) == "evtx"
    scan = trackway_evtx.scan(
        io.BytesIO(rest), [trackway_evtx.Shape(system=[("record", "int64"), ("status", "text")])]
    )
    rows = [row for batch in scan for row in pa.record_batch(batch).to_pylist()]
    got = "recovered" if cut > HEADER else "sound"
    assert rows == [{"record": number, "status": got} for number in (1, 2, 3)]
    lost = [(loss.last, loss.offset, loss.reason) for loss in scan.take_ledger().lost]
    assert lost == ([(0, 0, "the beginning of the log is cut off")] if cut > HEADER else [])


def test_records_whose_templates_and_names_were_cut_off_are_lost_with_their_numbers(log):
    content = log.read_bytes()
    (size,) = struct.unpack_from("<I", content, HEADER + 512 + 4)
    scan = trackway_evtx.scan(io.BytesIO(content[HEADER + 512 + size :]))
    assert not list(scan)
    assert [(loss.first, loss.last) for loss in scan.take_ledger().lost] == [(None, 1), (2, 2), (3, 3)]


def test_the_package_reads_the_chunks_behind_a_missing_beginning(tmp_path, log):
    pytest.importorskip("evtx")
    from trackway.formats import evtx_package

    shape = Shape("lab", ("Lab",), (), frozenset({7}), ("Text",))
    for cut in (1, 100, HEADER):
        ledger = Ledger()
        found = evtx_package.rows(io.BytesIO(log.read_bytes()[cut:]), [shape], ledger)
        assert sum(rows.batch.num_rows for rows in found) == 2
        assert "header of the log is missing" in (ledger.note or "")


def test_records_are_carved_out_of_anything(tmp_path, log):
    image = tmp_path / "image"
    content = log.read_bytes()
    image.write_bytes(
        b"\xff" * 12_345 + content[HEADER:] + b"**\0\0 not a record" + content[HEADER : HEADER + 40_000]
    )
    carving = trackway_evtx.carve(image)
    found = [pa.record_batch(batch) for batch in carving]
    assert sorted(number for batch in found for number in batch["record"].to_pylist()) == [1, 1, 2, 2, 3, 3]
    assert carving.take_ledger().chunks == 2


def test_a_record_outside_its_chunk_is_carved_where_it_holds_its_template(log):
    content = log.read_bytes()
    first = content[HEADER + 512 :]
    (size,) = struct.unpack_from("<I", first, 4)
    second = first[size:]
    (other,) = struct.unpack_from("<I", second, 4)
    third = second[other:]
    (last,) = struct.unpack_from("<I", third, 4)
    image = io.BytesIO(b"\1" * 777 + first[:size] + b"\2" * 99 + third[:last])
    carving = trackway_evtx.carve(image)
    (batch,) = [pa.record_batch(batch) for batch in carving]
    assert (batch["record"].to_pylist(), batch["status"].to_pylist()) == ([1], ["recovered"])
    assert [(loss.first, loss.reason) for loss in carving.take_ledger().lost] == [
        (3, "stands outside a chunk, without its template")
    ]
