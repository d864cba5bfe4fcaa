"""`trackway advise`: what to switch on, what it costs, how to undo it, and the files made of that."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import trackway
from trackway.cli import main
from trackway.coverage.advice import advice, log_sizes
from trackway.coverage.means import MEANS, SYSMON_CONFIGURATION
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.sysmon_rules import from_xml, would_write


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the case of a host that has the Filtering Platform only."""
    folder = tmp_path_factory.mktemp("advise")
    policy = Policy(sources=frozenset({"5156", "system"}))
    make(World(scenario="office", seed=2, days=0.01, policy=policy), folder / "world")
    trackway.trace([folder / "world" / "evidence"], folder / "case")
    return folder / "case"


def steps(case: Path, **asked):
    with trackway.open(case).connect() as db:
        return {step.means.kind: step for step in advice(db, **asked)}


def test_what_is_on_is_left_and_what_is_off_is_advised(case):
    found = steps(case)
    assert found["security_5156"].is_on
    assert not found["security_5156"].is_advised
    assert found["security_4688"].is_advised
    assert found["dns_client_3008"].is_advised


def test_a_volume_is_told_only_where_a_witness_shows_the_rate(case):
    found = steps(case)
    assert found["firewall_log"].megabytes > 0
    assert found["security_4688"].megabytes is None


def test_a_goal_leaves_out_what_does_not_help_with_it(case):
    assert set(steps(case, goal="names")) == {"dns_client_3008", "sysmon_3"}


def test_a_budget_leaves_out_what_it_does_not_hold(case):
    cost = steps(case)["firewall_log"].megabytes
    assert steps(case, budget=cost)["firewall_log"].is_advised
    assert not steps(case, budget=cost * 0.99)["firewall_log"].is_advised
    kept = steps(case, budget=cost)
    assert not kept["security_4688"].is_advised, "nothing shows what it would write"
    assert sum(step.megabytes for step in kept.values() if step.is_advised) <= cost


def sizes(case: Path, days: float) -> dict[str, int]:
    with trackway.open(case).connect() as db:
        return {each.log: each.size for each in log_sizes(db, list(advice(db)), days)}


def test_a_log_that_holds_twice_the_days_is_about_twice_as_large(case):
    week, fortnight = sizes(case, 700)["Security"], sizes(case, 1400)["Security"]
    assert week % 65_536 == 0
    assert fortnight == pytest.approx(2 * week, abs=65_536)


@pytest.mark.parametrize("means", MEANS, ids=lambda means: means.kind)
def test_whatever_is_switched_on_can_be_switched_off(means):
    assert means.enable
    assert len(means.revert) == len(means.enable)


def test_the_configuration_of_sysmon_leaves_nothing_of_its_events_out():
    rules = from_xml(SYSMON_CONFIGURATION.encode())
    assert all(would_write(rules, number, {}) is True for number in (1, 3, 5, 22))
    assert ET.fromstring(SYSMON_CONFIGURATION).tag == "Sysmon"  # noqa: S314  our own text


