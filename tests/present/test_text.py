"""What people see: tables, the tree of a story, the summary, and the commands to type next."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from trackway import query
from trackway.case import Case
from trackway.present.console import PIPED_WIDTH, console
from trackway.present.shell import quoted
from trackway.present.summary import write_summary
from trackway.present.terminal import write_table
from trackway.present.tree import write_story

from ..query.small_case import at, cite, cited_script, finance, lookup, name, process, script, story, written

GOLDEN = """\
H1: outbound tcp to 208.97.177.124:80 (perdu.com), allowed
story aa00
└── time unknown  explorer.exe (5000)
    C:\\Windows\\explorer.exe
    as CORP\\anna
    confidence 0.90 (pid+time); its record names this PID
    └── 2021-11-27T03:16:39.250000Z  EXCEL.EXE (6000)
        "EXCEL.EXE" invoice.xlsm
        as CORP\\anna
        confidence 0.99 (guid); its record names it; Security.json:1
        └── 2021-11-27T03:17:38.250000Z  powershell.exe (20220)
            powershell -enc SQBuAHYA
            as CORP\\anna
            confidence 0.95 (pid+address+time); the PID was this one then; Security.json:3
            ├── 2021-11-27T03:17:38.500000Z  ran script block
            │   Invoke-WebRequest -Uri http://perdu.com
            │   confidence 0.95 (pid+text); it holds the name; PowerShell.json:4
            ├── 2021-11-27T03:17:38.750000Z  asked for perdu.com
            │   answer: 208.97.177.124 (from wire)
            │   confidence 0.97 (pid+address+time); the same process asked for it just before; Dns.json:5
            └── 2021-11-27T03:17:39.250000Z  tcp 192.168.0.107:50638 -> 208.97.177.124:80, outbound, allowed
                confidence 0.95 (pid+address+time); the PID was this one then; Security.json:9
not seen
└── Which bytes went?
    └── proxy: this evidence holds no proxy record of this host
