"""What a responder reads aloud after a trace: whose records, what connected where, what was blind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import duckdb
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from trackway import query
from trackway.case import Case
from trackway.present.console import said
from trackway.present.shell import quoted
from trackway.present.words import WORDS

Row = dict[str, Any]
"""A row of a summary query; its columns stand in the query's last step."""

OUTBOUND: Final = 15
OTHERS: Final = 8
LINES: Final = 8
_EVERYTHING: Final = 1_000
STATES: Final[dict[str, str]] = WORDS["states"]
"""States of a source, in words that stand behind its name."""


def write_summary(case: Case, out: Console) -> None:
    """Print the summary of a case and the next commands to type."""
    with case.connect() as connection:
        outbound = _rows(connection, "connections", OUTBOUND)
        for part in (
            _hosts(_rows(connection, "hosts", _EVERYTHING)),
            _twice(connection),
            _sources(_rows(connection, "sources", _EVERYTHING)),
            _outbound(outbound),
            _others(query.summary(connection, "connections", OTHERS, outbound=False)),
            _clocks(_rows(connection, "clocks", LINES)),
            _blind(_rows(connection, "blind", LINES)),
            _skipped(_rows(connection, "skipped", LINES)),
        ):
            for renderable in part:
                out.print(renderable)
    out.print()
    out.print(
        said(
            "Confidences are measured on simulated hosts, but for what a script has to do with a connection.",
            "dim",
        )
    )
    for line in next_commands(case, outbound):
        out.print(line, soft_wrap=True)


def next_commands(case: Case, outbound: Sequence[Row]) -> Iterator[Text]:
    """Yield the commands that lead on from here, with the case's path quoted for the shell."""
    path = quoted(str(case.path))
    yield said("Next:", "bold")
    if outbound:
        yield said(f"  trackway show {path} --story {outbound[0]['story']}")
        yield said(f"  trackway show {path} --process {quoted(outbound[0]['image'])}")
    yield said(f"  trackway show {path} --direction outbound --format jsonl")
    yield said(f"  trackway show {path} lookups")


def _rows(connection: duckdb.DuckDBPyConnection, name: str, top: int) -> list[Row]:
    return query.summary(connection, name, top)


def _hosts(rows: Sequence[Row]) -> Iterator[Text]:
    if not rows:
        yield said(
            "No record of a connection, look-up, process or script was found in this evidence.", "bold"
        )
    for row in rows:
        ways = ", ".join(
            f"{row[way]:,} {way}" for way in ("outbound", "inbound", "local", "unknown") if row[way]
        )
        yield said(f"{row['host']}: {span(row['first'], row['last'])}", "bold")
        yield said(
            f"  {counted(row['connections'], 'connection')}{f' ({ways})' if ways else ''}, "
            f"{counted(row['lookups'], 'look-up')}, {counted(row['processes'], 'process', 'processes')}, "
            f"from {counted(row['records'], 'record')}"
        )


def _twice(connection: duckdb.DuckDBPyConnection) -> Iterator[Text]:
    """Say how many records the evidence holds more than once."""
    ((count,),) = connection.execute("SELECT coalesce(sum(duplicates), 0) FROM file").fetchall()
    if count:
        yield said(
            f"{counted(count, 'more record')} stood in the evidence again and counted once; see table files"
        )


def _sources(rows: Sequence[Row]) -> Iterator[Text | Table]:
    if rows:
        yield _heading("What the sources gave")
        yield _table(
            ("source", "records", "hosts", "first", "last"),
            (
                [row["source"], f"{row['records']:,}", str(row["hosts"]), iso(row["first"]), iso(row["last"])]
                for row in rows
            ),
            right=("records", "hosts"),
        )


def _outbound(rows: Sequence[Row]) -> Iterator[Text | Table]:
    if not rows:
        yield _heading("No outbound connection is on record.")
        return
    yield _heading("Outbound connections by process and destination, those worth a first look on top")
    yield _table(
        ("first", "host", "process", "destination", "port", "times", "action", "why first", "story"),
        (
            [
                iso(row["first"]),
                row["host"],
                row["image"],
                _destination(row),
                *_rest(row),
                _marks(row),
                row["story"],
            ]
            for row in rows
        ),
        right=("times", "port"),
    )
    yield from _more(rows, "groups; --direction outbound shows all")


