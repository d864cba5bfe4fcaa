"""The commands: options, exit codes, streams. What they show is tested where it is made."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import pyarrow as pa
import pytest

import trackway
from trackway import cli, query
from trackway.errors import EvidenceError
from trackway.filters import WORDS
from trackway.present import streams
from trackway.present.console import console
from trackway.schema import FILE

from .query.small_case import finance, story, written

DOCS = Path(__file__).parents[1] / "docs" / "commands.md"
COMMANDS: dict[str, click.Command] = {"": cli.commands, **cli.commands.commands}


@pytest.fixture
def case(tmp_path: Path) -> str:
    return str(written(tmp_path / "case", finance()).path)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Any]:
    """Put a pipeline in place that writes the finance case and keeps what it was asked."""
    kept: dict[str, Any] = {}

    def trace(evidence: list[str], output: Any, **options: Any) -> trackway.Case:
        kept.update(evidence=evidence, output=output, **options)
        return written(
            tmp_path / "made", {**finance(), "skipped": kept.get("skipped", [])}, **kept.get("manifest", {})
        )

    monkeypatch.setattr("trackway.cli.pipeline.trace", trace)
    return kept


@pytest.mark.parametrize("command", ["trace", "show", "demo"])
def test_every_command_explains_itself_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([command, "--help"]) == 0

    shown = capsys.readouterr().out
    assert 3 <= len(re.findall(rf"^ +trackway {command}", shown, re.MULTILINE)) <= 4


def test_the_version_is_the_package_s(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"trackway {trackway.__version__}\n"


def test_no_command_is_wrong_usage_and_shows_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main([]) == 2
    assert "trackway demo" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [
        ["bogus"],
        ["show"],
        ["trace"],
        ["show", "CASE", "findings"],
        ["show", "CASE", "--bogus"],
        ["show", "CASE", "--port", "http"],
        ["show", "CASE", "--limit", "-1"],
        ["show", "CASE", "--format", "xml"],
        ["show", "CASE", "links", "--port", "80"],
        ["show", "CASE", "lookups", "--story", "aa"],
        ["show", "CASE", "--story", "aa", "--port", "80"],
        ["trace", "x", "--workers", "0"],
        ["trace", "x", "--since", "yesterday"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(
    case: str, arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([case if argument == "CASE" else argument for argument in arguments]) == 2

    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("trackway: ")
    assert err.count("\n") == 1


def test_a_case_that_is_not_there_is_one_line_and_exit_code_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", str(tmp_path / "nowhere")]) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_story_that_is_not_there_is_exit_code_1(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", case, "--story", "ff"]) == 1
    assert "no such story" in capsys.readouterr().err


@pytest.mark.parametrize("table", query.VIEWS)
@pytest.mark.parametrize("form", ["text", *cli.FORMATS])
def test_every_table_is_shown_in_every_format(
    case: str, table: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", case, table, "--format", form]) == 0

    out, err = capsys.readouterr()
    assert out
    assert err == ""


def test_stories_are_the_default_table(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["show", case, "--format", "jsonl"])

    assert [json.loads(line)["story"] for line in capsys.readouterr().out.splitlines()] == [
        "cc00",
        "aa00",
        "bb00",
    ]


EXAMPLES = {
    "host": "h1",
    "process": "powershell",
    "pid": "20220",
    "user": "anna",
    "name": "perdu.com",
    "address": "208.97.176.0/20",
    "port": "80",
    "protocol": "tcp",
    "direction": "outbound",
    "action": "allowed",
    "source": "security_*",
    "since": "2021-11-27T03:17:39Z",
    "until": "2021-11-27T03:18:00Z",
    "min_confidence": "0.9",
    "contains": "SQBuAHYA",
}


def test_every_filter_is_an_option_and_all_hold_together(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    options = [text for word, value in EXAMPLES.items() for text in (f"--{word.replace('_', '-')}", value)]

    assert set(EXAMPLES) == set(WORDS)
    assert cli.main(["show", case, "--format", "jsonl", *options]) == 0
    assert [json.loads(line)["story"] for line in capsys.readouterr().out.splitlines()] == ["aa00"]


def test_a_limit_is_said_where_it_cuts(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["show", case, "--format", "csv", "--limit", "2"])
    out, err = capsys.readouterr()

    assert len(list(csv.reader(io.StringIO(out)))) == 3
    assert err == "trackway: 2 of 3 stories shown; --limit 3 shows all\n"

    cli.main(["show", case, "--format", "csv", "--limit", "3"])
    assert capsys.readouterr().err == ""


def test_text_has_a_limit_of_its_own_and_machine_formats_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    many = [story(f"{number:04x}") for number in range(cli.TEXT_LIMIT + 1)]
    path = str(written(tmp_path / "many", {"story": many}).path)

    cli.main(["show", path])
    assert f"{cli.TEXT_LIMIT} of {cli.TEXT_LIMIT + 1} stories shown" in capsys.readouterr().err

    cli.main(["show", path, "--format", "jsonl"])
    out, err = capsys.readouterr()
    assert (len(out.splitlines()), err) == (cli.TEXT_LIMIT + 1, "")


def test_nothing_found_is_said_on_standard_error(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", case, "--port", "1", "--format", "json"]) == 0

    out, err = capsys.readouterr()
    assert json.loads(out) == []
    assert err == "trackway: no stories match\n"


def test_quiet_says_nothing_but_the_result(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["show", case, "--limit", "1", "-q"])
    assert capsys.readouterr().err == ""
    cli.main(["-q", "show", case, "--limit", "1"])
    assert capsys.readouterr().err == ""


def test_the_beginning_of_an_identifier_is_enough_for_a_tree(
    case: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["show", case, "--story", "a"]) == 0
    assert capsys.readouterr().out.startswith("H1: outbound tcp to 208.97.177.124:80 (perdu.com), allowed")


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_one_story_can_be_had_as_json(case: str, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    cli.main(["show", case, "--story", "a", "--format", form])

    found = json.loads(capsys.readouterr().out)
    assert (found[0] if form == "json" else found)["story"] == "aa00"


def test_an_ambiguous_beginning_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(written(tmp_path / "case", {"story": [story("ab1"), story("ab2")]}).path)

    assert cli.main(["show", path, "--story", "ab"]) == 2
    assert "ab1, ab2" in capsys.readouterr().err


def test_trace_hands_on_what_it_was_asked(asked: dict[str, Any], tmp_path: Path) -> None:
    code = cli.main(
        [
            "trace",
            "a.evtx",
            "b",
            "-o",
            "out",
            "--force",
            "--host",
            "h1",
            "--host",
            "h2",
            "--timezone",
            "+02:00",
            "--timezone",
            "h1=Europe/Berlin",
            "--collected-at",
            "h1=2021-11-27T04:00Z",
            "--ttl",
            "perdu.com=14400",
            "--password",
            "infected",
            "--since",
            "2021-11-27",
            "--until",
            "2021-11-27",
            "--workers",
            "2",
        ]
    )

    assert code == 0
    assert asked == {
        "evidence": ["a.evtx", "b"],
        "output": "out",
        "force": True,
        "hosts": ("h1", "h2"),
        "collected_at": ("h1=2021-11-27T04:00Z",),
        "ttls": ("perdu.com=14400",),
        "password": "infected",
        "timezones": ("+02:00", "h1=Europe/Berlin"),
        "since": datetime(2021, 11, 27, tzinfo=UTC),
        "until": datetime(2021, 11, 27, 23, 59, 59, 999_999, UTC),
        "workers": 2,
        "progress": None,
    }


def test_trace_leaves_to_the_pipeline_what_it_was_not_asked(asked: dict[str, Any]) -> None:
    cli.main(["trace", "a.evtx"])

    assert asked["output"] is None
    assert (asked["force"], asked["hosts"], asked["since"], asked["workers"]) == (False, (), None, None)


def test_trace_prints_the_summary_unless_quiet(
    asked: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    cli.main(["trace", "x"])
    assert "perdu.com" in capsys.readouterr().out

    cli.main(["trace", "x", "-q"])
    assert capsys.readouterr().out == ""


def test_patterns_are_expanded_where_the_shell_does_not(asked: dict[str, Any], tmp_path: Path) -> None:
    for name in ("b.evtx", "a.evtx", "[x].evtx"):
        (tmp_path / name).touch()

    cli.main(["trace", str(tmp_path / "?.evtx"), str(tmp_path / "[x].evtx"), str(tmp_path / "none*")])

    assert [Path(text).name for text in asked["evidence"]] == ["a.evtx", "b.evtx", "[x].evtx", "none*"]


@pytest.mark.parametrize(
    "unread",
    [
        {"skipped": finance()["skipped"]},
        {"manifest": {"files": [{"file": "a.gz", "damaged": True}]}},
    ],
)
def test_evidence_that_could_not_be_read_is_exit_code_4(
    asked: dict[str, Any], unread: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    asked.update(unread)

    assert cli.main(["trace", "x"]) == 4
    assert "could not be read" in capsys.readouterr().err


def test_a_dry_run_says_what_each_file_is_and_traces_nothing(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    plan = pa.Table.from_pylist([{"file": "a.evtx", "kind": "evtx", "size": 69632}], schema=FILE.arrow())
    monkeypatch.setattr("trackway.cli.planning.plan", lambda evidence, hosts, **_: plan)

    assert cli.main(["trace", "x", "--dry-run"]) == 0
    assert "a.evtx" in capsys.readouterr().out
    assert asked == {}


def failing(error: BaseException) -> Callable[..., Any]:
    def trace(*_: Any, **__: Any) -> Any:
        raise error

    return trace


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (EvidenceError("a.evtx", "is empty", "line 3"), 1, "trackway: a.evtx, line 3: is empty\n"),
        (EvidenceError("\x1b[2Ja\nb", "is empty"), 1, "trackway: \\x1b[2Ja\\nb: is empty\n"),
        (FileNotFoundError(2, "No such file", "x.evtx"), 1, "trackway: x.evtx: No such file\n"),
        (KeyboardInterrupt(), 130, "trackway: interrupted; what is whole is kept"),
        (RuntimeError("odd"), 1, "trackway: RuntimeError: odd; this is a defect of Trackway"),
    ],
)
def test_an_error_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    line: str,
) -> None:
    monkeypatch.setattr("trackway.cli.pipeline.trace", failing(error))

    assert cli.main(["trace", "x"]) == code
    shown = capsys.readouterr().err
    assert shown.startswith(line)
    assert shown.count("\n") == 1


def test_verbose_shows_the_cause_and_still_nothing_hostile(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("trackway.cli.pipeline.trace", failing(RuntimeError("\x1b[2J")))

    assert cli.main(["trace", "x", "-v"]) == 1
    shown = capsys.readouterr().err
    assert "Traceback" in shown
    assert "\x1b" not in shown


def test_no_color_goes_everywhere(monkeypatch: pytest.MonkeyPatch, case: str) -> None:
    wanted: list[bool] = []

    def watched(stream: Any, *, color: bool = True) -> Any:
        wanted.append(color)
        return console(stream, color=color)

    monkeypatch.setattr("trackway.cli.console", watched)
    monkeypatch.delenv("NO_COLOR", raising=False)
    for arguments in (["show", case], ["show", case, "--no-color"], ["--no-color", "show", case]):
        cli.main(arguments)
    monkeypatch.setenv("NO_COLOR", "1")
    cli.main(["show", case])

    assert wanted == [True, False, False, False]


def test_the_demo_shows_its_story_and_then_the_summary(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("trackway.cli.recording.write", lambda folder: [folder / "Security.json"])
    folder = tmp_path / "demo"

    assert cli.main(["demo", "-o", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("H1: outbound tcp to 208.97.177.124:80 (perdu.com)")
    assert shown.index("not seen") < shown.index("Outbound connections by process")
    assert (asked["evidence"], asked["output"]) == ([folder / "Security.json"], folder / "case")


def test_the_demo_writes_over_nothing_without_force(
    asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("trackway.cli.recording.write", lambda folder: [folder])
    (tmp_path / "mine").write_text("mine", encoding="utf-8")

    assert cli.main(["demo", "-o", str(tmp_path)]) == 1
    assert "--force" in capsys.readouterr().err
    assert asked == {}
    assert cli.main(["demo", "-o", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "mine").read_text(encoding="utf-8") == "mine"


def run(
    *arguments: str, encoding: str = "utf-8", output: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """Run the program as a process of its own, with a console of this encoding."""
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.run(
        [sys.executable, "-m", "trackway", *arguments],
        stdout=output,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": encoding},
        check=False,
    )


@pytest.mark.parametrize("form", ["text", *cli.FORMATS])
def test_a_reader_that_goes_away_ends_it_quietly(case: str, form: str) -> None:
    """As `trackway show CASE | head -1` does: the other end is closed before the first byte."""
    reading, writing = os.pipe()
    os.close(reading)
    ended = run("show", case, "--format", form, output=writing)
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (0, b"")


def test_a_console_of_another_encoding_prints_numbers_for_letters(tmp_path: Path) -> None:
    path = written(tmp_path / "case", {"story": [story(host="東京")]}).path
    ended = run("show", str(path), encoding="cp1252")

    assert ended.returncode == 0
    assert b"\\u6771\\u4eac" in ended.stdout


@pytest.mark.parametrize("form", ["json", "jsonl", "csv"])
def test_machine_formats_are_utf_8_whatever_the_console_speaks(tmp_path: Path, form: str) -> None:
    path = written(tmp_path / "case", {"story": [story(host="東京")]}).path

    assert "東京" in run("show", str(path), "--format", form, encoding="cp1252").stdout.decode("utf-8")


def test_the_package_offers_what_it_says() -> None:
    assert set(trackway.__all__) >= {"trace", "open", "Case", "TrackwayError", "__version__"}
    assert [name for name in trackway.__all__ if not hasattr(trackway, name)] == []


def test_the_docs_name_every_command_option_table_and_exit_code() -> None:
    page = DOCS.read_text(encoding="utf-8")
    options = {
        text
        for command in COMMANDS.values()
        for declared in command.params
        for text in declared.opts
        if isinstance(declared, click.Option)
    }
    codes = {cli.DONE, cli.DONE_IN_PART, streams.FAILED, streams.WRONG_USAGE, streams.INTERRUPTED}

    assert [command for command in cli.commands.commands if f"## `trackway {command}" not in page] == []
    assert [text for text in sorted(options) if f"`{text}" not in page] == []
    assert [table for table in query.VIEWS if f"| `{table}`" not in page] == []
    assert [code for code in sorted(codes) if f"| {code} |" not in page] == []
    assert [column for column in _columns() if f"`{column}" not in page] == []


def _columns() -> list[str]:
    """Return every column of every table that `show` prints."""
    with trackway.Case.connect(_Empty()) as connection:  # type: ignore[arg-type]  # only its path is read
        return sorted(
            {name for view in query.VIEWS for name in query.ask(connection, view).table().column_names}
        )


class _Empty:
    """A case of no files."""

    path = Path("nowhere")
