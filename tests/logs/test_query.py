"""`trackway query`: what is selected, in which order and form, what is said beside it, and the exit codes."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from lxml import etree

from trackway import cli
from trackway.evidence.discover import discover
from trackway.formats.whole import Sieve
from trackway.logs import order
from trackway.logs.evidence import Account, Found, records

from .events import export, line, whole

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Two exports whose records interleave in time; one record of another channel, one of another id."""
    folder = tmp_path / "logs"
    folder.mkdir()
    export(
        folder / "a.json",
        line(record=1, time="2021-11-27T03:00:00Z"),
        line(record=3, time="2021-11-27T03:00:02Z", event_id=3020, fields={"QueryResults": "1.2.3.4;"}),
    )
    export(
        folder / "b.json",
        line(
            record=7, time="2021-11-27T03:00:01Z", fields={"QueryName": "other.example", "Extra": "perdu.com"}
        ),
        line(record=8, time="2021-11-27T03:00:03Z", provider="P", channel="C", event_id=1, level=2),
    )
    return folder


@pytest.fixture
def run(capfdbinary: Any) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        code = cli.main(["query", *map(str, arguments)])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return run


def numbers(out: str) -> list[int]:
    return [json.loads(each)["record"] for each in out.splitlines()]


SELECTIONS: list[tuple[list[str], list[int]]] = [
    ([], [1, 7, 3, 8]),
    (["--xpath", "*"], [1, 7, 3, 8]),
    (["--xpath", "*[System[EventID=3006]]"], [1, 7]),
    (["--xpath", " * [ EventData[ Data[@Name='QueryName'] and (Data='perdu.com')] ] "], [1, 7, 3, 8]),
    (["--xpath", "*[EventData[Data[@Name='QueryName']='perdu.com']]"], [1, 3, 8]),
    (["--xpath", "*[System[TimeCreated[timediff(@SystemTime) <= 1000]]]"], [3, 8]),
    (
        ["--xpath", "*[System[TimeCreated[timediff(@SystemTime) <= 1000]]]", "--now", "2021-11-27T03:00:04Z"],
        [8],
    ),
    (["--xpath", "*[EventData/Data[contains(.,'other')]]", "--lenient"], [7]),
    (["--id", "3006"], [1, 7]),
    (["--id", "1,3000-3006"], [1, 7, 8]),
    (["--provider", "p"], [8]),
    (["--provider", "microsoft-*", "--id", "3020"], [3]),
    (["--channel", "C"], [8]),
    (["--channel", "Microsoft-Windows-DNS Client Events/Operational"], [1, 7, 3]),
    (["--since", "2021-11-27T03:00:02Z"], [3, 8]),
    (["--until", "2021-11-27T03:00:01Z"], [1, 7]),
    (["--contains", "PERDU.com"], [1, 7, 3, 8]),
    (["--contains", "other.ex"], [7]),
    (["--field", "queryname=perdu.com"], [1, 3, 8]),
    (["--field", "QueryName=*.example"], [7]),
    (["--field", "QueryName=[perdu].com"], []),
    (["--field", "QueryName~^(other|nobody)\\."], [7]),
    (["--regex", "1\\.2\\.3\\.\\d;$"], [3]),
    (["--id", "3006", "--contains", "other"], [7]),
    (["--xpath", "*[System[EventID=3006]]", "--field", "Extra=perdu.com"], [7]),
]


@pytest.mark.parametrize(("asked", "selected"), SELECTIONS, ids=[" ".join(asked) for asked, _ in SELECTIONS])
def test_what_is_asked_is_selected_by_time(
    evidence: Path, run: Run, asked: list[str], selected: list[int]
) -> None:
    code, out, _ = run(evidence, *asked, "--format", "jsonl")

    assert code == 0
    assert numbers(out) == selected


def test_the_trap_is_said_and_answered_as_windows_does(evidence: Path, run: Run) -> None:
    _, out, err = run(
        evidence, "--xpath", "*[EventData[Data[@Name='QueryName'] and (Data='perdu.com')]]", "--count"
    )

    assert out == "4\n"
    assert "did you mean *[EventData[Data[@Name='QueryName']='perdu.com']]" in err


def test_quiet_leaves_the_remarks_out(evidence: Path, run: Run) -> None:
    _, _, err = run(evidence, "--xpath", "*[EventData[Data[@Name='x'] and Data='y']]", "-q")

    assert err == ""


