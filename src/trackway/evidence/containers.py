"""Every leaf of an evidence file: the file itself, or the members of the archives in it.

No path of an archive is ever used, nothing is extracted but to nameless temporary files, and what
cannot be read is a member too, with a note that says why.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import IO, Final, NamedTuple

from trackway.evidence.discover import EvidenceFile
from trackway.evidence.entries import Entry, as_collected, shown, suspicion, utc_text
from trackway.evidence.hives import MAGIC, Kept, logs_beside
from trackway.evidence.images import image_entries
from trackway.evidence.inflate import gunzipped
from trackway.evidence.kinds import CONTAINERS, HEAD, recognised, remark
from trackway.evidence.limits import DEFAULT, Budget, Damaged, LimitReached, Limits
from trackway.evidence.seven_zip import seven_zip_entries
from trackway.evidence.spool import Spool
from trackway.evidence.tarred import pieces_of, tar_entries
from trackway.evidence.vmdk import whole_of
from trackway.evidence.zipped import zip_entries
from trackway.evidence.zstd import unzstd

REST: Final = "(rest)"
"""Stands for the part of an archive that could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file, or one member of an archive.

    Attributes:
        name: `folder/file`, and the path inside an archive after `!`; only ever shown.
        kind: evtx, json, zip, tar, gzip, empty or unknown.
        size: bytes.
        sha256: of those bytes; null where they could not be read.
        stream: the content from its start, to be read only, until the next member is asked for;
            null for archives and for what cannot be read.
        note: anything worth knowing.
        damaged: whether an unknown number of records is lost.
        modified: when the content was last written, in ISO 8601: with `+00:00` where that is UTC, without
            a zone where an archive has a local time. Of a member without one, its archive's.
    """

    name: str
    kind: str
    size: int
    sha256: str | None
    stream: IO[bytes] | None
    note: str | None = None
    damaged: bool = False
    modified: str | None = None
    beside: tuple[IO[bytes], ...] = ()
    """Of a registry hive that was being written: its transaction logs."""


def members(
    file: EvidenceFile, limits: Limits = DEFAULT, *, password: str | None = None, hashed: bool = True
) -> Iterator[Member]:
    """Yield every leaf of an evidence file, and each archive before what it holds.

    Args:
        file: the evidence.
        limits: what unpacking it may cost.
        password: of encrypted members.
        hashed: whether the hash of the file itself is wanted; those of members of archives come by themselves.

    Raises:
        EvidenceError: there is no room to unpack an archive.
    """
    try:
        status = file.path.lstat()
        if not stat.S_ISREG(status.st_mode):
            yield _unread(file.name, _why_not(status.st_mode), damaged=stat.S_ISDIR(status.st_mode))
            return
        with file.path.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest() if hashed else None
            size = stream.seek(0, os.SEEK_END)
            stream.seek(0)
            found = _Content(
                file.name, size, sha256, stream, modified=utc_text(status.st_mtime), path=file.path
            )
            with ExitStack() as logs:
                beside = (logs.enter_context(log.open("rb")) for log in _logs_of(stream, file.path))
                found = replace(found, beside=tuple(beside))
                yield from _members(found, 0, Budget(limits, packed=size, password=password))
    except OSError as error:
        yield _unread(file.name, f"cannot be read: {error.strerror or error}", damaged=True)


@dataclass(frozen=True, slots=True)
class _Content:
    """Content that is at hand: on disk as evidence, or spooled."""

    name: str
    size: int
    sha256: str | None
    stream: IO[bytes]
    note: str | None = None
    damaged: bool = False
    modified: str | None = None
    path: Path | None = None
    beside: tuple[IO[bytes], ...] = ()

    def member(self, kind: str, stream: IO[bytes] | None = None, note: str | None = None) -> Member:
        notes = "; ".join(filter(None, (self.note, note))) or None
        return Member(
            name=self.name, kind=kind, size=self.size, sha256=self.sha256, stream=stream, note=notes,
            damaged=self.damaged, modified=self.modified, beside=self.beside,
        )  # fmt: skip


def _members(found: _Content, depth: int, budget: Budget) -> Iterator[Member]:
    head = found.stream.read(HEAD)
    found.stream.seek(0)
    kind = recognised(head)
    if whole := whole_of(found.path):
        yield found.member("unknown", found.stream, f"a part of the image {shown(whole)}; read with it")
    elif kind in CONTAINERS:
        yield found.member(kind)
        yield from _inside(found, kind, depth, budget)
    elif kind == "unknown":
        yield found.member(kind, found.stream, remark(head))
    else:
        yield found.member(kind, found.stream)


def _inside(container: _Content, kind: str, depth: int, budget: Budget) -> Iterator[Member]:
    """Yield what an archive holds; where it breaks, one more member stands for the rest."""
    rest = f"{container.name}!{REST}"
    if depth == budget.limits.depth:
        yield _unread(rest, f"limit reached: archives inside archives, deeper than {depth}", damaged=True)
        return
    names: Counter[str] = Counter()
    with closing(Kept[_Content]()) as kept:
        try:
            for entry in _entries(container, kind, budget):
                budget.enter()
                name = f"{container.name}!{_apart(shown(as_collected(entry.name)), names)}"
                at_hand = _Place(name, depth, entry.modified or container.modified)
                yield from _entry(entry, at_hand, budget, kept)
                if budget.spent:
                    raise LimitReached(budget.spent)
        except Damaged as damage:
            yield _unread(rest, str(damage), damaged=True)
        except LimitReached as reached:
            yield _unread(rest, f"limit reached: {reached}", damaged=True)
        for hive, logs in kept.hives():
            with closing(hive.stream):
                yield from _members(replace(hive, beside=logs), depth + 1, budget)


def _entries(container: _Content, kind: str, budget: Budget) -> Iterator[Entry]:
    if kind == "zip":
        return zip_entries(container.stream, budget.limits, budget.password)
    if kind == "7z":
        return seven_zip_entries(container.stream, container.name, budget)
    if kind == "image":
        return image_entries(container.stream, container.path)
    if kind == "tar":
        return tar_entries(pieces_of(container.stream))
    unpacked = gunzipped if kind == "gzip" else unzstd
    return _compressed_entries(container.name, unpacked(container.stream, budget.limits))


def _compressed_entries(name: str, pieces: Iterator[bytes]) -> Iterator[Entry]:
    """Yield the one content of a compressed file, or the members of the tar in it, which is not kept."""
    head = b""
    damage: Exception | None = None
    try:
        while len(head) < HEAD and (piece := next(pieces, None)) is not None:
            head += piece
    except (Damaged, LimitReached) as broken:
        damage = broken
    content = chain([head], _raised(damage) if damage else pieces)
    if recognised(head) == "tar":
        return tar_entries(content)
    return iter([Entry(name=_without_ending(name), pieces=content)])


def _raised(damage: Exception) -> Iterator[bytes]:
    raise damage
    yield b""  # makes it a generator: the damage comes after what was readable


def _without_ending(name: str) -> str:
    """Return what `x.json.gz` is called unpacked."""
    base = re.split(r"[/!]", name)[-1]
    stem = re.sub(r"(?i)\.(gz|gzip|zst|zstd)$", "", base)
    return stem if stem not in ("", base) else f"{base} (content)"


class _Place(NamedTuple):
    """Name of a member, how many archives it lies in, and when it was last written."""

    name: str
    depth: int
    modified: str | None


def _entry(entry: Entry, place: _Place, budget: Budget, kept: Kept[_Content]) -> Iterator[Member]:
    doubt = suspicion(as_collected(entry.name))
    if entry.pieces is None:
        words = "; ".join(filter(None, (doubt, shown(entry.note or ""))))
        yield _unread(place.name, words, size=entry.size, damaged=entry.lost)
        return
    with ExitStack() as closed:
        spool = closed.enter_context(closing(Spool(place.name)))
        spool.fill(entry.pieces, budget.spend, budget.limits.member)
        if spool.limit:
            words = f"limit reached: {spool.limit}"
            yield _unread(place.name, words, size=spool.size, damaged=True)
            return
        note = "; ".join(filter(None, (doubt, spool.ended))) or None
        found = _Content(
            place.name, spool.size, spool.sha256, spool.stream, note, bool(spool.ended), place.modified
        )
        if not (is_kept := kept.takes(place.name, spool.stream, found)):
            yield from _members(found, place.depth + 1, budget)
            is_kept = kept.takes_log(place.name, spool.stream)
        if is_kept:
            spool.leave_memory()
            closed.pop_all()


def _logs_of(stream: IO[bytes], path: Path) -> list[Path]:
    """Return the transaction logs of a hive on disk."""
    is_hive = stream.read(len(MAGIC)) == MAGIC
    stream.seek(0)
    return logs_beside(path) if is_hive else []


def _apart(name: str, names: Counter[str]) -> str:
    """Tell members of one name apart, in the order of the archive."""
    names[name] += 1
    return name if names[name] == 1 else f"{name} ({names[name]})"


def _unread(name: str, note: str, *, size: int = 0, damaged: bool) -> Member:
    return Member(name=name, kind="unknown", size=size, sha256=None, stream=None, note=note, damaged=damaged)


def _why_not(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a link that leaves the folder of the evidence, or leads nowhere; not followed"
    if stat.S_ISDIR(mode):
        return "a folder that cannot be read; check its permissions"
    return "neither a file nor a folder; not read"
