"""One body for all sources: what each declares, what its sample gives, what no value of a log can do to it.

`samples/SOURCE/` holds evidence as it comes and, line by line, what is expected of each record: the
columns of its observation that are not empty, or the reason of its skip. A new source needs no code here.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from trackway import parts, sources
from trackway.evidence.discover import discover
from trackway.schema import OBSERVATIONS, OBSERVED, SKIPPED
from trackway.sources import Source, installed

SAMPLES = Path(__file__).parent / "samples"
PRINTED = datetime(2021, 11, 27, 3, 30, tzinfo=UTC).timestamp()
COMMON = {column.name for column in OBSERVED} - {"source", "stated"}

each_source = pytest.mark.parametrize("source", installed().values(), ids=lambda source: source.name)
each_sample = pytest.mark.parametrize("name", sorted(path.name for path in SAMPLES.iterdir()))
each_export = pytest.mark.parametrize(
    "name", sorted(path.parent.name for path in SAMPLES.glob("*/evidence.jsonl"))
)

Record = dict[str, Any]


def interpreted(file: Path, folder: Path) -> tuple[parts.Part, dict[str, list[Record]]]:
    """Read one evidence file, printed in 2021; return its part and the rows of every table."""
    printed = folder.with_name(file.name)
    if printed != file:
        shutil.copyfile(file, printed)
    os.utime(printed, (PRINTED, PRINTED))
    (found,) = discover([printed])
    part = parts.make(folder, found, ())
    tables = (*OBSERVATIONS, SKIPPED)
    return part, {table.name: pq.read_table(folder / f"{table.name}.parquet").to_pylist() for table in tables}


def sample(name: str) -> Path:
    (evidence,) = (SAMPLES / name).glob("evidence.*")
    return evidence


def lines(path: Path) -> list[Record]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@cache
def sql(source: str) -> str:
    """Return the query of a source without comments and texts."""
    text = files(sources).joinpath(f"{source}.sql").read_text(encoding="utf-8")
    return re.sub(r"'[^']*'", "''", re.sub(r"--.*", "", text))


@each_source
def test_a_source_declares_everything(source: Source) -> None:
    for declared in fields(source):
        value = getattr(source, declared.name)
        assert isinstance(value, bool | Mapping) or value, declared.name
    assert source.table in OBSERVATIONS
    assert source.shape.source == source.name
    assert len({name.lower() for name in source.shape.fields}) == len(source.shape.fields)


@each_source
def test_a_source_says_what_it_proves_and_what_not_in_words(source: Source) -> None:
    for text in (source.title, source.needs, source.proves, source.never):
        assert text == text.strip()
        assert not text.endswith(".")


@each_source
def test_a_source_reads_every_field_it_asks_for_and_no_other(source: Source) -> None:
    text = " ".join(map(sql, [source.name, *source.further]))
    spelled = {word.strip('"') for word in re.findall(r'"[\w-]+"|\w+', text)}
    asked = set(source.shape.fields)
    decoded = {wanted.field for wanted in source.decoded.values()}
    assert decoded <= asked
    assert asked <= spelled | decoded
    assert {word for word in spelled if re.fullmatch(r"[A-Z][a-z]+[A-Z]\w*", word)} <= asked
    assert set(source.decoded) <= spelled


@each_source
def test_a_source_ends_in_its_last_step(source: Source) -> None:
    assert all(sql(name).rstrip().endswith("SELECT * FROM final") for name in (source.name, *source.further))
    assert "skip" in sql(source.name)


@each_source
def test_a_source_has_a_sample_of_every_kind(source: Source) -> None:
    kinds = {row["source"] for row in lines(SAMPLES / source.name / "expected.jsonl") if "source" in row}
    assert kinds == set(source.kinds)


@each_sample
def test_a_source_gives_what_its_sample_says_and_fills_nothing_else(name: str, tmp_path: Path) -> None:
    part, tables = interpreted(sample(name), tmp_path / "part")
    given = {row["line"]: {"skip": row["reason"]} for row in tables["skipped"]}
    own = installed()[name].table
    for table in sorted(OBSERVATIONS, key=lambda table: table != own):
        for row in tables[table.name]:
            told = {
                key: _said(value)
                for key, value in row.items()
                if key not in COMMON and value not in (None, [])
            }
            given.setdefault(row["line"], told if table == own else {})
            if given[row["line"]] is not told:
                given[row["line"]].setdefault("further", []).append(told)
    expected = lines(SAMPLES / name / "expected.jsonl")
    assert [given[line] for line in sorted(given)] == expected
    (ledger,) = part.members
    assert (ledger.seen, ledger.used + ledger.skipped) == (len(expected), len(expected))


def _said(value: object) -> object:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


@each_sample
def test_every_observation_says_where_it_stands(name: str, tmp_path: Path) -> None:
    part, tables = interpreted(sample(name), tmp_path / "part")
    for table in OBSERVATIONS:
        for row in tables[table.name]:
            assert row["file"] == sample(name).name
            assert row["record"] in {None, 100 + row["line"]}
            assert row["host"] in part.hosts
            assert row["recorded"].year == 2021


HOSTILE = [
    "",
    " ",
    "-",
    "-1",
    "70000",
    "4294967296",
    "9" * 40,
    "0xZZ",
    "0x" + "f" * 40,
    "1e400",
    "NaN",
    "256.1.1.1",
    "::ffff:0:0:0:0:0:0:0:0",
    "1601-01-01T00:00:00Z",
    "9999-12-31T23:59:59.9999999Z",
    "2021-02-30 25:61:61",
    "\x1b[2J\x1b]0;x\x07",
    "a\u202eb\ud7ffc\x00d",
    "'; DROP TABLE raw; --",
    "%s%n{0}" * 9,
    "type:  5 ;;;type: 99999999999999999999 x;::ffff:",
    "\\" * 50 + "(" * 50,
]


@each_export
def test_no_value_of_any_field_stops_a_source_or_loses_another_record(name: str, tmp_path: Path) -> None:
    plain = [
        record
        for record, row in zip(lines(sample(name)), lines(SAMPLES / name / "expected.jsonl"), strict=True)
        if "skip" not in row
    ]
    hostile = [
        {**record, key: value}
        for record in plain
        for key in record
        for value in HOSTILE
        if key not in {"EventID", "SourceName", "Channel", "ActionType", "DataType"}  # whose record it is
    ]
    evidence = tmp_path / "evidence.jsonl"
    mixed = [record for spoiled in hostile for record in (spoiled, plain[0])]
    evidence.write_text("\n".join(json.dumps(record) for record in mixed), encoding="utf-8")
    part, tables = interpreted(evidence, tmp_path / "part")
    (ledger,) = part.members
    assert ledger.seen == ledger.used + ledger.ignored + ledger.skipped == len(mixed)
    assert {row["line"] % 2 for row in tables["skipped"]} == {1}, "an untouched record was lost"
    assert all(row["reason"] for row in tables["skipped"])


@pytest.mark.parametrize(
    ("time", "reason"),
    [
        ("1601-01-01T00:00:00Z", "time 1601-01-01T00:00:00Z cannot be"),
        ("1992-12-31T23:59:59Z", "time 1992-12-31T23:59:59Z cannot be"),
        ("1993-01-01T00:00:00Z", None),
        ("2099-12-31T23:59:59Z", None),
        ("2100-01-01T00:00:00Z", "time 2100-01-01T00:00:00Z cannot be"),
        ("9999-12-31T23:59:59Z", "time 9999-12-31T23:59:59Z cannot be"),
        ("yesterday", "time yesterday cannot be"),
        ("", "there is no time"),
    ],
)
def test_a_record_that_no_clock_of_windows_can_have_written_is_a_skip(
    tmp_path: Path, time: str, reason: str | None
) -> None:
    assert _told(tmp_path, EventTime=time)[1] == reason


@pytest.mark.parametrize(
    ("time", "written", "width", "zoned"),
    [
        ("2021-11-27T03:17:39.250Z", "03:17:39.250000", 1000, False),
        ("2021-11-27 03:17:39", "03:17:39", 1_000_000, False),
        ("2021-11-27T03:17:39.2501234Z", "03:17:39.250123", 1, False),
        ("2021-11-27T05:17:39+02:00", "03:17:39", 1_000_000, True),
        ("/Date(1637983059250)/", "03:17:39.250000", 1000, True),
        ("11/27/2021 3:17:39 AM", "03:17:39", 1_000_000, False),
        ("11/27/2021 3:17:39 PM", "15:17:39", 1_000_000, False),
    ],
)
def test_a_time_is_kept_as_its_clock_shows_it(
    tmp_path: Path, time: str, written: str, width: int, zoned: bool
) -> None:
    row, reason = _told(tmp_path, EventTime=time)
    assert reason is None
    assert row["recorded"] == datetime.fromisoformat(f"2021-11-27 {written}")
    assert (row["recorded_width"], row["zoned"]) == (width, zoned)


def test_a_record_of_no_computer_is_a_skip(tmp_path: Path) -> None:
    assert _told(tmp_path, Hostname="")[1] == "there is no computer name"


def test_a_pid_of_32_bits_is_the_largest(tmp_path: Path) -> None:
    assert _told(tmp_path, ProcessID="4294967295")[0]["pid"] == 4294967295
    assert _told(tmp_path, ProcessID="0xffffffff")[0]["pid"] == 4294967295


def test_of_two_equal_keys_the_last_counts_and_the_record_is_kept(tmp_path: Path) -> None:
    (record, *_) = (
        (SAMPLES / "security_filtering" / "evidence.jsonl").read_text(encoding="utf-8").splitlines()
    )
    (tmp_path / "e.jsonl").write_text(record[:-1] + ', "DestPort": "443"}', encoding="utf-8")
    _, tables = interpreted(tmp_path / "e.jsonl", tmp_path / "part")
    assert [row["destination_port"] for row in tables["connection_observation"]] == [443]


def _told(folder: Path, **changed: str) -> tuple[Record, str | None]:
    """Return the observation that a changed 5156 gives, or the reason why it gives none."""
    record = {**lines(sample("security_filtering"))[0], **changed}
    (folder / "e.jsonl").write_text(json.dumps(record), encoding="utf-8")
    _, tables = interpreted(folder / "e.jsonl", folder / "part")
    if tables["skipped"]:
        return {}, tables["skipped"][0]["reason"]
    return tables["connection_observation"][0], None
