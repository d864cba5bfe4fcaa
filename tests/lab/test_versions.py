"""What hosts of other versions write, and hosts on which sources are switched off for a while or cleared."""

from __future__ import annotations

import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import evtx
import pytest

from tests.lab.records import by_evtx
from tests.lab.test_make import HOUR, rows
from trackway.lab.make import World, make
from trackway.lab.policy import WINDOWS_SIZES, Policy
from trackway.lab.witness import audit, security
from trackway.lab.witness.record import Event
from trackway.lab.witness.sysmon_layouts import CONFIGURED, STATE, layout
from trackway.lab.witness.system import OTHER_CLEARED
from trackway.lab.world.machine import VERSIONS

SHARED: Final = Path(__file__).parents[2] / "../shared/data"
SYSMON: Final = "Microsoft-Windows-Sysmon%4Operational.evtx"
needs_recordings = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the shared recordings are not beside this repository"
)


def names(event: Event) -> list[str]:
    return [name for name, _ in event.fields]


@pytest.fixture(scope="module")
def exported() -> dict[tuple[int, int], set[str]]:
    """Return the keys of the exported records of the recordings, by event and version."""
    found: dict[tuple[int, int], set[str]] = {}
    for record in _exports():
        version = record.get("Version")
        if version is not None and record.get("Channel") in (
            "Security",
            "Microsoft-Windows-Sysmon/Operational",
        ):
            found.setdefault((int(record["EventID"]), int(version)), set(record))
    return found


def _exports() -> Iterator[dict[str, Any]]:
    with zipfile.ZipFile(next((SHARED / "otrf").glob("mimikatz*.zip"))) as archive:
        for name in archive.namelist():
            yield from map(json.loads, archive.read(name).splitlines())
    with tarfile.open(next((SHARED / "otrf").glob("*.tar.gz"))) as archive:
        for member in archive:
            if file := archive.extractfile(member):
                yield from (json.loads(line) for line, _ in zip(file, range(4000), strict=False))


@needs_recordings
@pytest.mark.parametrize(
    ("number", "event"),
    [
        (1, layout(1, "4.22")[0]),
        (3, layout(3, "4.22")[0]),
        (5, layout(5, "4.22")[0]),
        (22, layout(22, "4.22")[0]),
        (4688, security.created(19044)),
        (4689, security.EXITED),
        (5156, security.permitted(19044)),
        (5158, security.BOUND),
        (4624, audit.logged_on(19044)),
        (4634, audit.LOGGED_OFF),
    ],
    ids=lambda value: str(value) if isinstance(value, int) else "",
)
def test_a_record_has_the_fields_of_an_exported_one(
    exported: dict[tuple[int, int], set[str]], number: int, event: Event
) -> None:
    # the exporter's header comes in front of a field of the same name
    expected = {name.lower() for name in exported[number, event.version]}
    assert {name.lower() for name in names(event)} <= expected
    assert len(set(names(event))) == len(names(event))


@needs_recordings
@pytest.mark.parametrize(
    ("file", "number", "event"),
    [
        ("omerbenamram/sysmon.evtx", 1, layout(1, "3.30")[0]),
        ("omerbenamram/sysmon.evtx", 3, layout(3, "3.30")[0]),
        ("omerbenamram/sysmon.evtx", 16, CONFIGURED),
        ("python-evtx/issue_43.evtx", 4, STATE),
        ("python-evtx/issue_43.evtx", 5, layout(5, "3.30")[0]),
        ("omerbenamram/Security_with_size_t.evtx", 4624, audit.logged_on(VERSIONS["7"])),
        ("omerbenamram/Security_with_size_t.evtx", 4634, audit.LOGGED_OFF),
        ("omerbenamram/system.evtx", 104, OTHER_CLEARED),
    ],
)
def test_a_record_has_the_fields_of_a_recorded_one_in_their_order(
    file: str, number: int, event: Event
) -> None:
    for row in evtx.PyEvtxParser(str(SHARED / "evtx" / file)).records_json():
        found = json.loads(row["data"])["Event"]
        if found["System"]["EventID"] == number and found["System"]["Channel"] == event.channel:
            data = found.get("EventData") or found["UserData"][event.user_data]
            assert [name for name in data if name != "#attributes"] == names(event)
            assert (found["System"]["Version"], found["System"]["Task"]) == (event.version, event.task)
            return
    pytest.fail(f"{file} holds no {number}")


def test_windows_7_asks_no_names_on_record_and_names_no_parent(tmp_path: Path) -> None:
    policy = Policy(command_lines=False)
    folder = make(World(scenario="quiet", days=HOUR / 8, windows="7", policy=policy), tmp_path / "w")
    kinds = {row["source"] for row in rows(folder, "record")}
    assert {"security_4688", "security_5156", "sysmon_1", "sysmon_3"} <= kinds
    assert not [kind for kind in kinds if str(kind).startswith("dns_client") or kind == "sysmon_22"]
    events = by_evtx(folder / "evidence/WS-0001/Security.evtx")
    created = next(event for event in events if event["System"]["EventID"] == 4688)
    assert created["System"]["Version"] == 0
    assert list(created["EventData"])[-1] == "ProcessId"
    permitted = next(event for event in events if event["System"]["EventID"] == 5156)
    assert (permitted["System"]["Version"], permitted["EventData"]["FilterRTID"]) == (0, 0)


def test_services_share_a_process_before_windows_10(tmp_path: Path) -> None:
    for windows, shared in (("8.1", True), ("10", False)):
        folder = make(World(scenario="quiet", days=HOUR / 30, windows=windows), tmp_path / windows)
        lines = [str(row["command_line"]) for row in rows(folder, "process")]
        assert any(line.endswith("-k NetworkService") for line in lines) == shared
        assert any(line.endswith("-s Dnscache") for line in lines) != shared


