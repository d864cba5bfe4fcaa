"""`trackway query`: the records of a log as Event Viewer filters it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Final

import click

from trackway.errors import EvidenceError, UsageError
from trackway.evidence.containers import Member
from trackway.evidence.discover import discover
from trackway.filters import moment
from trackway.formats.whole import Tally, ticks
from trackway.logs import choice, learn, search
from trackway.logs.evidence import Account, Found, records
from trackway.logs.follow import follow
from trackway.logs.messages import CATALOGUE, Messages
from trackway.logs.order import by_time
from trackway.logs.search import Search
from trackway.present.logs.forms import FORMATS, write
from trackway.present.logs.spoken import DONE, DONE_IN_PART, MOST_SHOWN, unread
from trackway.present.options import common, expanded
from trackway.present.streams import Manner, note

TEXT_LIMIT: Final = 50
_TIMES: Final = ("since", "until")


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
@click.option(
    "--messages",
    "told",
    multiple=True,
    metavar="FILE",
    help="Manifest, listing or program of a provider whose messages are shown.",
)
@click.option("--password", metavar="WORD", help="Opens encrypted archives; it is kept nowhere.")
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
    now = search.present(wanted, files, now, asked["password"])
    told = learn.Told()
    account = Account(tally=Tally(wants_sources=wanted.names_sources), tells=_listener(told, asked))
    found = records(files, wanted.sieve(now), wanted.selects(now), account, password=asked["password"])
    shown, lost = _print(found, asked, manner, told)
    _report(wanted, account, shown, manner, asked["form"])
    _unwritten(lost)
    return DONE if account.is_whole and not lost else DONE_IN_PART


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


def _listener(told: learn.Told, asked: dict[str, Any]) -> Callable[[Member], None]:
    """Return what learns messages from the evidence, where any are shown."""
    return (lambda _member: None) if asked["is_count"] or asked["form"] in {"xml", "evtx"} else told.take


def _print(
    found: Iterator[Found], asked: dict[str, Any], manner: Manner, told: learn.Told
) -> tuple[int, list[str]]:
    """Print the records in their order; return how many, and those that the format cannot hold."""
    if asked["is_count"]:
        click.echo(sum(1 for _ in found))
        return -1, []
    limit = TEXT_LIMIT if asked["limit"] is None and asked["form"] == "text" else asked["limit"]
    given = _messages(asked)
    ordered = by_time(found, limit)
    first = list(islice(ordered, 1))  # all evidence is read then, and has told what its events say
    counted = _Counted(chain(first, ordered))
    lost = write(counted, asked["form"], manner, told.messages(given))
    return counted.count, lost


def _messages(asked: dict[str, Any]) -> Messages:
    """Return what events say, as far as files were given with `--messages` that tell it."""
    if not asked["told"]:
        return CATALOGUE
    found = learn.messages(discover([Path(path) for path in expanded(asked["told"])]), asked["password"])
    if not found.learned and not found.words:
        raise EvidenceError(
            ", ".join(asked["told"]), "no messages of events in it; docs/events.md says what tells them"
        )
    return found


class _Counted:
    """An iterator that knows how many it gave."""

    def __init__(self, records: Iterator[Found]) -> None:
        self._records, self.count = records, 0

    def __iter__(self) -> Iterator[Found]:
        for found in self._records:
            self.count += 1
            yield found


def _follow(
    paths: Sequence[Path], wanted: Search, now: int | None, manner: Manner, asked: dict[str, Any]
) -> int:
    """Print what is there and then what comes, until interrupted or until enough was shown."""
    if asked["form"] not in {"text", "jsonl"} or asked["is_count"]:
        raise UsageError("--follow prints text or jsonl, which have no end")
    if now is None and wanted.depends_on_now:
        raise UsageError("--follow with timediff needs --now: the newest record changes all the time")
    left = asked["limit"]
    messages, told, said = _messages(asked), learn.Told(), set[object]()
    sieve, selects = wanted.sieve(now), wanted.selects(now)
    account = Account(tells=_listener(told, asked))
    for fresh in follow(paths, sieve, selects, account, password=asked["password"]):
        shown = list(islice(fresh, left))
        if shown:
            write(shown, asked["form"], manner, told.messages(messages))
            sys.stdout.flush()
        _unread_since(account, said, manner)
        left = None if left is None else left - len(shown)
        if left == 0:
            break
    return DONE_IN_PART if said else DONE


def _unread_since(account: Account, said: set[object], manner: Manner) -> None:
    """Say what could not be read at this look, and was not said before."""
    skips = [each for each in account.skips if each not in said]
    damaged = {file: why for file, why in account.damaged.items() if file not in said}
    unread(Account(skipped=len(skips), skips=skips, damaged=damaged), manner)
    said.update(skips, damaged)
    account.skips.clear()
    account.damaged.clear()
    account.skipped = 0


def _report(wanted: Search, account: Account, shown: int, manner: Manner, form: str) -> None:
    """Say on standard error what the records do not say."""
    unread(account, manner)
    if manner.quiet:
        return
    for remark in search.absent(wanted, account.tally, [member.name for member in account.files]):
        note(f"note: {remark}")
    if account.zoneless and _compares_times(wanted):
        note(f"note: times without a zone are taken as UTC, in {_listed(account.zoneless)}")
    exports = {member.name for member in account.files if member.kind != "evtx"}
    if exports and form == "evtx":
        note(
            "note: times of a log are taken for UTC; these exports may have local ones, which stand in it as they "
            f"were: {_listed(exports)}"
        )
    if not account.files:
        note(
            "no event logs or event exports in the evidence; `trackway trace --dry-run` says what each file is"
        )
    elif not account.selected:
        note(f"no records match, of {account.seen:,}")
    elif 0 <= shown < account.selected:
        note(f"{shown:,} of {account.selected:,} records shown; --limit {account.selected} shows all")


def _listed(files: Iterable[str]) -> str:
    return ", ".join(sorted(files)[:MOST_SHOWN])


def _unwritten(lost: list[str]) -> None:
    """Say which records are not in what was printed."""
    if lost:
        note(f"{len(lost):,} records are not in the log that was written, since none can hold them:")
        for words in lost[:MOST_SHOWN]:
            note(words)


def _compares_times(wanted: Search) -> bool:
    sieve = wanted.sieve(0)
    return sieve.since is not None or sieve.until is not None
