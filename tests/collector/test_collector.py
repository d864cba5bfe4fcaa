"""The collector: PowerShell by its grammar, what it runs and reads, and that a zip like its own is read whole."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
import tree_sitter
import tree_sitter_powershell

import trackway
from trackway.case import Case
from trackway.cli import main
from trackway.collector import script
from trackway.formats.registry_keys import KEYS, hive_and_path, wanted
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.sources import installed
from trackway.sysmon_rules import loaded, would_write

RUNS = frozenset(
    "Add-Type ConvertTo-Json Copy-Item ForEach-Object Get-ChildItem Get-CimInstance Get-DnsClientCache Get-FileHash "
    "Get-Item Get-Location Get-NetFirewallProfile Get-NetTCPConnection Get-NetUDPEndpoint Get-Process Invoke-CimMethod "
    "Join-Path Out-File Remove-CimInstance Remove-Item Select-Object Set-StrictMode Sort-Object Split-Path Test-Path "
    "Where-Object Write-Warning".split()
)
OWN = frozenset("Copy-FromShadow Export-Seen Initialize-Folder Invoke-Program Invoke-Step Write-Log".split())
VERBS = {
    "wevtutil.exe": {"el", "epl", "gl"},
    "reg.exe": {"query", "save"},
    "auditpol.exe": {"/backup", "/get"},
    "netsh.exe": {"advfirewall"},
    "fltmc.exe": {"volumes"},
    "esentutl.exe": {"/y"},
    "ipconfig.exe": {"/displaydns"},
    "netstat.exe": {"-ano"},
    "cmd.exe": {"/d"},
}


def nodes() -> Iterator[tree_sitter.Node]:
    language = tree_sitter.Language(tree_sitter_powershell.language())
    waiting = [tree_sitter.Parser(language).parse(script().encode()).root_node]
    while waiting:
        node = waiting.pop()
        yield node
        waiting += node.children


def listed(name: str) -> list[str]:
    (block,) = re.findall(rf"^\${name} = @\(\n(.*?)^\)", script(), re.MULTILINE | re.DOTALL)
    return re.findall(r"'([^']+)'", block)


def test_the_script_is_powershell_to_its_grammar() -> None:
    wrong = [(node.type, node.start_point) for node in nodes() if node.type == "ERROR" or node.is_missing]
    assert wrong == []


def test_a_script_that_is_none_is_found_by_the_grammar(monkeypatch: pytest.MonkeyPatch) -> None:
    broken = script().replace("foreach ($Key in $Keys) {", "foreach ($Key in {")
    monkeypatch.setitem(globals(), "script", lambda: broken)
    assert any(node.type == "ERROR" or node.is_missing for node in nodes())


def test_the_script_runs_nothing_but_what_is_known_to_read() -> None:
    used = {node.text.decode() for node in nodes() if node.type == "command_name" and node.text}
    assert used == RUNS | OWN
    asked = re.findall(r"Invoke-Program '([\w.]+)' @\('([^']+)'", script())
    assert {(program, verb) for program, verb in asked} == {
        (program, verb) for program, verbs in VERBS.items() for verb in verbs
    }


def test_the_script_removes_nothing_but_its_own_folder() -> None:
    assert re.findall(r"Remove-Item.*", script()) == ["Remove-Item -LiteralPath $Folder -Recurse"]
    assert re.findall(r"Remove-CimInstance.*", script()) == ["Remove-CimInstance -InputObject $Shadow"]
    assert re.findall(r"'cmd.exe' @\((.*)\)\)", script()) == ["'/d', '/c', 'copy', '/y', $Source, $Target"]


def test_the_script_is_ascii_and_fits_a_screen() -> None:
    assert script().isascii()
    assert max(map(len, script().splitlines())) <= 120


def test_the_script_takes_every_channel_that_a_source_reads() -> None:
    table = files("trackway.logs.catalogue").joinpath("events.csv").read_text(encoding="utf-8")
    known = [
        (row["provider"].lower(), int(row["event_id"]), row["channel"])
        for row in csv.DictReader(table.splitlines())
    ]
    wanted_channels = {
        channel
        for source in installed().values()
        if source.shape.kind is None and not source.name.startswith("defender")
        for provider, event, channel in known
        if channel
        and provider in {name.lower() for name in source.shape.providers}
        and event in source.shape.events
    }
    assert len(wanted_channels) > 8
    assert wanted_channels - set(listed("Channels")) == set()


def test_every_channel_that_the_script_takes_is_one_that_a_source_reads() -> None:
    providers = " ".join(name.lower() for source in installed().values() for name in source.shape.providers)
    channels = {name for source in installed().values() for name in source.shape.channels}
    for channel in set(listed("Channels")) - channels - {"System"}:
        assert channel.split("/")[0].lower().split("-rdp")[0] in providers, channel


def test_the_script_asks_for_every_key_that_the_registry_s_source_reads_and_for_no_other() -> None:
    asked = {wanted(*hive_and_path(f"HKLM\\{key}")) for key in listed("Keys")}
    below = {wanted(*hive_and_path(f"HKLM\\{key}\\one")) for key in listed("Trees")}
    assert None not in asked | below
    alone = {each for each in KEYS if each.hive != "SECURITY" and "*" not in each.path}
    assert alone <= asked


def test_the_command_prints_the_script_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect", "--print"]) == 0
    assert capsys.readouterr().out == script()


def test_the_command_says_that_it_runs_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["collect"]) == 2
    assert "--print" in capsys.readouterr().err


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Trace a zip as the collector makes it, of a host of the lab."""
    folder = tmp_path_factory.mktemp("collected")
    on = frozenset(["5156", "sysmon", "pfirewall", "displaydns", "system"])
    policy = Policy(sources=on, tree="trackway", sysmon_excludes=("svchost.exe",))
    world = make(World(scenario="quiet", days=0.02, policy=policy), folder / "world")
    return trackway.trace([world / "evidence"], folder / "case")


