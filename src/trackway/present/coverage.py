"""`trackway coverage`: which witnesses a host had, when they were awake, and what their silence proves."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import click
from rich.console import Console
from rich.text import Text

from trackway import case as cases
from trackway import pipeline, query
from trackway.case import MANIFEST_NAME, Case
from trackway.coverage import GRAMMAR, Answer, Question
from trackway.coverage.answer import WORDS
from trackway.coverage.summary import Summary, summaries
from trackway.filters import Filters
from trackway.present import machine, streams, watch
from trackway.present.console import console, said
from trackway.present.options import common, expanded
from trackway.present.streams import Manner

Row = dict[str, Any]

_ONE_MOMENT: Final = timedelta(seconds=1)


@click.command()
@click.argument("evidence", nargs=-1, required=True, metavar="CASE|EVIDENCE...")
@click.option(
    "--question",
    "questions",
    multiple=True,
    metavar="WORDS",
    help=f"Answer a question: {'; '.join(GRAMMAR)}. May be given again.",
)
@click.option("--host", metavar="NAME", help="This host only, by full or by short name.")
@click.option("--since", metavar="TIME", help="Strips and intervals from this time on.")
@click.option("--until", metavar="TIME", help="Strips and intervals until this time.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "csv"]),
    default="text",
    show_default=True,
    help="How to print.",
)
@common
@click.pass_obj
def coverage(
    manner: Manner, /, evidence: tuple[str, ...], questions: tuple[str, ...], form: str, **words: Any
) -> int:
    """Say which witnesses each host of a CASE (or of EVIDENCE) had, and when they were awake.

    \b
    Examples:
      trackway coverage case
      trackway coverage case --host WS7 --format json
      trackway coverage case --question "which process connected to 1.2.3.4:443 at 2021-11-27T03:17Z"
      trackway coverage case --question "who asked for perdu.com"
      trackway coverage case --question "did anything connect out between 2021-11-27T03Z and 2021-11-27T04Z"
    """
    for text in questions:
        Question.parse(text)  # before evidence is traced for it
    filters = Filters.parse(**{word: value for word, value in words.items() if value is not None})
    with opened(evidence) as case, case.connect() as connection:
        if questions:
            found = [answer for text in questions for answer in case.question(text)]
            _write_answers(_of_host(found, filters.host), form, manner)
            return 0
        rows = query.ask(connection, "coverage", filters).table()
        if form == "csv":
            machine.write_csv([rows], streams.binary_output())
            return 0
        told = list(_of_host(summaries(connection), filters.host))
        if form == "json":
            _write_json({"summary": [asdict(each) for each in told], "coverage": rows.to_pylist()})
        else:
            _write_text(told, rows.to_pylist(), console(sys.stdout, color=manner.color))
    return 0


@contextmanager
def opened(evidence: Sequence[str]) -> Iterator[Case]:
    """Open a case; evidence that is none is traced into a folder that is thrown away."""
    if len(evidence) == 1 and (Path(evidence[0]) / MANIFEST_NAME).exists():
        yield cases.open(evidence[0])
        return
    with TemporaryDirectory(prefix="trackway-") as folder:
        yield pipeline.trace(expanded(evidence), Path(folder) / "case", workers=None)


def _of_host(rows: Iterable[Any], wanted: str | None) -> list[Any]:
    """Return the rows of one host, by full or by short name."""
    if wanted is None:
        return list(rows)
    name = wanted.lower()
    return [row for row in rows if name in (row.host.lower(), row.host.lower().partition(".")[0])]


def _write_json(content: object) -> None:
    text = json.dumps(content, indent=1, default=_plain)
    streams.binary_output().write(text.encode() + b"\n")


def _plain(value: object) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else str(value)


def _moment(row: Row) -> str:
    """Return when it was; what has no one second, as a row of the resolver's cache, has both ends."""
    first, last = row["time_from"], row["time_to"]
    return _plain(first) if last - first < _ONE_MOMENT else f"{_plain(first)} to {_plain(last)}"


def _write_answers(found: Sequence[Answer], form: str, manner: Manner) -> None:
    if form != "text":
        _write_json([asdict(each) for each in found])
        return
    out = console(sys.stdout, color=manner.color)
    for each in found:
        sure = f" ({each.confidence:.2f})" if each.confidence is not None else ""
        out.print(Text.assemble(said(f"{each.host}: ", "bold"), said(f"{WORDS[each.answer]}{sure}")))
        out.print(said(f"  {each.reason}"))
        for row in each.found[:20]:
            out.print(said(f"  {_moment(row)}  {row['program'] or 'unknown process'}  {row['target']}"))


def _write_text(told: Sequence[Summary], rows: Sequence[Row], out: Console) -> None:
    for host, own in groupby(told, key=lambda each: each.host):
        watch.write(list(own), [row for row in rows if row["host"] == host], out)
