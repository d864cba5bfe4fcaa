"""Who could have told what a question asks, and whether each was awake for it.

Where the configuration of Sysmon is known, its rules say whether it would have written what is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import duckdb

from trackway.coverage.asked import rows
from trackway.coverage.question import Question
from trackway.sysmon_rules import STARTED, UNKNOWN, Occurrence, judged, rules_of

CONFIDENCE: Final = {
    "security_5156": 0.97,
    "security_4688": 0.97,
    "dns_client_3008": 0.95,
    "sysmon_1": 0.95,
    "firewall_log": 0.9,
    "sysmon_22": 0.85,
    "sysmon_3": 0.8,
}
"""How surely each witness, while it is on, writes everything of its kind; estimates. Sysmon counts only where its
rules are known; it loses events under load, and Defender leaves out what repeats."""

_WITNESSES: Final = {
    "process": ("security_5156", "sysmon_3", "firewall_log", "defender_network"),
    "connection": ("security_5156", "sysmon_3", "firewall_log", "defender_network"),
    "name": ("dns_client_3008", "sysmon_22"),
    "start": ("security_4688", "sysmon_1"),
}
_OPEN: Final = "whether its configuration leaves this out cannot be told"
_LOCAL: Final = ("127.", "::1")


@dataclass(frozen=True, slots=True)
class Witness:
    """One kind of record that could have told, in one interval of the time asked about."""

    source: str
    state: str
    time_from: datetime
    time_to: datetime
    reason: str
    evidence: list[dict[str, Any]]


def witnesses(db: duckdb.DuckDBPyConnection, host: str, question: Question) -> list[Witness]:
    """Return the states of what could have told, in the order of source and time."""
    given = {"host": host, "since": question.since, "until": question.until, "sources": list(kinds(question))}
    return [_witness(question, **row) for row in rows(db, "witnesses", **given)]


def kinds(question: Question) -> Sequence[str]:
    """Return the kinds of record that could tell."""
    found = _WITNESSES[question.about]
    if question.address and question.address.startswith(_LOCAL):
        return [kind for kind in found if kind != "firewall_log"]  # it writes no loopback
    return found


def _witness(question: Question, *, rules: str | None, **told: Any) -> Witness:
    found = Witness(**told)
    known = rules_of(rules) if rules and found.state in ("on", "filtered") else None
    if known is None:
        return found
    what = _occurrence(question, found.source)
    verdict = judged(known, what)
    if not verdict.written:
        begins = "its configuration leaves this out" if verdict.written is False else _OPEN
        return replace(found, state="filtered", reason=f"{found.reason}; {begins}: {verdict.why}")
    words = f"{found.reason}; its configuration would have written this ({verdict.why})"
    if what.event_id != STARTED and not judged(known, replace(what, image=UNKNOWN)).written:
        return replace(
            found, state="filtered", reason=f"{words}, had the process not ended before Sysmon looked"
        )
    return replace(found, state="on", reason=words)


def _occurrence(question: Question, source: str) -> Occurrence:
    """Return what the question says of an event; a connection may be TCP or UDP."""
    number = int(source.rpartition("_")[2])
    return Occurrence(
        event_id=number,
        image=question.program,
        name=question.name,
        remote_address=question.address,
        remote_port=question.port,
    )
