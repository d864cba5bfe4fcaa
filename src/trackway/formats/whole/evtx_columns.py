"""Columns of every record of an event log, through the native reader, without a tree of any of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import IO

import pyarrow as pa
import trackway_evtx

from trackway.formats.evtx_file import missing
from trackway.formats.evtx_native import account, on_disk
from trackway.formats.rows import Ledger


def batches(
    stream: IO[bytes], system: Sequence[tuple[str, str]], fields: Sequence[str], ledger: Ledger
) -> Iterator[pa.RecordBatch]:
    """Yield System columns and fields of every record, fields as dictionaries; null where a record has none such.

    Args:
        stream: the log.
        system: names and types of System columns, as the reader calls them.
        fields: names of fields, in any letter case.
        ledger: is told what became of every record.
    """
    ledger.note = missing(stream)
    ledger.damaged = ledger.note is not None
    shape = trackway_evtx.Shape(system=system, fields=[(name, "name") for name in fields])
    scan = trackway_evtx.scan(on_disk(stream) or stream, [shape])
    counts = Counter[str]()
    for batch in scan:
        account(scan, ledger, counts)
        if batch.num_rows:
            yield pa.record_batch(batch)
    account(scan, ledger, counts)
    if ledger.note and not counts["chunks"]:
        ledger.seen += 1
        ledger.skip(ledger.note)