QUERY_LIST = """<QueryList>
  <Query Id="0" Path="Microsoft-Windows-DNS-Client/Operational">
    <Select>*[System[(EventID=3006 or EventID=3020)]]</Select>
    <Select Path="c">*</Select>
    <Suppress>*[EventData[Data[@Name='QueryName']='other.example']]</Suppress>
  </Query>
</QueryList>
"""


def test_a_query_list_selects_by_channel_and_suppresses(evidence: Path, tmp_path: Path, run: Run) -> None:
    listed = tmp_path / "view.xml"
    listed.write_text(QUERY_LIST, encoding="utf-8")

    assert numbers(run(evidence, "--query-list", listed, "--format", "jsonl")[1]) == [1, 3, 8]


def test_a_suppress_of_one_query_does_not_touch_another(evidence: Path, tmp_path: Path, run: Run) -> None:
    listed = tmp_path / "view.xml"
    listed.write_text(
        "<ViewerConfig><QueryConfig><QueryNode><QueryList>"
        "<Query><Select Path='C'>*</Select><Suppress Path='C'>*[System/Level=2]</Suppress></Query>"
        "<Query><Select Path='C'>*[System/EventID &lt;= 1]</Select></Query>"
        "</QueryList></QueryNode></QueryConfig></ViewerConfig>",
        encoding="utf-8",
    )

    assert numbers(run(evidence, "--query-list", listed, "--format", "jsonl")[1]) == [8]


def test_forwarded_events_are_known_by_their_file(tmp_path: Path, run: Run) -> None:
    listed = tmp_path / "view.xml"
    listed.write_text(
        "<QueryList><Query><Select Path='ForwardedEvents'>*</Select></Query></QueryList>", encoding="utf-8"
    )
    folder = tmp_path / "logs"
    folder.mkdir()
    export(folder / "ForwardedEvents.json", line(record=1))
    export(folder / "other.json", line(record=2))

    assert numbers(run(folder, "--query-list", listed, "--format", "jsonl")[1]) == [1]


def test_a_channel_that_is_nowhere_is_said(evidence: Path, tmp_path: Path, run: Run) -> None:
    listed = tmp_path / "view.xml"
    listed.write_text(
        "<QueryList><Query><Select Path='Nowhere'>*</Select></Query></QueryList>", encoding="utf-8"
    )

    code, _, err = run(evidence, "--query-list", listed)

    assert code == 0
    assert (
        "channel Nowhere is nowhere in the evidence; there are C, Microsoft-Windows-DNS-Client/Operational"
        in err
    )


def test_a_provider_that_is_nowhere_is_said(evidence: Path, run: Run) -> None:
    assert "provider Nobody is nowhere in the evidence; there are" in run(evidence, "--provider", "Nobody")[2]


BROKEN_LISTS = {
    "<QueryList><Query><Select>*[</Select></Query></QueryList>": "line 1, Select, character 3: ",
    "<QueryList>\n<Query>\n<Select Path='x'>*[last()]</Select></Query></QueryList>": "line 3, Select, character 3: ",
    "<QueryList>\n<Query><Selekt/></Query></QueryList>": "line 2: <Selekt> is neither",
    "<QueryList>\n<Query/></QueryList>": "line 2: a <Query> without <Select>",
    "<QueryList/>": "no <QueryList> with a <Query>",
    "<QueryList>\n<Query>": "line 2: not XML",
    "<!DOCTYPE a [<!ENTITY b 'c'>]><QueryList><Query><Select>&b;</Select></Query></QueryList>": "DOCTYPE",
}


@pytest.mark.parametrize("text", BROKEN_LISTS)
def test_a_broken_query_list_is_one_line_with_the_place(
    evidence: Path, tmp_path: Path, run: Run, text: str
) -> None:
    listed = tmp_path / "view.xml"
    listed.write_text(text, encoding="utf-8")

    code, out, err = run(evidence, "--query-list", listed)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert BROKEN_LISTS[text] in err
    assert "view.xml" in err


