"""The questions that can be asked of a case, in words.

A small language: what is not in it is refused with what there is, since a question that was misunderstood
would get an answer that somebody believes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Final

from trackway.errors import UsageError
from trackway.filters import moment

AROUND: Final = timedelta(seconds=30)
"""What `at TIME` leaves open on either side: clocks differ, and people round."""

_EARLIEST: Final = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)

GRAMMAR: Final = (
    "which process connected to ADDRESS[:PORT] [WHEN]",
    "who asked for NAME [WHEN]",
    "did anything|PROGRAM connect [out] [to ADDRESS[:PORT]] [WHEN]",
    "did PROGRAM ask for NAME [WHEN]",
    "did PROGRAM start [WHEN]",
    "what started PROGRAM [WHEN]",
    "WHEN is: at TIME (half a minute around it) | between TIME and TIME | since TIME | until TIME",
)
"""Everything that is understood; letter case does not matter, and a question mark may stand behind it. A program is
told by its name, or by its path."""

_WHEN: Final = (
    r"(?:\s+(?:at\s+(?P<at>\S+)|between\s+(?P<between>\S+)\s+and\s+(?P<and>\S+)|since\s+(?P<since>\S+)"
    r"|until\s+(?P<until>\S+)))?"
)
_PROGRAM: Final = r"(?P<program>\S(?:.{0,300}?\S)?)"
_FORMS: Final = tuple(
    (about, re.compile(form + _WHEN, re.IGNORECASE))
    for about, form in (
        ("process", r"which\s+process\s+connected\s+to\s+(?P<target>\S+?)"),
        ("name", r"who\s+asked\s+for\s+(?:name\s+)?(?P<target>\S+?)"),
        ("name", rf"did\s+{_PROGRAM}\s+ask\s+for\s+(?:name\s+)?(?P<target>\S+?)"),
        ("connection", rf"did\s+{_PROGRAM}\s+connect(?:\s+out)?(?:\s+to\s+(?P<target>\S+?))?"),
        ("start", rf"did\s+{_PROGRAM}\s+start"),
        ("start", rf"what\s+started\s+{_PROGRAM}"),
    )
)
_ANY: Final = frozenset({"anything", "anybody", "anyone"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question.

    Attributes:
        text: as it was asked.
        about: process, name, connection or start.
        program: name or path of the program that is asked about; null for any.
        name: name that was asked for, lower case; null where the question is about connections.
        address: remote address; null for any.
        port: remote port; null for any.
        since: first moment; aware.
        until: last moment; aware.
        is_timed: whether the question says a time.
    """

    text: str
    about: str
    program: str | None
    name: str | None
    address: str | None
    port: int | None
    since: datetime
    until: datetime
    is_timed: bool

    @classmethod
    def parse(cls, text: str) -> Question:
        """Return the question that the words ask.

        Raises:
            UsageError: they are none of `GRAMMAR`, or a time, an address or a port is none.
        """
        words = text.strip().removesuffix("?").rstrip()
        for about, form in _FORMS:
            if found := form.fullmatch(words):
                return _question(text, about, found)
        raise UsageError(f"--question {text!r} is not understood; it can be: {'; '.join(GRAMMAR)}")


def _question(text: str, about: str, found: re.Match[str]) -> Question:
    given = found.groupdict()
    target, program = given.get("target"), (given.get("program") or "anything").strip('"')
    name = target.rstrip(".").lower() if target and about == "name" else None
    address, port = _ends(target) if target and about != "name" else (None, None)
    since, until = _when(found)
    if since > until:
        raise UsageError(f"--question {text!r}: the first time lies after the second")
    timed = any(found[word] for word in ("at", "between", "since", "until"))
    return Question(
        text=text,
        about=about,
        program=None if program.lower() in _ANY else program,
        name=name,
        address=address,
        port=port,
        since=since,
        until=until,
        is_timed=timed,
    )


def _when(found: re.Match[str]) -> tuple[datetime, datetime]:
    if found["at"]:
        at = moment("question", found["at"])
        return at - AROUND, at + AROUND
    first, last = found["between"] or found["since"], found["and"] or found["until"]
    return (
        moment("since", first) if first else _EARLIEST,
        moment("until", last) if last else _LATEST,
    )


def _ends(text: str) -> tuple[str, int | None]:
    """Return the address and the port of `192.0.2.1:443`, `[2001:db8::1]:443` or an address alone."""
    found = re.fullmatch(r"\[(?P<six>[^\]]+)\](?::(?P<port6>\d+))?|(?P<four>[^:]+):(?P<port4>\d+)", text)
    address = (found["six"] or found["four"]) if found else text
    port = (found["port6"] or found["port4"]) if found else None
    try:
        return str(ip_address(address)), _port(port)
    except ValueError:
        raise UsageError(
            f"--question: {text!r} is no address with or without a port; ask by name with: {GRAMMAR[1]}"
        ) from None


def _port(text: str | None) -> int | None:
    if text is not None and int(text) > 65_535:  # noqa: PLR2004  16 bits
        raise ValueError(text)
    return int(text) if text is not None else None
