"""The witnesses of a host on a terminal: a table of what each was, a strip of time, and what each proves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from trackway.coverage.summary import Summary, rank
from trackway.present.console import said

Row = Mapping[str, Any]

_CELLS: Final = (24, 64)
"""Characters of a strip on a narrow and on a wide terminal."""

_NAMES: Final = 30
"""Characters in which a line of the strip is named."""

_GRAVE: Final = frozenset({"cleared", "lost", "off", "rolled_over"})
"""States that are named however short they were; of the others the JSON has the shares below a hundredth."""

MARKS: Final = {
    "on": ("█", "green"),
    "filtered": ("▒", "green"),
    "off": ("·", "red"),
    "cleared": ("x", "red"),
    "rolled_over": ("«", "red"),
    "lost": ("!", "red"),
    "asleep": ("z", "dim"),
    "unknown": ("?", "yellow"),
    "not_collected": (" ", "dim"),
}
"""How a strip shows a state."""

_WORST: Final = (
    "cleared", "lost", "off", "rolled_over", "unknown", "not_collected", "asleep", "filtered", "on",
)  # fmt: skip
"""Of several states in one cell the one that says least is shown."""

_HUNDREDTH: Final = 0.01
_HOURS_A_DAY: Final = 24
_HOURS_A_YEAR: Final = 24 * 365


def write(told: Sequence[Summary], intervals: Sequence[Row], out: Console) -> None:
    """Print what is known of the witnesses of one host."""
    since = min((row["time_from"] for row in intervals), default=None)
    until = max((row["time_to"] for row in intervals), default=None)
    if since and until:
        out.print(said(f"{told[0].host}, {_span(since, until)}", "bold"))
    out.print(_table(told))
    out.print()
    out.print(_strip(intervals, out.width))
    out.print(_legend(intervals))
    for line in _silent(intervals):
        out.print(said(line))
    out.print("why each is so: trackway show CASE coverage")
    out.print()
    out.print(_proofs(told))
    out.print()


def _table(told: Sequence[Summary]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "built in", "by default", "on here"):
        table.add_column(name, overflow="fold")
    for name in ("records", "an hour", "full after"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("from-to", overflow="fold")
    for each in told:
        spanned = _span(each.first, each.last) if each.first and each.last else ""
        hourly = "" if each.events_an_hour is None else f"{each.events_an_hour:,.0f}"
        cells = (
            each.title, "yes" if each.built_in else "no", "on" if each.default_on else "off", _shared(each.shares),
            f"{each.records:,}" if each.records else "", hourly, _lasting(each.hours_until_full), spanned,
        )  # fmt: skip
        table.add_row(*(said(cell) for cell in cells))
    return table


def _proofs(told: Sequence[Summary]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("source", "a record proves", "and cannot say"):
        table.add_column(name, overflow="fold")
    for each in told:
        table.add_row(said(each.title), said(each.proves), said(each.never))
    return table


def _shared(shares: Mapping[str, float]) -> str:
    """Return the states, the longest first, each with its part of the time where there are several."""
    if set(shares) == {"on", "not_collected"} and shares["on"] < _HUNDREDTH:
        return "taken once"
    told = {state: share for state, share in shares.items() if share >= _HUNDREDTH or state in _GRAVE}
    if len(told) <= 1:
        return next(iter(told or shares), "")
    return ", ".join(f"{state} {_percent(share)}" for state, share in told.items())


def _percent(share: float) -> str:
    rounded = min(max(share, _HUNDREDTH), 1 - _HUNDREDTH)
    return ("<" if share < rounded else ">" if share > rounded else "") + f"{rounded:.0%}"


def _lasting(hours: float | None) -> str:
    if hours is None:
        return ""
    if hours < 2 * _HOURS_A_DAY:
        return f"{hours:,.1f} h"
    return f"{hours / _HOURS_A_DAY:,.0f} days" if hours < _HOURS_A_YEAR else "> 1 year"


def _span(since: datetime, until: datetime) -> str:
    """Return the two ends of a time, with seconds where it is short, and the day once if it is one."""
    form = "%H:%MZ" if (until - since).total_seconds() >= 3600 else "%H:%M:%SZ"  # noqa: PLR2004  an hour
    same = since.date() == until.date()
    if since.replace(microsecond=0) == until.replace(microsecond=0):
        return since.strftime("%Y-%m-%d %H:%M:%SZ")
    return f"{since.strftime('%Y-%m-%d ' + form)} to {until.strftime(form if same else '%Y-%m-%d ' + form)}"


def _strip(rows: Sequence[Row], width: int) -> Table:
    """Draw the states of each kind of record over time; kinds whose line is the same share it."""
    table = Table(box=None, pad_edge=False, show_header=False)
    for _ in range(2):
        table.add_column(no_wrap=True)
    if not rows:
        return table
    since, until = min(row["time_from"] for row in rows), max(row["time_to"] for row in rows)
    number = min(max(width - _NAMES - 2, _CELLS[0]), _CELLS[1])
    scale = max((until - since).total_seconds(), 1e-6) / number
    lines: dict[tuple[str, ...], list[str]] = {}
    for source, own in groupby(_ordered(rows), key=lambda row: row["source"]):
        lines.setdefault(_line(list(own), since, scale, number), []).append(source)
    for cells, sources in lines.items():
        if set(cells) != {"not_collected"}:
            table.add_row(said(_named(sources)), Text.assemble(*(MARKS[state] for state in cells)))
    first, _, last = _span(since, until).partition(" to ")
    table.add_row("", said(f"{first}{last:>{max(number - len(first), 0)}}"))
    return table


def _silent(rows: Sequence[Row]) -> Iterator[str]:
    """Yield which kinds of record are not here at all."""
    states: dict[str, set[str]] = {}
    for row in _ordered(rows):
        states.setdefault(row["source"], set()).add(row["state"])
    if nowhere := [source for source, found in states.items() if found == {"not_collected"}]:
        yield f"not collected: {_named(nowhere, most=None)}"


def _ordered(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (rank(row["source"]), row["source"]))


def _line(rows: Sequence[Row], since: datetime, scale: float, number: int) -> tuple[str, ...]:
    """Return the state in each cell of one kind of record's line."""
    cells = ["not_collected"] * number
    best = [len(_WORST)] * number
    for row in rows:
        first = int((row["time_from"] - since).total_seconds() / scale)
        last = int((row["time_to"] - since).total_seconds() / scale - 1e-9)
        for cell in range(max(first, 0), min(last, number - 1) + 1):
            if _WORST.index(row["state"]) < best[cell]:
                cells[cell], best[cell] = row["state"], _WORST.index(row["state"])
    return tuple(cells)


def _named(sources: Sequence[str], most: int | None = _NAMES) -> str:
    """Return kinds of record in few words: `sysmon_1, 3, 22` and how many more there are."""
    words, before = "", ""
    for place, source in enumerate(sources):
        head, _, number = source.rpartition("_")
        word = (", " if words else "") + (number if head and head == before else source)
        if most and words and len(words) + len(word) > most - len(" +99"):
            return f"{words} +{len(sources) - place}"
        words, before = words + word, head
    return words


def _legend(rows: Sequence[Row]) -> Text:
    """Return what the marks mean that this strip has."""
    return Text("   ").join(_marks({row["state"] for row in rows} - {"not_collected"}))


def _marks(states: set[str]) -> Iterator[Text]:
    return (Text.assemble(mark, f" {state}") for state, mark in MARKS.items() if state in states)
