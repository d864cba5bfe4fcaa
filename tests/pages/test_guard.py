"""Who may ask the workbench, and what its answers allow."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb
import httpx
import pytest
from click.testing import CliRunner

from trackway.case import Case
from trackway.errors import UsageError
from trackway.present.commands import serve as command
from trackway.present.pages import notes, told
from trackway.present.web import limit
from trackway.present.web.bench import TABLE, Bench
from trackway.present.web.guard import LONGEST_BODY
from trackway.present.web.limit import TooSlowError
from trackway.present.web.serve import Place, serve
from trackway.present.web.sorting import Order

from ..query.small_case import finance, written
from .serving import TOKEN, Served, served

NOTE = {"kind": "star", "story": "aa00"}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return written(tmp_path_factory.mktemp("guard") / "case", finance())


@pytest.fixture(scope="module")
def server(case: Case) -> Iterator[Served]:
    with served(case) as found:
        yield found


@pytest.fixture(scope="module")
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.origin, cookies=server.cookies, trust_env=False) as found:
        yield found


@pytest.fixture
def noted(tmp_path: Path) -> Case:
    """A case of one test's own, which gets notes."""
    return written(tmp_path / "case", finance())


@pytest.fixture
def noting(noted: Case) -> Iterator[httpx.Client]:
    with (
        served(noted) as server,
        httpx.Client(base_url=server.origin, cookies=server.cookies, trust_env=False) as found,
    ):
        yield found


def stranger(server: Served) -> httpx.Client:
    return httpx.Client(base_url=server.origin, trust_env=False)


def test_without_the_token_nothing_is_answered(server: Served) -> None:
    with stranger(server) as client:
        for path in (
            "/",
            "/?token=wrong",
            "/api/overview",
            "/api/story?story=aa00",
            "/workbench.js",
            "/nowhere",
        ):
            assert client.get(path).status_code == 403, path


def test_the_token_in_the_address_becomes_a_cookie_that_scripts_cannot_read(server: Served) -> None:
    with stranger(server) as client:
        answer = client.get("/", params={"token": TOKEN})
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
        assert {"HttpOnly", "SameSite=strict"} <= set(answer.headers["set-cookie"].split("; "))
        assert client.get("/api/overview").status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1.evil.example", "localhost:1", ""])
def test_another_name_for_this_machine_is_refused(client: httpx.Client, host: str) -> None:
    assert client.get("/api/overview", headers={"host": host}).status_code in (400, 421)


def test_its_own_names_are_answered(client: httpx.Client, server: Served) -> None:
    for name in ("127.0.0.1", "localhost"):
        headers = {"host": f"{name}:{server.port}"}
        assert client.get("/api/overview", headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
    ids=str,
)
def test_another_site_is_refused_even_with_the_cookie(
    client: httpx.Client, case: Case, headers: dict[str, str]
) -> None:
    assert client.get("/api/overview", headers=headers).status_code == 403
    assert client.post("/api/note", json=NOTE, headers=headers).status_code == 403
    assert notes.read(case.path)["stories"] == {}


