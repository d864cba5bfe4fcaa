"""`trackway stats`: what evidence holds, counted."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from trackway import cli
from trackway.formats import evtx
from trackway.logs.statistics import TABLES

from ..reader.logs import record, write
from .events import export, line

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfdbinary: Any) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["stats", *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    folder = tmp_path / "logs"
    folder.mkdir()
    ends = {"Image": "C:\\a.exe", "SourceIp": "::ffff:10.0.0.1", "DestinationIp": "10.0.0.1"}
    export(
        folder / "a.json",
        line(time="2021-11-27T03:00:00Z"),
        line(time="2021-11-27T05:00:00Z", fields={"QueryName": "PERDU.com."}),
        line(time="2021-11-27T05:30:00Z", event_id=3, computer="WS8", channel="C", fields=ends),
    )
    export(folder / "b.json", line(time="2021-11-27T02:00:00Z", fields={"QueryName": "other.example"}))
    return folder


def rows(run: Run, evidence: Path, table: str) -> list[dict[str, Any]]:
    found = run(evidence, "--table", table, "--format", "jsonl")[1]
    return [json.loads(each) for each in found.splitlines()]


def test_records_are_counted_by_everything(run: Run, evidence: Path) -> None:
    counted = {
        "files": [("logs/a.json", 3), ("logs/b.json", 1)],
        "hosts": [("WS7", 3), ("WS8", 1)],
        "channels": [("Microsoft-Windows-DNS-Client/Operational", 3), ("C", 1)],
        "providers": [("Microsoft-Windows-DNS-Client", 4)],
        "names": [("perdu.com", 3), ("other.example", 1)],
        "addresses": [("10.0.0.1", 1)],
        "processes": [("C:\\a.exe", 1)],
        "hours": [(f"2021-11-27T0{hour}:00:00.000000Z", count) for hour, count in ((2, 1), (3, 1), (5, 2))],
    }

    for table, expected in counted.items():
        found = rows(run, evidence, table)
        key = next(iter(found[0]))
        assert [(each[key], each["records"]) for each in found] == expected, table
    assert {(each["event_id"], each["records"]) for each in rows(run, evidence, "events")} == {
        (3006, 3),
        (3, 1),
    }


def test_a_channel_knows_its_rate_between_its_first_and_its_last(run: Run, evidence: Path) -> None:
    found = rows(run, evidence, "channels")[0]

    assert (found["first"], found["last"]) == ("2021-11-27T02:00:00.000000Z", "2021-11-27T05:00:00.000000Z")
    assert found["records_an_hour"] == 1.0
    assert found["bytes"] > 0


def test_text_shows_every_table_that_has_rows(run: Run, evidence: Path) -> None:
    code, out, _ = run(evidence)

    assert code == 0
    assert [each for each in TABLES if f"{each} (" in out] == list(TABLES)


def test_a_limit_is_said(run: Run, evidence: Path) -> None:
    assert "1 of 2 names shown; --limit 2 shows all" in run(evidence, "--table", "names", "--limit", "1")[2]


def test_csv_has_a_header_and_the_events(run: Run, evidence: Path) -> None:
    found = list(csv.DictReader(io.StringIO(run(evidence, "--format", "csv")[1])))

    assert [each["event_id"] for each in found] == ["3006", "3"]


def test_evidence_without_records_is_said(run: Run, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("nothing", encoding="utf-8")

    assert "no event logs or event exports" in run(tmp_path / "x.txt")[2]


def test_damage_is_exit_code_4(run: Run, tmp_path: Path) -> None:
    path = export(tmp_path / "a.json", line())
    path.write_text(path.read_text(encoding="utf-8") + "{\n", encoding="utf-8")

    code, _, err = run(path)

    assert code == 4
    assert "could not be read" in err


def test_records_are_carved_out_of_anything(run: Run, tmp_path: Path) -> None:
    log = write(tmp_path / "log.evtx", record(), record()).read_bytes()
    image = tmp_path / "memory.raw"
    image.write_bytes(b"\xa5" * 12_345 + log[4096:] + b"ElfChnk" * 99 + log[4096:] + b"\x2a\x2a\0\0" * 30)
    code, out, err = run(image, "--carve", "--format", "jsonl")
    (found,) = (json.loads(each) for each in out.splitlines())
    assert (code, err) == (0, "")
    assert (found["provider"], found["event_id"], found["status"], found["records"]) == ("Lab", 7, "sound", 4)


def test_bytes_without_a_record_give_no_row(run: Run, tmp_path: Path) -> None:
    (tmp_path / "memory.raw").write_bytes(bytes(100_000))
    assert run(tmp_path / "memory.raw", "--carve", "--format", "jsonl") == (0, "", "")


def test_that_reading_is_slower_is_said_once_where_an_event_log_was_read(
    run: Run, evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evtx, "NATIVE", False)
    assert evtx.SLOWER not in run(evidence)[2]
    log = write(tmp_path / "log.evtx", record(), record())
    assert run(log, log.parent / "logs")[2].count(evtx.SLOWER) == 1
    assert evtx.SLOWER not in run(log, "--quiet")[2]
