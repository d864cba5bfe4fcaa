"""Answers: seen, would have been seen and so did not happen, or could not have been seen and why.

A silence proves something only where one witness that writes every such thing was on from the first to the
last moment of the question, its clock is known, and the case left nothing out. Everything else is "could not
have been seen", even where it is likely.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import duckdb

from trackway.coverage import past
from trackway.coverage.asked import define, rows
from trackway.coverage.question import Question
from trackway.coverage.witness import CONFIDENCE, Witness, kinds, witnesses

SEEN, NOT_HAPPENED, NOT_VISIBLE = "seen", "did_not_happen", "could_not_have_been_seen"

WORDS: Final = {
    SEEN: "seen",
    NOT_HAPPENED: "would have been seen, so it did not happen",
    NOT_VISIBLE: "could not have been seen",
}

_SURE: Final = 0.99
_SOME_UNREAD: Final = 0.8
"""What is left where some records of the case could not be read: one of them may be what was asked for."""

_PAST: Final = 0.8
"""What is left where something ran that goes past the witnesses."""

_HEARD: Final = {
    "process": "heard_connections",
    "connection": "heard_connections",
    "name": "heard_lookups",
    "start": "heard_starts",
}
_ONLY_ANSWERED: Final = "Sysmon writes no attempt that nobody answered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer for one host.

    Attributes:
        host: computer.
        question: as it was asked.
        answer: seen, did_not_happen or could_not_have_been_seen.
        confidence: that it did not happen; null for the other two.
        reason: in words.
        found: the stories, look-ups or starts that answer it, with time, program, PID and target.
        witnesses: what could have told, and its states.
    """

    host: str
    question: str
    answer: str
    confidence: float | None
    reason: str
    found: list[dict[str, Any]] = field(default_factory=list)
    witnesses: list[Witness] = field(default_factory=list)


def answers(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    limits: tuple[str | None, str | None] = (None, None),
) -> Iterator[Answer]:
    """Yield the answer for each host of a case, in the order of their names.

    Args:
        connection: of `Case.connect`.
        question: what is asked.
        limits: `since` and `until` of the run that made the case; what lies outside of them it left out.
    """
    define(connection, "is_program")
    hosts = connection.execute("SELECT DISTINCT host FROM coverage ORDER BY host").fetchall()
    for (host,) in hosts:
        yield _Asked(connection, host, question).answer(limits)


class _Asked:
    """One question about one host."""

    def __init__(self, db: duckdb.DuckDBPyConnection, host: str, question: Question) -> None:
        self._db, self._host, self._question = db, host, question
        self._witnesses = witnesses(db, host, question)
        (span,) = rows(db, "spanned", host=host)
        self._from, self._to = span["time_from"], span["time_to"]

    def answer(self, limits: tuple[str | None, str | None]) -> Answer:
        heard = self._heard()
        if found := [row for row in heard if row["is_it"]]:
            return self._made(SEEN, _seen(self._question, found), found=found)
        if nameless := [row for row in heard if row["is_it"] is None]:
            words = f"{len(nameless):,} of that target and time are seen of which no record names the program"
            return self._made(NOT_VISIBLE, words, found=nameless)
        for unknown in (
            past.by_kernel(self._question, heard),
            past.hidden(self._question),
            _cut(self._question, limits),
        ):
            if unknown:
                return self._made(NOT_VISIBLE, unknown)
        sound = [source for source in kinds(self._question) if self._is_sound(source)]
        if not sound:
            return self._made(NOT_VISIBLE, self._blind())
        return self._not_happened(sound)

    def _heard(self) -> list[dict[str, Any]]:
        asked = self._question
        given = {"host": self._host, "since": asked.since, "until": asked.until, "program": asked.program}
        about = {"name": asked.name, "address": asked.address, "port": asked.port}
        return rows(self._db, _HEARD[asked.about], **given, **about)

    def _not_happened(self, sound: list[str]) -> Answer:
        (unread,) = self._db.execute("SELECT count(*) FROM skipped").fetchall()[0]
        confidence = _SURE if len(sound) > 1 else CONFIDENCE[sound[0]]
        reasons = [f"{each.source}: {each.reason}" for each in self._witnesses if each.source in sound]
        if sound == ["sysmon_3"]:
            reasons.append(_ONLY_ANSWERED)
        if unread:
            confidence = min(confidence, _SOME_UNREAD)
            reasons.append(f"{unread:,} records or files of this case could not be read")
        if by_others := list(past.passed(self._db, self._host, self._question)):
            confidence = min(confidence, _PAST)
        reasons += [*by_others, *past.reused(self._db, self._host, self._question)]
        always = past.ALWAYS.get(self._question.about, past.ALWAYS["process"])
        return self._made(NOT_HAPPENED, "; ".join([*reasons, always]), confidence=confidence)

    def _made(
        self,
        answer: str,
        reason: str,
        *,
        confidence: float | None = None,
        found: list[dict[str, Any]] | None = None,
    ) -> Answer:
        told = [{word: value for word, value in row.items() if word != "is_it"} for row in found or []]
        return Answer(
            host=self._host,
            question=self._question.text,
            answer=answer,
            confidence=confidence,
            reason=reason,
            found=told,
            witnesses=self._witnesses,
        )

    def _is_sound(self, source: str) -> bool:
        """True where a witness was on from the first to the last moment asked about, and its clock is known."""
        own = [each for each in self._witnesses if each.source == source]
        if source not in CONFIDENCE or not own or any(each.state != "on" for each in own):
            return False
        begins, ends = own[0].time_from, own[-1].time_to
        if self._question.is_timed and (begins > self._question.since or ends <= self._question.until):
            return False
        return not rows(self._db, "unsound", host=self._host, source=source)

    def _blind(self) -> str:
        """Return why no witness would have told: what each was where it was not on."""
        if self._question.until < self._from or self._question.since >= self._to:
            return f"all evidence of this host lies between {_said(self._from)} and {_said(self._to)}"
        reasons: dict[str, str] = {}
        for each in self._witnesses:
            if each.state != "on":
                reasons.setdefault(each.source, f"{each.source} {each.state}: {each.reason}")
        for each in self._witnesses:
            words = f"{each.source} was on for a part of that time only, or its clock is not known"
            reasons.setdefault(each.source, words)
        return "; ".join(reasons.values()) or "this evidence has no witness of it"


def _cut(question: Question, limits: tuple[str | None, str | None]) -> str | None:
    since, until = (datetime.fromisoformat(limit) if limit else None for limit in limits)
    if (since and question.since < since) or (until and question.until > until):
        return "this case was made with --since or --until and left connections outside of them out"
    return None


def _seen(question: Question, found: Sequence[dict[str, Any]]) -> str:
    programs = sorted({row["program"] for row in found if row["program"]})
    if question.about == "start":
        return "started by " + ", ".join(programs)
    return "by " + ", ".join(programs) if programs else "seen, but no record names the process"


def _said(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