def test_no_answer_allows_another_origin_to_read_it(client: httpx.Client) -> None:
    for path in ("/", "/api/overview", "/style.css"):
        headers = client.get(path).headers
        assert not [name for name in headers if name.startswith("access-control")]
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "require-trusted-types-for 'script'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_only_what_is_short_and_known_is_taken(client: httpx.Client) -> None:
    assert client.request("DELETE", "/api/note").status_code == 405
    assert client.post("/api/note", content=b"x" * (LONGEST_BODY + 1)).status_code == 413
    assert client.post("/api/note", content=b"{}", headers={"content-type": "text/plain"}).status_code == 400
    for body in (b"[]", b"{", b'{"kind":"star"}', b'{"kind":"drop","story":"aa00"}', b'{"kind":1,"story":2}'):
        answer = client.post("/api/note", content=body, headers={"content-type": "application/json"})
        assert answer.status_code == 400, body


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("count", {"line": "colour:red"}),
        ("count", {"line": "port:99999"}),
        ("count", {"line": "x" * 5000}),
        ("count", {"order": "time; DROP TABLE row"}),
        ("rows", {"first": "0", "last": "1000000"}),
        ("rows", {"first": "-1", "last": "5"}),
        ("groups", {"by": "story) FROM row --", "first": "0", "last": "5"}),
        ("story", {"story": "' OR 1=1 --"}),
        ("table", {"view": "process; SELECT 1", "first": "0", "last": "5"}),
        ("table", {"view": "links", "first": "0", "last": "5", "order": "rank; DROP TABLE row"}),
        ("table", {"view": "lookups", "first": "0", "last": "5", "order": "connections"}),
        ("compared", {"left": "H1"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_question_gets_one_line_and_no_answer(
    client: httpx.Client, path: str, words: dict[str, str]
) -> None:
    answer = client.get(f"/api/{path}", params=words)
    assert answer.status_code == 400
    assert "\n" not in answer.json()["error"]


@pytest.mark.parametrize("text", ["'; DROP TABLE row; --", '"', "\\", "%", "\x00", "$1", "\u202e"])
def test_no_value_of_a_question_is_taken_for_a_statement(client: httpx.Client, text: str) -> None:
    answer = client.get("/api/count", params={"line": f'contains:"{text}"'})
    assert answer.status_code in (200, 400)
    assert client.get("/api/count").json() == {"total": 3}


@pytest.mark.parametrize("view", ["processes", "links", "skipped"])
def test_the_pages_of_a_table_are_the_table(case: Case, view: str) -> None:
    bench = Bench(case)
    whole = case.ask(view)
    pages = [bench.table(view, "", first, first + 2)[0] for first in range(0, whole.num_rows + 2, 2)]
    assert [row for page in pages for row in page.to_pylist()] == whole.to_pylist()
    assert bench.table(view, "", 0, 1)[1] == whole.num_rows
    with pytest.raises(UsageError, match="at most"):
        bench.table(view, "", 0, TABLE + 1)
    bench.close()


@pytest.mark.parametrize(
    ("view", "column", "by"),
    [
        ("processes", "command_line", lambda row: (row["command_line"] or "").lower()),
        ("processes", "pid", lambda row: row["pid"]),
        (
            "processes",
            "parent",
            lambda row: (row["parent"] or {}).get("image", "").rpartition("\\")[2].lower(),
        ),
        ("links", "confidence", lambda row: row["confidence"]),
    ],
)
def test_a_table_is_sorted_by_a_column_what_is_null_last(
    case: Case, view: str, column: str, by: Callable[[dict[str, Any]], Any]
) -> None:
    bench = Bench(case)
    whole = case.ask(view).to_pylist()
    present = [row for row in whole if row[column] is not None]
    for descending in (False, True):
        order = Order(column, descending)
        found = [
            row
            for first in (0, 2)
            for row in bench.table(view, "", first, first + 2 + 99 * (first > 0), order)[0].to_pylist()
        ]
        assert len(found) == len(whole)
        wanted = sorted(present, key=by, reverse=descending)
        assert [by(row) for row in found[: len(present)]] == [by(row) for row in wanted]
        assert all(row[column] is None for row in found[len(present) :])
    assert bench.table(view, "", 0, 99)[0].to_pylist() == whole
    bench.close()


ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range) = b.range"


def test_a_question_that_takes_too_long_is_cut_off_and_the_next_one_answered(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limit, "SECONDS", 0.2)
    bench = Bench(case)
    with pytest.raises(TooSlowError, match="narrow it down"), bench._limited() as db:
        db.execute(ENDLESS)
    monkeypatch.undo()
    assert bench.count("", "relevance", descending=False) == 3
    bench.close()


def test_a_story_that_takes_too_long_is_cut_off_whichever_of_its_statements_runs(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(case)

    def endless(connection: duckdb.DuckDBPyConnection, _: object) -> list[dict[str, object]]:
        time.sleep(0.4)  # the first cut comes between two statements
        connection.execute(ENDLESS)
        return []

    monkeypatch.setattr(limit, "SECONDS", 0.2)
    monkeypatch.setattr(told, "stories", endless)
    with pytest.raises(TooSlowError, match="narrow it down"):
        bench.story("aa00")
    monkeypatch.undo()
    assert bench.story("aa00")["story"] == "aa00"
    bench.close()


def test_a_question_that_needs_too_much_memory_is_refused_and_the_next_one_answered(case: Case) -> None:
    bench = Bench(case)
    bench._db.execute("SET memory_limit = '20MB'")
    with pytest.raises(TooSlowError, match="narrow it down"), bench._limited() as db:
        db.execute("SELECT list(range) FROM range(50000000)")
    bench._db.execute(f"SET memory_limit = '{limit.MEMORY}'")
    assert bench.count("", "relevance", descending=False) == 3
    bench.close()


def test_an_address_that_others_reach_needs_a_password(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRACKWAY_PASSWORD", raising=False)
    with pytest.raises(UsageError, match="password"):
        serve(case, Place(host="0.0.0.0", opens_browser=False), (), None, print)  # noqa: S104  refused
    refused = CliRunner().invoke(command, [str(case.path), "--host", "192.0.2.1", "--no-browser"], obj=None)
    assert isinstance(refused.exception, UsageError)


def test_the_password_opens_and_a_wrong_one_does_not(case: Case) -> None:
    with served(case, password="correct horse") as server, stranger(server) as client:  # noqa: S106  of the test
        assert client.get("/").headers["location"] == "/login"
        assert "Password" in client.get("/login").text
        assert client.post("/login", data={"password": "wrong"}).status_code == 403
        assert client.get("/api/overview").status_code == 403
        assert client.post("/login", data={"password": "correct horse"}).status_code == 303
        assert client.get("/api/overview").status_code == 200


def test_without_a_password_nobody_logs_in(server: Served) -> None:
    with stranger(server) as client:
        assert client.post("/login", data={"password": ""}).status_code == 403


def test_notes_of_two_windows_at_once_are_all_kept(noting: httpx.Client, noted: Case) -> None:
    def comment(number: int) -> int:
        note = {"kind": "comment", "story": "aa00", "value": f"comment {number}"}
        return noting.post("/api/note", json=note).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(comment, range(40))) == {200}
    kept = notes.read(noted.path)["stories"]["aa00"]["comments"]
    assert {row["text"] for row in kept} == {f"comment {number}" for number in range(40)}


def test_undoing_takes_back_the_last_note_that_stands_and_forgets_nothing(noted: Case) -> None:
    notes.add(noted.path, "tag", "aa00", "c2")
    notes.add(noted.path, "verdict", "aa00", "malicious")
    notes.undo(noted.path)
    assert notes.read(noted.path)["stories"]["aa00"]["verdict"] == ""
    assert notes.read(noted.path)["stories"]["aa00"]["tags"] == ["c2"]
    notes.undo(noted.path)
    notes.undo(noted.path)
    assert notes.read(noted.path)["stories"] == {}
    with sqlite3.connect(notes.place(noted.path)) as database:
        assert database.execute("SELECT count(*) FROM note").fetchone() == (4,)
    database.close()


def test_asking_changes_nothing_in_the_case(noting: httpx.Client, noted: Case) -> None:
    def content() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in noted.path.rglob("*") if path.is_file()}

    before = content()
    noting.get("/api/count", params={"line": "process:powershell"})
    noting.get("/api/table", params={"view": "processes", "first": "0", "last": "10"})
    noting.post("/api/note", json=NOTE)
    assert content() == before
