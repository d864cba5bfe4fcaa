"""What the commands that look into logs have in common."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

import pyarrow as pa

from trackway.formats import evtx
from trackway.formats.rows import Skip
from trackway.logs.evidence import Account
from trackway.present import machine
from trackway.present.streams import Manner, note

DONE, DONE_IN_PART = 0, 4
MOST_SHOWN: Final = 3
"""Records or files that a remark names."""

TABLES: Final = {"json": machine.write_json, "jsonl": machine.write_jsonl, "csv": machine.write_csv}


def filled(pages: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Yield the pages that have rows."""
    return (page for page in pages if page.num_rows)


def unread(account: Account, manner: Manner) -> None:
    """Say what was read slowly, and what could not be read; the second also where nothing else is said."""
    if not manner.quiet and (slower := evtx.remark(member.kind for member in account.files)):
        note(slower)
    if account.skipped:
        note(f"{account.skipped:,} records could not be read{_first(account.skipped)}:")
        for file, skip in account.skips[:MOST_SHOWN]:
            note(f"{file}{_place(skip)}: {skip.reason}")
    if account.damaged:
        note(
            f"{len(account.damaged):,} files are damaged, records are missing{_first(len(account.damaged))}:"
        )
        for file, why in sorted(account.damaged.items())[:MOST_SHOWN]:
            note(f"{file}: {why}")


def _first(count: int) -> str:
    return f", the first {MOST_SHOWN}" if count > MOST_SHOWN else ""


def _place(skip: Skip) -> str:
    if skip.line is not None:
        return f", line {skip.line}"
    return f", record {skip.record}" if skip.record is not None else ""
