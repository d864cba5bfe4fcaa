"""What the command does with evidence that is not what it should be: one clear line, and nothing else is lost."""

from __future__ import annotations

import errno
import gzip
import io
import json
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import trackway
from trackway import case as cases
from trackway import cli

from .exports import LOGS, content, export, records

GOOD = records(logs=LOGS[:1])
"""The records that must come through whatever lies beside them."""

OTHERS = [
    {**row, "EventTime": "2021-11-27T04:00:00.125Z", "RecordNumber": number}
    for number, row in enumerate(GOOD)
]
"""The records of the same host that go bad."""


def lines(*rows: dict[str, Any]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def zipped(**files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, (name, text) in enumerate(files.items()):
            archive.writestr(name or f"{number}", text)
    return packed.getvalue()


def tarred(name: str, text: bytes) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.size = len(text)
        archive.addfile(member, io.BytesIO(text))
    return packed.getvalue()


def nested(depth: int) -> bytes:
    text = lines(*OTHERS)
    for _ in range(depth):
        text = zipped(inner=text)
    return text


@pytest.fixture
def traced(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, trackway.Case]]:
    """Return a function that traces a good file beside a bad one, and gives exit code, standard error and case."""

    def run(bad: bytes, name: str = "bad.bin") -> tuple[int, str, trackway.Case]:
        export(tmp_path / "evidence" / "good.jsonl", *GOOD)
        (tmp_path / "evidence" / name).write_bytes(bad)
        code = cli.main(["trace", str(tmp_path / "evidence"), "-o", str(tmp_path / "case"), "-q"])
        case = trackway.open(tmp_path / "case")
        files = {file["file"].split("/")[-1]: file for file in case.manifest["files"]}  # type: ignore[attr-defined]
        assert files["good.jsonl"]["used"] == len(GOOD)
        for file in files.values():
            assert (
                file["seen"] == file["used"] + file.get("duplicates", 0) + file["ignored"] + file["skipped"]
            )
        assert not list(tmp_path.glob("../escaped*")), "an archive wrote outside"
        return code, capsys.readouterr().err, case

    return run


HALF = lines(OTHERS[0])[:-20]

LEFT_OUT = {
    "truncated gzip": (gzip.compress(lines(*OTHERS) * 50)[:-400], 4),
    "no gzip at all": (b"\x1f\x8b\x08\x00" + b"rubbish" * 9, 4),
    "half a line": (lines(*OTHERS) + HALF, 4),
    "no json in between": (lines(*OTHERS) + b"{nonsense}\n" + lines(*OTHERS), 4),
    "a value of another kind": (lines(*OTHERS) + b"[1, 2]\n7\n", 4),
    "an event log that is none": (b"ElfFile\x00" + b"\x00" * 5000, 4),
    "archives in archives": (nested(5), 4),
    "a port of 70000": (lines({**OTHERS[0], "DestPort": "70000"}), 4),
    "a PID beyond 32 bits": (lines({**OTHERS[0], "ProcessID": str(1 << 32)}), 4),
    "an address that is none": (lines({**OTHERS[0], "DestAddress": "300.1.1.1"}), 4),
    "the year 1601": (lines({**OTHERS[0], "EventTime": "1601-01-01T00:00:00Z"}), 4),
    "the year 9999": (lines({**OTHERS[0], "EventTime": "9999-12-31T23:59:59Z"}), 4),
}
USED = {
    "empty": (b"", 0),
    "text": (b"just some notes\n", 0),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), 0),
    "invalid UTF-8": (lines(*OTHERS).replace(b"svchost", b"svch\xff\xfest"), 0),
    "NUL bytes around a record": (b"\x00" * 9 + lines(*OTHERS), 0),
    "duplicate keys": (
        lines(OTHERS[0]).replace(b'"DestPort": "80"', b'"DestPort": "1", "DestPort": "80"'),
        0,
    ),
    "no events": (b'{"a": 1}\n{"a": 2}\n', 0),
    "UTF-16": (lines(*OTHERS).decode().encode("utf-16"), 0),
    "a name that climbs": (zipped(**{"../../escaped.jsonl": lines(*OTHERS)}), 0),
    "an absolute name": (tarred("/escaped.jsonl", lines(*OTHERS)), 0),
    "a name of Windows": (zipped(**{"C:\\Windows\\escaped.jsonl": lines(*OTHERS)}), 0),
}


