"""Views as text tables for people; machine formats say more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
    write_columns(COLUMNS[view], pages, out)


def write_columns(columns: Sequence[Shown], pages: Iterable[pa.Table], out: Console) -> None:
    """Print pages of rows in these columns."""
    for rows in _chunks(pages):
        out.print(_table(columns, rows))


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


def column(name: str, header: str | None = None, *, whole: bool = False, right: bool = False) -> Shown:
    """Return the column of a name, as `cell` writes it."""
    return Shown(header or name.replace("_", " "), lambda row: cell(row[name]), whole, right)


def _measure(name: str, header: str | None = None) -> Shown:
    return Shown(header or name.replace("_", " "), lambda row: number(row[name]), whole=True, right=True)


_TIME: Final = column("time_from", "time", whole=True)
_LOCAL: Final = Shown("local", lambda row: endpoint(row, "local"))
_REMOTE: Final = Shown("remote", lambda row: endpoint(row, "remote"))
_ENDS: Final = (
    column("direction", whole=True),
    column("action", whole=True),
    column("protocol", whole=True),
)
_SURE: Final = Shown("sure", _confidence_of("process"), whole=True, right=True)
_HOST: Final = column("host")

COLUMNS: Final[Mapping[str, tuple[Shown, ...]]] = {
    "stories": (
        _TIME,
        _HOST,
        *_ENDS,
        Shown("process", _owner),
        _SURE,
        _REMOTE,
        Shown("name asked for", _names),
        column("story", whole=True),
    ),
    "lookups": (
        _TIME,
        _HOST,
        column("name"),
        Shown("process", _owner),
        _SURE,
        Shown("answer", _answers),
        column("answered_from", "from", whole=True),
        column("lookup", whole=True),
    ),
    "connections": (
        _TIME,
        _HOST,
        *_ENDS,
        Shown("process", _flat_owner),
        _LOCAL,
        _REMOTE,
        column("name"),
        column("story", whole=True),
    ),
    "processes": (
        column("started", whole=True),
        column("ended", whole=True),
        _HOST,
        column("pid", whole=True, right=True),
        column("image"),
        column("user"),
        Shown("parent", lambda row: process_name(row["parent"])),
        column("command_line"),
    ),
    "links": (
        _HOST,
        column("kind", whole=True),
        column("subject", whole=True),
        column("object", whole=True),
        column("basis"),
        _measure("confidence", "sure"),
        column("rank", whole=True, right=True),
        column("reason"),
    ),
    "scripts": (
        _TIME,
        _HOST,
        column("kind", whole=True),
        Shown("process", _owner),
        _SURE,
        Shown("text", _script_text),
        column("missing_parts", "missing"),
        column("script", whole=True),
    ),
    "facts": (
        _TIME,
        _HOST,
        column("kind", whole=True),
        column("subject"),
        column("value"),
        column("image"),
        column("user"),
    ),
    "clocks": (
        _HOST,
        column("source"),
        column("file"),
        column("kind", whole=True),
        _measure("offset_seconds", "offset s"),
        _measure("spread_seconds", "spread s"),
        column("support", whole=True, right=True),
        column("applied", whole=True),
        column("reason"),
    ),
    "coverage": (
        _HOST,
        column("source", whole=True),
        column("time_from", "from", whole=True),
        column("time_to", "to", whole=True),
        column("state", whole=True),
        column("records", whole=True, right=True),
        column("reason"),
    ),
    "files": (
        column("file"),
        column("kind", whole=True),
        column("size", whole=True, right=True),
        column("hosts"),
        column("seen", right=True),
        column("used", right=True),
        column("duplicates", right=True),
        column("ignored", right=True),
        column("skipped", right=True),
        column("note"),
    ),
    "skipped": (
        column("file"),
        column("line", whole=True, right=True),
        column("record", whole=True, right=True),
        column("reason"),
    ),
}
"""What each view shows in a table."""
