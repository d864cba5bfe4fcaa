"""What the workbench answers: its page, and JSON or Arrow for what the page asks.

Nothing here changes the case or its evidence; notes go to their own file. Every word of a request reaches
DuckDB as a bound value or is looked up in a list of ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
import pyarrow as pa
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from trackway.errors import TrackwayError, UsageError
from trackway.present.cells import cell, timed
from trackway.present.pages import embedded, notes
from trackway.present.pages.static import built, licences
from trackway.present.web import events, limit, page, records, requested
from trackway.present.web.bench import Bench, compared
from trackway.present.web.guard import Guard, Lock
from trackway.present.web.sorting import Order

_WRONG_PASSWORD_SECONDS: Final = 1.0
_ARROW: Final = "application/vnd.apache.arrow.stream"
_LONGEST_CELL: Final = 2_000
_LATER: Final = frozenset({"groups", "histogram", "edges", "overview", "notes"})
"""What stands around the stories, and comes after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbench:
    """What the routes share.

    Attributes:
        bench: the case.
        other: a second case to compare it with.
        evidence: where the evidence is, to read records again.
        lock: who may ask.
    """

    bench: Bench
    other: Bench | None
    evidence: list[Path]
    lock: Lock


def application(workbench: Workbench) -> Guard:
    """Return the workbench as an ASGI application."""
    answers: dict[str, Callable[[Workbench, Request], object]] = {
        "overview": _overview,
        "count": _count,
        "rows": _rows,
        "groups": _groups,
        "histogram": _histogram,
        "edges": _edges,
        "story": _story,
        "near": _near,
        "records": _records,
        "events": _events,
        "table": _table,
        "compared": _compared,
        "notes": _notes,
    }
    routes = [
        Route("/", _entry, methods=["GET"]),
        Route("/login", _login_form, methods=["GET"]),
        Route("/login", _login, methods=["POST"]),
        Route("/style.css", _file("style.css", "text/css"), methods=["GET"]),
        Route("/workbench.js", _file("workbench.js", "text/javascript"), methods=["GET"]),
        Route("/api/note", _note, methods=["POST"]),
        *(
            Route(f"/api/{name}", _answering(answer, is_urgent=name not in _LATER), methods=["GET"])
            for name, answer in answers.items()
        ),
    ]
    app = Starlette(routes=routes, exception_handlers={TrackwayError: _failure})
    app.state.workbench = workbench
    return Guard(app, workbench.lock)


def _answering(
    answer: Callable[[Workbench, Request], object], *, is_urgent: bool
) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        found = await requested.unless_gone(
            request, limit.Asker(is_urgent=is_urgent), lambda: answer(_shared(request), request)
        )
        if isinstance(found, bytes):
            return Response(found, media_type=_ARROW)
        return Response(orjson.dumps(found), media_type="application/json")

    return endpoint


def _shared(request: Request) -> Workbench:
    shared = request.app.state.workbench
    assert isinstance(shared, Workbench)  # noqa: S101  `application` put it there
    return shared


async def _entry(request: Request) -> Response:
    """Give the page; a token in the address becomes a cookie, so that it stands in no history."""
    lock = _shared(request).lock
    token = request.query_params.get("token")
    if token is None:
        return HTMLResponse(page.workbench())
    if not lock.is_token(token):
        return HTMLResponse(page.notice("This address holds an old key."), status_code=403)
    return _entered(lock)


async def _login_form(_: Request) -> Response:
    return HTMLResponse(page.login(""))


async def _login(request: Request) -> Response:
    lock = _shared(request).lock
    form = parse_qs((await request.body()).decode("utf-8", "replace"))
    if lock.is_password("".join(form.get("password", []))):
        return _entered(lock)
    await asyncio.sleep(_WRONG_PASSWORD_SECONDS)
    return HTMLResponse(page.login("That is not the password."), status_code=403)


def _entered(lock: Lock) -> Response:
    response = RedirectResponse("/", status_code=303)
    response.set_cookie(lock.cookie, lock.token, httponly=True, samesite="strict")
    return response


def _file(name: str, kind: str) -> Callable[[Request], Any]:
    async def endpoint(_: Request) -> Response:
        return Response(built(name), media_type=kind)

    return endpoint


async def _failure(_: Request, error: Exception) -> Response:
    is_cut_off = isinstance(error, limit.TooSlowError | limit.DroppedError)
    status = 400 if isinstance(error, UsageError) else 503 if is_cut_off else 500
    return Response(orjson.dumps({"error": str(error)}), status_code=status, media_type="application/json")


def _overview(workbench: Workbench, _: Request) -> object:
    return {
        **workbench.bench.overview(),
        "name": workbench.bench.case.path.resolve().name,
        "other": workbench.other.case.path.resolve().name if workbench.other else None,
        "licences": licences(),
    }


