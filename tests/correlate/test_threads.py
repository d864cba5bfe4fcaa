"""A host of several row groups: the number of threads changes no byte."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from trackway.correlate import run
from trackway.correlate.run import Request

OBSERVATIONS = 12_000
ROW_GROUP = 2_048
"""Rows of one row group, by which DuckDB shares work out between threads; it cannot be less."""


@pytest.fixture
def busy(monkeypatch) -> Iterator[ModuleType]:
    """Lend the benchmark that makes a busy host."""
    monkeypatch.syspath_prepend(str(Path(__file__).parents[2] / "bench"))
    import correlating

    yield correlating
    del sys.modules["correlating"]


def digests(busy: ModuleType, threads: int, folder: Path) -> dict[str, str]:
    """Return the digest of each table as the case would keep it."""
    folder.mkdir()
    settings = {"threads": threads, "memory_limit": busy.MEMORY_LIMIT, "temp_directory": str(folder)}
    with duckdb.connect(config=settings) as db:
        # only a database on disk takes smaller row groups
        db.execute(f"ATTACH '{folder / 'small.db'}' AS small (ROW_GROUP_SIZE {ROW_GROUP})")
        db.execute("USE small")
        busy._fill(db, OBSERVATIONS)
        return {table.name: _digest(rows) for table, rows in run.correlate(db, Request(host="BUSY"))}


def _digest(rows: pa.RecordBatchReader) -> str:
    sink = pa.BufferOutputStream()
    with pq.ParquetWriter(sink, rows.schema) as writer:
        writer.write_table(rows.read_all())
    return sha256(sink.getvalue()).hexdigest()


def test_a_host_of_several_row_groups_correlates_alike_with_any_number_of_threads(busy, tmp_path):
    alone = digests(busy, 1, tmp_path / "alone")
    assert set(alone) > {"story", "lookup", "link", "dns_observation"}
    assert digests(busy, 4, tmp_path / "together") == alone