@pytest.mark.parametrize(
    "asked",
    [
        ["--xpath", "*[System[EventID=3006]"],
        ["--xpath", "*", "--query-list", "x"],
        ["--lenient"],
        ["--id", "abc"],
        ["--id", "9-1"],
        ["--field", "novalue"],
        ["--field", "a~("],
        ["--regex", "(?=x)"],
        ["--since", "2021-11-28", "--until", "2021-11-27"],
        ["--since", "yesterday"],
        ["--format", "docx"],
        ["--limit", "-1"],
        ["--follow", "--format", "json"],
        ["--follow", "--xpath", "*[System/TimeCreated[timediff(@SystemTime) < 1]]"],
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(evidence: Path, run: Run, asked: list[str]) -> None:
    code, out, err = run(evidence, *asked)

    assert (code, out, err.count("\n")) == (2, "", 1)


def test_evidence_that_is_not_there_is_exit_code_1(tmp_path: Path, run: Run) -> None:
    code, _, err = run(tmp_path / "nowhere", "--xpath", "*")

    assert (code, err.count("\n")) == (1, 1)


def test_a_broken_record_is_exit_code_4_and_said(tmp_path: Path, run: Run) -> None:
    path = export(tmp_path / "a.json", line(record=1))
    path.write_text(path.read_text(encoding="utf-8") + '{"Event": \n', encoding="utf-8")

    code, out, err = run(path, "--format", "jsonl")

    assert code == 4
    assert numbers(out) == [1]
    assert "1 records could not be read" in err
    assert "a.json, line 2: " in err


def test_a_limit_is_said_where_it_cuts(evidence: Path, run: Run) -> None:
    _, out, err = run(evidence, "--limit", "2", "--format", "jsonl")

    assert numbers(out) == [1, 7]
    assert "2 of 4 records shown; --limit 4 shows all" in err


@pytest.mark.parametrize("limit", ["0", "1", "4", "5"])
def test_a_limit_gives_the_first_by_time(evidence: Path, run: Run, limit: str) -> None:
    assert numbers(run(evidence, "--limit", limit, "--format", "jsonl")[1]) == [1, 7, 3, 8][: int(limit)]


def test_nothing_that_matches_is_said(evidence: Path, run: Run) -> None:
    code, out, err = run(evidence, "--id", "9", "--format", "jsonl")

    assert (code, out) == (0, "")
    assert "no records match, of 4" in err


def test_text_shows_the_message_of_the_catalogue(evidence: Path, run: Run) -> None:
    _, out, _ = run(evidence, "--id", "3006", "--limit", "1")

    assert "Asked for perdu.com, type 1 (A)" in out
    assert "a.json:1" in out


def test_xml_is_one_document_with_the_events_as_windows_writes_them(evidence: Path, run: Run) -> None:
    _, out, _ = run(evidence, "--format", "xml")
    found = etree.fromstring(out.encode())

    assert [event.findtext("{*}System/{*}EventRecordID") for event in found] == ["1", "7", "3", "8"]
    assert found[0].find("{*}EventData/{*}Data").get("Name") == "QueryName"


def test_json_and_csv_hold_the_fields_by_name(evidence: Path, run: Run) -> None:
    first = json.loads(run(evidence, "--format", "json")[1])[0]
    row = next(csv.DictReader(io.StringIO(run(evidence, "--format", "csv")[1])))

    assert first["data"] == {"QueryName": "perdu.com", "QueryType": "1"}
    assert first["time"] == row["time"] == "2021-11-27T03:00:00.000000Z"
    assert row["data"] == "QueryName=perdu.com; QueryType=1"


def test_parquet_holds_the_same_rows(evidence: Path, tmp_path: Path, capfdbinary: Any) -> None:
    cli.main(["query", str(evidence), "--format", "parquet"])
    kept = tmp_path / "records.parquet"
    kept.write_bytes(capfdbinary.readouterr().out)

    assert pq.read_table(kept)["record"].to_pylist() == [1, 7, 3, 8]


def test_what_a_log_holds_never_reaches_the_terminal_as_it_is(tmp_path: Path, run: Run) -> None:
    path = export(tmp_path / "a.json", line(fields={"QueryName": "\x1b[31m\u202e=cmd|'x'!A1"}))

    for form in ("text", "xml", "json", "jsonl", "csv"):
        _, out, _ = run(path, "--format", form)
        assert "\x1b" not in out
    assert json.loads(run(path, "--format", "jsonl")[1])["data"]["QueryName"].startswith("\x1b[31m")


def test_a_name_that_a_spreadsheet_would_run_is_guarded(tmp_path: Path, run: Run) -> None:
    path = export(tmp_path / "a.json", line(computer="=1+1"))

    assert next(csv.DictReader(io.StringIO(run(path, "--format", "csv")[1])))["computer"] == "'=1+1"


def test_a_catastrophic_pattern_takes_no_time(tmp_path: Path, run: Run) -> None:
    path = export(tmp_path / "a.json", line(fields={"QueryName": "a" * 20_000 + "!"}))
    before = time.process_time()

    assert run(path, "--regex", "(a+)+$", "--count")[1] == "0\n"
    assert time.process_time() - before < 60  # a backtracking engine would not end in a lifetime


def test_the_order_does_not_depend_on_the_size_of_a_run(
    evidence: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def numbered() -> list[int | None]:
        found = records(discover([evidence]), Sieve(), lambda _file, _whole: True, Account())
        return [each.whole.record for each in order.by_time(found)]

    whole_run = numbered()
    monkeypatch.setattr(order, "RUN", 1)

    assert numbered() == whole_run == [1, 7, 3, 8]


def test_records_of_one_time_come_by_file_and_place() -> None:
    found = [Found(file, whole()._replace(record=record)) for file, record in (("b", 1), ("a", 2), ("a", 1))]

    assert [(each.file, each.whole.record) for each in order.by_time(found)] == [("a", 1), ("a", 2), ("b", 1)]


def test_follow_ends_when_enough_was_shown(evidence: Path, run: Run) -> None:
    assert numbers(run(evidence, "--follow", "--limit", "2", "--format", "jsonl")[1]) == [1, 7]


def test_a_log_of_what_was_selected_is_evidence_again(
    evidence: Path, tmp_path: Path, run: Run, capfdbinary: Any
) -> None:
    cli.main(["query", str(evidence), "--format", "evtx"])
    log = tmp_path / "selected.evtx"
    log.write_bytes(capfdbinary.readouterr().out)

    code, again, err = run(log, "--format", "jsonl")

    assert (code, err) == (0, "")
    assert without_places(again) == without_places(run(evidence, "--format", "jsonl")[1])


def without_places(out: str) -> list[dict[str, Any]]:
    rows = [json.loads(each) for each in out.splitlines()]
    return [{name: value for name, value in row.items() if name not in {"file", "line"}} for row in rows]


def test_what_no_log_can_hold_is_named_and_exit_code_4(tmp_path: Path, run: Run, capfdbinary: Any) -> None:
    path = export(tmp_path / "a.json", line(record=1), line(record=2, fields={"QueryName": "x" * 40_000}))

    code = cli.main(["query", str(path), "--format", "evtx"])
    out, err = capfdbinary.readouterr()

    assert (code, len(out)) == (4, 4096 + 65536)
    assert "1 records are not in the log" in err.decode()
    assert "a.json, line 2: " in err.decode()


@pytest.mark.parametrize("command", ["query", "stats", "events --from"])
def test_a_password_opens_encrypted_archives(tmp_path: Path, capfd: Any, command: str) -> None:
    pyzipper = pytest.importorskip("pyzipper")
    path = tmp_path / "a.zip"
    with pyzipper.AESZipFile(path, "w", encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(b"infected")
        archive.writestr("a.json", export(tmp_path / "a.json", line()).read_bytes())

    without = cli.main([*command.split(), str(path), "--format", "jsonl"])
    assert "a.zip!a.json: encrypted; give its password with --password" in capfd.readouterr().err
    opened = cli.main([*command.split(), str(path), "--format", "jsonl", "--password", "infected"])

    assert (without, opened) == (4, 0)
    assert json.loads(capfd.readouterr().out)["event_id"] == 3006


def test_times_of_exports_that_become_those_of_a_log_are_said(
    tmp_path: Path, run: Run, capfdbinary: Any
) -> None:
    path = export(tmp_path / "a.json", line())

    cli.main(["query", str(path), "--format", "evtx"])
    out, err = capfdbinary.readouterr()
    log = tmp_path / "a.evtx"
    log.write_bytes(out)
    cli.main(["query", str(log), "--format", "evtx"])

    assert "these exports may have local ones, which stand in it as they were: a.json" in err.decode()
    assert capfdbinary.readouterr().err == b""
    assert run(path, "--format", "jsonl")[2] == ""
