from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

import trackway
from trackway.present.console import console
from trackway.present.summary import write_summary

Row = dict[str, Any]

PERMIT: Row = {
    "EventID": 5156, "SourceName": "Microsoft-Windows-Security-Auditing", "Channel": "Security", "Hostname": "WS7",
    "EventTime": "2021-11-27T03:17:39.250Z", "RecordNumber": 101, "Version": 1, "ExecutionProcessID": 4,
    "ProcessID": "20220", "Application": "\\device\\harddiskvolume2\\windows\\notepad.exe", "Direction": "%%14593",
    "SourceAddress": "192.168.0.107", "SourcePort": "50123", "DestAddress": "208.97.177.124", "DestPort": "80",
    "Protocol": "6",
}  # fmt: skip
SCHEMA = "http://schemas.microsoft.com/win/2004/08/events/event"
DATA = "ProcessID Application Direction SourceAddress SourcePort DestAddress DestPort Protocol".split()


def xml(record: Row) -> str:
    data = "".join(f"<Data Name='{name}'>{record[name]}</Data>" for name in DATA)
    return (
        f"<Event xmlns='{SCHEMA}'><System><Provider Name='{record['SourceName']}'/><EventID>5156</EventID>"
        f"<Version>1</Version><TimeCreated SystemTime='2021-11-27T03:17:39.2501234Z'/>"
        f"<EventRecordID>{record['RecordNumber']}</EventRecordID><Execution ProcessID='4'/><Channel>Security</Channel>"
        f"<Computer>WS7</Computer></System><EventData>{data}</EventData></Event>"
    )


def counts(folder: Path, **contents: str) -> tuple[dict[str, tuple[int, int]], trackway.Case]:
    """Trace files of one folder; return the records used and the duplicates of each, and the case."""
    evidence = folder / "evidence"
    evidence.mkdir()
    for name, content in contents.items():
        (evidence / name).write_text(content, encoding="utf-8")
    case = trackway.trace([evidence], folder / "case")
    files = case.manifest["files"]
    assert isinstance(files, list)
    for file in files:
        assert file["seen"] == file["used"] + file["duplicates"] + file["ignored"] + file["skipped"]
    return {file["file"].split("/")[-1]: (file["used"], file["duplicates"]) for file in files}, case


def lines(*records: Row) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def test_a_shadow_copy_s_records_count_once(tmp_path):
    found, case = counts(
        tmp_path, live=lines(PERMIT), shadow=lines(PERMIT) + lines({**PERMIT, "RecordNumber": 102})
    )
    assert found == {"live": (1, 0), "shadow": (1, 1)}
    assert case.sql("SELECT len(evidence) AS n FROM story").to_pylist() == [{"n": 2}]
    out = io.StringIO()
    write_summary(case, console(out))
    assert "\n1 more record stood in the evidence again and counted once" in out.getvalue()


@pytest.mark.parametrize("local", ["2021-11-27 05:17:39", "2021-11-26 22:17:39", "2021-11-27T03:17:39.250Z"])
def test_a_record_exported_in_two_forms_counts_once_and_the_one_in_utc_is_kept(tmp_path, local):
    found, case = counts(tmp_path, export=lines({**PERMIT, "EventTime": local}), log=xml(PERMIT))
    assert found == {"export": (0, 1), "log": (1, 0)}
    (story,) = case.sql("SELECT time_from, evidence FROM story").to_pylist()
    assert story["time_from"].isoformat() == "2021-11-27T03:17:39.250123+00:00"
    assert [citation["file"] for citation in story["evidence"]] == ["evidence/log"]


def test_a_record_that_one_file_holds_twice_counts_once(tmp_path):
    assert counts(tmp_path, doubled=lines(PERMIT, PERMIT))[0] == {"doubled": (1, 1)}


@pytest.mark.parametrize(
    "change",
    [
        {"DestPort": "443"},
        {"RecordNumber": 102},
        {"EventTime": "2021-11-27T03:17:40.250Z"},
        {"EventTime": "2021-11-27T03:27:39.250Z"},
        {"EventID": 5157},
    ],
)
def test_records_that_differ_in_anything_are_two(tmp_path, change):
    assert counts(tmp_path, one=lines(PERMIT), two=lines({**PERMIT, **change}))[0] == {
        "one": (1, 0),
        "two": (1, 0),
    }


def test_two_hosts_may_hold_one_record_each(tmp_path):
    other = {**PERMIT, "Hostname": "WS8"}
    assert counts(tmp_path, one=lines(PERMIT), two=lines(other))[0] == {"one": (1, 0), "two": (1, 0)}


def test_records_without_a_number_are_paired_off_between_files(tmp_path):
    bare = {name: value for name, value in PERMIT.items() if name != "RecordNumber"}
    found, _ = counts(tmp_path, one=lines(bare, bare), two=lines(bare, bare, bare))
    assert found == {"one": (2, 0), "two": (1, 2)}


def test_two_records_without_a_number_in_one_file_are_two(tmp_path):
    bare = {name: value for name, value in PERMIT.items() if name != "RecordNumber"}
    assert counts(tmp_path, one=lines(bare, bare))[0] == {"one": (2, 0)}


def test_the_names_of_the_files_decide_and_not_their_order(tmp_path):
    for folder, names in (("first", ("a", "b")), ("second", ("b", "a"))):
        (tmp_path / folder).mkdir()
        found, _ = counts(tmp_path / folder, **{name: lines(PERMIT) for name in names})
        assert found == {"a": (1, 0), "b": (0, 1)}
