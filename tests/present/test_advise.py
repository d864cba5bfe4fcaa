"""`trackway advise`: what to switch on, what it costs, how to undo it, and the files made of that."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

import trackway
from trackway.cli import main
from trackway.coverage.advice import MEANS, SYSMON_CONFIGURATION, advice, log_bytes
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


def test_a_log_that_holds_twice_the_days_is_about_twice_as_large(case):
    found = list(steps(case).values())
    week, fortnight = log_bytes(found, 700)["Security"], log_bytes(found, 1400)["Security"]
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
    assert log_bytes(list(steps(case).values()), 0.1)["Security"] == 20 << 20


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
