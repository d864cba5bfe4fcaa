"""Sysmon's events as Elastic's pipelines leave them: nothing in `winlog.event_data`, all of it in the common schema."""

from __future__ import annotations

from typing import Any

import pytest

from trackway.formats.rows import Shape

from ..sources.told import mutants
from .exports import Written, expected, lines, read_all, winlogbeat_7
from .texts import element

SYSMON = "Microsoft-Windows-Sysmon"
FIELDS = (
    "UtcTime ProcessGuid ProcessId Image User Protocol Initiated SourceIp SourcePort DestinationIp DestinationPort "
    "QueryName QueryStatus QueryResults ParentImage CommandLine Hashes"
).split()
SHAPE = Shape("sysmon", (SYSMON,), (f"{SYSMON}/Operational",), frozenset((1, 3, 22)), tuple(FIELDS))


def moved(number: int, **parts: Any) -> dict[str, Any]:
    return {
        "@timestamp": "2019-07-18T03:34:01.239Z",
        "event": {"code": str(number), "provider": SYSMON, "created": "2019-07-18T03:34:02.025Z"},
        "process": {
            "pid": 356,
            "entity_id": "{fa4a0de6-e8a8-5d2f-0000-001094619900}",
            "executable": "C:\\a.exe",
        },
        "user": {"id": "S-1-5-18", "name": "anna", "domain": "CORP"},
        "winlog": {
            "channel": f"{SYSMON}/Operational",
            "computer_name": "WS7",
            "event_id": str(number),
            "provider_name": SYSMON,
            "record_id": "66",
            "process": {"pid": 2828},
        },
        **parts,
    }


def dotted(record: dict[str, Any], path: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in record.items():
        found |= dotted(value, f"{path}{name}.") if isinstance(value, dict) else {path + name: value}
    return found


def read(record: dict[str, Any]) -> dict[str, Any]:
    (row,) = read_all(lines(record), shapes=[SHAPE]).only
    return {name: value for name, value in row.items() if value is not None}


CONNECTED = moved(
    3,
    source={"ip": "10.0.0.7", "port": 50638},
    destination={"ip": "203.0.113.9", "port": 443},
    network={"direction": "egress", "transport": "tcp", "protocol": "https"},
)


@pytest.mark.parametrize("record", [CONNECTED, dotted(CONNECTED)])
def test_a_connection_has_its_ends_its_process_and_both_of_its_times(record):
    row = read(record)
    assert (row["time_text"], row["UtcTime"]) == ("2019-07-18T03:34:02.025Z", "2019-07-18T03:34:01.239Z")
    assert [
        row[name] for name in ("SourceIp", "SourcePort", "DestinationIp", "DestinationPort", "Protocol")
    ] == [
        "10.0.0.7",
        "50638",
        "203.0.113.9",
        "443",
        "tcp",
    ]
    assert (row["ProcessId"], row["header_pid"], row["Initiated"], row["User"]) == (
        "356",
        2828,
        "true",
        "CORP\\anna",
    )


def test_an_answer_is_spelled_as_sysmon_does():
    answers = [{"type": "CNAME", "data": "a.example"}, {"type": "A", "data": "203.0.113.9"}]
    dns = {"question": {"name": "www.example"}, "answers": answers}
    row = read(moved(22, dns=dns, sysmon={"dns": {"status": "SUCCESS"}}))
    assert (row["QueryName"], row["QueryStatus"]) == ("www.example", "0")
    assert row["QueryResults"] == "type:  5 a.example;203.0.113.9;"


def test_a_start_has_parent_and_hashes():
    process = {"pid": 8, "executable": "C:\\b.exe", "command_line": "b", "hash": {"sha256": "ab"}}
    row = read(moved(1, process=process | {"parent": {"executable": "C:\\a.exe"}}))
    assert (row["ParentImage"], row["CommandLine"], row["Hashes"]) == ("C:\\a.exe", "b", "SHA256=ab")


def test_what_stands_in_the_event_s_own_data_counts_more():
    event = Written(event_id=3, provider=SYSMON, channel=f"{SYSMON}/Operational")
    record = winlogbeat_7(event) | {"process": {"pid": 1}, "source": {"ip": "10.0.0.7"}}
    record["winlog"]["event_data"] = {"UtcTime": "2021-03-04 05:06:07.891", "ProcessId": "5"}
    row = read(record)
    assert (row["ProcessId"], row["time_text"], row.get("SourceIp")) == ("5", event.time, None)


def test_a_table_has_the_addresses_of_an_answer():
    dns = {
        "question": {"name": "www.example"},
        "answers": {"data": "x"},
        "resolved_ip": "203.0.113.9, 203.0.113.10",
    }
    assert read(dotted(moved(22, dns=dns)))["QueryResults"] == "203.0.113.9;203.0.113.10;"


def test_what_is_damaged_raises_nothing_and_its_counts_add_up():
    for content in mutants(
        lines(CONNECTED, dotted(CONNECTED), moved(22, dns={"answers": [1, {"data": 2}]})), 60
    ):
        read_all(content, shapes=[SHAPE])


def test_the_element_that_an_event_keeps_of_itself_is_the_event():
    record = moved(3) | {"event": {"original": element(Written()), "code": "3008"}}
    assert read_all(lines(record)).only == [expected(Written())]
    assert read_all(lines(dotted(record))).only == [expected(Written())]
