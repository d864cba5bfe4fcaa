"""`trackway query`: the records of a log as Event Viewer filters it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Final

import click
import pyarrow as pa

from trackway.errors import UsageError
from trackway.evidence.discover import discover
from trackway.filters import moment
from trackway.formats.whole import Tally, ticks
from trackway.logs import choice, search
from trackway.logs.commands.spoken import DONE, DONE_IN_PART, MOST_SHOWN, filled, unread
from trackway.logs.evidence import Account, Found, records
from trackway.logs.follow import follow
from trackway.logs.order import by_time
from trackway.logs.rows import pages, xml
from trackway.logs.search import Search
from trackway.logs.shown import RECORDS, flattened
from trackway.present import machine, streams
from trackway.present.console import console
from trackway.present.options import common, expanded
from trackway.present.streams import Manner, note
from trackway.present.terminal import write_columns

TEXT_LIMIT: Final = 50
_TIMES: Final = ("since", "until")

FORMATS: Final = ("text", "xml", "json", "jsonl", "csv", "parquet")


@click.command()
@click.argument("evidence", nargs=-1, required=True)
@click.option(
    "--xpath", metavar="QUERY", help="As Event Viewer and wevtutil take it: *[System[EventID=3006]]."
)
@click.option(
    "--query-list", "listed", metavar="FILE", help="Event Viewer's XML: Select and Suppress by channel."
)
@click.option("--lenient", is_flag=True, help="Take all of XPath 1.0, also what Windows refuses.")
@click.option("--now", metavar="TIME", help="What timediff counts from; by default the newest record.")
@click.option("--id", "events", metavar="N,N-N", help="Event ids.")
@click.option(
    "--provider", "providers", multiple=True, metavar="NAME", help="Provider; * and ? stand for anything."
)
@click.option(
    "--channel", "channels", multiple=True, metavar="NAME", help="Channel; * and ? stand for anything."
)
@click.option(
    "--since", metavar="TIME", help="Not before this time (ISO 8601, UTC unless it says a zone) or date."
)
@click.option("--until", metavar="TIME", help="Not after this time or date (the whole day).")
@click.option("--contains", metavar="TEXT", help="Text anywhere in the record, in any letter case.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="NAME=VALUE",
    help="Field by name; NAME~PATTERN is a regular expression.",
)
@click.option("--regex", metavar="PATTERN", help="Regular expression (RE2) found in any value.")
@click.option("--count", "is_count", is_flag=True, help="Print only how many records match.")
@click.option(
    "--follow", "is_following", is_flag=True, help="Go on, and print what is added to the evidence."
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to print."
)
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    metavar="N",
    help=f"Most records to print; {TEXT_LIMIT} as text, else all.",
)
@common
@click.pass_obj
def query(manner: Manner, /, evidence: tuple[str, ...], **asked: Any) -> int:
    """Show the records of EVIDENCE that a query selects, as Event Viewer filters a log.

    All that is asked must hold. Records come by time.

    \b
    Examples:
      trackway query logs/ --xpath "*[System[EventID=3006 or EventID=3020]]"
      trackway query logs/ --xpath "*[EventData[Data[@Name='QueryName']='perdu.com']]" --format xml
      trackway query collection.zip --query-list view.xml --count
      trackway query exports/ --id 3006,3008 --field "QueryName=*.example.com" --since 2021-11-27
    """
    paths = [Path(path) for path in expanded(evidence)]
    wanted = _search(asked)
    now = ticks.of(moment("now", asked["now"])) if asked["now"] else None
    if not manner.quiet:
        for remark in wanted.remarks():
            note(f"note: {remark}")
    if asked["is_following"]:
        return _follow(paths, wanted, now, manner, asked)
    files = discover(paths)
    now = search.present(wanted, files, now)
    account = Account(tally=Tally(wants_sources=wanted.names_sources))
    found = records(files, wanted.sieve(now), wanted.selects(now), account)
    shown = _print(found, asked, manner)
    _report(wanted, account, shown, manner)
    return DONE if account.is_whole else DONE_IN_PART


def _search(asked: dict[str, Any]) -> Search:
    """Bring the options to what is searched for."""
    if asked["lenient"] and not asked["xpath"]:
        raise UsageError("--lenient goes with --xpath")
    if asked["xpath"] and asked["listed"]:
        raise UsageError("--xpath and --query-list are two queries; give one of them")
    since, until = (moment(word, asked[word]) if asked[word] else None for word in _TIMES)
    if since and until and since > until:
        raise UsageError("--since lies after --until; nothing can be between them")
    chosen = choice.Choice(
        events=choice.events(asked["events"]) if asked["events"] else frozenset(),
        providers=asked["providers"],
        channels=asked["channels"],
        since=since,
        until=until,
        contains=asked["contains"],
        fields=asked["fields"],
        regex=asked["regex"],
    )
    if asked["lenient"]:
        return Search(choice=chosen, lenient=asked["xpath"])
    queries = (search.of_xpath(asked["xpath"]),) if asked["xpath"] else ()
    return Search(choice=chosen, queries=search.read_list(asked["listed"]) if asked["listed"] else queries)


def _print(found: Iterator[Found], asked: dict[str, Any], manner: Manner) -> int:
    """Print the records in their order and return how many."""
    if asked["is_count"]:
        click.echo(sum(1 for _ in found))
        return -1
    limit = TEXT_LIMIT if asked["limit"] is None and asked["form"] == "text" else asked["limit"]
    counted = _Counted(by_time(found, limit))
    write(counted, asked["form"], manner)
    return counted.count


class _Counted:
    """An iterator that knows how many it gave."""

    def __init__(self, records: Iterator[Found]) -> None:
        self._records, self.count = records, 0

    def __iter__(self) -> Iterator[Found]:
        for found in self._records:
            self.count += 1
            yield found


def write(found: Iterable[Found], form: str, manner: Manner) -> None:
    """Print records in one of the formats."""
    if form == "text":
        write_columns(RECORDS, filled(pages(found)), console(sys.stdout, color=manner.color))
        return
    out = streams.binary_output()
    if form == "xml":
        for text in xml(found):
            out.write(text.encode())
    else:
        _WRITERS[form](pages(found), out)


def _csv(found: Iterable[pa.Table], out: BinaryIO) -> None:
    machine.write_csv(map(flattened, found), out)


def _parquet(found: Iterable[pa.Table], out: BinaryIO) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415  slow to import, and seldom wanted

    if out.isatty():
        raise UsageError(
            "--format parquet is for a file: trackway query … --format parquet > records.parquet"
        )
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


def _follow(
    paths: Sequence[Path], wanted: Search, now: int | None, manner: Manner, asked: dict[str, Any]
) -> int:
    """Print what is there and then what comes, until interrupted or until enough was shown."""
    if asked["form"] not in {"text", "jsonl"} or asked["is_count"]:
        raise UsageError("--follow prints text or jsonl, which have no end")
    if now is None and wanted.depends_on_now:
        raise UsageError("--follow with timediff needs --now: the newest record changes all the time")
    left = asked["limit"]
    for fresh in follow(paths, wanted.sieve(now), wanted.selects(now), Account()):
        shown = list(islice(fresh, left))
        if shown:
            write(shown, asked["form"], manner)
            sys.stdout.flush()
        left = None if left is None else left - len(shown)
        if left == 0:
            return DONE
    return DONE


def _report(wanted: Search, account: Account, shown: int, manner: Manner) -> None:
    """Say on standard error what the records do not say."""
    unread(account)
    if manner.quiet:
        return
    for remark in search.absent(wanted, account.tally, [member.name for member in account.files]):
        note(f"note: {remark}")
    if account.zoneless and _compares_times(wanted):
        note(
            f"note: times without a zone are taken as UTC, in {', '.join(sorted(account.zoneless)[:MOST_SHOWN])}"
        )
    if not account.files:
        note(
            "no event logs or event exports in the evidence; `trackway trace --dry-run` says what each file is"
        )
    elif not account.selected:
        note(f"no records match, of {account.seen:,}")
    elif 0 <= shown < account.selected:
        note(f"{shown:,} of {account.selected:,} records shown; --limit {account.selected} shows all")


def _compares_times(wanted: Search) -> bool:
    sieve = wanted.sieve(0)
    return sieve.since is not None or sieve.until is not None