"""


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return written(tmp_path / "case", finance())


def tree(case: Case, identifier: str = "aa00") -> str:
    out = io.StringIO()
    with case.connect() as connection:
        write_story(connection, identifier, console(out))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def table(case: Case, view: str) -> str:
    out = io.StringIO()
    with case.connect() as connection:
        write_table(view, query.ask(connection, view).pages(), console(out))
    return out.getvalue()


def summary(case: Case) -> str:
    out = io.StringIO()
    write_summary(case, console(out))
    return out.getvalue()


def test_a_story_is_read_from_top_to_bottom(case: Case) -> None:
    assert tree(case) == GOLDEN


def test_a_story_of_no_process_says_so_and_who_asked_is_unknown(case: Case) -> None:
    shown = tree(case, "bb00")

    assert "unknown process" in shown
    assert "answer: edge.example.net -> 203.0.113.9 (from wire)" in shown
    assert "no record says who asked" in shown
    assert "S.evtx#77" in shown


def test_an_inbound_story_points_the_other_way(case: Case) -> None:
    assert "udp [fe80::2]:53 <- [fe80::1]:5353, inbound, blocked" in tree(case, "cc00")


def test_a_service_names_whom_it_acted_for_and_who_else_fits(tmp_path: Path) -> None:
    requester = {
        "process": "p9",
        "confidence": 0.9,
        "basis": "name+time",
        "reason": "it asked",
        "via": "bits",
    }
    other = {"process": "p8", "confidence": 0.4, "basis": "pid+time", "reason": "fits too", "via": None}
    tables = {
        "story": [story(requester=requester, process_candidates=[other])],
        "process": [process(), process("p9", pid=77), process("p8", pid=88)],
    }
    shown = tree(written(tmp_path / "case", tables))

    assert "acting (by bits) for powershell.exe (77)" in shown
    assert shown.index("other processes that fit") < shown.index("powershell.exe (88)")


def test_a_name_that_another_process_asked_for_says_which(tmp_path: Path) -> None:
    tables = {
        "story": [story(names=[name()])],
        "process": [process(), process("p2", pid=2, image="C:\\x\\other.exe")],
        "lookup": [lookup(process="p2")],
    }

    assert "asked by other.exe (2)" in tree(written(tmp_path / "case", tables))


def test_a_long_script_is_cut_and_its_missing_parts_are_named(tmp_path: Path) -> None:
    tables = {
        "story": [story(scripts=[cited_script()])],
        "process": [process()],
        "script": [script(text="x" * 3000, parts=3, missing_parts=[2])],
    }
    shown = tree(written(tmp_path / "case", tables))

    assert "... (cut)" in shown
    assert "parts not in this evidence: 2" in shown


def test_what_the_process_wrote_after_it_stands_below_the_connection(tmp_path: Path) -> None:
    acts = [
        {
            "kind": "file_written",
            "subject": f"C:\\x\\{number}.exe",
            "time": at(number),
            "rank": number,
            "reason": "wrote it then",
            "evidence": cite(number, "sysmon_11"),
        }
        for number in range(1, 8)
    ]
    shown = tree(written(tmp_path / "case", {"story": [story(acts=acts)]}))

    assert (
        shown.index("192.168.0.107:50638 ->")
        < shown.index("wrote C:\\x\\1.exe")
        < shown.index("wrote C:\\x\\5.exe")
    )
    assert "wrote C:\\x\\6.exe" not in shown
    assert "and 2 more files and libraries" in shown


def test_many_names_of_one_address_are_cut_and_counted(tmp_path: Path) -> None:
    names = [name(f"n{number}.example", f"l{number}", rank=number) for number in range(1, 14)]
    tables = {
        "story": [story(names=names)],
        "lookup": [lookup(row["lookup"], name=row["name"]) for row in names],
    }
    shown = tree(written(tmp_path / "case", tables))

    assert "n10.example" in shown
    assert "n11.example" not in shown
    assert "and 3 more names" in shown


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("stories", ["powershell.exe (20220)", "208.97.177.124:80", "perdu.com", "0.95", "aa00"]),
        ("lookups", ["www.example.org", "203.0.113.9", "wire"]),
        ("connections", ["192.168.0.107:50638", "[fe80::1]:5353"]),
        ("processes", ["EXCEL.EXE (6000)", "powershell -enc SQBuAHYA"]),
        ("links", ["process_parent", "0.99"]),
        ("scripts", ["Invoke-WebRequest"]),
        ("clocks", ["-3600.00", "local times"]),
        ("coverage", ["security_5156", "1204"]),
        ("files", ["Security.json", "1300"]),
        ("skipped", ["half a JSON object", "77"]),
    ],
)
def test_a_table_shows_what_people_ask_it_for(case: Case, view: str, words: list[str]) -> None:
    shown = table(case, view)

    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("view", query.VIEWS)
def test_a_table_of_nothing_is_nothing(tmp_path: Path, view: str) -> None:
    assert table(written(tmp_path / "case", {}), view).strip() == ""


def test_a_pipe_gets_no_escape_and_a_width_of_its_own(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    shown = tree(case) + summary(case) + "".join(table(case, view) for view in query.VIEWS)

    assert "\x1b" not in shown
    assert max(map(len, shown.splitlines())) <= PIPED_WIDTH


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def drawn(case: Case, *, color: bool) -> str:
    out = Terminal()
    with case.connect() as connection:
        write_story(connection, "aa00", console(out, color=color))
    return out.getvalue()


def test_styles_are_for_terminals_that_want_them(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)

    assert "\x1b[" in drawn(case, color=True)
    assert "\x1b" not in drawn(case, color=False)


def test_a_terminal_s_width_is_kept(case: Case) -> None:
    out = io.StringIO()
    with case.connect() as connection:
        write_table("stories", query.ask(connection, "stories").pages(), Console(file=out, width=100))

    assert max(map(len, out.getvalue().splitlines())) <= 100


def test_a_console_of_few_letters_gets_plain_lines(case: Case) -> None:
    bytes_out = io.BytesIO()
    out = io.TextIOWrapper(bytes_out, encoding="cp1252", errors="backslashreplace")
    with case.connect() as connection:
        write_story(connection, "aa00", console(out))
        write_table("stories", query.ask(connection, "stories").pages(), console(out))
    out.flush()

    assert rb"\u25" not in bytes_out.getvalue()
    assert b"powershell.exe" in bytes_out.getvalue()


def test_the_summary_can_be_read_aloud(case: Case) -> None:
    shown = summary(case)

    for words in (
        "H1: 2021-11-27T01:17:39Z to 2021-11-27T03:27:39Z",
        "2 connections (2 outbound), 2 look-ups, 4 processes, from 1,205 records",
        "perdu.com (208.97.177.124)",
        "ran a script, interpreter, started from a document",
        "www.example.org (203.0.113.9)",
        "corrected by -3600 s, spread 0.50 s, from 12 records (local times)",
        "offset unknown (nothing to compare)",
        "Which bytes went? open for 1 story: proxy no record of that time is here",
        "Security.json: half a JSON object (1 time)",
        "Confidences are measured on simulated hosts",
        "--story aa00",
    ):
        assert words in shown


def test_the_summary_puts_the_marked_groups_before_the_many(tmp_path: Path) -> None:
    tables = {
        "process": [process("p1"), process("p2", image="C:\\x\\chrome.exe")],
        "story": [
            story("a1", process="p1"),
            *(story(f"b{number}", process="p2", remote_address="203.0.113.5") for number in range(5)),
            *(story(f"c{number}", process="p2", remote_address="203.0.113.6") for number in range(3)),
        ],
    }
    shown = summary(written(tmp_path / "case", tables))

    assert shown.index("208.97.177.124") < shown.index("203.0.113.5") < shown.index("203.0.113.6")


def test_the_summary_of_nothing_says_so(tmp_path: Path) -> None:
    shown = summary(written(tmp_path / "case", {}))

    assert "No record of a connection, look-up, process or script was found" in shown
    assert "No outbound connection is on record." in shown


def test_the_next_commands_name_the_case_as_a_shell_reads_it(tmp_path: Path) -> None:
    folder = tmp_path / "it's a case"

    assert f"trackway show {quoted(str(folder))} --story aa00" in summary(written(folder, finance()))


@pytest.mark.parametrize(
    ("text", "posix", "windows"),
    [
        ("case", "case", "case"),
        ("my case", "'my case'", '"my case"'),
        (r"C:\cases\one", r"'C:\cases\one'", r"C:\cases\one"),
        ("it's", "'it'\"'\"'s'", '"it\'s"'),
        ("a&b;c", "'a&b;c'", '"a&b;c"'),
        ("$(x)'`", "'$(x)'\"'\"'`'", "'$(x)''`'"),
        ("", "''", '""'),
    ],
)
def test_an_argument_is_quoted_for_the_shell_at_hand(text: str, posix: str, windows: str) -> None:
    assert quoted(text, windows=False) == posix
    assert quoted(text, windows=True) == windows


def test_times_of_the_summary_do_not_depend_on_the_local_zone(case: Case) -> None:
    assert at(0).strftime("%Y-%m-%dT%H:%M:%SZ") in summary(case)
