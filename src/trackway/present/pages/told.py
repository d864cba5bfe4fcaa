"""Stories as the pages tell them: the shape of `docs/commands.md`, their sentence, and the records behind them.

Each is JSON text made by DuckDB, since a report tells up to 100,000 of them. To the story are added
`sentence`, `lookups` (by identifier, of the names it cites) and `records` (by identifier, of its processes
and scripts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import duckdb
import orjson

from trackway import query
from trackway.present.cells import timed
from trackway.present.pages.rows import sentences

_STORY: Final = """
    SELECT
        story,
        to_json(page),
        list_transform(names, lambda n: n.lookup),
        list_transform(ancestors || process_candidates, lambda p: p.process)
        || [process.process, requester.process] || list_transform(scripts, lambda s: s.script)
    FROM page
"""
_MOST_RELEVANT: Final = """
    CREATE OR REPLACE TEMP TABLE chosen AS
    SELECT * REPLACE (row_number() OVER (ORDER BY number) AS number)
    FROM chosen
    WHERE identifier IN (SELECT story FROM relevant WHERE relevance <= $1)
"""
_RECORDS: Final = """
    WITH wanted AS (SELECT DISTINCT unnest($1::VARCHAR[]) AS identifier)
    SELECT identifier, to_json(evidence) FROM process INNER JOIN wanted ON process = identifier
    UNION ALL
    SELECT identifier, to_json(evidence) FROM script INNER JOIN wanted ON script = identifier
"""


def told(
    connection: duckdb.DuckDBPyConnection,
    identifiers: Sequence[str] | None = None,
    most: int | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield identifier and JSON of stories, by host and time.

    Args:
        connection: one that `rows.prepare` has seen.
        identifiers: only these.
        most: as many of the most relevant ones; all by default.
    """
    spoken = sentences(connection, identifiers)
    lookups = _lookups(connection, identifiers)
    for page in _chosen(connection, identifiers, most).pages():
        page = timed(page)  # noqa: PLW2901  DuckDB reads it by name
        rows = connection.execute(_STORY).fetchall()
        wanted = sorted({key for row in rows for key in row[3] or () if key is not None})
        records = dict(connection.execute(_RECORDS, [wanted]).fetchall())
        for story, text, names, behind in rows:
            parts = {
                "sentence": orjson.dumps(spoken[story]).decode(),
                "lookups": _object(lookups, names),
                "records": _object(records, behind),
            }
            added = ",".join(f'"{name}":{value}' for name, value in parts.items())
            yield story, f"{text[:-1]},{added}}}"


def stories(connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str]) -> list[dict[str, object]]:
    """Return stories as Python values, in the order asked for."""
    found = {story: orjson.loads(text) for story, text in told(connection, identifiers)}
    return [found[identifier] for identifier in identifiers]


def _chosen(
    connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str] | None, most: int | None
) -> query.Answer:
    """Choose the stories; the limit of `query.ask` would keep the earliest ones, not the most relevant."""
    answer = query.ask(connection, "stories", identifiers=identifiers)
    if most is None or answer.count <= most:
        return answer
    connection.execute(_MOST_RELEVANT, [most])
    return replace(answer, count=most)


def _lookups(connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str] | None) -> Mapping[str, str]:
    """Return the look-ups that stories cite, as JSON by identifier."""
    cited = None
    if identifiers is not None:
        statement = """
            SELECT DISTINCT unnest(list_transform(names, lambda n: n.lookup)) AS lookup FROM story
            WHERE list_contains($1::VARCHAR[], story) ORDER BY lookup
        """
        cited = [row[0] for row in connection.execute(statement, [list(identifiers)]).fetchall()]
    found: dict[str, str] = {}
    for page in query.ask(connection, "lookups", identifiers=cited).pages():
        page = timed(page)  # noqa: PLW2901  DuckDB reads it by name
        found.update(connection.execute("SELECT lookup, to_json(page) FROM page").fetchall())
    return found


def _object(texts: Mapping[str, str], keys: Sequence[str | None] | None) -> str:
    """Return a JSON object of those texts that are there; identifiers are hexadecimal or escaped."""
    wanted = dict.fromkeys(key for key in keys or () if key is not None and key in texts)
    return "{{{}}}".format(",".join(f"{orjson.dumps(key).decode()}:{texts[key]}" for key in wanted))