@pytest.mark.parametrize(("bad", "code"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_what_cannot_be_read_is_named_counted_and_shown(
    traced: Any, bad: bytes, code: int, capsys: Any
) -> None:
    given, err, case = traced(bad)
    assert given == code
    assert err.count("\n") == 1, err
    assert "could not be read" in err
    damaged = [file for file in case.manifest["files"] if file["damaged"]]
    assert cli.main(["show", str(case.path), "skipped", "--format", "jsonl"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert rows or damaged
    assert all(row["reason"] and "bad.bin" in row["file"] for row in rows)
    assert all(file["note"] for file in damaged)


@pytest.mark.parametrize(("bad", "code"), USED.values(), ids=USED)
def test_what_can_be_read_or_is_no_evidence_is_no_failure(traced: Any, bad: bytes, code: int) -> None:
    given, err, case = traced(bad)
    assert (given, err) == (code, "")
    assert all(
        file["note"] or file["seen"] or file["kind"] in {"empty", "zip", "tar", "gzip"}
        for file in case.manifest["files"]
    )


def test_what_stands_before_and_after_a_broken_record_is_used(traced: Any) -> None:
    _, _, case = traced(lines(*OTHERS[:4]) + b"{nonsense}\n" + lines(*OTHERS[4:]))
    (file,) = [file for file in case.manifest["files"] if "bad.bin" in file["file"]]
    assert (file["seen"], file["used"], file["skipped"]) == (len(OTHERS) + 1, len(OTHERS), 1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda path: path, "does not exist"),
        (lambda path: path.mkdir() or path, "without any file"),
        (lambda path: (path / "sub").mkdir(parents=True) or path, "without any file"),
    ],
    ids=["not there", "empty folder", "folders only"],
)
def test_evidence_that_is_not_there_is_one_line_and_nothing_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[Path], Path], words: str
) -> None:
    path = make(tmp_path / "evidence")
    assert cli.main(["trace", str(path), "-o", str(tmp_path / "case")]) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert err.startswith(f"trackway: {path}: ")
    assert words in err
    assert not (tmp_path / "case").exists()


def test_control_characters_of_a_log_reach_no_terminal(
    traced: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = {
        **GOOD[0],
        "Application": "\x1b]0;owned\x07\x1b[2J\\evil.exe\r\nroot#",
        "Hostname": "\x1b[31mWS7",
    }
    _, _, case = traced(lines(hostile))
    for table in ("stories", "processes", "connections", "files", "skipped", "coverage", "clocks"):
        assert cli.main(["show", str(case.path), table]) == 0
    (story,) = case.stories(host="\x1b[31mWS7").to_pylist()
    assert cli.main(["show", str(case.path), "--story", story["story"]]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "\\x1b" in shown


def test_a_host_of_any_name_becomes_one_folder_below_the_case(traced: Any) -> None:
    _, _, case = traced(lines({**GOOD[0], "Hostname": "../../escaped"}, {**GOOD[0], "Hostname": "CON:a/b*?"}))
    folders = {path.relative_to(case.path).parts for path in (case.path / "story").iterdir()}
    assert folders == {
        ("story", "host=WS7.corp.example"),
        ("story", "host=..%2F..%2Fescaped"),
        ("story", "host=CON%3Aa%2Fb%2A%3F"),
    }


def test_a_host_of_a_name_that_no_file_system_takes_is_kept_apart(traced: Any) -> None:
    names = ["a" * 300 + end for end in "xy"]
    _, _, case = traced(lines(*({**GOOD[0], "Hostname": name} for name in names)))
    assert set(names) < {row["host"] for row in case.sql("SELECT host FROM story").to_pylist()}


@pytest.mark.parametrize("after", [0, 2, 4])
def test_a_full_disk_is_one_line_and_the_same_command_takes_it_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], after: int
) -> None:
    file = export(tmp_path / "e.jsonl", *GOOD)
    command = ["trace", str(file), "-o", str(tmp_path / "case"), "-q"]
    write, count = pq.ParquetWriter.write_batch, iter(range(1000))

    def full(self: pq.ParquetWriter, *batch: Any, **how: Any) -> None:
        if next(count) >= after:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, *batch, **how)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(pq.ParquetWriter, "write_batch", full)
        assert cli.main(command) == 1
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert "No space left on device" in err
    assert cli.main(command) == 0
    cli.main(["trace", str(file), "-o", str(tmp_path / "other"), "-q"])
    assert content(tmp_path / "case") == content(tmp_path / "other")


def test_a_disk_that_is_full_while_a_file_is_read_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_table", full)
    assert cli.main(["trace", str(export(tmp_path / "e.jsonl", *GOOD)), "-o", str(tmp_path / "case")]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "No space left on device" in err
    assert "defect" not in err


@pytest.mark.parametrize(
    ("manifest", "words"),
    [
        (json.dumps({"case_version": cases.VERSION + 1}), "later version"),
        ("{", "cannot be read"),
        ("[]", "no manifest"),
        (json.dumps({"case_version": "1"}), "no manifest"),
    ],
    ids=["later version", "half", "a list", "no number"],
)
def test_a_case_that_cannot_be_opened_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], manifest: str, words: str
) -> None:
    (tmp_path / "case.json").write_text(manifest, encoding="utf-8")
    assert cli.main(["show", str(tmp_path)]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert words in err


def test_a_case_of_another_version_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = tmp_path / "case"
    assert cli.main(["trace", str(export(tmp_path / "e.jsonl", *GOOD)), "-o", str(case), "-q"]) == 0
    (file,) = (case / "story").rglob("*.parquet")
    pq.write_table(pq.read_table(file, partitioning=None).drop_columns(["scripts"]), file)
    assert cli.main(["show", str(case)]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "other columns than this version" in err


def test_an_existing_case_is_one_line_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["trace", str(export(tmp_path / "e.jsonl", *GOOD)), "-o", str(tmp_path / "case"), "-q"]
    assert cli.main(command) == 0
    before = content(tmp_path / "case")
    assert cli.main(command) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "--force" in err
    assert content(tmp_path / "case") == before
    assert cli.main([*command, "--force"]) == 0
    assert content(tmp_path / "case") == before
