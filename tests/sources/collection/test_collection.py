"""A collector's own files: whose the evidence beside them is, and when it was taken."""

from __future__ import annotations

import json
from pathlib import Path

from tests.sources.mutated import endured
from tests.sources.told import rows, traced

CACHE = "Windows IP Configuration\n\n    www.example.com\n    " + "-" * 40 + "\n" + "".join(
    f"    {label} : {value}\n"
    for label, value in (
        ("Record Name . . . . .", "www.example.com"),
        ("Record Type . . . . .", "1"),
        ("Time To Live  . . . .", "100"),
        ("Data Length . . . . .", "4"),
        ("Section . . . . . . .", "Answer"),
        ("A (Host) Record . . .", "203.0.113.7"),
    )
)  # fmt: skip
INFO = {"client_id": "C.1", "hostname": "WS7", "fqdn": "WS7.corp.example", "system": "windows"}
CONTEXT = {"session_id": "F.1", "create_time": 1637983058000000, "start_time": 1637983059250000}
KAPE = (
    "[2021-11-27 03:17:39.1234567 | INF] KAPE version 1.3.0.2, Author: Eric Zimmerman\n"
    "[2021-11-27 03:17:39.2234567 | INF] System info: Machine name: WS7, 64-bit: true, User: anna OS: Windows10\n"
)


def test_velociraptor_s_own_files_say_whose_a_cache_is_and_when_it_was_read(tmp_path: Path) -> None:
    files = {
        "a/client_info.json": json.dumps(INFO, indent=1),
        "a/collection_context.json": json.dumps(CONTEXT, indent=1),
        "a/results/cache.txt": CACHE,
    }
    case = traced(tmp_path, files)
    (row,) = rows(case, "dns_observation")
    assert (row["host"], row["recorded_basis"]) == ("WS7.corp.example", "collector")
    assert row["recorded"].isoformat() == "2021-11-27T03:17:39.250000"


def test_a_time_that_is_none_is_nobody_s_word(tmp_path: Path) -> None:
    said = [{"HostIdentifier": "WS7", "Collector": "x", "Property": "collected", "Value": "'; DROP TABLE x"}]
    case = traced(tmp_path, {"collection.json": json.dumps(said), "cache.txt": CACHE}, hosts=["WS7"])
    assert [row["reason"] for row in rows(case, "skipped")] == ["collection: time '; DROP TABLE x cannot be"]
    assert {row["recorded_basis"] for row in rows(case, "dns_observation")} == {"file time"}


def test_kape_s_console_log_says_whose_the_evidence_beside_it_is(tmp_path: Path) -> None:
    case = traced(tmp_path, {"k/2021-11-27T031739_ConsoleLog.txt": KAPE, "k/C/cache.txt": CACHE})
    assert {row["host"] for row in rows(case, "dns_observation")} == {"WS7"}


def test_a_changed_file_of_a_collector_loses_nothing_in_silence() -> None:
    for kind, text in (("objects", json.dumps([INFO, CONTEXT])), ("kape_log", KAPE)):
        endured(text, kind)
