"""Event records carved out of raw bytes, counted by kind and by how each was got."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyarrow as pa

from trackway.evidence.discover import EvidenceFile
from trackway.formats.carve import Carved, carve
from trackway.logs.evidence import Account

_KEYS: Final = ("channel", "provider", "event_id", "status")
_MOST_KEPT: Final = 100
"""Batches, and records that cannot be decoded, that wait until they are counted."""


def carved(files: Iterable[EvidenceFile], account: Account) -> pa.Table:
    """Return how many records of each kind, and from when, stand anywhere in files of whatever form.

    `status` is how they were got (`docs/reader.md`). The account is told of records that cannot be decoded.

    Raises:
        UsageError: the native reader is not installed.
        OSError: a file cannot be read.
    """
    parts = [_SCHEMA.empty_table()]
    for file in files:
        found = Carved()
        for batch in carve(file.path, found):
            parts.append(_counted(batch))
            if len(parts) > _MOST_KEPT:
                parts = [_summed(parts)]
            _drain(file, found, account)
        _drain(file, found, account)
    return _summed(parts).sort_by([("records", "descending"), *((key, "ascending") for key in _KEYS)])


_SCHEMA: Final = pa.schema(
    {
        "channel": pa.string(),
        "provider": pa.string(),
        "event_id": pa.int64(),
        "status": pa.string(),
        "records": pa.int64(),
        "first": pa.timestamp("us", "UTC"),
        "last": pa.timestamp("us", "UTC"),
    }
)


def _counted(batch: pa.RecordBatch) -> pa.Table:
    one = pa.repeat(1, batch.num_rows)
    columns = [*(batch[key] for key in _KEYS), one, batch["time"], batch["time"]]
    plain = [column.cast(type_, safe=False) for column, type_ in zip(columns, _SCHEMA.types, strict=True)]
    return _summed([pa.Table.from_arrays(plain, schema=_SCHEMA)])


def _summed(parts: Iterable[pa.Table]) -> pa.Table:
    grouped = pa.concat_tables(parts).group_by(list(_KEYS))
    summed = grouped.aggregate([("records", "sum"), ("first", "min"), ("last", "max")])
    return summed.rename_columns(_SCHEMA.names).cast(_SCHEMA)


def _drain(file: EvidenceFile, found: Carved, account: Account) -> None:
    account.skipped += len(found.skips)
    room = _MOST_KEPT - len(account.skips)
    account.skips += [(file.name, skip) for skip in found.skips[: max(room, 0)]]
    found.skips.clear()
