"""SRUM: sums by program and hour beside the connections of that hour, and databases that are broken or in use."""

from __future__ import annotations

import json
import os
import random
from typing import Any

import pytest

from trackway.evidence.kinds import recognised

from ..interpreted import told
from ..test_sources import sample
from ..told import HOST, balanced, events, permit, rows, start, traced
from .ese import DIRTY, database
from .srudb import ETHERNET, POWERSHELL, WIRELESS, Connected, Sum, srudb

TIMES = int(os.environ.get("TRACKWAY_MUTATIONS", "60"))
PRINTED = "2021-11-27 04:00:00+00:00"
SVCHOST = r"\Device\HarddiskVolume3\Windows\System32\svchost.exe"
SAMPLE = srudb(
    Sum("2021-11-27 03:00:00", 1_200, 40_000),
    Sum("2021-11-27 04:00:00", 5, 7, program=rf"{SVCHOST} [NetSvcs]", user="S-1-5-18"),
    Sum("2021-11-27 04:00:00", 1, 0, program="!!curl.exe!2021/11/01:00:00:00!0!", interface=WIRELESS),
    Sum("2021-11-27 04:00:00", -1),
    Connected("2021-11-27 04:00:00", "2021-11-27 02:59:30", 3_630),
)  # fmt: skip
CURL = r"C:\Windows\System32\curl.exe"


