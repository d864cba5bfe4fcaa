"""What an examiner notes about stories: kept beside the case, never in it.

A note is added, never changed: two windows at once lose nothing, and undoing is a note too. Stories have
identifiers made of their content, so notes find their stories again after the case was traced anew.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TypedDict

from trackway.errors import CaseError, UsageError

KINDS: Final = ("star", "tag", "comment", "verdict", "view")
VERDICTS: Final = ("", "benign", "suspicious", "malicious", "unsure")
LONGEST: Final = 10_000
"""Letters of one note."""

_WAIT_SECONDS: Final = 10
_SCHEMA: Final = """
    CREATE TABLE IF NOT EXISTS note (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        made TEXT NOT NULL,
        kind TEXT NOT NULL,
        story TEXT,
        value TEXT NOT NULL,
        undoes INTEGER REFERENCES note (id)
    )
"""
_STANDING: Final = """
    SELECT id, made, kind, story, value FROM note
    WHERE undoes IS NULL AND id NOT IN (SELECT undoes FROM note WHERE undoes IS NOT NULL)
    ORDER BY id
"""


class Comment(TypedDict):
    """One comment and when it was made, ISO 8601."""

    made: str
    text: str


class Noted(TypedDict):
    """What stands about one story."""

    star: bool
    verdict: str
    tags: list[str]
    comments: list[Comment]


class Notes(TypedDict):
    """What stands about a case: by story, and the saved views by name."""

    stories: dict[str, Noted]
    views: dict[str, str]
    last: int


def place(case: Path) -> Path:
    """Return where the notes of a case are kept."""
    whole = case.resolve()
    return whole.with_name(f"{whole.name}.notes.sqlite")


def read(case: Path) -> Notes:
    """Return what stands; nothing where nobody has noted anything."""
    notes: Notes = {"stories": {}, "views": {}, "last": 0}
    if not place(case).exists():
        return notes
    with _opened(place(case)) as database:
        for identifier, made, kind, story, value in database.execute(_STANDING):
            notes["last"] = identifier
            if kind == "view":
                _keep_view(notes, value)
            elif story is not None:
                blank: Noted = {"star": False, "verdict": "", "tags": [], "comments": []}
                _keep(notes["stories"].setdefault(story, blank), kind, value, made)
    return notes


def add(case: Path, kind: str, story: str | None, value: str) -> None:
    """Note something.

    Args:
        case: folder of the case.
        kind: one of `KINDS`; noting a star or a tag again takes it away.
        story: identifier; null for a view.
        value: the text; `NAME=LINE` for a view, an empty line removes it.

    Raises:
        UsageError: no such kind or verdict, or the text is too long.
        CaseError: the folder cannot be written.
    """
    if kind not in KINDS or (kind == "view") != (story is None):
        raise UsageError(f"{kind}: there is no such note; there are {', '.join(KINDS)}")
    if kind == "verdict" and value not in VERDICTS:
        raise UsageError(f"{value}: give {', '.join(VERDICTS[1:])}, or nothing")
    if len(value) > LONGEST:
        raise UsageError(f"the note has {len(value):,} letters; {LONGEST:,} are the most")
    with _opened(place(case)) as database:
        database.execute(
            "INSERT INTO note (made, kind, story, value) VALUES (?, ?, ?, ?)",
            (datetime.now(UTC).isoformat(timespec="seconds"), kind, story, value),
        )


def undo(case: Path) -> None:
    """Take the last note that stands back."""
    with _opened(place(case)) as database:
        standing = [row[0] for row in database.execute(_STANDING)]
        if standing:
            database.execute(
                "INSERT INTO note (made, kind, value, undoes) VALUES (?, 'undo', '', ?)",
                (datetime.now(UTC).isoformat(timespec="seconds"), standing[-1]),
            )


def _keep(noted: Noted, kind: str, value: str, made: str) -> None:
    if kind == "star":
        noted["star"] = not noted["star"]
    elif kind == "verdict":
        noted["verdict"] = value
    elif kind == "comment":
        noted["comments"].append({"made": made, "text": value})
    elif value in noted["tags"]:
        noted["tags"].remove(value)
    else:
        noted["tags"].append(value)


def _keep_view(notes: Notes, value: str) -> None:
    name, _, line = value.partition("=")
    if line:
        notes["views"][name] = line
    else:
        notes["views"].pop(name, None)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        with closing(sqlite3.connect(path, timeout=_WAIT_SECONDS)) as database, database:
            database.execute(_SCHEMA)
            yield database
    except sqlite3.Error as error:
        raise CaseError(f"{path}: the notes cannot be read or written ({error})") from error
