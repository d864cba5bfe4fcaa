"""How records, definitions and counts look in a table and in CSV."""

from __future__ import annotations

from typing import Any, Final

import pyarrow as pa

from trackway.present.cells import JOINT, cell, citation
from trackway.present.terminal import Row, Shown, column

_LETTERS: Final = 400
_LEVELS: Final = {0: "always", 1: "critical", 2: "error", 3: "warning", 4: "info", 5: "verbose"}


def flattened(page: pa.Table) -> pa.Table:
    """Return a page with its map of fields as texts `name=value`, for formats without nesting."""
    place = page.schema.get_field_index("data")
    texts = [[f"{name}={value}" for name, value in data or ()] for data in page["data"].to_pylist()]
    return page.set_column(place, "data", pa.array(texts, pa.list_(pa.string())))


def _level(row: Row) -> str:
    level = row["level"]
    return _LEVELS.get(level, str(level)) if isinstance(level, int) else ""


def _what(row: Row) -> str:
    """Return the message, or the fields where there is none, cut to what a table can hold."""
    data: Any = row["data"] or ()
    text = str(row["message"] or JOINT.join(f"{name}={value}" for name, value in data))
    text = " ".join(text.split())
    return f"{text[:_LETTERS]}..." if len(text) > _LETTERS else text


def _process(row: Row) -> str:
    return cell(row["pid"])


RECORDS: Final = (
    column("time", whole=True),
    column("computer"),
    Shown("provider", lambda row: str(row["provider"] or "").removeprefix("Microsoft-Windows-")),
    column("event_id", "id", whole=True, right=True),
    Shown("level", _level, whole=True),
    Shown("pid", _process, whole=True, right=True),
    Shown("what it says", _what),
    Shown("record", citation),
)
"""What a table shows of a record."""

DEFINITIONS: Final = (
    Shown("provider", lambda row: str(row["provider"]).removeprefix("Microsoft-Windows-")),
    column("event_id", "id", whole=True, right=True),
    column("versions", "version: build"),
    column("default_on", "on", whole=True),
    column("title"),
    column("connection", "what it means for a connection"),
    column("trap", "what misleads"),
    Shown("parameters", lambda row: _names(row["parameters"])),
)
"""What a table shows of the catalogue."""

PARAMETERS: Final = (
    column("event_id", "id", whole=True, right=True),
    column("position", whole=True, right=True),
    column("name", whole=True),
    column("type", whole=True),
    column("since_version", "since version", whole=True, right=True),
    column("meaning"),
)
"""What a table shows of the parameters of an event."""

LEARNED: Final = (
    Shown("provider", lambda row: str(row["provider"]).removeprefix("Microsoft-Windows-")),
    column("event_id", "id", whole=True, right=True),
    column("version", whole=True, right=True),
    column("learned_from", "from", whole=True),
    column("records", whole=True, right=True),
    column("first", whole=True),
    column("last", whole=True),
    Shown("fields", lambda row: _names(row["fields"])),
    Shown("differs from the catalogue", lambda row: cell(row["differs"])),
)
"""What a table shows of what was learned."""


def _names(parameters: Any) -> str:
    return ", ".join(each["name"] for each in parameters or ())