def beside(folder: Any, *sums: Sum, at: str = "03:17:39.000", **process: Any) -> list[dict[str, Any]]:
    """Return the sums that stand beside the one connection of a process, at a moment."""
    image = process.pop("image", r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe")
    device = "\\device\\harddiskvolume3" + image[2:].lower()
    log = events(
        start("2021-11-27T02:00:00.000Z", 20220, image, **process),
        permit(f"2021-11-27T{at}Z", Application=device),
    )
    case = traced(folder, {"Security.jsonl": log, "sru/SRUDB.dat": srudb(*sums)}, timezones=["UTC"])
    (story,) = case.stories().to_pylist()
    return [each | {"evidence": each["evidence"][0]["record"]} for each in story["traffic"]]


def test_a_sum_stands_beside_the_connections_of_its_program_in_that_hour(tmp_path):
    (traffic,) = beside(tmp_path, Sum("2021-11-27 03:00:00"), Sum("2021-11-27 04:00:00", 7, 9))
    assert (traffic["program"], traffic["user"]) == (POWERSHELL, "S-1-5-21-1-2-3-1001")
    assert (traffic["bytes_sent"], traffic["bytes_received"], traffic["interface"]) == (7, 9, "ethernet")
    assert (traffic["time_from"].hour, traffic["time_to"].hour, traffic["evidence"]) == (3, 4, 102)


def test_a_sum_is_no_connection_and_no_link_and_no_witness_of_one(tmp_path):
    log = events(start("2021-11-27T02:00:00.000Z", 20220), permit("2021-11-27T03:17:39.000Z"))
    alone = traced(tmp_path / "a", {"Security.jsonl": log}, timezones=["UTC"])
    beside = traced(
        tmp_path / "b",
        {"Security.jsonl": log, "SRUDB.dat": srudb(Sum("2021-11-27 04:00:00"))},
        timezones=["UTC"],
    )
    (before,), (after,) = alone.stories().to_pylist(), beside.stories().to_pylist()
    assert after["traffic"] != before["traffic"] == []
    assert {name for name in before if before[name] != after[name]} <= {"traffic", "not_seen"}
    assert rows(alone, "link") == rows(beside, "link")


@pytest.mark.parametrize(
    ("at", "sums", "found"),
    [
        ("04:00:00.000", ["03:00", "04:00", "05:00"], [4]),
        ("04:00:00.001", ["03:00", "04:00", "05:00"], [5]),
        ("03:30:00.000", ["03:10", "03:40"], [3]),
        ("02:55:00.001", ["04:00"], [4]),
        ("02:54:59.000", ["04:00"], []),
        ("04:00:01.000", ["04:00"], []),
    ],
)
def test_the_hour_is_from_one_writing_to_the_next_and_65_minutes_at_most(tmp_path, at, sums, found):
    traffic = beside(tmp_path, *(Sum(f"2021-11-27 {each}:00") for each in sums), at=at)
    assert [each["time_to"].hour for each in traffic] == found


PACKAGE = "Contoso.Mail_1.2.3.0_x64__8wekyb3d8bbwe"


@pytest.mark.parametrize(
    ("program", "image", "command_line", "agrees"),
    [
        (POWERSHELL.upper(), POWERSHELL.replace(r"\Device\HarddiskVolume3", "C:"), None, True),
        (
            POWERSHELL.replace("v1.0", "v2.0"),
            POWERSHELL.replace(r"\Device\HarddiskVolume3", "C:"),
            None,
            False,
        ),
        ("!!curl.exe!2021/11/01:00:00:00!0!", CURL, None, True),
        ("!!curl.exe!2021/11/01:00:00:00!0!", CURL.replace("curl", "xcurl"), None, False),
        (
            f"{SVCHOST} [netsvcs]",
            r"C:\Windows\System32\svchost.exe",
            "svchost.exe -k NetSvcs -p -s BITS",
            True,
        ),
        (f"{SVCHOST} [netsvcs]", r"C:\Windows\System32\svchost.exe", "svchost.exe -k Local -p", False),
        (f"{SVCHOST} [netsvcs]", r"C:\Windows\System32\svchost.exe", None, False),
        ("bits", r"C:\Windows\System32\svchost.exe", "svchost.exe -k netsvcs -p -s BITS", True),
        ("bits", r"C:\Windows\System32\svchost.exe", "svchost.exe -k netsvcs -p -s Dnscache", False),
        (PACKAGE, rf"C:\Program Files\WindowsApps\{PACKAGE}\mail.exe", None, True),
        (PACKAGE, rf"C:\Program Files\WindowsApps\X{PACKAGE}\mail.exe", None, False),
        (None, CURL, None, False),
    ],
)
def test_a_program_is_the_process_s_by_path_name_group_service_or_package(
    tmp_path, program, image, command_line, agrees
):
    told_line = {"CommandLine": command_line} if command_line else {}
    traffic = beside(tmp_path, Sum("2021-11-27 04:00:00", program=program), image=image, **told_line)
    assert bool(traffic) == agrees


def test_a_program_on_another_drive_is_another(tmp_path):
    elsewhere = POWERSHELL.replace(r"\Device\HarddiskVolume3", "D:")
    assert beside(tmp_path / "a", Sum("2021-11-27 04:00:00", program=elsewhere)) == []
    # volume 7 has no letter on record
    assert beside(tmp_path / "b", Sum("2021-11-27 04:00:00", program=POWERSHELL.replace("3", "7", 1))) != []


def test_sums_of_several_accounts_and_interfaces_stand_side_by_side(tmp_path):
    sums = (
        Sum("2021-11-27 04:00:00", 1, user="S-1-5-18", interface=WIRELESS),
        Sum("2021-11-27 04:00:00", 2),
        Sum("2021-11-27 04:00:00", 3, interface=131 << 48),
        Sum("2021-11-27 04:00:00", 4, interface=5 << 48),
    )
    traffic = beside(tmp_path, *sums)
    assert sorted((each["bytes_sent"], each["user"], each["interface"]) for each in traffic) == [
        (1, "NT AUTHORITY\\SYSTEM", "wireless"),
        (2, "S-1-5-21-1-2-3-1001", "ethernet"),
        (3, "S-1-5-21-1-2-3-1001", "tunnel"),
        (4, "S-1-5-21-1-2-3-1001", "type 5"),
    ]


def test_a_database_that_was_in_use_is_read_and_its_skip_says_what_to_do(tmp_path):
    case = traced(tmp_path, {"SRUDB.dat": srudb(Sum("2021-11-27 04:00:00"), state=DIRTY)}, hosts=[HOST])
    (skip,) = rows(case, "skipped")
    assert "esentutl" in skip["reason"]
    assert len(rows(case, "host_fact")) == 1
    assert balanced(case)["skipped"] == 1


def test_a_database_that_cannot_be_opened_is_one_skip_that_says_what_to_do():
    found = told(SAMPLE[:6000], printed=PRINTED)
    (reason,) = found.skips
    assert "esentutl /p" in reason
    assert found.tables == {}


def test_a_database_of_another_program_is_listed_and_not_read(tmp_path):
    content = database({"MSysOther": ({"A": 4}, [(1,)])})
    assert recognised(content) == "ese"
    case = traced(tmp_path, {"WebCacheV01.dat": content})
    assert balanced(case)["note"] == "an ESE database, but not SRUM's; nothing in it is read"


def test_the_sample_is_what_the_writer_gives():
    assert sample("srum").read_bytes() == SAMPLE


def test_the_same_rows_in_a_shadow_copy_count_once(tmp_path):
    content = {
        "C/SRUDB.dat": srudb(Sum("2021-11-27 04:00:00")),
        "VSS1/SRUDB.dat": srudb(Sum("2021-11-27 04:00:00")),
    }
    case = traced(tmp_path, content, hosts=[HOST])
    assert len(rows(case, "host_fact")) == 1
    assert [row["duplicates"] for row in rows(case, "file")] == [0, 1]


@pytest.mark.parametrize("part", range(4))
def test_no_mutation_raises_and_the_counts_add_up(part):
    chance = random.Random(part)  # noqa: S311  repeatable
    for _ in range(TIMES // 4):
        content = bytearray(SAMPLE)
        for _ in range(chance.choice([1, 4, 20, 100])):
            content[chance.choice([chance.randrange(len(content)), chance.randrange(8192, 11 * 4096)])] = (
                chance.randrange(256)
            )
        told(
            bytes(content[: chance.choice([len(content), chance.randrange(9, len(content))])]), "ese", PRINTED
        )


def test_times_and_numbers_that_cannot_be_are_skips(tmp_path):
    times = ["0001-01-01 00:00:00", "9999-12-31 23:59:59"]
    found = told(srudb(*(Sum(time) for time in times), Sum("2021-11-27 04:00:00", -1)), printed=PRINTED)
    assert len(found.skips) == 3
    assert json.dumps(found.skips).count("cannot be") == 2


def test_what_a_network_was_there_for_is_a_fact_with_its_start():
    found = told(srudb(Connected("2021-11-16 19:18:00", "2021-11-16 18:17:44", 3615)), printed=PRINTED)
    (fact,) = found.only("host_fact")
    assert (fact["kind"], fact["value"]) == ("network_connected", '{"seconds":3615,"interface":"ethernet"}')
    assert fact["stated"].isoformat() == "2021-11-16T18:17:44+00:00"
    assert ETHERNET >> 48 == 6
