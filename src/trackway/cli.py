"""The commands: they parse, call and print, and decide nothing.

Results go to standard output, everything else to standard error. Exit codes: 0 done, 1 could not be done,
2 wrong usage, 4 done but some evidence could not be read, 130 interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Final

import click

import trackway
from trackway import case as cases
from trackway import pipeline, planning, query
from trackway.case import Case
from trackway.errors import CaseError, UsageError
from trackway.filters import WORDS, Filters, moment, option
from trackway.formats import evtx
from trackway.lab import demo as recording
from trackway.lab.commands import lab
from trackway.present import logs, machine, streams
from trackway.present.advise import advise
from trackway.present.collect import collect
from trackway.present.commands import PAGES
from trackway.present.console import console
from trackway.present.coverage import coverage
from trackway.present.options import Command, common, expanded
from trackway.present.progress import Bars
from trackway.present.shell import quoted
from trackway.present.streams import Manner, note
from trackway.present.summary import write_summary
from trackway.present.terminal import write_table
from trackway.present.tree import write_story

TEXT_LIMIT: Final = 50
"""Rows that a text table shows unless told otherwise; machine formats show all."""

DONE, DONE_IN_PART = 0, 4
FORMATS: Final = {"json": machine.write_json, "jsonl": machine.write_jsonl, "csv": machine.write_csv}
_DEMO_NAME: Final = "perdu.com"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    return streams.run(commands, sys.argv[1:] if arguments is None else arguments)


def _filters(command: Command) -> Command:
    """Add the filters, the same words as in Python."""
    for word, declared in reversed(WORDS.items()):
        added = click.option(option(word), word, metavar=declared.metavar, help=declared.meaning)
        command = added(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(trackway.__version__, prog_name="trackway", message="%(prog)s %(version)s")
@common
def commands() -> None:
    """Reconstruct every network connection a Windows host made, from the evidence it kept.

    \b
    Examples:
      trackway demo
      trackway trace evidence/ -o case
      trackway show case --process powershell
      trackway show case --story 3f2a
    """


@commands.command()
@click.argument("evidence", nargs=-1, required=True)
@click.option(
    "-o", "--output", metavar="CASE", help="Folder to write; by default NAME.case in the current folder."
)
@click.option("--force", is_flag=True, help="Replace a case that is already there.")
@click.option(
    "--host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="Keep this host only; evidence that does not tell whose it is belongs to it. May be given again.",
)
@click.option(
    "--timezone",
    "timezones",
    multiple=True,
    metavar="[HOST=]ZONE",
    help="Zone of the records' times (Europe/Berlin, +02:00); overrules what is measured.",
)
@click.option(
    "--collected-at",
    multiple=True,
    metavar="[HOST=]TIME",
    help="When snapshots were taken that do not say it (resolver cache, open connections).",
)
@click.option(
    "--ttl",
    "ttls",
    multiple=True,
    metavar="NAME=SECONDS",
    help="TTL that a server gives a name; with ,authoritative behind it if the name's own server said so.",
)
@click.option("--since", metavar="TIME", help="Leave out connections that ended before.")
@click.option("--until", metavar="TIME", help="Leave out connections that began after.")
@click.option("--password", metavar="WORD", help="Opens encrypted archives; it is kept nowhere.")
@click.option("--dry-run", is_flag=True, help="Say what each file is, and write nothing.")
@click.option(
    "--workers", type=click.IntRange(min=1), metavar="N", help="Processes at work; all processors by default."
)
@common
@click.pass_obj
def trace(
    manner: Manner, /, evidence: tuple[str, ...], output: str | None, dry_run: bool, **asked: Any
) -> int:
    """Read EVIDENCE (files, folders, archives) and write a case.

    \b
    Examples:
      trackway trace Security.evtx Sysmon.evtx -o case
      trackway trace collection.zip --dry-run
      trackway trace exports/ --timezone FIN-WS-07=Europe/Berlin
      trackway trace exports/ --since 2021-11-27 --until 2021-11-27 -o night
    """
    paths = expanded(evidence)
    if dry_run:
        plan = planning.plan(paths, asked["hosts"], password=asked["password"])
        write_table("files", [plan], console(sys.stdout, color=manner.color))
        return DONE
    for word in ("since", "until"):
        asked[word] = moment(word, asked[word]) if asked[word] is not None else None
    case = _traced(manner, paths, output, **asked)
    if not manner.quiet:
        if slower := evtx.remark(str(file["kind"]) for file in case.sql("SELECT kind FROM file").to_pylist()):
            note(slower)
        write_summary(case, console(sys.stdout, color=manner.color))
    return _completeness(case)


def _traced(manner: Manner, evidence: Sequence[str | Path], output: str | Path | None, **asked: Any) -> Case:
    """Run the pipeline, with bars where somebody is watching."""
    is_watched = sys.stderr.isatty() and not manner.quiet
    with Bars(console(sys.stderr, color=manner.color)) if is_watched else nullcontext() as progress:
        return pipeline.trace(evidence, output, progress=progress, **asked)


def _completeness(case: Case) -> int:
    """Return the exit code that says whether everything could be read, and say so."""
    unread = case.sql("SELECT count(*) AS unread FROM skipped").to_pylist()[0]["unread"]
    files = case.manifest.get("files")
    damaged = [file["file"] for file in files if file.get("damaged")] if isinstance(files, list) else []
    if not unread and not damaged:
        return DONE
    lost = f"{unread:,} records or files could not be read, {len(damaged):,} files are damaged"
    note(f"{lost}; `trackway show {quoted(str(case.path))} skipped` lists them")
    return DONE_IN_PART


@commands.command()
@click.argument("case")
@click.argument(
    "table", default="stories", metavar="[TABLE]", type=click.Choice(list(query.VIEWS), case_sensitive=False)
)
@_filters
@click.option(
    "--story",
    "prefix",
    metavar="ID",
    help="Draw one story as a tree; the beginning of its identifier is enough.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", *FORMATS]),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Most rows to print; {TEXT_LIMIT} as text, else all.",
)
@common
@click.pass_obj
def show(
    manner: Manner,
    /,
    case: str,
    table: str,
    *,
    prefix: str | None,
    form: str,
    limit: int | None,
    **words: Any,
) -> int:
    """Print a TABLE of a CASE.

    TABLE is stories (the default), lookups, connections, processes, links, scripts, facts, clocks, coverage, files
    or skipped.

    \b
    Examples:
      trackway show case --process powershell --direction outbound
      trackway show case lookups --name "*.example.com" --since 2021-11-27T03:00Z
      trackway show case --address 208.97.176.0/20 --port 80 --format jsonl
      trackway show case --story 3f2a
    """
    filters = Filters.parse(**words)
    if prefix is not None and (table != "stories" or filters.given()):
        raise UsageError("--story shows one story; it goes with no other table and no filter")
    with cases.open(case).connect() as connection:
        story = None if prefix is None else query.whole_identifier(connection, prefix)
        if form == "text" and story:
            write_story(connection, story, console(sys.stdout, color=manner.color))
            return DONE
        limit = TEXT_LIMIT if limit is None and form == "text" else limit
        answer = query.ask(connection, table, filters, limit, identifiers=[story] if story else None)
        _write(answer, form, manner)
    return DONE


def _write(answer: query.Answer, form: str, manner: Manner) -> None:
    """Print the rows, and say on standard error where they are not all and where there are none."""
    if form == "text":
        write_table(answer.view, answer.pages(), console(sys.stdout, color=manner.color))
    else:
        FORMATS[form](answer.pages(), streams.binary_output())
    if manner.quiet:
        return
    if not answer.total:
        note(f"no {answer.view} match")
    elif answer.count < answer.total:
        note(f"{answer.count:,} of {answer.total:,} {answer.view} shown; --limit {answer.total} shows all")


@commands.command()
@click.option(
    "-o", "--output", metavar="DIR", default="trackway-demo", show_default=True, help="Folder to write."
)
@click.option("--force", is_flag=True, help="Write over a demo that is already there.")
@common
@click.pass_obj
def demo(manner: Manner, /, output: str, force: bool) -> int:
    """Make a small recording of a finance workstation, trace it, and show its story.

    \b
    Examples:
      trackway demo
      trackway demo -o /tmp/demo
      trackway demo --force --no-color
    """
    folder = Path(output)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())) and not force:
        raise CaseError(f"{folder}: is there already; use --force to write over it, or -o for another name")
    case = _traced(manner, recording.write(folder), folder / "case", force=force)
    out = console(sys.stdout, color=manner.color)
    with case.connect() as connection:
        found = query.stories(connection, Filters.parse(name=_DEMO_NAME), 1).to_pylist()
        if found:
            write_story(connection, found[0]["story"], out)
    if not manner.quiet:
        out.print()
        write_summary(case, out)
    return _completeness(case)


for page in PAGES:
    commands.add_command(page)


for _command in (coverage, advise, collect, lab, logs.query, logs.events, logs.stats):
    commands.add_command(_command)
