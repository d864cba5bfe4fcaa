"""Data for a page: Arrow for lists, JSON for what is opened; inside a page both are base64 of gzip.

Equal data gives equal bytes: gzip carries neither a time nor a name.
"""

from __future__ import annotations

import gzip
from base64 import b64encode
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import pyarrow as pa

from trackway.present.pages.told import Told, joined

CHUNK: Final = 250
"""Stories that are read together when one of them is opened."""


def arrow(table: pa.Table) -> str:
    """Return a flat table packed for a page."""
    return packed(stream(table))


def stream(table: pa.Table) -> bytes:
    """Return a flat table as an Arrow stream of one batch, its texts each once in a dictionary."""
    columns = {
        name: _dictionary(column) if pa.types.is_string(column.type) else column.combine_chunks()
        for name, column in zip(table.column_names, table.columns, strict=True)
    }
    batch = pa.RecordBatch.from_pydict(columns)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue().to_pybytes())


def objects(told: Iterable[Told]) -> Iterator[str]:
    """Yield packed JSON of `CHUNK` stories each, in the order given."""
    stories = iter(told)
    while chunk := list(islice(stories, CHUNK)):
        yield packed(joined(chunk).encode("utf-8", "replace"))


def packed(content: bytes) -> str:
    """Return base64 of gzip."""
    return b64encode(gzip.compress(content, 6, mtime=0)).decode("ascii")


def _dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    """Return a dictionary in order of first appearance; what is not UTF-8 cannot be in Arrow."""
    return column.combine_chunks().dictionary_encode()
