"""JSON, JSON lines and CSV parse back, stream, and carry nothing hostile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import duckdb
import pyarrow as pa
import pytest

from trackway import query
from trackway.present.machine import write_csv, write_json, write_jsonl

from ..query.small_case import finance, process, story, written

Writer = Callable[[Iterable[pa.Table], BinaryIO], None]


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with written(tmp_path_factory.mktemp("finance") / "case", finance()).connect() as connection:
        yield connection


def text(pages: Iterable[pa.Table], write: Writer) -> str:
    out = io.BytesIO()
    write(pages, out)
    return out.getvalue().decode("utf-8")


def objects(connection: duckdb.DuckDBPyConnection, view: str) -> list[dict[str, Any]]:
    lines = text(query.ask(connection, view).pages(), write_jsonl).splitlines()
    return [json.loads(line) for line in lines]


def test_a_story_in_jsonl_has_the_shape_of_the_contract(db: duckdb.DuckDBPyConnection) -> None:
    found = {row["story"]: row for row in objects(db, "stories")}["aa00"]

    assert list(found)[:15] == [
        "story",
        "host",
        "time_from",
        "time_to",
        "direction",
        "action",
        "protocol",
        "protocol_number",
        "local_address",
        "local_port",
        "remote_address",
        "remote_port",
        "icmp_type",
        "icmp_code",
        "process",
    ]
    assert list(found["process"]) == [
        "process",
        "pid",
        "image",
        "command_line",
        "user",
        "started",
        "ended",
        "guid",
        "service",
        "confidence",
        "basis",
        "reason",
    ]
    assert found["time_from"] == "2021-11-27T03:17:39.250000Z"
    assert found["process"]["started"] == "2021-11-27T03:17:38.250000Z"
    assert found["process"]["ended"] is None
    assert found["names"][0]["time_from"] == "2021-11-27T03:17:38.750000Z"
    assert found["scripts"][0]["time_from"] == "2021-11-27T03:17:38.500000Z"
    assert found["ancestors"][1]["started"] is None
    assert found["requester"] is None
    assert found["bytes_sent"] is None
    assert found["process"]["confidence"] == 0.95


@pytest.mark.parametrize("view", query.VIEWS)
def test_jsonl_says_what_the_arrow_table_says(db: duckdb.DuckDBPyConnection, view: str) -> None:
    table = query.ask(db, view).table()
    rows = objects(db, view)

    assert [list(row) for row in rows] == [table.column_names] * table.num_rows
    for name in table.column_names:
        if not pa.types.is_nested(table.schema.field(name).type) and not pa.types.is_timestamp(
            table.schema.field(name).type
        ):
            assert [row[name] for row in rows] == table.column(name).to_pylist()


@pytest.mark.parametrize("view", query.VIEWS)
def test_json_is_one_array_of_the_same_objects(
    db: duckdb.DuckDBPyConnection, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = objects(db, view)
    monkeypatch.setattr(query, "ROWS_A_PAGE", 1)

    assert json.loads(text(query.ask(db, view).pages(), write_json)) == expected


def test_json_of_nothing_is_an_empty_array(db: duckdb.DuckDBPyConnection) -> None:
    assert json.loads(text(query.ask(db, "stories", limit=0).pages(), write_json)) == []
    assert text(query.ask(db, "stories", limit=0).pages(), write_jsonl) == ""


@pytest.mark.parametrize("write", [write_jsonl, write_json, write_csv])
def test_a_page_is_written_before_the_next_is_fetched(write: Writer) -> None:
    out = io.BytesIO()
    lengths = []

    def pages() -> Iterator[pa.Table]:
        for number in range(3):
            lengths.append(len(out.getvalue()))
            yield pa.table({"number": [number]})

    write(pages(), out)

    assert lengths == sorted(set(lengths))


@pytest.mark.parametrize("view", query.VIEWS)
def test_csv_has_a_header_and_as_many_cells_in_every_row(db: duckdb.DuckDBPyConnection, view: str) -> None:
    answer = query.ask(db, view)
    header, *rows = csv.reader(io.StringIO(text(answer.pages(), write_csv)))

    assert len(rows) == answer.total
    assert {len(row) for row in rows} == {len(header)}
    assert len(set(header)) == len(header)


def test_csv_flattens_objects_and_joins_lists(db: duckdb.DuckDBPyConnection) -> None:
    rows = csv.DictReader(io.StringIO(text(query.ask(db, "stories").pages(), write_csv)))
    found = {row["story"]: row for row in rows}

    assert found["aa00"]["process_pid"] == "20220"
    assert found["aa00"]["process"] == "p1"
    assert found["aa00"]["time_from"] == "2021-11-27T03:17:39.250000Z"
    assert found["aa00"]["ancestors"].split("; ")[1] == r"C:\Windows\explorer.exe (5000)"
    assert found["aa00"]["names"] == "perdu.com"
    assert found["aa00"]["evidence"] == "Security.json:9"
    assert found["aa00"]["not_seen"] == "Which bytes went? (proxy: not_collected)"
    assert found["bb00"]["evidence"] == "S.evtx#77"
    assert found["bb00"]["process_pid"] == ""


def test_csv_of_nothing_is_its_header(db: duckdb.DuckDBPyConnection) -> None:
    assert text(query.ask(db, "skipped", limit=0).pages(), write_csv) == "file,line,record,reason\n"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\uff1d"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(tmp_path: Path, start: str) -> None:
    command = f"{start}HYPERLINK(1)"
    tables = {"story": [story()], "process": [process(command_line=command)]}
    with written(tmp_path / "case", tables).connect() as connection:
        row = next(csv.DictReader(io.StringIO(text(query.ask(connection, "stories").pages(), write_csv))))
        exact = objects(connection, "stories")[0]

    assert row["process_command_line"] == f"'{command}"
    assert exact["process"]["command_line"] == command


def test_a_negative_number_is_no_formula(db: duckdb.DuckDBPyConnection) -> None:
    rows = csv.DictReader(io.StringIO(text(query.ask(db, "clocks").pages(), write_csv)))

    assert "-3600.0" in {row["offset_seconds"] for row in rows}


def test_years_far_from_ours_are_written_in_four_digits(tmp_path: Path) -> None:
    tables = {"process": [process(started="1601-01-01T00:00:00Z", ended="9999-12-31T23:59:59Z")]}
    for row in tables["process"]:
        row["started"] = pa.scalar(-11_644_473_600_000_000, pa.timestamp("us", "UTC")).as_py()
        row["ended"] = pa.scalar(253_402_300_799_000_000, pa.timestamp("us", "UTC")).as_py()
    with written(tmp_path / "case", tables).connect() as connection:
        found = objects(connection, "processes")[0]

    assert (found["started"], found["ended"]) == (
        "1601-01-01T00:00:00.000000Z",
        "9999-12-31T23:59:59.000000Z",
    )
