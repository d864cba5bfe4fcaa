"""From raw rows to observations: runs a source's SQL over one batch.

Every raw row becomes one observation or one skip; nothing is lost between the two.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trackway.errors import ModelError
from trackway.formats.rows import Rows, Skip
from trackway.schema import sql_type
from trackway.sources import installed
from trackway.sources.source import Decoded, Source


class Interpreter:
    """Turns batches of raw rows into observations; holds one in-memory database."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        """Teach the macros to `db`, which serves this object alone."""
        self._db = db
        db.execute("SET TimeZone = 'UTC'")
        db.execute(_sql("macros"))

    def observations(self, rows: Rows, file: str, *, zoned: bool) -> tuple[pa.Table, list[Skip]]:
        """Return the observations of one batch, in the schema of the source's table, and the skips.

        Args:
            rows: raw rows of one shape.
            file: name of the evidence file, for the citations.
            zoned: whether the format defines record times as UTC.
        """
        source = installed()[rows.shape.source]
        self._db.execute("SET VARIABLE file_name = $1", [file])
        self._db.execute("SET VARIABLE zoned = $1", [zoned])
        with _registered(self._db, _decoded(rows.batch, source)):
            self._db.execute(f"CREATE OR REPLACE TEMP VIEW event AS {_sql('observed')}")
            table = self._db.sql(_selection(source, self._db.sql(_sql(source.name)).columns)).to_arrow_table()
        if table.num_rows != rows.batch.num_rows:
            raise ModelError(f"{source.name}.sql made {table.num_rows} rows of {rows.batch.num_rows}")
        return _parted(table, source)


@contextmanager
def _registered(db: duckdb.DuckDBPyConnection, raw: pa.Table) -> Iterator[None]:
    db.register("raw", raw)
    try:
        yield
    finally:
        db.unregister("raw")


def _decoded(batch: pa.RecordBatch, source: Source) -> pa.Table:
    """Add the columns that the source wants decoded, each different text once."""
    table = pa.Table.from_batches([batch])
    for name, wanted in source.decoded.items():
        table = table.append_column(name, _decode(table[wanted.field], wanted))
    return table


def _decode(texts: pa.ChunkedArray, wanted: Decoded) -> pa.Array:
    encoded = texts.combine_chunks().dictionary_encode()
    values = [wanted.function(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(values, wanted.type).take(encoded.indices)


def _selection(source: Source, given: list[str]) -> str:
    """Return the query that gives the columns of the source's table, those it lacks as null."""
    columns = ", ".join(
        f'CAST({column.name if column.name in given else "NULL"} AS {sql_type(column.type)}) AS "{column.name}"'
        for column in source.table.columns
    )
    reason = "coalesce(unplaced, source || ': ' || skip) AS skip"
    return f"SELECT {columns}, {reason} FROM ({_sql(source.name)})"  # noqa: S608  names of our own schema


def _parted(table: pa.Table, source: Source) -> tuple[pa.Table, list[Skip]]:
    reasons = table["skip"]
    skipped = table.filter(pc.is_valid(reasons)).select(["line", "record", "skip"]).to_pylist()
    kept = table.filter(pc.is_null(reasons)).drop_columns(["skip"])
    return kept.cast(source.table.arrow()), [Skip(row["line"], row["record"], row["skip"]) for row in skipped]


@cache
def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
