"""`trackway stats`: what evidence holds, counted."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pyarrow as pa

from trackway.evidence.discover import discover
from trackway.logs import statistics
from trackway.logs.carving import carved
from trackway.logs.evidence import Account
from trackway.present import streams
from trackway.present.console import console
from trackway.present.logs.spoken import DONE, DONE_IN_PART, TABLES, unread
from trackway.present.options import common, expanded
from trackway.present.streams import Manner, note
from trackway.present.terminal import column, write_columns

TEXT_LIMIT = 10
"""Rows of each table as text, unless told otherwise."""

_NUMBERS = frozenset(
    {"records", "bytes", "events", "channels", "providers", "hosts", "event_id", "records_an_hour"}
)


@click.command()
@click.argument("evidence", nargs=-1, required=True)
@click.option(
    "--table",
    type=click.Choice(statistics.TABLES),
    help="One table only; json, jsonl and csv print events unless told otherwise.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *TABLES)),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Most rows of a table; {TEXT_LIMIT} as text, else all.",
)
@click.option("--password", metavar="WORD", help="Opens encrypted archives; it is kept nowhere.")
@click.option(
    "--carve",
    is_flag=True,
    help="Look for records anywhere in the bytes of EVIDENCE: images, memory dumps, unallocated space.",
)
@common
@click.pass_obj
def stats(
    manner: Manner,
    /,
    evidence: tuple[str, ...],
    *,
    table: str | None,
    form: str,
    limit: int | None,
    password: str | None,
    carve: bool,
) -> int:
    """Count what is in EVIDENCE: files, hosts, channels, providers, events, hours, names, addresses, processes.

    \b
    Examples:
      trackway stats logs/
      trackway stats collection.zip --table hours --format csv
      trackway stats Security.evtx --table events --limit 100
      trackway stats memory.raw --carve
    """
    account = Account()
    files = discover([Path(path) for path in expanded(evidence)])
    wanted = [table] if table else statistics.TABLES if form == "text" else ["events"]
    limit = TEXT_LIMIT if limit is None and form == "text" else limit
    counted = statistics.tables(files, account, wanted, password)
    for name, rows in [("carved", carved(files, account))] if carve else counted:
        shown = rows.slice(0, limit)
        if form == "text":
            _print(name, shown, rows.num_rows, manner)
        else:
            TABLES[form]([shown], streams.binary_output())
        if shown.num_rows < rows.num_rows and not manner.quiet:
            note(f"{shown.num_rows:,} of {rows.num_rows:,} {name} shown; --limit {rows.num_rows} shows all")
    unread(account, manner)
    if not account.files and not carve and not manner.quiet:
        note(
            "no event logs or event exports in the evidence; `trackway trace --dry-run` says what each file is"
        )
    return DONE if account.is_whole else DONE_IN_PART


def _print(name: str, shown: pa.Table, count: int, manner: Manner) -> None:
    """Print one table under its name; one without rows is left out."""
    if not count:
        return
    out = console(sys.stdout, color=manner.color)
    out.print(f"{name} ({count:,})", style="bold")
    columns = [
        column(
            each,
            each.replace("_", " "),
            whole=each in _NUMBERS | {"first", "last", "hour"},
            right=each in _NUMBERS,
        )
        for each in shown.column_names
    ]
    write_columns(columns, [shown], out)
    out.print()
