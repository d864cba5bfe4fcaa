"""Advice: which witnesses to switch on next time, what they would have cost here, and how to undo it.

Volumes are this host's own rates times the bytes of a record. Nothing is ever run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from trackway.coverage.asked import rows
from trackway.coverage.before import Before
from trackway.coverage.means import MEANS, SYSMON, Means

GOALS: Final = ("names", "processes", "both")
MEGABYTE: Final = 1_000_000
_BLOCK: Final = 64 << 10
_USUAL: Final = 20 << 20
_LARGEST: Final = {SYSMON: 64 << 20}
"""A log as it is installed; of the others none is larger than the Security log."""

_IN_PART: Final = "it is on, without command lines or without blocks"
_AWAKE: Final = frozenset({"on", "filtered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One witness as it is advised.

    Attributes:
        means: which.
        is_on: whether it is on at the end of this evidence, on every host.
        megabytes: a day, on the busiest host; null where no witness here shows the rate.
        is_advised: whether to switch it on: it is off, and the budget holds it.
        why: in words.
        revert: commands that undo it.
        is_restored: whether they bring back what this evidence says was before; else they switch it off.
    """

    means: Means
    is_on: bool
    megabytes: float | None
    is_advised: bool
    why: str
    revert: tuple[str, ...]
    is_restored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """The size that a log needs.

    Attributes:
        log: channel.
        size: bytes that it shall have.
        before: bytes that it has, by this evidence; null where that is not known or hosts differ.
    """

    log: str
    size: int
    before: int | None

    @property
    def is_larger(self) -> bool:
        """True where the log has to grow, as far as is known."""
        return self.before is None or self.before < self.size


def advice(
    connection: duckdb.DuckDBPyConnection, goal: str = "both", budget: float | None = None
) -> Iterator[Step]:
    """Yield what to switch on, in the order of what it tells for its cost.

    Args:
        connection: of `Case.connect`.
        goal: of `GOALS`.
        budget: megabytes a day on one host that what is switched on may write; null for any number. What nothing here
            shows the volume of is then left out.
    """
    hosts, before = rows(connection, "rates"), Before.of(connection)
    last = {(row["host"], row["source"]): row["state"] for row in rows(connection, "latest")}
    left = math.inf if budget is None else budget
    for means in MEANS:
        if goal != "both" and goal not in means.goals:
            continue
        states = [last.get((host, means.kind)) for host in {host for host, _ in last}]
        cost = _megabytes(means, hosts)
        missing = sum(state not in _AWAKE for state in states)
        is_on = bool(states) and not missing and not before.lacks(means)
        fits = budget is None if cost is None else cost <= left
        if not is_on and fits:
            left -= cost or 0
        revert, is_restored = before.undone(means)
        yield Step(
            means=means,
            is_on=is_on,
            megabytes=cost,
            is_advised=not is_on and fits,
            why=_why(len(states), missing, fits, cost) if is_on or missing else _IN_PART,
            revert=revert,
            is_restored=is_restored,
        )


def _megabytes(means: Means, hosts: Sequence[Mapping[str, float | None]]) -> float | None:
    """Return what a witness would have written in a day on the busiest host."""
    found = [
        sum(size * (host[what] or 0) for what, size in means.records.items())
        for host in hosts
        if any(host[what] is not None for what in means.records)
    ]
    return max(found) * 24 / MEGABYTE if found else None


def _why(hosts: int, missing: int, fits: bool, cost: float | None) -> str:
    if hosts and not missing:
        return "it was on when last seen"
    if not fits:
        return "the budget does not hold it" if cost else "no witness shows whether the budget holds it"
    shown = "nothing here shows it on" if missing == hosts else f"not shown on for {missing} of {hosts} hosts"
    return f"{shown}; no witness shows how much it would write" if cost is None else shown


def log_sizes(connection: duckdb.DuckDBPyConnection, steps: Sequence[Step], days: float) -> list[Size]:
    """Return the size of each log that holds so many days of what is advised or on, in whole blocks."""
    sizes: dict[str, float] = {}
    for step in steps:
        if step.means.log and (step.is_advised or step.is_on) and step.megabytes:
            sizes[step.means.log] = sizes.get(step.means.log, 0) + step.megabytes * MEGABYTE * days
    before = Before.of(connection)
    # a fifth more for what else stands in the log; a smaller log than Windows makes it would lose records
    return [
        Size(
            log=log,
            size=max(_LARGEST.get(log, _USUAL), math.ceil(size * 1.2 / _BLOCK) * _BLOCK),
            before=before.size(log),
        )
        for log, size in sorted(sizes.items())
    ]
