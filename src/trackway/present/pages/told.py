"""Stories as the pages tell them: the shape of `docs/commands.md`, their sentence, and the records behind them.

Each is JSON text made by DuckDB, since a report tells up to 100,000 of them. To the story is added `sentence`.
Behind it stand `lookups` (by identifier, of the names it cites) and `records` (by identifier, of its processes
and scripts), which many stories share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

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


class Told(NamedTuple):
    """One story as JSON, and what stands behind it as JSON by identifier."""

    story: str
    text: str
    lookups: dict[str, str]
    records: dict[str, str]


def told(
    connection: duckdb.DuckDBPyConnection,
    identifiers: Sequence[str] | None = None,
    most: int | None = None,
) -> Iterator[Told]:
    """Yield stories, by host and time.

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
            sentence = orjson.dumps(spoken[story]).decode()
            yield Told(
                story=story,
                text=f'{text[:-1]},"sentence":{sentence}}}',
                lookups=_wanted(lookups, names),
                records=_wanted(records, behind),
            )


def joined(stories: Sequence[Told]) -> str:
    """Return stories as one JSON object: `stories`, `lookups` and `records`, each by identifier."""
    parts = {
        "stories": {each.story: each.text for each in stories},
        "lookups": {key: text for each in stories for key, text in each.lookups.items()},
        "records": {key: text for each in stories for key, text in each.records.items()},
    }
    return "{{{}}}".format(",".join(f'"{name}":{_object(texts)}' for name, texts in parts.items()))


def stories(connection: duckdb.DuckDBPyConnection, identifiers: Sequence[str]) -> list[dict[str, object]]:
    """Return stories as Python values, each with all behind it, in the order asked for."""
    found = {
        each.story: orjson.loads(each.text)
        | {"lookups": _values(each.lookups), "records": _values(each.records)}
        for each in told(connection, identifiers)
    }
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


def _wanted(texts: Mapping[str, str], keys: Sequence[str | None] | None) -> dict[str, str]:
    return {key: texts[key] for key in keys or () if key is not None and key in texts}


def _object(texts: Mapping[str, str]) -> str:
    """Return a JSON object of texts that are JSON."""
    return "{{{}}}".format(",".join(f"{orjson.dumps(key).decode()}:{text}" for key, text in texts.items()))


def _values(texts: Mapping[str, str]) -> dict[str, object]:
    return {key: orjson.loads(text) for key, text in texts.items()}
