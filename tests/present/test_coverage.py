"""`trackway coverage`: the summary, the strip, the intervals and the answers, as they are printed."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import trackway
from trackway.cli import main
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.present.coverage import _moment

SOURCES = frozenset({"4688", "5156", "dns_client", "system"})


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("coverage")
    make(World(scenario="cleared", seed=2, days=0.01, policy=Policy(sources=SOURCES)), folder / "world")
    trackway.trace([folder / "world" / "evidence"], folder / "case")
    return folder / "case"


def test_the_summary_names_each_source_and_the_strip_each_kind(case, capsys):
    assert main(["coverage", str(case), "--no-color"]) == 0
    shown = capsys.readouterr().out
    for words in ("Windows Filtering", "proves", "security_5156", "dns_client_3008", "sysmon_22", "█"):
        assert words in shown


def test_json_has_the_summary_and_the_intervals(case, capsysbinary):
    assert main(["coverage", str(case), "--format", "json"]) == 0
    told = json.loads(capsysbinary.readouterr().out)
    (row,) = [row for row in told["summary"] if row["source"] == "security_filtering"]
    assert not row["default_on"]
    assert row["events_an_hour"] > 100
    assert row["hours_until_full"] > 0
    assert {"host", "source", "time_from", "time_to", "state", "reason", "evidence"} <= set(
        told["coverage"][0]
    )


def test_csv_has_a_line_for_each_interval_of_the_time_that_is_asked_for(case, capsysbinary):
    assert main(["coverage", str(case), "--format", "csv", "--until", "2000-01-01"]) == 0
    assert len(capsysbinary.readouterr().out.splitlines()) == 1
    assert main(["coverage", str(case), "--format", "csv", "--host", "ws-0001"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode())))
    assert {row["state"] for row in rows} >= {"on", "not_collected"}


def test_a_question_is_answered_for_each_host(case, capsys):
    asked = ["--question", "who asked for never.example.test", "--question", "did anything connect out"]
    assert main(["coverage", str(case), *asked]) == 0
    shown = capsys.readouterr().out
    assert "could not have been seen" in shown
    assert "WS-0001.corp.example.test: seen" in shown


def test_a_question_that_is_not_understood_is_wrong_usage_before_anything_is_read(tmp_path, capsys):
    assert main(["coverage", str(tmp_path / "nowhere"), "--question", "why"]) == 2
    assert "which process connected to" in capsys.readouterr().err


def test_evidence_that_is_no_case_is_traced_for_the_answer(case, capsys):
    evidence = case.parent / "world" / "evidence"
    assert main(["coverage", str(evidence), "--question", "did anything connect out"]) == 0
    assert ": seen" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0.5, "2021-11-27T03:17:39.000000Z"),
        (90, "2021-11-27T03:17:39.000000Z to 2021-11-27T03:19:09.000000Z"),
    ],
)
def test_an_answer_shows_both_ends_of_what_has_no_one_second(seconds: float, shown: str) -> None:
    first = datetime(2021, 11, 27, 3, 17, 39, tzinfo=UTC)
    assert _moment({"time_from": first, "time_to": first + timedelta(seconds=seconds)}) == shown