def test_the_audit_policy_is_one_that_group_policy_reads(case, capsysbinary):
    assert main(["advise", str(case), "--format", "audit-csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert {row["Subcategory GUID"] for row in rows} == {
        "{0cce922b-69ae-11d9-bed3-505054503030}",
        "{0cce922c-69ae-11d9-bed3-505054503030}",
    }
    assert {row["Setting Value"] for row in rows} == {"1"}


def test_the_script_has_both_ways_and_is_not_written_over(case, tmp_path, capsys):
    script = tmp_path / "enable.ps1"
    asked = ["advise", str(case), "--format", "powershell", "-o", str(script)]
    assert main(asked) == 0
    text = script.read_text()
    assert text.index("if ($Revert)") < text.index("} else {")
    assert text.count("{") == text.count("}")
    assert main(asked) == 1
    assert "--force" in capsys.readouterr().err


def test_the_text_says_what_it_costs_and_how_to_undo_it(case, capsys):
    assert main(["advise", str(case), "--no-color"]) == 0
    shown = capsys.readouterr().out
    for words in ("switch on: DNS-Client log", "undo: wevtutil sl", "MB a day", "group policy: "):
        assert words in shown


def test_no_log_is_made_smaller_than_windows_makes_it(case):
    assert sizes(case, 0.1)["Security"] == 20 << 20


def test_the_values_of_the_policy_are_four_lines_each_as_lgpo_reads_them(case, capsysbinary):
    assert main(["advise", str(case), "--format", "lgpo"]) == 0
    head, *values = capsysbinary.readouterr().out.decode().strip().split("\n\n")
    assert head.startswith(";")
    told = [value.split("\n") for value in values]
    assert {(line[0], len(line)) for line in told} == {("Computer", 4)}
    assert [line[3] for line in told if line[2] == "ProcessCreationIncludeCmdLine_Enabled"] == ["DWORD:1"]
    assert len([line for line in told if line[2] == "LogSuccessfulConnections"]) == 3


def test_sysmon_that_is_there_is_told_its_rules_anew_and_never_taken_away(case):
    (sysmon,) = (means for means in MEANS if means.kind == "sysmon_3")
    assert "sysmon -c trackway-sysmon.xml" in sysmon.enable[0]
    assert not sysmon.revert[0].startswith("sysmon -u")


@pytest.fixture(scope="module")
def settled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the case of a host whose settings are in the evidence, and of which nothing else is."""
    folder = tmp_path_factory.mktemp("settled")
    guids = {"{0CCE922B-69AE-11D9-BED3-505054503030}": 2, "{0CCE922C-69AE-11D9-BED3-505054503030}": 0}
    lines = [f"WS7,System,words,{guid},words,,{setting}" for guid, setting in guids.items()]
    head = "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value"
    (folder / "audit.csv").write_text("\n".join([head, *lines]) + "\n")
    channel = "name: Microsoft-Windows-DNS-Client/Operational\nenabled: false\ntype: Operational\nlogging:\n"
    (folder / "channels.txt").write_text(
        f"{channel}  retention: false\n  autoBackup: false\n  maxSize: 1052672\n"
    )
    profiles = [
        {"Name": name, "LogAllowed": 0, "LogBlocked": 1, "LogMaxSizeKilobytes": 8192, "LogFileName": "p.log"}
        for name in ("Domain", "Private", "Public")
    ]
    (folder / "profiles.json").write_text(json.dumps(profiles))
    trackway.trace([folder], folder / "case", hosts=["WS7"])
    return folder / "case"


def test_undoing_brings_back_what_the_evidence_says_was_before(settled):
    found = steps(settled)
    audit = 'auditpol /set /subcategory:"{{{}-69AE-11D9-BED3-505054503030}}" /success:disable /failure:{}'
    assert found["security_4688"].revert[:2] == (
        audit.format("0CCE922B", "enable"),
        audit.format("0CCE922C", "disable"),
    )
    assert not found["security_4688"].is_restored, "the registry is not in the evidence"
    assert found["firewall_log"].revert[0] == (
        "Set-NetFirewallProfile -Profile Domain -LogAllowed False -LogBlocked True -LogMaxSizeKilobytes 8192"
    )
    assert found["firewall_log"].is_restored
    assert found["dns_client_3008"].is_restored


def test_a_registry_pol_holds_each_value_as_group_policy_reads_it(case, tmp_path):
    assert main(["advise", str(case), "--format", "gpo"]) == 2
    assert main(["advise", str(case), "--format", "gpo", "-o", str(tmp_path / "policy")]) == 0
    audit = (tmp_path / "policy/Machine/Microsoft/Windows NT/Audit/audit.csv").read_bytes()
    assert audit.count(b"\r\n") == 3
    content = (tmp_path / "policy/Machine/Registry.pol").read_bytes()
    assert content[:8] == b"PReg\x01\0\0\0"
    found = {}
    for entry in content[8:].decode("utf-16-le").removeprefix("[").removesuffix("]").split("]["):
        key, name, kind, size, number = entry.split(";")
        assert (kind, size) == ("\x04\0", "\x04\0")
        found[key.rstrip("\0") + "\\" + name.rstrip("\0")] = int.from_bytes(
            number.encode("utf-16-le"), "little"
        )
    policies = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System\\Audit"
    assert found[f"{policies}\\ProcessCreationIncludeCmdLine_Enabled"] == 1
    logging = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\PublicProfile\\Logging"
    assert found[f"{logging}\\LogFileSize"] == 32_767
