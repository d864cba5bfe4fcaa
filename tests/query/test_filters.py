"""Every filter, on both sides of its boundary, and every form of its value."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.resources import files
from pathlib import Path
from typing import Any

import duckdb
import pytest

from trackway import query
from trackway.errors import UsageError
from trackway.filters import PROTOCOLS, WORDS, Filters, moment

from .small_case import at, finance, lookup, name, process, story, written


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    with written(tmp_path_factory.mktemp("finance") / "case", finance()).connect() as connection:
        yield connection


def found(connection: duckdb.DuckDBPyConnection, view: str, **words: object) -> list[str]:
    """Return the first column (of processes and look-ups the identifier) of the rows that the words want."""
    table = query.ask(connection, view, Filters.parse(**words)).table()
    return [str(text) for text in table.column(0).to_pylist()]


A, B, C = "aa00", "bb00", "cc00"

STORIES = [
    ("host", "h1", [A, B]),
    ("host", "dc01", [C]),
    ("host", "dc01.corp.example", [C]),
    ("host", "*.example", [C]),
    ("host", "corp", []),
    ("process", "powershell", [A]),
    ("process", "POWERSHELL.EXE", [A]),
    ("process", "power*", [A]),
    ("process", "powershel?", [A]),
    ("process", "powershel", []),
    ("process", "ower*", []),
    ("process", "*\\system32\\*", [C, A]),
    ("process", "c:\\windows\\system32\\svchost.exe", [C]),
    ("process", "system32\\svchost.exe", []),
    ("pid", 20220, [A]),
    ("pid", "900", [C]),
    ("pid", 2022, []),
    ("user", "anna", [A]),
    ("user", "corp\\anna", [A]),
    ("user", "NT AUTHORITY\\*", [C]),
    ("user", "corp", []),
    ("name", "PERDU.com", [A]),
    ("name", "*.org", [B]),
    ("name", "edge.example.net", [B]),
    ("name", "perdu", []),
    ("address", "208.97.177.124", [A]),
    ("address", "208.97.176.0/20", [A]),
    ("address", "208.97.178.0/24", []),
    ("address", "192.168.0.107", [A, B]),
    ("address", "::ffff:208.97.177.124", [A]),
    ("address", "fe80::/64", [C]),
    ("address", "0.0.0.0/0", [A, B]),
    ("port", 80, [A]),
    ("port", "53", [C]),
    ("port", 50638, [A, B]),
    ("port", 81, []),
    ("protocol", "udp", [C]),
    ("protocol", "6", [A, B]),
    ("protocol", "icmp", []),
    ("direction", "Outbound", [A, B]),
    ("direction", "local", []),
    ("action", "blocked", [C]),
    ("action", "failed", []),
    ("source", "sysmon_*", [B]),
    ("source", "security_5156", [C, A]),
    ("source", "security", []),
    ("since", at(201), [B]),
    ("since", at(201.000001), []),
    ("since", "2021-11-27T03:17:39.25Z", [A, B]),
    ("since", "2021-11-27", [C, A, B]),
    ("since", "2021-11-28", []),
    ("until", at(200), [C, A, B]),
    ("until", at(199.999999), [C, A]),
    ("until", "2021-11-27", [C, A, B]),
    ("until", "2021-11-26", []),
    ("min_confidence", 0.95, [A]),
    ("min_confidence", "0.951", []),
    ("min_confidence", 0, [C, A]),
    ("contains", "PERDU.com", [A]),
    ("contains", "-enc SQBuAHYA", [A]),
    ("contains", "invoice.xlsm", [A]),
    ("contains", "invoke-webrequest", [A]),
    ("contains", "S.evtx", [B]),
    ("contains", "perdu%", []),
    ("contains", "no such text", []),
    ("contains", "direction", []),
]


@pytest.mark.parametrize(("word", "value", "expected"), STORIES)
def test_a_filter_keeps_the_stories_it_asks_for_and_no_others(
    db: duckdb.DuckDBPyConnection, word: str, value: object, expected: list[str]
) -> None:
    assert found(db, "stories", **{word: value}) == expected
    assert found(db, "connections", **{word: value}) == expected


OTHERS = [
    ("lookups", "name", "perdu.*", ["l1"]),
    ("lookups", "name", "edge.*", ["l2"]),
    ("lookups", "address", "203.0.113.0/24", ["l2"]),
    ("lookups", "address", "8.8.8.8", ["l1", "l2"]),
    ("lookups", "process", "powershell", ["l1"]),
    ("lookups", "process", "svchost", []),
    ("lookups", "pid", 20220, ["l1"]),
    ("lookups", "user", "anna", ["l1"]),
    ("lookups", "source", "sysmon_22", ["l2"]),
    ("lookups", "since", at(101), ["l2"]),
    ("lookups", "until", at(-0.5), ["l1"]),
    ("lookups", "until", at(-0.500001), []),
    ("lookups", "min_confidence", 0.97, ["l1"]),
    ("lookups", "min_confidence", 0.98, []),
    ("lookups", "contains", "203.0.113.9", ["l2"]),
    ("lookups", "contains", "sqbuahya", ["l1"]),
    ("lookups", "host", "H2", []),
    ("processes", "host", "h2", []),
    ("processes", "process", "excel", ["px"]),
    ("processes", "pid", 900, ["p2"]),
    ("processes", "user", "network service", ["p2"]),
    ("processes", "source", "security_4688", ["p2", "px", "p1"]),
    ("processes", "since", at(-1), ["p0", "p2", "px", "p1"]),
    ("processes", "until", at(-60), ["p0", "p2", "px"]),
    ("processes", "until", at(-60.000001), ["p0", "p2"]),
    ("processes", "min_confidence", 0.95, ["p1"]),
    ("processes", "contains", "dnscache", ["p2"]),
    ("scripts", "process", "powershell", ["s1"]),
    ("scripts", "process", "excel", []),
    ("scripts", "pid", 20220, ["s1"]),
    ("scripts", "user", "bob", []),
    ("scripts", "source", "powershell_*", ["s1"]),
    ("scripts", "since", at(-0.75), ["s1"]),
    ("scripts", "since", at(-0.5), []),
    ("scripts", "until", at(-0.75), ["s1"]),
    ("scripts", "until", at(-0.8), []),
    ("scripts", "min_confidence", 0.96, []),
    ("scripts", "contains", "http://perdu", ["s1"]),
    ("scripts", "host", "h?", ["s1"]),
    ("links", "min_confidence", 0.97, ["H1", "H1"]),
    ("links", "contains", "process_parent", ["H1"]),
    ("links", "host", "h2", []),
    ("clocks", "source", "sysmon_22", ["H1"]),
    ("clocks", "source", "sysmon", []),
    ("clocks", "contains", "security.json", ["H1"]),
    ("clocks", "host", "h*", ["H1", "H1"]),
    ("facts", "source", "security_4624", ["H1"]),
    ("facts", "since", at(601), []),
    ("facts", "until", at(0), ["H1"]),
    ("facts", "process", "services", ["H1"]),
    ("facts", "pid", 716, ["H1"]),
    ("facts", "user", "anna", ["H1"]),
    ("facts", "host", "h2", []),
    ("facts", "contains", "192.168.0.9", ["H1"]),
    ("coverage", "source", "security_*", ["H1"]),
    ("coverage", "since", at(600), ["H1", "H1"]),
    ("coverage", "since", at(601), []),
    ("coverage", "until", at(-1), ["H1"]),
    ("coverage", "contains", "sysmon_22", ["H1"]),
    ("coverage", "host", "h2", []),
    ("files", "host", "h1", ["Security.json"]),
    ("files", "host", "h2", []),
    ("files", "contains", "00FF", ["Security.json"]),
    ("files", "contains", "00FE", []),
    ("skipped", "contains", "HALF", ["Security.json"]),
    ("skipped", "contains", "whole", []),
]


@pytest.mark.parametrize(("view", "word", "value", "expected"), OTHERS)
def test_a_filter_keeps_the_rows_of_the_other_tables(
    db: duckdb.DuckDBPyConnection, view: str, word: str, value: object, expected: list[str]
) -> None:
    assert found(db, view, **{word: value}) == expected


def test_every_filter_of_every_view_is_tested_here() -> None:
    tested = {(view, word) for view in ("stories", "connections") for word, _, _ in STORIES}
    tested |= {(view, word) for view, word, _, _ in OTHERS}

    assert tested == {(view, word) for view, declared in query.VIEWS.items() for word in declared.filters}


EXAMPLES: dict[str, object] = {
    "host": "h",
    "process": "p",
    "pid": 1,
    "user": "u",
    "name": "n",
    "address": "::1",
    "port": 1,
    "protocol": 6,
    "direction": "local",
    "action": "failed",
    "source": "s",
    "since": "2021-01-01",
    "until": "2022-01-01",
    "min_confidence": 0.5,
    "contains": "c",
}


@pytest.mark.parametrize("view", query.VIEWS)
@pytest.mark.parametrize("word", WORDS)
def test_a_filter_that_a_view_cannot_answer_is_refused(
    db: duckdb.DuckDBPyConnection, view: str, word: str
) -> None:
    filters = Filters.parse(**{word: EXAMPLES[word]})
    if word in query.VIEWS[view].filters:
        query.ask(db, view, filters)
        return
    with pytest.raises(UsageError, match=f"--{word.replace('_', '-')}: {view} cannot be filtered by that"):
        query.ask(db, view, filters)


def test_all_words_together_must_hold(db: duckdb.DuckDBPyConnection) -> None:
    assert found(db, "stories", process="powershell", port=80) == [A]
    assert found(db, "stories", process="powershell", port=443) == []


def test_a_second_question_forgets_the_first(db: duckdb.DuckDBPyConnection) -> None:
    assert found(db, "stories", address="208.97.177.124", contains="perdu", process="powershell") == [A]
    assert found(db, "stories") == [C, A, B]


@pytest.mark.parametrize("glob", ["100%*", "a_b*", "[ab]*", "x^y*", "it's*"])
def test_only_star_and_question_mark_mean_something(tmp_path: Path, glob: str) -> None:
    literal = glob.removesuffix("*")
    rows = [
        story("same", names=[name(f"{literal}.example")]),
        story("else", names=[name("100x aXb a xzy it.example")]),
        story("more", names=[name("axb.example")]),
    ]
    with written(tmp_path / "case", {"story": rows}).connect() as connection:
        assert found(connection, "stories", name=glob) == ["same"]


def test_the_requester_meets_a_question_about_the_process(tmp_path: Path) -> None:
    requester = {
        "process": "p9",
        "confidence": 0.9,
        "basis": "name+time",
        "reason": "it asked",
        "via": "bits",
    }
    tables = {"story": [story(requester=requester)], "process": [process("p1", pid=1), process("p9", pid=9)]}
    with written(tmp_path / "case", tables).connect() as connection:
        assert found(connection, "stories", pid=9) == [A]
        assert found(connection, "stories", pid=8) == []


def test_a_process_that_ended_is_not_in_a_later_time(tmp_path: Path) -> None:
    with written(tmp_path / "case", {"process": [process(ended=at(5))]}).connect() as connection:
        assert found(connection, "processes", since=at(5)) == ["p1"]
        assert found(connection, "processes", since=at(5.000001)) == []


def test_an_address_in_the_evidence_that_is_none_breaks_nothing(tmp_path: Path) -> None:
    tables = {
        "story": [story(remote_address="not an address")],
        "lookup": [lookup(addresses=["?", "10.0.0.1"])],
    }
    with written(tmp_path / "case", tables).connect() as connection:
        assert found(connection, "stories", address="10.0.0.0/8") == []
        assert found(connection, "lookups", address="10.0.0.0/8") == ["l1"]


def test_a_value_is_never_read_as_sql(db: duckdb.DuckDBPyConnection) -> None:
    for word in ("host", "process", "user", "name", "source", "contains"):
        assert found(db, "stories", **{word: "x' OR 1=1 --"}) == []


WRONG = [
    ("pid", "-1"),
    ("pid", "0x10"),
    ("pid", str(2**32)),
    ("pid", "9" * 5000),
    ("port", "65536"),
    ("port", "http"),
    ("port", "8 0"),
    ("protocol", "256"),
    ("protocol", "tcpip"),
    ("direction", "out"),
    ("action", "allow"),
    ("address", "208.97.177"),
    ("address", "perdu.com"),
    ("address", "10.0.0.0/33"),
    ("since", "yesterday"),
    ("until", "2021-13-01"),
    ("min_confidence", "1.01"),
    ("min_confidence", "nan"),
    ("min_confidence", "high"),
    ("host", " "),
    ("contains", ""),
]


@pytest.mark.parametrize(("word", "value"), WRONG)
def test_a_value_of_no_accepted_form_is_named_with_the_forms_there_are(word: str, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        Filters.parse(**{word: value})

    assert str(caught.value).startswith(f"--{word.replace('_', '-')} {value}: give ")


@pytest.mark.parametrize(
    ("word", "value", "expected"),
    [
        ("pid", str(2**32 - 1), 2**32 - 1),
        ("port", "65535", 65535),
        ("protocol", "UDP", 17),
        ("protocol", 255, 255),
        ("min_confidence", "1", 1.0),
        ("direction", "LOCAL", "local"),
        ("contains", "Ärger", "ärger"),
    ],
)
def test_a_value_is_read_to_its_type(word: str, value: object, expected: object) -> None:
    assert getattr(Filters.parse(**{word: value}), word) == expected


MOMENTS: list[tuple[object, datetime]] = [
    ("2021-11-27T03:17:39Z", datetime(2021, 11, 27, 3, 17, 39, tzinfo=UTC)),
    ("2021-11-27T04:17:39+01:00", datetime(2021, 11, 27, 3, 17, 39, tzinfo=UTC)),
    ("2021-11-27 03:17", datetime(2021, 11, 27, 3, 17, tzinfo=UTC)),
    ("2021-11-27", datetime(2021, 11, 27, tzinfo=UTC)),
    (date(2021, 11, 27), datetime(2021, 11, 27, tzinfo=UTC)),
    (datetime(2021, 11, 27, 3, tzinfo=timezone(timedelta(hours=1))), datetime(2021, 11, 27, 2, tzinfo=UTC)),
    (datetime(2021, 11, 27, 3), datetime(2021, 11, 27, 3, tzinfo=UTC)),  # noqa: DTZ001  naive on purpose
]


@pytest.mark.parametrize(("value", "expected"), MOMENTS)
def test_a_time_is_utc_unless_it_says_a_zone(value: object, expected: datetime) -> None:
    assert moment("since", value) == expected


def test_a_date_alone_means_its_whole_day() -> None:
    assert moment("until", "2021-11-27") == datetime(2021, 11, 27, 23, 59, 59, 999_999, UTC)


@pytest.mark.parametrize(
    ("word", "value"), [("since", "0001-01-01T00:00:00+14:00"), ("until", "9999-12-31T23:59:59-12:00")]
)
def test_a_time_beyond_the_calendar_is_wrong_usage(word: str, value: str) -> None:
    with pytest.raises(UsageError, match="give a time as"):
        moment(word, value)


def test_the_last_day_of_the_calendar_is_a_day() -> None:
    assert moment("until", "9999-12-31").day == 31


def test_since_may_not_lie_after_until() -> None:
    assert Filters.parse(since="2021-11-27", until="2021-11-27").given() == {"since", "until"}
    with pytest.raises(UsageError, match="--since lies after --until"):
        Filters.parse(since="2021-11-28", until="2021-11-27")


def test_a_word_that_does_not_exist_is_named() -> None:
    with pytest.raises(UsageError, match="remote: there is no such filter; there are host, process"):
        Filters.parse(remote="x")


def test_null_leaves_a_word_out() -> None:
    assert Filters.parse(host=None, port=None) == Filters()
    assert Filters().given() == frozenset()


def test_every_protocol_that_is_printed_can_be_asked_for() -> None:
    lines = (
        files("trackway.correlate")
        .joinpath("words", "protocol_name.csv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    printed: dict[str, Any] = {row["name"]: int(row["protocol"]) for row in csv.DictReader(lines)}

    assert printed == PROTOCOLS


def test_every_declared_word_is_a_field_and_the_other_way_round() -> None:
    assert set(WORDS) == set(Filters.__dataclass_fields__)