def facts(case: Case) -> dict[tuple[str, str | None], Any]:
    found = case.sql(
        "SELECT kind, subject, value FROM host_fact WHERE recorded_basis IS NOT NULL"
    ).to_pylist()
    return {(row["kind"], row["subject"]): row["value"] for row in found}


def test_a_zip_as_the_collector_makes_it_is_read_whole_and_is_one_host_s(collected: Case) -> None:
    kinds = {row["kind"] for row in collected.sql("FROM file").to_pylist()}
    assert kinds == {
        "zip", "evtx", "firewall_log", "objects", "audit_policy", "log_channels", "registry_text", "sysmon_rules",
    }  # fmt: skip
    assert collected.sql("FROM skipped").to_pylist() == []
    assert {row["host"] for row in collected.sql("SELECT DISTINCT host FROM host_fact").to_pylist()} == {
        "WS-0001.corp.example.test"
    }


def test_the_settings_of_the_lab_s_host_come_back_as_facts(collected: Case) -> None:
    found = facts(collected)
    assert found["audit_policy", "{0cce9226-69ae-11d9-bed3-505054503030}"] == "success+failure"
    assert found["audit_policy", "{0cce922b-69ae-11d9-bed3-505054503030}"] == "none"
    assert json.loads(found["channel", "Microsoft-Windows-DNS-Client/Operational"])["enabled"] is False
    assert json.loads(found["channel", "Microsoft-Windows-Sysmon/Operational"])["enabled"] is True
    assert json.loads(found["firewall_logging", "public"])["store"] == "effective"
    assert found["command_line_logging", None] == "on"
    assert found["max_cache_ttl", None] == "86400"
    rules = loaded(found["sysmon_rules", None])
    assert would_write(rules, 3, {"Image": r"C:\Windows\System32\svchost.exe"}) is False
    assert would_write(rules, 3, {"Image": r"C:\Windows\explorer.exe"}) is True


def test_a_snapshot_in_the_zip_says_itself_when_it_was_taken(collected: Case) -> None:
    times = collected.sql(
        "SELECT DISTINCT recorded, recorded_basis FROM dns_observation WHERE stage = 'cached'"
    ).to_pylist()
    (moment,) = collected.sql("SELECT value FROM host_fact WHERE kind = 'collected'").to_pylist()
    assert [(row["recorded"].isoformat() + "Z", row["recorded_basis"]) for row in times] == [
        (moment["value"], "collector")
    ]


def test_the_page_of_the_collector_names_what_it_takes() -> None:
    page = (Path(__file__).parents[2] / "docs/collect.md").read_text(encoding="utf-8")
    taken = re.findall(
        r"Export-Seen '(\w+\.json)'|Initialize-Folder '(\w+)'|Join-Path \$Folder '(\w+\.txt)'", script()
    )
    names = {file or text or f"{folder}/" for file, folder, text in taken}
    assert len(names) == 11
    assert {name for name in names if f"| `{name}` |" not in page} == set()
