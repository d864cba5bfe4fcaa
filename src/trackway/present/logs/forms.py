"""The forms in which `trackway query` prints records."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from typing import BinaryIO, Final

import pyarrow as pa

from trackway.errors import UsageError
from trackway.formats.evtx_writing.whole import WholeLog
from trackway.logs.evidence import Found
from trackway.logs.messages import CATALOGUE, Messages
from trackway.logs.rows import pages, xml
from trackway.present import machine, streams
from trackway.present.console import console
from trackway.present.logs.shown import RECORDS, flattened
from trackway.present.logs.spoken import filled
from trackway.present.streams import Manner
from trackway.present.terminal import write_columns

FORMATS: Final = ("text", "xml", "json", "jsonl", "csv", "parquet", "evtx")
_FOR_FILES: Final = frozenset({"parquet", "evtx"})


def write(found: Iterable[Found], form: str, manner: Manner, messages: Messages = CATALOGUE) -> list[str]:
    """Print records in one of the formats, and return in words those that it cannot hold.

    Raises:
        UsageError: the form is none for a terminal.
    """
    if form == "text":
        write_columns(RECORDS, filled(pages(found, messages)), console(sys.stdout, color=manner.color))
        return []
    out = streams.binary_output()
    if form in _FOR_FILES and out.isatty():
        raise UsageError(f"--format {form} is for a file: trackway query … --format {form} > records.{form}")
    if form == "evtx":
        return _evtx(found, out)
    if form == "xml":
        for text in xml(found):
            out.write(text.encode())
    else:
        _WRITERS[form](pages(found, messages), out)
    return []


def _evtx(found: Iterable[Found], out: BinaryIO) -> list[str]:
    """Write a log by way of a temporary file, since its header counts what follows."""
    lost = []
    with tempfile.TemporaryFile(prefix="trackway-") as file:
        log = WholeLog(file)
        for each in found:
            try:
                log.write(each.whole)
            except ValueError as error:
                lost.append(f"{each.file}, {_place(each)}: {error}")
        log.close()
        file.seek(0)
        shutil.copyfileobj(file, out)
    return lost


def _place(found: Found) -> str:
    whole = found.whole
    return f"line {whole.line}" if whole.line is not None else f"record {whole.record}"


def _csv(found: Iterable[pa.Table], out: BinaryIO) -> None:
    machine.write_csv(map(flattened, found), out)


def _parquet(found: Iterable[pa.Table], out: BinaryIO) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  slow to import, and seldom wanted

    sink = pa.PythonFile(out, mode="w")
    writer: pq.ParquetWriter | None = None
    for page in found:
        writer = writer or pq.ParquetWriter(sink, page.schema, compression="zstd")
        writer.write_table(page)
    if writer:
        writer.close()


_WRITERS: Final[dict[str, Callable[[Iterable[pa.Table], BinaryIO], None]]] = {
    "json": machine.write_json,
    "jsonl": machine.write_jsonl,
    "csv": _csv,
    "parquet": _parquet,
}
