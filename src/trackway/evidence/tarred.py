"""Tar archives, read forward only: from a file, or while they come out of gzip.

Headers are the standard library's business; content is read here, so that a member that breaks off is
handed out as far as it goes, and nothing is ever extracted to its path.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator
from typing import IO, Final, cast

from trackway.evidence.entries import Entry, utc_text
from trackway.evidence.limits import Damaged

_PIECE: Final = 1 << 20
_LONGEST_HEADER: Final = 1 << 20
"""A header that claims to be longer is hostile: the library would hold it in memory."""

TRUNCATED: Final = "truncated: the end of the archive is missing"


class Forward:
    """Pieces as a file that can be read and sought forward."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        """Read `pieces` as they are needed."""
        self._pieces = iter(pieces)
        self._rest = b""
        self._position = 0
        self.damage: Damaged | None = None

    def tell(self) -> int:
        """Return how many bytes were passed."""
        return self._position

    def seek(self, position: int) -> int:
        """Pass everything before `position`; what lies behind cannot be had again."""
        while self._position < position and self.piece(position - self._position):
            pass
        return self._position

    def read(self, count: int) -> bytes:
        """Return `count` bytes, fewer only at the end."""
        if count > _LONGEST_HEADER:
            raise Damaged("a header of the archive is longer than any real one")
        found = b""
        while len(found) < count and (piece := self.piece(count - len(found))):
            found += piece
        return found

    def piece(self, most: int) -> bytes:
        """Return some of the next bytes; none at the end, or where the content breaks off."""
        if not self._rest:
            try:
                self._rest = next((piece for piece in self._pieces if piece), b"")
            except Damaged as damage:
                self.damage = damage
        piece, self._rest = self._rest[:most], self._rest[most:]
        self._position += len(piece)
        return piece


def pieces_of(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield a file in pieces."""
    while piece := stream.read(_PIECE):
        yield piece


def tar_entries(pieces: Iterable[bytes]) -> Iterator[Entry]:
    """Yield the members of a tar archive, folders left out.

    Raises:
        Damaged: the archive breaks off or is broken, after everything readable.
    """
    source = Forward(pieces)
    try:
        # the library needs only read, seek and tell, and never goes back in mode "r:"
        with tarfile.open(fileobj=cast("IO[bytes]", source), mode="r:", errors="backslashreplace") as archive:
            while member := archive.next():
                vars(archive)["members"].clear()  # or the library keeps them all
                if not member.isdir():
                    yield _entry(member, source)
    except (tarfile.TarError, ValueError, OverflowError) as error:
        raise source.damage or Damaged(f"the archive is broken: {error}") from error
    while source.piece(_PIECE):  # only its end tells whether a gzip around the archive is whole
        pass
    if source.damage:
        raise source.damage


def _entry(member: tarfile.TarInfo, source: Forward) -> Entry:
    if member.issym() or member.islnk():
        return Entry(name=member.name, note=f"a link to {member.linkname}; not followed")
    if not member.isreg():
        return Entry(name=member.name, note="a device or a pipe; not read")
    content = _sparse if member.issparse() else _whole
    pieces, modified = content(member, source), utc_text(member.mtime)
    return Entry(name=member.name, size=member.size, pieces=pieces, modified=modified)


def _whole(member: tarfile.TarInfo, source: Forward) -> Iterator[bytes]:
    return _content(member.offset_data, member.size, source)


def _content(start: int, size: int, source: Forward) -> Iterator[bytes]:
    source.seek(start)
    while size:
        piece = source.piece(min(size, _PIECE))
        if not piece:
            raise source.damage or Damaged(TRUNCATED)
        size -= len(piece)
        yield piece


def _sparse(member: tarfile.TarInfo, source: Forward) -> Iterator[bytes]:
    """Yield the blocks of a sparse file, with zero bytes for its holes."""
    blocks: list[tuple[int, int]] = member.sparse if isinstance(member.sparse, list) else []
    position, packed = 0, member.offset_data
    for start, size in blocks:
        if not size:  # fills the table up, or marks the end
            continue
        yield from _zeros(start - position)
        yield from _content(packed, size, source)
        position, packed = start + size, packed + size
    yield from _zeros(member.size - position)


def _zeros(count: int) -> Iterator[bytes]:
    for start in range(0, max(count, 0), _PIECE):
        yield bytes(min(_PIECE, count - start))
