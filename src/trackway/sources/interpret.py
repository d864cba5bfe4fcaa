"""From raw rows to observations: runs a source's SQL over one batch.

Every raw row becomes one observation, one skip, or is found to be of no interest; nothing is lost between.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from trackway.errors import ModelError
from trackway.formats.rows import Rows, Skip
from trackway.schema import Table, sql_type
from trackway.sources import installed
from trackway.sources.source import Decoded, Source


class Interpreted(NamedTuple):
    """What the records of one batch say.

    Attributes:
        tables: observations by table, those of the source's own first; what is in neither them nor the
            skips was of no interest.
        skips: records that cannot be used.
    """

    tables: list[tuple[Table, pa.Table]]
    skips: list[Skip]


_SELECTIONS: Final[dict[str, str]] = {}
"""Queries by the name of their SQL file: what it gives is the same for every evidence file."""


class Interpreter:
    """Turns batches of raw rows into observations; holds one in-memory database."""

    def __init__(self, db: duckdb.DuckDBPyConnection) -> None:
        """Teach the macros to `db`, which serves this object alone."""
        self._db = db
        db.execute("SET TimeZone = 'UTC'")
        db.execute(_sql("macros"))

    def observations(self, rows: Rows, file: str, *, zoned: bool) -> Interpreted:
        """Return what the records of one batch say, in the schemas of the tables they fill.

        Args:
            rows: raw rows of one shape.
            file: name of the evidence file, for the citations.
            zoned: whether the format defines record times as UTC.
        """
        source = installed()[rows.shape.source]
        self._db.execute("SET VARIABLE file_name = $1", [file])
        self._db.execute("SET VARIABLE zoned = $1", [zoned])
        with _registered(self._db, self._dated(_decoded(rows.batch, source))):
            self._db.execute(f"CREATE OR REPLACE TEMP VIEW event AS {_sql('observed')}")
            told = self._told(source.name, source.table)
            further = [
                (table, _kept(self._told(name, table), table)) for name, table in source.further.items()
            ]
        if told.num_rows != rows.batch.num_rows:
            raise ModelError(f"{source.name}.sql made {told.num_rows} rows of {rows.batch.num_rows}")
        return Interpreted([(source.table, _kept(told, source.table)), *further], _skips(told))

    def _dated(self, raw: pa.Table) -> pa.Table:
        """Add what the times say, each different text read once: a log of whole seconds repeats them."""
        encoded = raw["time_text"].combine_chunks().dictionary_encode()
        self._db.register("written", pa.table({"time_text": encoded.dictionary}))
        moments = self._db.sql(_sql("moment")).to_arrow_table()
        self._db.unregister("written")
        for name in moments.column_names:
            raw = raw.append_column(name, moments[name].combine_chunks().take(encoded.indices))
        return raw

    def _told(self, name: str, table: Table) -> pa.Table:
        """Return what one SQL file makes of the batch, with `skip` and `is_wanted`."""
        if name not in _SELECTIONS:
            _SELECTIONS[name] = _selection(name, table, self._db.sql(_sql(name)).columns)
        return self._db.sql(_SELECTIONS[name]).to_arrow_table()


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
    different = encoded.dictionary
    if wanted.plain is None:
        values = pa.array([wanted.function(text) for text in different.to_pylist()], wanted.type)
    else:
        is_other = pc.invert(pc.match_substring_regex(different, wanted.plain))
        others = [wanted.function(text) for text in different.filter(is_other).to_pylist()]
        values = pc.replace_with_mask(different, is_other, pa.array(others, wanted.type))
    return values.take(encoded.indices)


def _selection(name: str, table: Table, given: list[str]) -> str:
    """Return the query that gives those columns of a table that the SQL file has."""
    columns = ", ".join(
        f'CAST({column.name} AS {sql_type(column.type)}) AS "{column.name}"'
        for column in table.columns
        if column.name in given
    )
    reason = "CASE WHEN skip IS NOT NULL OR unplaced IS NOT NULL THEN coalesce(unplaced, source || ': ' || skip) END"
    wanted = f"{'coalesce(is_wanted, true)' if 'is_wanted' in given else 'true'} AS is_wanted"
    return f"SELECT {columns}, {reason} AS skip, {wanted} FROM ({_sql(name)})"  # noqa: S608  names of our own schema


def _kept(told: pa.Table, table: Table) -> pa.Table:
    """Return the rows that are used, in the schema of a table; what the SQL file says nothing of is null."""
    chosen = pc.and_(pc.is_null(told["skip"]), told["is_wanted"])
    kept = told if pc.all(chosen).as_py() else told.filter(chosen)
    columns = [
        kept[field.name].cast(field.type)
        if field.name in kept.column_names
        else pa.nulls(kept.num_rows, field.type)
        for field in table.arrow()
    ]
    return pa.Table.from_arrays(columns, schema=table.arrow())


def _skips(told: pa.Table) -> list[Skip]:
    skipped = told.filter(pc.is_valid(told["skip"])).select(["line", "record", "skip"])
    return [Skip(row["line"], row["record"], row["skip"]) for row in skipped.to_pylist()]


@cache
def _sql(name: str) -> str:
    return files(__package__).joinpath(f"{name}.sql").read_text(encoding="utf-8")
