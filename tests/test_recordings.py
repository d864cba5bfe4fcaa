"""Whole runs over recordings that nobody on this project has made, where they are at hand."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any, Final

import pytest

import trackway
from tests.once import once
from trackway import cli
from trackway.schema import OBSERVATIONS

ROOT: Final = Path(__file__).parents[1]
SHARED: Final = ROOT / "../shared"
DATA: Final = SHARED / "data"
EXPORTS: Final = (
    "mde_advanced_hunting_otrf.jsonl",
    "velociraptor_dnscache.jsonl",
    "velociraptor_netstat.jsonl",
)

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the shared recordings are not beside this repository"
)


@pytest.fixture(scope="module")
def traced(tmp_path_factory: pytest.TempPathFactory) -> trackway.Case:
    """Return the case of every archive, every event log and every JSON export in one run."""
    paths = [DATA / "otrf", DATA / "evtx", *(DATA / "text" / name for name in EXPORTS)]
    made = once(
        tmp_path_factory, "recordings", lambda folder: trackway.trace(paths, folder / "case", workers=2)
    )
    return trackway.open(made / "case")


def files(case: trackway.Case) -> list[dict[str, Any]]:
    found = case.manifest["files"]
    assert isinstance(found, list)
    return found


def test_every_record_of_every_recording_is_accounted_for(traced: trackway.Case) -> None:
    assert len(files(traced)) > 40
    for file in files(traced):
        assert file["seen"] == file["used"] + file.get("duplicates", 0) + file["ignored"] + file["skipped"], (
            file["file"]
        )
        assert file["seen"] or file["note"] or file["kind"] not in {"json", "evtx"}, file["file"]
    skipped = traced.sql("SELECT file, count(*) AS count FROM skipped GROUP BY file").to_pylist()
    assert {row["file"]: row["count"] for row in skipped} == {
        file["file"]: file["skipped"] for file in files(traced) if file["skipped"]
    }


def test_every_record_that_was_used_is_an_observation(traced: trackway.Case) -> None:
    tables = " UNION ALL ".join(f"SELECT file FROM {table.name}" for table in OBSERVATIONS)  # noqa: S608  our own names
    rows = traced.sql(f"SELECT file, count(*) AS count FROM ({tables}) GROUP BY file").to_pylist()  # noqa: S608
    made = {row["file"]: row["count"] for row in rows}
    assert made == {file["file"]: file["used"] for file in files(traced) if file["used"]}


def test_every_observation_is_in_one_story_or_look_up(traced: trackway.Case) -> None:
    for entity, observation, wanted in (
        ("story", "connection_observation", "destination_address IS NOT NULL AND stage <> 'closed'"),
        ("lookup", "dns_observation", "stage <> 'ttl'"),
    ):
        row = traced.sql(
            f"""
            WITH cited AS (
                SELECT host, unnest(evidence) AS e FROM {entity}
            )
            SELECT o.host, o.file, o.line, o.record, o.source, count(e) AS times
            FROM {observation} AS o
            LEFT JOIN cited AS c
                ON o.source = e.source AND o.file = e.file
                AND o.line IS NOT DISTINCT FROM e.line AND o.record IS NOT DISTINCT FROM e.record
            WHERE {wanted}
            GROUP BY ALL
            HAVING times <> 1
            LIMIT 3
            """  # noqa: S608  names of our own schema
        ).to_pylist()
        assert row == []


def test_every_identifier_is_one_row_and_every_link_ends_somewhere(traced: trackway.Case) -> None:
    for table in ("story", "lookup", "process", "script"):
        twice = traced.sql(f'SELECT "{table}" FROM "{table}" GROUP BY 1 HAVING count(*) > 1')  # noqa: S608
        assert twice.num_rows == 0, table
    loose = traced.sql(
        """
        WITH entity AS (
            SELECT story AS id FROM story
            UNION SELECT lookup FROM lookup
            UNION SELECT process FROM process
            UNION SELECT script FROM script
        )
        SELECT kind, subject, object FROM link
        WHERE subject NOT IN (FROM entity) OR object NOT IN (FROM entity)
        """
    )
    assert loose.num_rows == 0


def test_no_time_lies_outside_its_life(traced: trackway.Case) -> None:
    """A process named by PID alone had started, and another had not taken its PID."""
    wrong = traced.sql(
        """
        SELECT s.story, s.time_to, p.started, p.alive_to
        FROM story AS s
        INNER JOIN process AS p USING (process)
        WHERE s.process_basis <> 'guid'
            AND (s.time_to < p.started OR s.time_from > p.alive_to + INTERVAL 1 SECOND)
        """
    )
    assert wrong.to_pylist() == []


@pytest.mark.parametrize(
    "table", ["stories", "lookups", "connections", "processes", "links", "scripts", "clocks"]
)
def test_every_table_is_shown_as_text_and_as_json(
    traced: trackway.Case, table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(traced.path), table, "--limit", "20"]) == 0
    assert cli.main(["show", str(traced.path), table, "--limit", "20", "--format", "jsonl"]) == 0
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert "\x1b" not in shown.out


def test_a_recording_as_array_and_as_utf_16_makes_the_same_stories(tmp_path: Path) -> None:
    """How the lines were packed is no part of what they say."""
    with zipfile.ZipFile(DATA / "otrf" / "cmd_bitsadmin_download_psh_script.zip") as archive:
        (name,) = archive.namelist()
        text = archive.read(name).decode("utf-8-sig")
    (tmp_path / "plain").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "plain" / "log.json").write_text(text, encoding="utf-8")
    records = ",\n".join(line for line in text.splitlines() if line.strip())
    (tmp_path / "other" / "log.json").write_text(f"[{records}]", encoding="utf-16")
    plain, other = (
        trackway.trace([tmp_path / kind], tmp_path / f"{kind}.case") for kind in ("plain", "other")
    )
    assert _told(plain) == _told(other)


def _told(case: trackway.Case) -> list[dict[str, Any]]:
    rows = case.sql("SELECT * EXCLUDE (evidence) FROM story ORDER BY story").to_pylist()
    return [{**row, "acts": [act | {"evidence": None} for act in row["acts"]]} for row in rows]


@pytest.mark.parametrize("truth", sorted((DATA / "truth").glob("*.json")), ids=lambda path: path.stem)
def test_every_statement_derived_by_hand_is_said(truth: Path) -> None:
    program = Path(sys.executable).with_name("trackway.exe" if sys.platform == "win32" else "trackway")
    command = [
        sys.executable,
        SHARED / "tools" / "score_truth.py",
        "--trackway",
        program,
        "--data",
        DATA / "otrf",
        truth,
    ]
    scored = subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert scored.returncode == 0, scored.stdout + scored.stderr
