"""One case as one HTML file: the summary as plain HTML, the stories as data, one script that explores them."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import duckdb
import orjson
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trackway.case import Case, write_text
from trackway.present.pages import embedded, notes, rows
from trackway.present.pages.overview import Overview, first, overview, placed
from trackway.present.pages.static import built, licences
from trackway.present.pages.told import told
from trackway.present.report import say
from trackway.present.report.redact import Redaction, redacted
from trackway.present.words import WORDS

MOST: Final = 100_000
"""Stories that a report holds; of a larger case the most relevant ones."""

_MOST_LOOKUPS: Final = 200_000
"""Look-ups that the chart over time counts; of a larger case the first ones by host and time."""

_MOST_SKIPPED: Final = 1_000
_CYTOSCAPE: Final = ".__________cytoscape_container { position: relative; }"
"""The one style that Cytoscape would add at run time, unless an element with its identifier is there."""

_LISTED: Final = f"""
    SELECT r.*, s.held, s.filed
    FROM row AS r
    INNER JOIN ({rows.text("searched")}) AS s USING (story)
    WHERE r.relevance <= $1
    ORDER BY r.host, r.time_from NULLS FIRST, r.time_to NULLS LAST, r.story
"""  # noqa: S608  our own query

_LOOKUPS: Final = f"FROM ({rows.text('lookup_row')}) LIMIT $1"


@dataclass(frozen=True, slots=True)
class Written:
    """How many stories a report tells, and how many of the case it leaves out."""

    stories: int
    left_out: int


def write_report(case: Case, path: Path, *, redact: bool = False, most: int = MOST) -> Written:
    """Write the report of a case; equal cases give equal bytes.

    Args:
        case: the case.
        path: file to write, replaced if it is there.
        redact: replace users, hosts and internal addresses by pseudonyms.
        most: stories to hold at most.

    Raises:
        CaseError: the pages are not built, or the file cannot be written.
    """
    built("report.js")
    with case.connect() as connection:
        redaction = redacted(connection) if redact else None
        rows.prepare(connection)
        seen = overview(connection, case, _MOST_SKIPPED, first(connection, placed(connection)))
        noted = _noted(connection, case, redaction)
        text = _page(connection, seen, noted, redaction, most)
    write_text(path, text)
    stories = int(seen["stories"])
    return Written(min(stories, most), max(0, stories - most))


def _noted(
    connection: duckdb.DuckDBPyConnection, case: Case, redaction: Redaction | None
) -> list[dict[str, object]]:
    """Return what the examiner noted, by story; a story that the case no longer has is not among them."""
    noted = notes.read(case.path)["stories"]
    spoken = rows.sentences(connection, sorted(noted))
    found: list[dict[str, object]] = [
        {"story": story, "sentence": spoken[story], **noted[story]} for story in noted if story in spoken
    ]
    return cast("list[dict[str, object]]", redaction.value(found)) if redaction else found


def _page(
    connection: duckdb.DuckDBPyConnection,
    seen: Overview,
    noted: list[dict[str, object]],
    redaction: Redaction | None,
    most: int,
) -> str:
    script, style = built("report.js").strip(), built("style.css").strip()
    listed = connection.execute(_LISTED, [most]).to_arrow_table()
    return (
        _environment()
        .get_template("report.html.jinja")
        .render(
            seen,
            script=Markup(script),  # noqa: S704  built from web/, not from the case
            style=Markup(style),  # noqa: S704
            extra_style=Markup(_CYTOSCAPE),  # noqa: S704
            hashes={"script": _hash(script), "style": f"{_hash(style)} {_hash(_CYTOSCAPE)}"},
            noted=noted,
            rows=embedded.arrow(listed),
            told=embedded.objects(told(connection, most=most)),
            lookup_rows=embedded.arrow(connection.execute(_LOOKUPS, [_MOST_LOOKUPS]).to_arrow_table()),
            awake=embedded.packed(orjson.dumps(seen["coverage"])),
            chunk=embedded.CHUNK,
            most=most,
            most_lookups=_MOST_LOOKUPS,
            left_out=max(0, seen["stories"] - most),
            redacted=redaction is not None,
            licences=licences(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("trackway.present.report", "."),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=say.finalize,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(say.FILTERS)
    environment.globals["words"] = WORDS
    return environment


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