@pytest.mark.parametrize(
    ("schema", "has_rules", "has_accounts"), [("3.30", False, False), ("4.90", True, True)]
)
def test_sysmon_writes_by_its_schema(
    tmp_path: Path, schema: str, *, has_rules: bool, has_accounts: bool
) -> None:
    policy = Policy(sources=frozenset({"sysmon"}), sysmon_schema=schema)
    folder = make(World(scenario="quiet", days=HOUR / 20, windows="10", policy=policy), tmp_path / "w")
    events = by_evtx(folder / "evidence/WS-0001" / SYSMON)
    first = {event["System"]["EventID"]: event["EventData"] for event in events}
    assert first[4]["SchemaVersion"] == schema
    assert ("RuleName" in first[1], "ParentUser" in first[1]) == (has_rules, has_accounts)
    assert (22 in first) == has_rules
    assert ("User" in first.get(22, ())) == has_accounts
    # Sysmon 6 identifies a process by its token and marks it so
    marks = {
        event["EventData"]["ProcessGuid"][19:28] == "0000-0010"
        for event in events
        if "ProcessGuid" in event["EventData"]
    }
    assert marks == {not has_rules}


def test_a_source_that_was_switched_off_says_so_and_is_silent_until_it_is_on_again(tmp_path: Path) -> None:
    policy = Policy(sources=frozenset({"4688", "5156", "sysmon"}))
    folder = make(World(scenario="blinded", days=4 * HOUR, seed=3, policy=policy), tmp_path / "w")
    absent = rows(folder, "absence", "SELECT DISTINCT source FROM t WHERE reason = 'off'")
    assert len(absent) > 3
    events = by_evtx(folder / "evidence/WS-0001/Security.evtx")
    is_on, seen = True, 0
    for event in events:
        number, data = event["System"]["EventID"], event.get("EventData", {})
        if number == 4719 and data["SubcategoryGuid"].startswith("0CCE9226"):
            is_on, seen = data["AuditPolicyChanges"].startswith("%%8449"), seen + 1
        assert is_on or number != 5156
    assert seen >= 2
    assert {4, 16} <= {event["System"]["EventID"] for event in by_evtx(folder / "evidence/WS-0001" / SYSMON)}


def test_that_a_log_was_cleared_stands_in_it_or_in_the_system_log(tmp_path: Path) -> None:
    folder = make(World(scenario="cleared", days=2 * HOUR), tmp_path / "w")
    first = by_evtx(folder / "evidence/WS-0001/Security.evtx")[0]
    assert first["System"]["EventID"] == 1102
    assert first["UserData"]["LogFileCleared"]["SubjectUserName"]
    told = [
        event
        for event in by_evtx(folder / "evidence/WS-0001/System.evtx")
        if event["System"]["EventID"] == 104
    ]
    assert [event["UserData"]["LogFileCleared"]["Channel"] for event in told] == [
        "Microsoft-Windows-Sysmon/Operational"
    ]


def test_the_server_sees_the_other_end_of_what_comes_from_its_neighbour(tmp_path: Path) -> None:
    folder = make(World(scenario="lateral", days=2 * HOUR), tmp_path / "w")
    ends = rows(folder, "connection", "SELECT * FROM t WHERE attack = 'lateral'")
    sent = {(row["local_port"], row["remote_port"]) for row in ends if str(row["host"]).startswith("WS")}
    taken = {(row["remote_port"], row["local_port"]) for row in ends if row["direction"] == "inbound"}
    assert len(taken) >= 5
    assert {port for _, port in taken} == {445, 5985, 135, 49671, 3389}
    assert taken <= sent
    logons = [
        event["EventData"]
        for event in by_evtx(folder / "evidence/FS-0001/Security.evtx")
        if event["System"]["EventID"] == 4624
    ]
    assert {logon["LogonType"] for logon in logons} == {3, 10}
    # by the address that DHCP or the VPN has given it
    assert {logon["IpAddress"] for logon in logons} == {
        row["local_address"]
        for row in ends
        if str(row["host"]).startswith("WS") and row["remote_port"] == 445
    }


def test_each_line_of_a_dumped_cache_is_told_with_the_look_up_it_came_of(tmp_path: Path) -> None:
    policy = Policy(sources=frozenset({"displaydns"}), language="de")
    folder = make(World(scenario="quiet", days=HOUR / 4, policy=policy), tmp_path / "w")
    asked = {row["lookup"]: str(row["name"]) for row in rows(folder, "lookup")}
    printed = (folder / "evidence/WS-0001/displaydns.txt").read_bytes().decode("cp850").splitlines()
    table = (folder / "evidence/WS-0001/Get-DnsClientCache.csv").read_text().splitlines()
    told = [row for row in rows(folder, "record") if row["source"] == "dns_cache"]
    assert len(told) > 20
    for row in told:
        line, name = int(str(row["line"])), asked[str(row["about"])]
        if str(row["file"]).endswith(".csv"):
            assert table[line - 1].startswith(f'"{name}",')
        else:
            heading = next(
                found
                for found in reversed(printed[: line - 1])
                if found.startswith("    ") and ":" not in found and "---" not in found
            )
            assert heading.strip() == name
            assert "Eintragsname" in printed[line - 1] or "nicht vorhanden" in printed[line - 1]


def test_logs_have_the_sizes_of_windows_where_that_is_asked_for() -> None:
    assert Policy(windows_sizes=True).size("Security") == WINDOWS_SIZES["Security"] == 20 << 20
    assert Policy(windows_sizes=True).size("Microsoft-Windows-DNS-Client/Operational") == 1028 << 10
    assert Policy().size("Security") is None
