"""Views as text tables for people; machine formats say more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from trackway.present.cells import cell, timed
from trackway.present.console import said

Row = Mapping[str, object]

ROWS_A_TABLE: Final = 1_000
"""Rows that share one header; a table must be in memory to be measured."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One column: its header, its text, and how it fits: it folds, or it never breaks."""

    header: str
    text: Callable[[Row], str]
    whole: bool = False
    right: bool = False


def write_table(view: str, pages: Iterable[pa.Table], out: Console) -> None:
    """Print the pages of a view."""
    for rows in _chunks(pages):
        out.print(_table(COLUMNS[view], rows))


def _chunks(pages: Iterable[pa.Table]) -> Iterator[list[Row]]:
    for page in pages:
        for first in range(0, page.num_rows, ROWS_A_TABLE):
            yield timed(page.slice(first, ROWS_A_TABLE)).to_pylist()


def _table(columns: Iterable[Shown], rows: Iterable[Row]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    columns = tuple(columns)
    for column in columns:
        table.add_column(
            column.header,
            no_wrap=column.whole,
            overflow="fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        table.add_row(*(said(column.text(row)) for column in columns))
    return table


def endpoint(row: Row, side: str) -> str:
    """Return address and port of the `local` or `remote` side; IPv6 in brackets, ICMP by type and code."""
    address, port = row.get(f"{side}_address"), row.get(f"{side}_port")
    if address is None:
        return "?"
    if port is None:
        return str(address)
    return f"[{address}]:{port}" if ":" in str(address) else f"{address}:{port}"


def base_name(image: object) -> str:
    """Return the file name of a Windows path."""
    return str(image).replace("/", "\\").rsplit("\\", 1)[-1]


def process_name(process: object) -> str:
    """Return `powershell.exe (20220)`, or a question mark for no process."""
    if not isinstance(process, Mapping):
        return "?"
    service = f", {process['service']}" if process.get("service") else ""
    return (
        f"{base_name(process['image'] or 'unknown image')} ({cell(process['pid']) or 'PID unknown'}{service})"
    )


def number(value: object) -> str:
    """Return a probability or seconds with two digits, and nothing for null."""
    return f"{value:.2f}" if isinstance(value, int | float) else ""


def _names(row: Row) -> str:
    names = row.get("names")
    if not isinstance(names, list) or not names:
        return ""
    more = f" (+{len(names) - 1})" if len(names) > 1 else ""
    return f"{names[0]['name']}{more}"


def _confidence_of(column: str) -> Callable[[Row], str]:
    def text(row: Row) -> str:
        process = row.get(column)
        return number(process.get("confidence")) if isinstance(process, Mapping) else ""

    return text


def _owner(row: Row) -> str:
    return process_name(row.get("process"))


def _flat_owner(row: Row) -> str:
    return f"{base_name(row['image'] or 'unknown image')} ({cell(row['pid'])})" if row.get("process") else "?"


def _answers(row: Row) -> str:
    return cell(row["addresses"]) or cell(row["status_text"])


def _script_text(row: Row) -> str:
    text = cell(row["text"])
    return f"{text[:_SCRIPT_LETTERS]}..." if len(text) > _SCRIPT_LETTERS else text


_SCRIPT_LETTERS: Final = 300


def _column(name: str, header: str | None = None, *, whole: bool = False, right: bool = False) -> Shown:
    return Shown(header or name.replace("_", " "), lambda row: cell(row[name]), whole, right)


def _measure(name: str, header: str | None = None) -> Shown:
    return Shown(header or name.replace("_", " "), lambda row: number(row[name]), whole=True, right=True)


_TIME: Final = _column("time_from", "time", whole=True)
_LOCAL: Final = Shown("local", lambda row: endpoint(row, "local"))
_REMOTE: Final = Shown("remote", lambda row: endpoint(row, "remote"))
_ENDS: Final = (
    _column("direction", whole=True),
    _column("action", whole=True),
    _column("protocol", whole=True),
)
_SURE: Final = Shown("sure", _confidence_of("process"), whole=True, right=True)
_HOST: Final = _column("host")

COLUMNS: Final[Mapping[str, tuple[Shown, ...]]] = {
    "stories": (
        _TIME,
        _HOST,
        *_ENDS,
        Shown("process", _owner),
        _SURE,
        _REMOTE,
        Shown("name asked for", _names),
        _column("story", whole=True),
    ),
    "lookups": (
        _TIME,
        _HOST,
        _column("name"),
        Shown("process", _owner),
        _SURE,
        Shown("answer", _answers),
        _column("answered_from", "from", whole=True),
        _column("lookup", whole=True),
    ),
    "connections": (
        _TIME,
        _HOST,
        *_ENDS,
        Shown("process", _flat_owner),
        _LOCAL,
        _REMOTE,
        _column("name"),
        _column("story", whole=True),
    ),
    "processes": (
        _column("started", whole=True),
        _column("ended", whole=True),
        _HOST,
        _column("pid", whole=True, right=True),
        _column("image"),
        _column("user"),
        Shown("parent", lambda row: process_name(row["parent"])),
        _column("command_line"),
    ),
    "links": (
        _HOST,
        _column("kind", whole=True),
        _column("subject", whole=True),
        _column("object", whole=True),
        _column("basis"),
        _measure("confidence", "sure"),
        _column("rank", whole=True, right=True),
        _column("reason"),
    ),
    "scripts": (
        _TIME,
        _HOST,
        _column("kind", whole=True),
        Shown("process", _owner),
        _SURE,
        Shown("text", _script_text),
        _column("missing_parts", "missing"),
        _column("script", whole=True),
    ),
    "clocks": (
        _HOST,
        _column("source"),
        _column("file"),
        _column("kind", whole=True),
        _measure("offset_seconds", "offset s"),
        _measure("spread_seconds", "spread s"),
        _column("support", whole=True, right=True),
        _column("applied", whole=True),
        _column("reason"),
    ),
    "coverage": (
        _HOST,
        _column("source", whole=True),
        _column("first", whole=True),
        _column("last", whole=True),
        _column("records", whole=True, right=True),
    ),
    "files": (
        _column("file"),
        _column("kind", whole=True),
        _column("size", whole=True, right=True),
        _column("hosts"),
        _column("seen", right=True),
        _column("used", right=True),
        _column("ignored", right=True),
        _column("skipped", right=True),
        _column("note"),
    ),
    "skipped": (
        _column("file"),
        _column("line", whole=True, right=True),
        _column("record", whole=True, right=True),
        _column("reason"),
    ),
}
"""What each view shows in a table."""
