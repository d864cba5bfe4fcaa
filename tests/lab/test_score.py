"""The score: answers judged by a truth, and the truth judged to be the one they belong to."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from trackway import cli, pipeline
from trackway.errors import CaseError, UsageError
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.lab.score import Result, score
from trackway.lab.score.picture import picture
from trackway.lab.score.run import judged

HOUR = 1 / 24
SOURCES = frozenset({"4688", "5156", "dns_client", "sysmon", "powershell"})
Row = dict[str, Any]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("score") / "world"
    return make(World(scenario="everything", days=HOUR, policy=Policy(sources=SOURCES)), folder)


@pytest.fixture(scope="module")
def case(world: Path) -> Path:
    return pipeline.trace([world / "evidence"], world.parent / "case", workers=1).path


@pytest.fixture(scope="module")
def result(case: Path, world: Path) -> Result:
    return score(case, world)


def verdict(result: Result, link: str, scope: str = "all") -> Row:
    return next(row for row in result.verdicts if (row["link"], row["scope"]) == (link, scope))


def test_right_wrong_unknown_and_missing_are_all_there_is(result: Result) -> None:
    for row in result.verdicts:
        assert row["correct"] + row["wrong"] + row["unknown"] + row["missing"] == row["count"] > 0


def test_with_every_source_processes_are_found_and_none_is_wrong(result: Result) -> None:
    row = verdict(result, "connection_process")
    assert row["wrong"] == 0
    assert row["correct"] / row["count"] > 0.99


def test_every_kind_of_thing_has_precision_and_recall(result: Result) -> None:
    assert {row["kind"] for row in result.entities} == {"connection", "lookup", "process", "script"}
    assert all(0.9 < row["precision"] <= 1 and 0.9 < row["recall"] <= 1 for row in result.entities)


def test_no_lookup_is_blamed_on_a_service(result: Result) -> None:
    assert result.blamed == 0


def test_what_is_not_right_has_a_cause(result: Result) -> None:
    for link in ("connection_process", "lookup_process"):
        row = verdict(result, link)
        told = sum(cause["count"] for cause in result.causes if cause["link"] == link)
        assert told == row["count"] - row["correct"]


def test_brier_and_calibration_error_follow_from_the_bins(result: Result) -> None:
    bins = [row for row in result.reliability if row["kind"] == "all"]
    links = sum(row["links"] for row in bins)
    (total,) = (row for row in result.calibration if row["kind"] == "all")
    assert total["links"] == links
    assert total["brier"] == pytest.approx(sum(row["squares"] for row in bins) / links, abs=1e-4)
    error = sum(row["links"] * abs(row["stated"] - row["observed"]) for row in bins) / links
    assert total["ece"] == pytest.approx(error, abs=1e-4)


def answers(folder: Path, world: Path, change: Row) -> Path:
    """Write the answers of a tool that says of every record what the truth says, but for `change`."""
    folder.mkdir()
    with judged(world.parent / "case", world) as db:
        rows = db.sql(
            "SELECT r.host, r.file, r.record, p.pid, CAST(p.started AS VARCHAR), p.image, l.name "
            "FROM true_record r JOIN true_connection c ON r.about = c.connection JOIN true_process p USING (process) "
            "LEFT JOIN true_lookup l ON c.lookup = l.lookup WHERE r.source = 'security_5156' ORDER BY r.record"
        ).fetchall()
    with (folder / "stories.jsonl").open("w", encoding="utf-8") as file:
        for host, path, record, pid, started, image, name in rows:
            process = {"pid": pid, "started": started, "image": image, "confidence": 1.0}
            story = {
                "story": str(record),
                "host": host,
                "evidence": [{"file": path, "line": None, "record": record}],
                "process": process | change.get("process", {}),
                "names": change.get("names", [{"name": name}] if name else []),
            }
            file.write(json.dumps(story) + "\n")
    return folder


def test_another_tool_that_knows_the_truth_is_always_right(tmp_path: Path, case: Path, world: Path) -> None:
    found = score(answers(tmp_path / "a", world, {}), world)
    for link in ("connection_process", "connection_lookup"):
        row = verdict(found, link)
        assert row["wrong"] == row["unknown"] == 0
    assert verdict(found, "connection_process")["correct"] > 300


@pytest.mark.parametrize(
    ("change", "link", "expected"),
    [
        ({"process": {"pid": 1}}, "connection_process", "wrong"),
        ({"process": {"started": "2020-01-01T00:00:00Z"}}, "connection_process", "wrong"),
        ({"process": {"started": None}}, "connection_process", "unknown"),
        ({"process": {"pid": None}}, "connection_process", "unknown"),
        ({"names": [{"name": "other.example.com"}]}, "connection_lookup", "wrong"),
        ({"names": []}, "connection_lookup", "unknown"),
        ({"names": [{"name": "other.example.com", "confidence": 0.4}]}, "connection_lookup", "unknown"),
    ],
)
@pytest.mark.usefixtures("case")
def test_every_way_of_being_wrong_is_told_apart(
    tmp_path: Path, world: Path, change: Row, link: str, expected: str
) -> None:
    row = verdict(score(answers(tmp_path / "a", world, change), world), link)
    other = {"wrong": "unknown", "unknown": "wrong"}[expected]
    assert row[expected] > 100
    assert row[other] == 0


def test_a_start_two_seconds_off_is_the_same_start(tmp_path: Path, case: Path, world: Path) -> None:
    with judged(case, world) as db:
        asked = "SELECT same_start(TIMESTAMP '2024-01-01 00:00:00', TIMESTAMP '2024-01-01 00:00:00' + to_seconds($1))"
        assert [db.execute(asked, [seconds]).fetchall()[0][0] for seconds in (1.999, 2, 2.001)] == [
            True,
            True,
            False,
        ]


def test_the_truth_of_another_world_is_refused(case: Path, tmp_path: Path) -> None:
    policy = Policy(sources=frozenset({"pfirewall"}))
    other = make(World(scenario="quiet", days=HOUR / 30, policy=policy), tmp_path / "other")
    with pytest.raises(UsageError, match="is the truth of another world"):
        score(case, other)


def test_a_truth_of_another_version_is_refused(case: Path, tmp_path: Path) -> None:
    other = make(World(scenario="quiet", days=HOUR / 60), tmp_path / "other")
    (other / "truth" / "truth.json").write_text('{"truth_version": 99}')
    with pytest.raises(UsageError, match="is a truth of version 99, this Trackway reads 1"):
        score(case, other)


def test_no_truth_and_no_case_are_told_in_one_line(case: Path, tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="holds no truth; make one with: trackway lab make"):
        score(case, tmp_path)
    with pytest.raises(CaseError, match="there is no such case"):
        score(tmp_path / "none", make(World(scenario="quiet", days=HOUR / 60), tmp_path / "w"))


def test_answers_that_are_no_json_are_told_in_one_line(world: Path, case: Path, tmp_path: Path) -> None:
    (tmp_path / "stories.jsonl").write_text('{"host": \n')
    with pytest.raises(CaseError, match=re.escape("is not in the form of `trackway show --format jsonl`")):
        score(tmp_path, world)


def test_the_picture_has_a_circle_for_each_bin_and_stands_alone(result: Result) -> None:
    drawn = picture(result.reliability)
    assert drawn.count("<circle ") == len([row for row in result.reliability if row["kind"] == "all"])
    assert drawn.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "http" not in drawn.replace("http://www.w3.org/2000/svg", "")


def test_the_commands_make_list_and_score(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    world, case = tmp_path / "w", tmp_path / "c"
    made = ["lab", "make", "quiet", "-o", str(world), "--days", "0.01", "--sources", "4688,5156"]
    assert cli.main(made) == 0
    assert "trackway trace" in capsys.readouterr().err
    assert cli.main(["lab", "scenarios"]) == 0
    assert "squiblydoo" in capsys.readouterr().out
    pipeline.trace([world / "evidence"], case, workers=1)
    drawing = tmp_path / "reliability.svg"
    asked = ["lab", "score", str(case), str(world), "--format", "json", "--picture", str(drawing)]
    assert cli.main(asked) == 0
    assert json.loads(capsys.readouterr().out)["verdicts"]
    assert drawing.read_text(encoding="utf-8").startswith("<svg")
    assert cli.main(asked) == 1
    assert "use --force" in capsys.readouterr().err
    assert cli.main(["lab", "score", str(case), str(world)]) == 0
    assert "Why not right" in capsys.readouterr().out


def test_an_unknown_scenario_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["lab", "make", "nothing", "-o", str(tmp_path / "w")]) == 2
    assert "there is no scenario nothing" in capsys.readouterr().err
