"""What the views give, without filters."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from trackway import query
from trackway.errors import CaseError, ModelError, UsageError
from trackway.filters import WORDS, Filters
from trackway.schema import TIME

from .small_case import at, cited_script, finance, lookup, name, process, script, story, written


@pytest.fixture
def db(tmp_path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with written(tmp_path / "case", finance()).connect() as connection:
        yield connection


def rows(connection: duckdb.DuckDBPyConnection, view: str, **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = query.ask(connection, view, **asked).table().to_pylist()
    return found


def shown(tmp_path: Path, view: str, **tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    with written(tmp_path / "case", tables).connect() as connection:
        return rows(connection, view)


def test_stories_come_by_host_and_time(db: duckdb.DuckDBPyConnection) -> None:
    assert [row["story"] for row in rows(db, "stories")] == ["cc00", "aa00", "bb00"]


def test_a_story_holds_everything_that_explains_it(db: duckdb.DuckDBPyConnection) -> None:
    found = rows(db, "stories", identifiers=["aa00"])[0]

    assert found["process"]["pid"] == 20220
    assert (found["process"]["confidence"], found["process"]["basis"]) == (0.95, "pid+address+time")
    assert [row["pid"] for row in found["ancestors"]] == [6000, 5000]
    assert [row["confidence"] for row in found["ancestors"]] == [0.99, 0.9]
    assert found["ancestors"][0]["basis"] == "guid"
    assert found["names"][0]["name"] == "perdu.com"
    assert found["scripts"][0]["text"].startswith("Invoke-WebRequest")
    assert found["scripts"][0]["text_cut"] is False
    assert found["not_seen"][0]["state"] == "not_collected"
    assert found["evidence"] == [
        {"source": "security_5156", "file": "Security.json", "line": 9, "record": None}
    ]


def test_a_story_of_no_process_has_a_null_and_not_an_empty_object(db: duckdb.DuckDBPyConnection) -> None:
    found = rows(db, "stories", identifiers=["bb00"])[0]

    assert found["process"] is None
    assert found["requester"] is None
    assert (found["ancestors"], found["process_candidates"], found["scripts"]) == ([], [], [])


def test_a_story_names_its_requester_and_the_way(tmp_path: Path) -> None:
    requester = {
        "process": "p9",
        "confidence": 0.9,
        "basis": "name+time",
        "reason": "it asked",
        "via": "bits",
    }
    found = shown(
        tmp_path, "stories", story=[story(requester=requester)], process=[process(), process("p9", pid=77)]
    )[0]["requester"]

    assert (found["pid"], found["via"], found["basis"]) == (77, "bits", "name+time")


def test_candidates_keep_their_order(tmp_path: Path) -> None:
    choices = [
        {"process": key, "confidence": 0.4, "basis": "pid+time", "reason": "fits", "via": None}
        for key in ("p8", "p7")
    ]
    found = shown(
        tmp_path,
        "stories",
        story=[story(process=None, process_candidates=choices)],
        process=[process("p7", pid=7), process("p8", pid=8)],
    )[0]

    assert [row["pid"] for row in found["process_candidates"]] == [8, 7]


@pytest.mark.parametrize(("letters", "is_cut"), [(2000, False), (2001, True)])
def test_a_script_of_over_2000_letters_is_cut_and_says_so(tmp_path: Path, letters: int, is_cut: bool) -> None:
    tables = {
        "story": [story(scripts=[cited_script()])],
        "process": [process()],
        "script": [script(text="ü" * letters)],
    }
    found = shown(tmp_path, "stories", **tables)[0]["scripts"][0]

    assert len(found["text"]) == 2000
    assert found["text_cut"] is is_cut


def test_the_table_of_scripts_has_the_whole_text(tmp_path: Path) -> None:
    assert len(shown(tmp_path, "scripts", script=[script(text="x" * 5000)])[0]["text"]) == 5000


def test_a_lookup_lists_the_stories_that_used_its_answer(db: duckdb.DuckDBPyConnection) -> None:
    found = rows(db, "lookups")

    assert [(row["name"], row["connections"]) for row in found] == [
        ("perdu.com", ["aa00"]),
        ("www.example.org", ["bb00"]),
    ]
    assert found[0]["process"]["pid"] == 20220
    assert found[1]["process"] is None


def test_a_connection_is_one_flat_line(db: duckdb.DuckDBPyConnection) -> None:
    found = query.connections(db)

    assert not any(pa.types.is_struct(column.type) for column in found.schema)
    assert found.to_pylist()[1]["name"] == "perdu.com"


def test_a_process_knows_its_parent(db: duckdb.DuckDBPyConnection) -> None:
    found = {row["process"]: row for row in rows(db, "processes")}

    assert found["p1"]["parent"]["image"].endswith("EXCEL.EXE")
    assert found["p0"]["parent"] is None


def test_a_process_without_a_start_comes_before_those_with_one(db: duckdb.DuckDBPyConnection) -> None:
    assert rows(db, "processes")[0]["process"] == "p0"


@pytest.mark.parametrize("view", query.VIEWS)
def test_an_empty_case_gives_every_view_with_its_columns(tmp_path: Path, view: str) -> None:
    with (
        written(tmp_path / "case", {}).connect() as empty,
        written(tmp_path / "full", finance()).connect() as full,
    ):
        nothing = query.ask(empty, view).table()

        assert nothing.num_rows == 0
        assert nothing.schema == query.ask(full, view).table().schema


@pytest.mark.parametrize("view", query.VIEWS)
def test_times_are_utc_in_microseconds(db: duckdb.DuckDBPyConnection, view: str) -> None:
    times = [
        column.type for column in query.ask(db, view).table().schema if pa.types.is_timestamp(column.type)
    ]

    assert all(kind == TIME for kind in times)


@pytest.mark.parametrize("view", query.VIEWS)
@pytest.mark.parametrize("limit", [0, 1, 2, 1000])
def test_a_limit_gives_the_first_rows_and_counts_them_all(
    db: duckdb.DuckDBPyConnection, view: str, limit: int
) -> None:
    everything = rows(db, view)
    answer = query.ask(db, view, limit=limit)

    assert answer.table().to_pylist() == everything[:limit]
    assert (answer.total, answer.count) == (len(everything), min(limit, len(everything)))


@pytest.mark.parametrize("view", query.VIEWS)
def test_pages_put_together_are_the_whole(
    db: duckdb.DuckDBPyConnection, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = rows(db, view)
    monkeypatch.setattr(query, "ROWS_A_PAGE", 1)
    pages = list(query.ask(db, view).pages())

    assert [row for page in pages for row in page.to_pylist()] == everything
    assert all(page.num_rows <= max(1, len(everything)) for page in pages)


def test_equal_times_come_in_the_order_of_identifiers(tmp_path: Path) -> None:
    found = shown(tmp_path, "stories", story=[story("b"), story("a"), story("c")], process=[process()])

    assert [row["story"] for row in found] == ["a", "b", "c"]


def test_two_hosts_may_have_the_same_identifier(tmp_path: Path) -> None:
    found = shown(
        tmp_path, "stories", story=[story("a"), story("a", host="H2", time_from=at(5), time_to=at(5))]
    )

    assert [(row["story"], row["host"]) for row in found] == [("a", "H1"), ("a", "H2")]


def test_an_identifier_that_is_not_one_is_our_own_defect(tmp_path: Path) -> None:
    with written(tmp_path / "case", {"story": [story("a"), story("a")]}).connect() as connection:
        answer = query.ask(connection, "stories")

        with pytest.raises(ModelError, match="stories"):
            answer.table()


def test_a_prefix_finds_its_one_story(db: duckdb.DuckDBPyConnection) -> None:
    assert query.whole_identifier(db, "A") == "aa00"


def test_a_prefix_of_several_stories_names_them(tmp_path: Path) -> None:
    with written(tmp_path / "case", {"story": [story("ab1"), story("ab2")]}).connect() as connection:
        with pytest.raises(UsageError, match="ab1, ab2"):
            query.whole_identifier(connection, "ab")
        assert query.whole_identifier(connection, "ab2") == "ab2"


def test_a_prefix_of_no_story_says_so(db: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(CaseError, match="no such story"):
        query.whole_identifier(db, "ff")


def test_a_view_that_does_not_exist_names_those_that_do(db: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="stories, lookups"):
        query.ask(db, "findings")


def test_a_negative_limit_is_wrong_usage(db: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(UsageError, match="limit -1"):
        query.ask(db, "stories", limit=-1)


@pytest.mark.parametrize("view", query.VIEWS)
def test_a_view_only_lists_filters_that_exist(view: str) -> None:
    assert set(query.VIEWS[view].filters) <= set(WORDS)


def test_names_of_one_story_keep_their_rank(tmp_path: Path) -> None:
    names = [name("z.example", "l1", rank=1), name("a.example", "l2", rank=2)]
    found = shown(tmp_path, "stories", story=[story(names=names)], lookup=[lookup(), lookup("l2")])[0]

    assert [row["name"] for row in found["names"]] == ["z.example", "a.example"]


def test_the_functions_of_python_take_filters(db: duckdb.DuckDBPyConnection) -> None:
    assert query.stories(db, Filters(direction="inbound")).num_rows == 1
    assert query.lookups(db, Filters(name="perdu%")).num_rows == 0
    assert query.processes(db, Filters(pid=900), 5).num_rows == 1
