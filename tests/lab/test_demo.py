"""The recording that `trackway demo` shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trackway import pipeline
from trackway.lab import demo

Row = dict[str, Any]


def traced(folder: Path, form: str) -> Row:
    case = pipeline.trace(demo.write(folder / form, form), folder / f"{form}.case", workers=1)
    (story,) = case.sql("SELECT * FROM story WHERE remote_address = '208.97.177.124'").to_pylist()
    processes = case.sql("SELECT process, pid, image, command_line FROM process").to_pylist()
    return {"story": story, "processes": {row["process"]: row for row in processes}, "case": case}


@pytest.fixture(scope="module", params=["evtx", "winlogbeat"])
def seed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Row:
    return traced(tmp_path_factory.mktemp("demo"), request.param)


def test_the_story_of_the_seed_is_whole(seed: Row) -> None:
    story = seed["story"]
    assert story["time_from"].isoformat().startswith("2021-11-27T03:17:39")
    assert (story["direction"], story["protocol"], story["remote_port"]) == ("outbound", "tcp", 80)
    assert [name["name"] for name in story["names"]] == ["perdu.com"]
    assert story["names"][0]["basis"] == "pid+address+time"
    assert set(story["sources"]) >= {"security_5156", "security_5158", "sysmon_3"}


def test_its_process_is_the_encoded_powershell_that_excel_started(seed: Row) -> None:
    process = seed["processes"][seed["story"]["process"]]
    assert process["image"].endswith("powershell.exe")
    assert " -Enc SQBuAHYAbwBrAGUALQ" in process["command_line"]
    (ancestors,) = (
        seed["case"]
        .sql("SELECT ancestors FROM process WHERE process = $1", [seed["story"]["process"]])
        .to_pylist()
    )
    names = [seed["processes"][found]["image"].rpartition("\\")[2] for found in ancestors["ancestors"]]
    assert names[:3] == ["EXCEL.EXE", "OUTLOOK.EXE", "explorer.exe"]


def test_its_script_is_found(seed: Row) -> None:
    scripts = [found["script"] for found in seed["story"]["scripts"] if "perdu.com" in found["matches"]]
    texts = seed["case"].sql("SELECT text FROM script WHERE kind = 'block'").to_pylist()
    assert len(scripts) == 2
    assert texts == [{"text": 'Invoke-WebRequest -Uri "http://perdu.com"'}]


def test_nothing_of_it_is_lost(seed: Row) -> None:
    files = seed["case"].sql("FROM file").to_pylist()
    assert sum(row["seen"] for row in files) > 5000
    # the resolver's cache is dumped twice, in two forms
    assert all(row["used"] + row.get("duplicates", 0) == row["seen"] for row in files)


def test_ordinary_traffic_surrounds_it(seed: Row) -> None:
    rows = seed["case"].sql("SELECT direction, count(*) AS n FROM story GROUP BY ALL").to_pylist()
    counts = {row["direction"]: row["n"] for row in rows}
    assert counts["outbound"] > 300
    assert counts["inbound"] > 5
    assert counts["local"] > 5


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    first, second = demo.write(tmp_path / "a"), demo.write(tmp_path / "b")
    assert [file.name for file in first] == [file.name for file in second]
    assert all(one.read_bytes() == other.read_bytes() for one, other in zip(first, second, strict=True))
