from __future__ import annotations

import json

import pytest

import trackway
from trackway import query
from trackway.filters import Filters

LOGON = {
    "EventID": 4624, "SourceName": "Microsoft-Windows-Security-Auditing", "Channel": "Security", "Hostname": "WS7",
    "EventTime": "2021-11-27T03:17:39.250Z", "RecordNumber": 7, "TargetUserName": "anna", "TargetDomainName": "CORP",
    "TargetLogonId": "0x3d2a1", "LogonType": "3", "IpAddress": "192.168.0.9", "ProcessId": "0x2cc",
    "ProcessName": "C:\\Windows\\System32\\services.exe",
}  # fmt: skip
BOOT = {**LOGON, "EventID": 4608, "RecordNumber": 6, "EventTime": "2021-11-27T01:00:00.000Z"}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("facts")
    (folder / "log.json").write_text(json.dumps(LOGON) + "\n" + json.dumps(BOOT) + "\n")
    return trackway.trace([folder / "log.json"], folder / "case")


@pytest.mark.parametrize(
    ("words", "kinds"),
    [
        ({}, ["boot", "logon"]),
        ({"source": "security_46*"}, ["boot", "logon"]),
        ({"source": "security_4624"}, ["logon"]),
        ({"user": "anna"}, ["logon"]),
        ({"user": "bob"}, []),
        ({"process": "services"}, ["logon"]),
        ({"pid": "716"}, ["logon"]),
        ({"since": "2021-11-27T03:00Z"}, ["logon"]),
        ({"until": "2021-11-27T03:00Z"}, ["boot"]),
        ({"contains": "0x3D2A1"}, ["logon"]),
        ({"host": "ws7"}, ["boot", "logon"]),
        ({"host": "ws8"}, []),
    ],
)
def test_every_filter_chooses_facts(case, words, kinds):
    with case.connect() as connection:
        found = query.ask(connection, "facts", Filters.parse(**words)).table().to_pylist()
    assert [row["kind"] for row in found] == kinds


def test_a_fact_says_where_it_stands(case):
    with case.connect() as connection:
        _, row = query.ask(connection, "facts").table().to_pylist()
    assert (row["file"], row["line"], row["record"]) == ("log.json", 1, 7)
    assert (row["subject"], row["value"], row["user"]) == ("0x3d2a1", "type 3 from 192.168.0.9", "CORP\\anna")
