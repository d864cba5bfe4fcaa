"""Types, structures and columns that tables are made of.

Times are UTC in microseconds unless a column says that it is kept as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa

TEXT: Final = pa.string()
TEXTS: Final = pa.list_(pa.string())
INTEGER: Final = pa.int64()
NUMBER: Final = pa.float64()
FLAG: Final = pa.bool_()
TIME: Final = pa.timestamp("us", tz="UTC")
AS_WRITTEN: Final = pa.timestamp("us")
"""A time as the evidence prints it, before anybody knows its zone."""

CITATION: Final = pa.struct([("source", TEXT), ("file", TEXT), ("line", INTEGER), ("record", INTEGER)])
"""One record behind a statement: 1-based line in a text file, or EventRecordID; either may be null."""

NAME: Final = pa.struct(
    [
        ("name", TEXT),
        ("lookup", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("cnames", TEXTS),
        ("confidence", NUMBER),
        ("basis", TEXT),
        ("rank", INTEGER),
        ("reason", TEXT),
    ]
)
"""A name whose answer held the remote address, and the lookup that is the best witness of it."""

CHOICE: Final = pa.struct(
    [("process", TEXT), ("confidence", NUMBER), ("basis", TEXT), ("reason", TEXT), ("via", TEXT)]
)
"""A process named by identifier, with how sure that is; `via` only for a requester ("bits")."""

SCRIPT: Final = pa.struct(
    [
        ("script", TEXT),
        ("matches", TEXTS),
        ("confidence", NUMBER),
        ("basis", TEXT),
        ("rank", INTEGER),
        ("reason", TEXT),
    ]
)
"""A script of the story's process; `matches` are its texts that also occur in the story."""

ACT: Final = pa.struct(
    [
        ("kind", TEXT),
        ("subject", TEXT),
        ("time", TIME),
        ("rank", INTEGER),
        ("reason", TEXT),
        ("evidence", CITATION),
    ]
)
"""Something that the story's process is recorded to have done beside its connection: `kind` and `subject` are those of
`host_fact`: a file, a library."""

BLIND: Final = pa.struct(
    [
        ("question", TEXT),
        ("source", TEXT),
        ("state", TEXT),
        ("reason", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("evidence", pa.list_(CITATION)),
    ]
)
"""A question that stays open, the source that could have answered it, why it did not, and from when to when that
held: state and evidence are those of the interval in `coverage`."""

TRAFFIC: Final = pa.struct(
    [
        ("program", TEXT),
        ("user", TEXT),
        ("time_from", TIME),
        ("time_to", TIME),
        ("bytes_sent", INTEGER),
        ("bytes_received", INTEGER),
        ("interface", TEXT),
        ("evidence", pa.list_(CITATION)),
    ]
)
"""What a program sent and received in the hour of a story, through all its connections and processes together."""

_SQL_TYPES: Final = {TEXT: "VARCHAR", INTEGER: "BIGINT", NUMBER: "DOUBLE", FLAG: "BOOLEAN"}
_SQL_TYPES.update({TIME: "TIMESTAMPTZ", AS_WRITTEN: "TIMESTAMP"})


def sql_type(kind: pa.DataType) -> str:
    """Return the DuckDB spelling of an Arrow type that a table here uses."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_struct(kind):
        return "STRUCT({})".format(
            ", ".join(f'"{field.name}" {sql_type(field.type)}' for field in kind.fields)
        )
    return _SQL_TYPES[kind]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    name: str
    type: pa.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, and its columns in order."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    def arrow(self) -> pa.Schema:
        """Return the Arrow schema of the table."""
        return pa.schema([(column.name, column.type) for column in self.columns])


def columns(text: str, **types: pa.DataType) -> tuple[Column, ...]:
    """Read `name: meaning` lines; a type that is not text is given by keyword."""
    rows = (line.strip().split(": ", 1) for line in text.strip().splitlines())
    return tuple(Column(name, types.get(name, TEXT), meaning) for name, meaning in rows)