def _count(workbench: Workbench, request: Request) -> object:
    return {
        "total": workbench.bench.count(
            *requested.question(request), descending=requested.is_descending(request)
        )
    }


def _rows(workbench: Workbench, request: Request) -> bytes:
    first, last = requested.number(request, "first"), requested.number(request, "last")
    line, order = requested.question(request)
    by = request.query_params.get("by")
    group = (by, request.query_params.get("value")) if by else None
    return _stream(
        workbench.bench.rows(
            line, order, first, last, descending=requested.is_descending(request), group=group
        )
    )


def _groups(workbench: Workbench, request: Request) -> object:
    beginning = request.query_params.get("beginning")
    return workbench.bench.groups(
        requested.line(request), requested.word(request, "by"), requested.number(request, "most"), beginning
    )


def _histogram(workbench: Workbench, request: Request) -> object:
    return workbench.bench.histogram(requested.line(request), requested.word(request, "by"))


def _edges(workbench: Workbench, request: Request) -> object:
    return workbench.bench.edges(requested.line(request), requested.number(request, "most"))


def _story(workbench: Workbench, request: Request) -> object:
    return workbench.bench.story(requested.word(request, "story"))


def _near(workbench: Workbench, request: Request) -> bytes:
    return _stream(
        workbench.bench.neighbours(requested.word(request, "story"), requested.number(request, "most"))
    )


def _records(workbench: Workbench, request: Request) -> object:
    """Read the records of a story again: its own, its look-ups', its processes' and scripts'."""
    story: Any = workbench.bench.story(requested.word(request, "story"))
    cited = [
        *story["evidence"],
        *(row for lookup in story["lookups"].values() for row in lookup["evidence"]),
        *(row for evidence in story["records"].values() for row in evidence),
    ]
    sizes = _sizes(workbench)
    messages = events.messages(workbench.evidence, sizes)
    return records.raw(workbench.evidence, cited, sizes, messages.of)


def _events(workbench: Workbench, request: Request) -> object:
    """Give the catalogue of events, or what the case's evidence taught."""
    if requested.word(request, "from") == "evidence":
        return events.learned(workbench.evidence, _sizes(workbench))
    return events.known()


def _sizes(workbench: Workbench) -> dict[str, int]:
    return {str(file["file"]): int(str(file["size"])) for file in workbench.bench.overview()["files"]}


def _table(workbench: Workbench, request: Request) -> object:
    """Give a view as texts, nested values as CSV shows them."""
    view, column = requested.word(request, "view"), request.query_params.get("order")
    table, total = workbench.bench.table(
        view,
        request.query_params.get("contains", ""),
        requested.number(request, "first"),
        requested.number(request, "last"),
        Order(column, requested.is_descending(request)) if column else None,
    )
    rows = timed(table).to_pylist()
    return {
        "columns": table.column_names,
        "sortable": workbench.bench.sortable(view, table.schema),
        "rows": [[cell(value)[:_LONGEST_CELL] for value in row.values()] for row in rows],
        "total": total,
    }


def _compared(workbench: Workbench, request: Request) -> object:
    """Compare two hosts of the case, or the case with the other one."""
    left, right = request.query_params.get("left"), request.query_params.get("right")
    if left is None and right is None and workbench.other:
        return compared(workbench.bench.side("left", None), workbench.other.side("right", None))
    if left is None or right is None:
        raise UsageError("give two hosts, or start with --compare CASE")
    return compared(workbench.bench.side("left", left), workbench.bench.side("right", right))


def _notes(workbench: Workbench, _: Request) -> object:
    """Give what stands, and the noted stories in words."""
    standing = notes.read(workbench.bench.case.path)
    return {**standing, "sentences": workbench.bench.sentences(sorted(standing["stories"]))}


async def _note(request: Request) -> Response:
    """Add a note, or undo the last one; give what stands then."""
    if request.headers.get("content-type") != "application/json":
        raise UsageError("a note is JSON")
    await run_in_threadpool(_keep, _shared(request).bench.case.path, await request.body())
    standing = await run_in_threadpool(_notes, _shared(request), request)
    return Response(orjson.dumps(standing), media_type="application/json")


def _keep(case: Path, body: bytes) -> None:
    try:
        note = orjson.loads(body)
        kind, story, value = note["kind"], note.get("story"), note.get("value", "")
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError("a note is an object with kind, story and value") from error
    if not isinstance(value, str) or not isinstance(story, str | None):
        raise UsageError("story and value of a note are texts")
    if kind == "undo":
        notes.undo(case)
    else:
        notes.add(case, kind, story, value)


def _stream(table: pa.Table) -> bytes:
    return embedded.stream(table)
