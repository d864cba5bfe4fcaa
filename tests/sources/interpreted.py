"""What the installed sources say about an export: from bytes to observations, by table."""

from __future__ import annotations

import io
from typing import Any, NamedTuple

import duckdb

from trackway.evidence.containers import Member
from trackway.evidence.kinds import recognised
from trackway.formats import read
from trackway.formats.rows import Ledger
from trackway.parts import _placed
from trackway.sources import installed
from trackway.sources.interpret import Interpreter

Row = dict[str, Any]


class Told(NamedTuple):
    """Observations by table, and the reasons of skips; ignored are records that no source wants."""

    tables: dict[str, list[Row]]
    skips: list[str]
    ignored: int

    def only(self, table: str) -> list[Row]:
        return self.tables.get(table, [])


def told(content: bytes, kind: str | None = None, printed: str | None = None) -> Told:
    """Interpret an export, and require that every record of it is accounted for.

    Args:
        content: of a file.
        kind: of the file; by default what it is recognised as.
        printed: time of the file, for what says neither a time nor a host.
    """
    kind = kind or recognised(content)
    member = Member(name="x", kind=kind, size=0, sha256="", stream=io.BytesIO(content), modified=printed)
    ledger, tables, skips, used, unwanted = Ledger(), dict[str, list[Row]](), list[str](), 0, 0
    with duckdb.connect() as db:
        interpreter = Interpreter(db)
        for rows in read(member, [source.shape for source in installed().values()], ledger):
            rows = _placed(rows, member) if printed else rows  # noqa: PLW2901
            found = interpreter.observations(rows, "x", zoned=kind in ("evtx", "xml"))
            for table, each in found.tables:
                tables.setdefault(table.name, []).extend(each.to_pylist())
            own = found.tables[0][1].num_rows
            skips += [skip.reason for skip in found.skips]
            used += own
            unwanted += rows.batch.num_rows - own - len(found.skips)
    skips += [skip.reason for skip in ledger.skips]
    assert ledger.seen == used + unwanted + ledger.ignored + len(skips)
    return Told(tables, skips, ledger.ignored + unwanted)
