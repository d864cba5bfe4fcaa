"""The whole way as one run: equal bytes from equal evidence, cut short anywhere and taken up again."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import trackway
from trackway import pipeline, planning
from trackway.errors import CaseError, UsageError

from .exports import LOGS, content, export, records

HOSTS = ("WS7.corp.example", "DC1.corp.example")


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two files, one of one host and one of two."""
    folder = tmp_path_factory.mktemp("evidence")
    export(folder / "a.jsonl", *records(HOSTS[0], LOGS[:4]))
    export(
        folder / "sub" / "b.jsonl",
        *records(HOSTS[0], LOGS[4:]),
        *records(HOSTS[1], LOGS[:3]),
        {"no": "event"},
    )
    return folder


@pytest.fixture(scope="module")
def whole(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the case of a run that nothing disturbed."""
    case = tmp_path_factory.mktemp("whole") / "case"
    trackway.trace([evidence], case)
    return content(case)


def test_a_finished_case_has_every_table_of_every_host_and_no_work_left(whole: dict[str, bytes]) -> None:
    hosts = {name.split("/")[1] for name in whole if "/" in name}
    assert hosts == {f"host={name}" for name in HOSTS}
    tables = {name.split("/")[0] for name in whole if "/" in name}
    assert {f"{table}/{host}/part.parquet" for table in tables for host in hosts} == {
        name for name in whole if "/" in name
    }
    assert {name for name in whole if "/" not in name} == {"case.json", "file.parquet", "skipped.parquet"}


def test_the_order_of_files_does_not_matter(evidence: Path, tmp_path: Path) -> None:
    files = [evidence / "a.jsonl", evidence / "sub"]
    trackway.trace(files, tmp_path / "first")
    trackway.trace(files[::-1], tmp_path / "second")
    assert content(tmp_path / "first") == content(tmp_path / "second")


def test_the_number_of_workers_does_not_matter(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    trackway.trace([evidence], tmp_path / "case", workers=2)
    assert content(tmp_path / "case") == whole


def test_where_the_evidence_lies_does_not_matter(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    shutil.copytree(evidence, tmp_path / evidence.name)
    trackway.trace([tmp_path / evidence.name], tmp_path / "case")
    assert content(tmp_path / "case") == whole


def test_a_case_says_what_it_was_made_of(evidence: Path, tmp_path: Path) -> None:
    case = trackway.trace([evidence], tmp_path / "case")
    assert case.manifest["hosts"] == sorted(HOSTS)
    files = case.manifest["files"]
    assert isinstance(files, list)
    for file in files:
        assert file["seen"] == file["used"] + file.get("duplicates", 0) + file["ignored"] + file["skipped"]
        assert len(file["sha256"]) == 64
    by_name = {file["file"].split("/")[-1]: file for file in files}
    assert (by_name["b.jsonl"]["kind"], by_name["b.jsonl"]["skipped"]) == ("json", 1)
    assert by_name["b.jsonl"]["hosts"] == sorted(HOSTS)


class Killed(BaseException):
    """The run ends here, as if the machine had lost its power."""


@contextmanager
def cut_short(after: int) -> Iterator[None]:
    """End the run within instead of putting the file of that number in place."""
    count, replace = itertools.count(), Path.replace

    def ending(self: Path, target: Any) -> Path:
        if next(count) == after:
            raise Killed
        return replace(self, target)

    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):  # noqa: PT012
        patched.setattr(Path, "replace", ending)
        yield


@contextmanager
def ended_in(function: str) -> Iterator[None]:
    """End the run within where it calls that function."""
    with pytest.MonkeyPatch.context() as patched, pytest.raises(Killed):  # noqa: PT012
        patched.setattr(function, _killed)
        yield


def _killed(*_: object, **__: object) -> Any:
    raise Killed


@pytest.mark.parametrize("after", [0, 1, 8, 33])
def test_a_run_cut_short_anywhere_is_taken_up_and_ends_with_the_same_bytes(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes], after: int
) -> None:
    with cut_short(after):
        trackway.trace([evidence], tmp_path / "case")
    with pytest.raises(CaseError):
        trackway.open(tmp_path / "case")
    trackway.trace([evidence], tmp_path / "case")
    assert content(tmp_path / "case") == whole


def test_what_is_whole_is_not_made_again(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ended_in("trackway.pipeline._finish"):
        trackway.trace([evidence], tmp_path / "case")
    monkeypatch.setattr("trackway.parts.make", _killed)
    monkeypatch.setattr(pipeline, "correlate", _killed)
    assert trackway.trace([evidence], tmp_path / "case").stories().num_rows > 0


def test_a_run_cut_short_while_it_tidies_up_is_whole(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes]
) -> None:
    with ended_in("trackway.pipeline.shutil.rmtree"):
        trackway.trace([evidence], tmp_path / "case")
    trackway.trace([evidence], tmp_path / "case")
    assert content(tmp_path / "case") == whole


def test_a_run_cut_short_while_it_replaces_a_case_is_taken_up(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    trackway.trace([evidence / "a.jsonl"], tmp_path / "case")
    with ended_in("trackway.workplace.shutil.rmtree"):
        trackway.trace([evidence], tmp_path / "case", force=True)
    trackway.trace([evidence], tmp_path / "case", force=True)
    assert content(tmp_path / "case") == whole


@pytest.mark.parametrize("seen", [".run/parts/*/part.json", "story/host=*/part.parquet"])
def test_a_killed_process_is_taken_up_and_ends_with_the_same_bytes(
    evidence: Path, tmp_path: Path, whole: dict[str, bytes], seen: str
) -> None:
    case = tmp_path / "case"
    command = [
        sys.executable,
        "-m",
        "trackway",
        "trace",
        str(evidence),
        "-o",
        str(case),
        "--workers",
        "2",
        "-q",
    ]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as running:
        while running.poll() is None and not list(case.glob(seen)):
            time.sleep(0.005)
        running.kill()
    again = subprocess.run(command, env=environment, check=False, capture_output=True)
    assert (again.returncode, again.stderr.count(b"\n")) == (4, 1)
    assert content(case) == whole


def test_another_request_begins_anew(evidence: Path, tmp_path: Path) -> None:
    with cut_short(8):
        trackway.trace([evidence], tmp_path / "case")
    trackway.trace([evidence / "a.jsonl"], tmp_path / "case")
    trackway.trace([evidence / "a.jsonl"], tmp_path / "other")
    assert content(tmp_path / "case") == content(tmp_path / "other")


def test_evidence_that_grew_between_two_runs_is_read_again(evidence: Path, tmp_path: Path) -> None:
    file = export(tmp_path / "e.jsonl", *records(logs=LOGS[:1]))
    with cut_short(8):
        trackway.trace([file], tmp_path / "case")
    export(file, *records(logs=LOGS[:2]))
    assert trackway.trace([file], tmp_path / "case").manifest["files"][0]["used"] == 13  # type: ignore[index]


def test_a_case_that_is_there_is_kept_without_force(evidence: Path, tmp_path: Path) -> None:
    trackway.trace([evidence / "a.jsonl"], tmp_path / "case")
    before = content(tmp_path / "case")
    with pytest.raises(CaseError, match="--force"):
        trackway.trace([evidence / "sub"], tmp_path / "case")
    assert content(tmp_path / "case") == before
    trackway.trace([evidence / "sub"], tmp_path / "case", force=True)
    trackway.trace([evidence / "sub"], tmp_path / "fresh")
    assert content(tmp_path / "case") == content(tmp_path / "fresh")


@pytest.mark.parametrize("theirs", ["notes.txt", ".run/configuration.xml", "story.txt", ".git/HEAD"])
@pytest.mark.parametrize("force", [False, True])
def test_what_somebody_else_keeps_in_the_folder_is_never_touched(
    evidence: Path, tmp_path: Path, theirs: str, force: bool
) -> None:
    file = tmp_path / "case" / theirs
    file.parent.mkdir(parents=True)
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match="other things"):
        trackway.trace([evidence], tmp_path / "case", force=force)
    assert content(tmp_path / "case") == {theirs: b"mine"}


def test_a_note_in_the_folder_of_a_case_keeps_it_from_being_replaced(evidence: Path, tmp_path: Path) -> None:
    trackway.trace([evidence / "a.jsonl"], tmp_path / "case")
    (tmp_path / "case" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match=r"other things in it \(notes\.txt\)"):
        trackway.trace([evidence / "a.jsonl"], tmp_path / "case", force=True)


def test_a_file_in_place_of_the_folder_is_kept(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "case").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match="is a file"):
        trackway.trace([evidence], tmp_path / "case", force=True)
    assert (tmp_path / "case").read_text(encoding="utf-8") == "mine"


def test_an_empty_folder_is_used(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "case").mkdir()
    assert trackway.trace([evidence / "a.jsonl"], tmp_path / "case").stories().num_rows > 0


@pytest.mark.parametrize("wanted", ["ws7", "WS7.CORP.EXAMPLE"])
def test_only_the_hosts_that_are_asked_for_are_kept_and_the_others_ignored(
    evidence: Path, tmp_path: Path, wanted: str
) -> None:
    case = trackway.trace([evidence], tmp_path / "case", hosts=[wanted])
    assert case.manifest["hosts"] == [HOSTS[0]]
    for file in case.manifest["files"]:  # type: ignore[attr-defined]
        assert file["seen"] == file["used"] + file.get("duplicates", 0) + file["ignored"] + file["skipped"]


def test_a_name_in_other_letters_or_without_its_domain_is_the_same_host(tmp_path: Path) -> None:
    first = export(tmp_path / "a.jsonl", *records("WS7.corp.example", LOGS[:2]))
    second = export(tmp_path / "b.jsonl", *records("ws7", LOGS[2:4]), *records("Ws7.Corp.Example", LOGS[4:]))
    case = trackway.trace([first, second], tmp_path / "case")
    assert len(case.manifest["hosts"]) == 1  # type: ignore[arg-type]


def test_a_run_without_a_name_writes_beside_the_evidence_s_name(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert trackway.trace([evidence / "a.jsonl"]).path == Path("a.case")
    assert pipeline.default_path(["x/collection.tar.gz"]) == Path("collection.case")


def test_since_after_until_is_refused_before_anything_is_written(evidence: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--since lies after --until"):
        trackway.trace(
            [evidence],
            tmp_path / "case",
            since=datetime(2022, 1, 2, tzinfo=UTC),
            until=datetime(2022, 1, 1, tzinfo=UTC),
        )
    assert not (tmp_path / "case").exists()


def test_progress_is_told_by_bytes_and_by_host(evidence: Path, tmp_path: Path) -> None:
    class Watch:
        def __init__(self) -> None:
            self.told: list[tuple[Any, ...]] = []

        def reading(self, *told: Any) -> None:
            self.told.append(told)

        def correlating(self, *told: Any) -> None:
            self.told.append(told)

    watch = Watch()
    trackway.trace([evidence], tmp_path / "case", progress=watch)
    total = sum(path.stat().st_size for path in evidence.rglob("*.jsonl"))
    assert [told[1:] for told in watch.told][1:] == [(total, total), (1, 2), (2, 2)]


def test_a_dry_run_reads_and_writes_nothing(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    planned = planning.plan([evidence])
    assert isinstance(planned, pa.Table)
    assert [(row["seen"] - row["used"], row["skipped"]) for row in planned.to_pylist()] == [(0, 0), (1, 1)]
    assert list(tmp_path.iterdir()) == []
