"""Events inside another object: a search's hits, an answer of an interface, a finding and what it was found in.

Sources: responses of Elasticsearch (`hits.hits`), of Advanced Hunting (`Results`) and Log Analytics (`tables`, with
`columns` and `rows`), Defender's streaming (`properties`, also in `records`), findings of Chainsaw
(`document.data`) and Zircolite (`matches`), Aurora (`event`), osquery (`columns`, `snapshot`). None is asked for
by name: what an object holds is looked through, and an event is told by itself.
"""

from __future__ import annotations

from typing import Any, Final

from trackway.formats.event_forms import event

_DEEPEST: Final = 4


def inside(value: Any, depth: int = _DEEPEST) -> list[Any]:
    """Return the records in an object that is none itself; of a list that holds events, all members."""
    found: list[Any] = []
    if not isinstance(value, dict) or not depth:
        return found
    if rows := _table(value):
        return rows
    for content in value.values():
        if isinstance(content, dict):
            found += [content] if event(content) else inside(content, depth - 1)
        elif isinstance(content, list):
            if any(map(event, content)):
                found += content
            else:
                for each in content:
                    found += inside(each, depth - 1)
    return found


def _table(value: dict[str, Any]) -> list[Any]:
    """Return the rows of a table by the names of its columns, where they are events."""
    parts = {name.lower(): content for name, content in value.items()}
    columns, rows = parts.get("columns"), parts.get("rows")
    if not (isinstance(columns, list) and isinstance(rows, list)):
        return []
    names = [_name(column) for column in columns]
    records = [dict(zip(names, row, strict=False)) if isinstance(row, list) else row for row in rows]
    return records if any(map(event, records)) else []


def _name(column: Any) -> str:
    named = {key.lower(): said for key, said in column.items()} if isinstance(column, dict) else {}
    return str(named.get("name") or named.get("columnname") or column)
