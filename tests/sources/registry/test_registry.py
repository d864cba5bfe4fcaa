"""Hives of a test's making: their settings as facts, whose they are, and what damage does."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import pytest

import trackway
from tests.sources import interpreted
from tests.sources.mutated import MUTATIONS, endured, endured_all
from tests.sources.registry.hive import Tree, hive
from tests.sources.told import events, mutants, permit, rows, traced
from trackway import planning
from trackway.formats import registry_hive
from trackway.formats.registry_keys import CATEGORIES, audit_settings
from trackway.sources import registry

LOG = r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log"
SYSTEM: Tree = {
    "Select": {"Current": 2},
    "ControlSet001": {"Control": {"ComputerName": {"ComputerName": {"ComputerName": "OLD"}}}},
    "ControlSet002": {
        "Control": {
            "ComputerName": {"ComputerName": {"ComputerName": "WS7"}},
            "MiniNt": {},
            "TimeZoneInformation": {
                "TimeZoneKeyName": "W. Europe Standard Time",
                "ActiveTimeBias": 0xFFFFFFC4,
                "Bias": 0xFFFFFFC4,
            },
        },
        "Services": {
            "Dnscache": {"Parameters": {"MaxCacheTtl": 3600}},
            "Tcpip": {
                "Parameters": {
                    "NV Hostname": "ws7",
                    "Domain": "corp.example",
                    "Interfaces": {
                        "{a}": {
                            "DhcpIPAddress": "192.168.0.107",
                            "LeaseObtainedTime": 1637982000,
                            "LeaseTerminatesTime": 1637985600,
                            "IPAddress": ["10.0.0.1", "10.0.0.2"],
                        },
                        "{b}": {"DhcpIPAddress": "0.0.0.0"},  # noqa: S104  as Windows writes it
                    },
                }
            },
            "SharedAccess": {
                "Parameters": {
                    "FirewallPolicy": {
                        "StandardProfile": {
                            "Logging": {
                                "LogFilePath": LOG,
                                "LogFileSize": 4096,
                                "LogDroppedPackets": 1,
                                "LogSuccessfulConnections": 0,
                            }
                        }
                    }
                }
            },
            "EventLog": {"Security": {"MaxSize": 20971520, "Retention": 0}},
        },
    },
}
DNS = "Microsoft-Windows-DNS-Client/Operational"
SOFTWARE: Tree = {
    "Classes": {},
    "Microsoft": {
        "Windows": {"CurrentVersion": {"WINEVT": {"Channels": {DNS: {"Enabled": 0, "MaxSize": 1052672}}}}},
        "Windows NT": {
            "CurrentVersion": {
                "ProductName": "Windows 10 Pro",
                "DisplayVersion": "22H2",
                "CurrentBuild": "19045",
                "DigitalProductId": bytes(16),
                "NetworkList": {"Profiles": {"{c}": {"ProfileName": "corp", "Category": 2}}},
            }
        },
    },
    "Policies": {
        "Microsoft": {
            "Windows": {"PowerShell": {"ScriptBlockLogging": {"EnableScriptBlockLogging": 1}}},
            "WindowsFirewall": {"PublicProfile": {"Logging": {"LogSuccessfulConnections": 1}}},
        }
    },
}


def audit(settings: dict[str, int], sizes: tuple[int, ...] = (5, 11, 14, 3, 6, 6, 6, 4, 4)) -> bytes:
    """Return the audit policy as the registry holds it, settings by the digits of their GUIDs."""
    body = b"".join(
        struct.pack("<H", settings.get(digits, 0))
        for size, names in zip(sizes, CATEGORIES, strict=True)
        for digits in [*names.split(), *["?"] * size][:size]
    )
    counts = struct.pack(f"<{len(sizes)}H", *sizes)
    return struct.pack("<HHII", 0x100, 0, len(sizes), 12 + len(body)) + body + counts


SECURITY: Tree = {"Cache": {}, "Policy": {"PolAdtEv": {"(default)": audit({"26": 1, "2b": 3})}}}


def facts(tree: Tree) -> list[tuple[str, str | None, Any]]:
    found = interpreted.told(hive(tree), printed="2021-11-27T03:30:00Z")
    assert found.skips == []
    return [(row["kind"], row["subject"], _value(row["value"])) for row in found.only("host_fact")]


def _value(text: str) -> Any:
    return json.loads(text) if text.startswith("{") else text


def test_the_system_hive_tells_host_zone_cache_addresses_and_logs_of_the_current_control_set() -> None:
    logging = {"allowed": False, "dropped": True, "path": LOG, "max_size": 4096, "store": "local"}
    security = {"enabled": None, "max_size": 20971520, "retention": "circular"}
    assert facts(SYSTEM) == [
        ("host_name", None, "WS7"),
        ("time_zone", "Europe/Berlin", "W. Europe Standard Time"),
        ("event_log_disabled", None, "on"),
        ("max_cache_ttl", None, "3600"),
        ("host_name", None, "ws7"),
        ("domain", None, "corp.example"),
        ("leased_address", "{a}", "192.168.0.107"),
        ("lease_obtained", "{a}", "2021-11-27T03:00:00Z"),
        ("lease_terminates", "{a}", "2021-11-27T04:00:00Z"),
        ("address", "{a}", "10.0.0.1"),
        ("address", "{a}", "10.0.0.2"),
        ("firewall_logging", "private", logging),
        ("channel", "Security", security),
    ]


def test_the_software_hive_tells_channels_policies_and_version_and_what_is_absent_is_off() -> None:
    logging = {"allowed": True, "dropped": None, "path": None, "max_size": None, "store": "policy"}
    assert facts(SOFTWARE) == [
        ("channel", DNS, {"enabled": False, "max_size": 1052672, "retention": "circular"}),
        ("command_line_logging", None, "off"),
        ("script_block_logging", None, "on"),
        ("module_logging", None, "off"),
        ("transcription", None, "off"),
        ("firewall_logging", "public", logging),
        ("windows_version", None, "Windows 10 Pro 22H2 19045"),
        ("network_profile", "corp", "domain"),
    ]


def test_the_security_hive_tells_the_audit_policy() -> None:
    found = {subject: value for _, subject, value in facts(SECURITY)}
    assert len(found) == 59
    assert found["{0cce9226-69ae-11d9-bed3-505054503030}"] == "success"
    assert found["{0cce922b-69ae-11d9-bed3-505054503030}"] == "success+failure"
    assert found["{0cce9215-69ae-11d9-bed3-505054503030}"] == "none"


@pytest.mark.parametrize("sizes", [(5, 9, 12, 3, 4, 6, 6, 4, 4), (5, 12, 14, 3, 6, 6, 6, 4, 4)])
def test_the_audit_policy_of_older_and_newer_versions_is_read_by_its_categories(
    sizes: tuple[int, ...],
) -> None:
    found = audit_settings(audit({"26": 2, "2c": 1, "42": 3}, sizes))
    assert found is not None
    assert {guid[7:9] for guid, value in found.items() if value} == (
        {"26", "2c", "42"} if sizes[2] > 10 else set()
    )
    assert found["{0cce9242-69ae-11d9-bed3-505054503030}"] == 3


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        audit({})[:-1],
        audit({"26": 4}),
        audit({})[:4] + b"\x08\0\0\0" + audit({})[8:],
        audit({})[:8] + bytes(200),
    ],
)
def test_an_audit_policy_in_another_form_is_not_guessed(raw: bytes) -> None:
    assert audit_settings(raw) is None


def test_a_hive_says_whose_the_evidence_beside_it_is(tmp_path: Path) -> None:
    case = traced(
        tmp_path,
        {
            "C/Windows/System32/config/SYSTEM": hive(SYSTEM),
            "C/Windows/System32/config/SECURITY": hive(SECURITY),
            "hosts": "203.0.113.9  intranet.example\n",
        },
    )
    assert {row["host"] for row in rows(case, "host_fact")} == {"ws7.corp.example"}
    assert {row["host"] for row in rows(case, "dns_observation")} == {"ws7.corp.example"}


def test_a_dry_run_says_which_times_name_no_zone_and_which_zone_the_registry_keeps(tmp_path: Path) -> None:
    line = "2021-11-27 3:17:39 ALLOW TCP 10.0.0.1 203.0.113.9 50638 80 0 - 0 0 0 - - - SEND 20220\n"
    names = "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack"
    head = f"{names} tcpwin icmptype icmpcode info path pid\n"
    files = {
        "a/SYSTEM": hive(SYSTEM),
        "a/fw.log": head + line,
        "b/fw.log": head + line,
        "b/utc.log": head + line,
    }
    files["b/utc.log"] = f"#Time Format: UTC\n{head}{line}"
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    planned = planning.plan([tmp_path / "a", tmp_path / "b"]).to_pylist()
    notes = {row["file"]: str(row["note"]).rpartition("times without a zone: ")[1:] for row in planned}
    assert notes["a/fw.log"][1] == "W. Europe Standard Time by the registry of ws7.corp.example"
    assert "--timezone" in notes["b/fw.log"][1]
    assert notes["b/utc.log"][0] == notes["a/SYSTEM"][0] == ""


def test_a_dirty_hive_and_one_of_another_kind_say_so(tmp_path: Path) -> None:
    dirty, other = hive(SYSTEM, dirty=True), hive({"Software": {"x": "y"}})
    case = traced(
        tmp_path, {"SYSTEM": dirty, "NTUSER.DAT": other, "e.json": events(permit("2021-11-27T03:17:39Z"))}
    )
    notes = {Path(row["file"]).name: row["note"] for row in rows(case, "file")}
    assert "was being written when it was copied" in notes["SYSTEM"]
    assert "neither SYSTEM nor SOFTWARE nor SECURITY" in notes["NTUSER.DAT"]


@pytest.mark.parametrize("tree", [SYSTEM, SOFTWARE, SECURITY])
def test_a_damaged_hive_ends_in_one_skip_at_most(tree: Tree) -> None:
    endured_all(damaged(hive(tree)), "hive")


def damaged(whole: bytes) -> Iterator[bytes]:
    dice = random.Random(1)  # noqa: S311  repeatable, not a secret
    for number, changed in enumerate(mutants(whole, MUTATIONS // 2, seed=len(whole))):
        flipped = bytearray(whole)
        for _ in range(1 + number % 8):
            flipped[4096 + dice.randrange(len(whole) - 4096)] = dice.randrange(256)
        yield from (bytes(flipped), b"regf" + changed[4:])


def test_a_hive_whose_keys_have_no_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry_hive, "_MOST", 10)
    found = interpreted.told(hive(SYSTEM), printed="2021-11-27T03:30:00Z")
    assert [reason for reason in found.skips if "more than 10 keys" in reason] == found.skips != []


EXPORT = (
    "Windows Registry Editor Version 5.00\r\n\r\n"
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters]\r\n"
    '"NV Hostname"="ws7"\r\n"Domain"=""\r\n\r\n'
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters\\Interfaces\\{a}]\r\n"
    '"IPAddress"=hex(7):31,00,30,00,2e,00,30,00,2e,00,30,00,2e,00,31,00,00,00,\\\r\n  00,00\r\n\r\n'
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Dnscache\\Parameters]\r\n"
    '"MaxCacheTtl"=dword:00000e10\r\n'
)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8"])
def test_an_exported_part_of_the_registry_gives_the_same_facts(encoding: str) -> None:
    found = interpreted.told(EXPORT.encode(encoding), printed="2021-11-27T03:30:00Z")
    assert [(row["kind"], row["value"], row["line"]) for row in found.only("host_fact")] == [
        ("host_name", "ws7", 4),
        ("address", "10.0.0.1", 8),
        ("max_cache_ttl", "3600", 12),
    ]


def test_a_changed_export_loses_nothing_in_silence() -> None:
    endured(EXPORT, "registry_text")


FIREWALL = (
    "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n"
    "#Fields: date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype "
    "icmpcode info path pid\r\n\r\n"
    "2021-11-27 04:17:39 ALLOW TCP 10.0.0.1 203.0.113.7 50638 443 0 - 0 0 0 - - - SEND 4242\r\n"
    "2021-07-27 05:17:39 ALLOW TCP 10.0.0.1 203.0.113.7 50639 443 0 - 0 0 0 - - - SEND 4242\r\n"
)


def firewall_times(folder: Path, files: dict[str, bytes | str], **asked: Any) -> set[str]:
    case = traced(folder, {**files, "pfirewall.log": FIREWALL}, **asked)
    told = rows(case, "connection_observation")
    return {row["time_from"].isoformat()[5:16] for row in told if row["source"] == "firewall_log"}


def test_the_zone_of_the_registry_places_the_firewall_s_log_in_summer_and_in_winter(tmp_path: Path) -> None:
    assert firewall_times(tmp_path, {"SYSTEM": hive(SYSTEM)}) == {"11-27T03:17", "07-27T03:17"}
    (clock,) = trackway.open(tmp_path / "case").sql("FROM clock WHERE file LIKE '%pfirewall.log'").to_pylist()
    assert (clock["basis"], clock["applied"]) == ("registry", True)
    assert "Europe/Berlin" in clock["reason"]


def test_the_user_s_zone_counts_more_than_that_of_the_registry(tmp_path: Path) -> None:
    asked = {"timezones": ["+00:00"]}
    assert firewall_times(tmp_path, {"SYSTEM": hive(SYSTEM)}, **asked) == {"11-27T04:17", "07-27T05:17"}


@pytest.mark.parametrize(
    ("written", "zone"),
    [
        ({"timezonekeyname": "Tokyo Standard Time"}, "Asia/Tokyo"),
        ({"timezonekeyname": "tokyo standard time", "dynamicdaylighttimedisabled": "0"}, "Asia/Tokyo"),
        ({"timezonekeyname": "Tokyo Standard Time", "dynamicdaylighttimedisabled": "1"}, None),
        ({"timezonekeyname": "Nowhere Standard Time"}, None),
        ([], None),
    ],
)
def test_a_zone_of_windows_is_known_by_its_key_unless_summer_time_is_switched_off(
    written: object, zone: str | None
) -> None:
    assert registry.zone(json.dumps(written)) == zone


def test_every_zone_of_windows_is_one_that_times_can_be_turned_by() -> None:
    assert len(registry.zones()) > 130
    assert set(registry.zones().values()) <= available_timezones()


def test_two_zones_of_one_host_place_nothing(tmp_path: Path) -> None:
    key = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation"
    zone = f"\r\n{key}\r\n    TimeZoneKeyName    REG_SZ    {{}}\r\n"
    files = {name: zone.format(name) for name in ("UTC", "Tokyo Standard Time")}
    found = firewall_times(tmp_path, {"SYSTEM": hive(SYSTEM), **files})
    assert found == {"11-27T04:17", "07-27T05:17"}


def test_exports_without_a_zone_are_not_moved_by_the_registry_s(tmp_path: Path) -> None:
    case = traced(
        tmp_path, {"SYSTEM": hive(SYSTEM), "e.json": events(permit("2021-11-27T03:17:39", Hostname="ws7"))}
    )
    (row,) = rows(case, "connection_observation")
    assert row["time_from"].isoformat() == "2021-11-27T03:17:39+00:00"
