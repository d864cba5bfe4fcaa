"""A thousand mutations of a text, each read by itself, and what all of them gave interpreted at once.

Planning the SQL of a source costs a hundred times what reading one small file does.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from typing import Final

import duckdb
import pyarrow as pa

from trackway.evidence.containers import Member
from trackway.evidence.kinds import recognised
from trackway.formats import read
from trackway.formats.rows import Ledger, Rows
from trackway.parts import _placed
from trackway.sources import installed
from trackway.sources.interpret import Interpreter

from .told import mutants

MUTATIONS: Final = int(os.environ.get("TRACKWAY_MUTATIONS", "1000"))
"""Of each text."""


def endured(content: str | bytes, kind: str | None = None) -> None:
    """Require that no mutation of a file raises, and that the counts of reading and of interpreting add up.

    Args:
        content: of the file.
        kind: of the file; by default what it is recognised as.
    """
    whole = content.encode() if isinstance(content, str) else content
    endured_all(mutants(whole, MUTATIONS), kind or recognised(whole))


def endured_all(mutated: Iterable[bytes], kind: str) -> None:
    """Require the same of these contents."""
    gathered: dict[str, list[Rows]] = {}
    for mutant in mutated:
        recognised(mutant)
        for rows in _read(mutant, kind):
            gathered.setdefault(rows.shape.source, []).append(rows)
    with duckdb.connect() as db:
        interpreter = Interpreter(db)
        for found in gathered.values():
            together = pa.Table.from_batches([rows.batch for rows in found]).combine_chunks().to_batches()[0]
            told = interpreter.observations(Rows(found[0].shape, together), "x", zoned=False)
            assert told.tables[0][1].num_rows + len(told.skips) <= together.num_rows


def _read(content: bytes, kind: str) -> Iterator[Rows]:
    member = Member(
        name="x", kind=kind, size=0, sha256="", stream=io.BytesIO(content), modified="2021-11-27T03:30:00Z"
    )
    ledger, count = Ledger(), 0
    for rows in read(member, [source.shape for source in installed().values()], ledger):
        count += rows.batch.num_rows
        if rows.batch.num_rows:
            yield _placed(rows, member)
    assert ledger.seen == count + ledger.ignored + len(ledger.skips)