def _others(rows: Sequence[Row]) -> Iterator[Text | Table]:
    if rows:
        yield _heading("Other connections")
        yield _table(
            ("first", "host", "process", "direction", "other side", "port", "times", "action"),
            (
                [
                    iso(row["first"]),
                    row["host"],
                    row["image"],
                    row["direction"],
                    _destination(row),
                    *_rest(row),
                ]
                for row in rows
            ),
            right=("times", "port"),
        )
        yield from _more(rows, "groups")


def _destination(row: Row) -> str:
    if row["addresses"] > 1:
        return f"{row['destination']} ({row['addresses']} addresses)"
    if row["destination"] != row["address"]:
        return f"{row['destination']} ({row['address']})"
    return f"{row['address']}, called {row['called']}" if row["called"] else str(row["address"])


def _rest(row: Row) -> tuple[str, str, str]:
    port = "" if row["port"] is None else str(row["port"])
    return port, f"{row['connections']:,}", ", ".join(row["actions"])


def _marks(row: Row) -> str:
    marks = {
        "ran_script": "ran a script",
        "is_interpreter": "interpreter",
        "is_opened": "started from a document",
    }
    return ", ".join(words for mark, words in marks.items() if row[mark])


def _clocks(rows: Sequence[Row]) -> Iterator[Text]:
    if rows:
        yield _heading("Clocks")
    for row in rows:
        place = ", ".join(text for text in (row["host"], row["source"], row["file"]) if text)
        yield said(f"  {place}: {_offset(row)} ({row['reason']})")
    yield from _more(rows, "lines; table clocks has all")


def _offset(row: Row) -> str:
    if row["offset_seconds"] is None:
        return "offset unknown"
    moved = "corrected by" if row["applied"] else "taken as written, offset"
    spread = f", spread {row['spread_seconds']:.2f} s" if row["spread_seconds"] is not None else ""
    support = f", from {counted(row['support'], 'record')}" if row["support"] else ""
    return f"{moved} {row['offset_seconds']:+g} s{spread}{support}"


def _blind(rows: Sequence[Row]) -> Iterator[Text]:
    if rows:
        yield _heading("What this evidence could not see")
    for row in rows:
        yield said(
            f"  {row['question']} open for {counted(row['stories'], 'story', 'stories')}: "
            f"{row['source']} {STATES.get(row['state'], row['state'])}"
        )
    yield from _more(rows, "lines; not_seen of each story has all")


def _skipped(rows: Sequence[Row]) -> Iterator[Text]:
    if rows:
        yield _heading("Could not be read")
    for row in rows:
        yield said(f"  {row['file']}: {row['reason']} ({counted(row['records'], 'time')})")
    yield from _more(rows, "lines; table skipped has all")


def _more(rows: Sequence[Row], what: str) -> Iterator[Text]:
    more = rows[0]["groups"] - len(rows) if rows else 0
    if more > 0:
        yield said(f"  and {more:,} more {what}", "dim")


def _heading(text: str) -> Text:
    return Text("\n").append_text(said(text, "bold"))


def _table(headers: Sequence[str], rows: Iterator[list[str]], right: Sequence[str] = ()) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    for header in headers:
        table.add_column(
            header,
            justify="right" if header in right else "left",
            overflow="fold",
            no_wrap=header in ("first", "last", "story", "times", "port", "source"),
        )
    for row in rows:
        table.add_row(*(said(text) for text in row))
    return table


def counted(number: int, one: str, many: str | None = None) -> str:
    """Return `1 record`, `1,204 records`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def iso(moment: datetime | None) -> str:
    """Return a time in ISO 8601 with Z, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else "unknown"


def span(first: datetime | None, last: datetime | None) -> str:
    """Return the time between two moments in words."""
    return f"{iso(first)} to {iso(last)}"
