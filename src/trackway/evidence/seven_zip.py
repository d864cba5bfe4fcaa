"""7-Zip archives, through the package py7zr; without it an archive is listed and left out.

py7zr hands out content only while it unpacks the whole archive, so every member is spooled before the first
one is read. No name of the archive is used as a path. Source: py7zr's documentation, read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from trackway.evidence.entries import Entry, utc_text
from trackway.evidence.limits import Budget, Damaged, LimitReached
from trackway.evidence.spool import Spool
from trackway.evidence.tarred import pieces_of

MISSING: Final = "a 7-Zip archive; install the package py7zr, or unpack it first"
LOCKED: Final = "encrypted; give its password with --password"
WRONG: Final = "broken, or encrypted with another password than --password gives"


def seven_zip_entries(stream: IO[bytes], name: str, budget: Budget) -> Iterator[Entry]:
    """Yield the members of a 7-Zip archive, folders left out.

    Raises:
        Damaged: the archive is broken or cannot be opened, after everything readable.
        LimitReached: unpacking it would break a limit.
    """
    try:
        import py7zr  # noqa: PLC0415  optional
    except ImportError as error:
        raise Damaged(MISSING) from error
    spools = _Spools(name, budget)
    damage: Exception | None = None
    try:
        with py7zr.SevenZipFile(stream, password=budget.password) as archive:
            if archive.needs_password() and budget.password is None:
                raise Damaged(LOCKED)
            known = {item.filename: item for item in archive.list()}
            archive.extractall(factory=_factory(spools))
    except (Damaged, LimitReached) as reason:
        damage = reason
        known = {}
    except py7zr.exceptions.PasswordRequired:  # its names are encrypted too
        known, damage = {}, Damaged(LOCKED)
    except _failures(py7zr) as error:
        known = {}
        damage = Damaged(
            WRONG if budget.password else f"the archive is broken: {error or type(error).__name__}"
        )
    try:
        for member, spool in spools.content.items():
            spool.stream.seek(0)
            written = getattr(known.get(member), "creationtime", None)
            modified = utc_text(written.timestamp()) if written else None
            yield Entry(name=member, size=spool.size, pieces=pieces_of(spool.stream), modified=modified)
    finally:
        spools.close()
    if damage:
        raise damage


def _failures(py7zr: Any) -> tuple[type[Exception], ...]:
    """Return what the library raises on archives that are broken, or locked with another password."""
    import lzma  # noqa: PLC0415  as above

    known = (OSError, EOFError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError)
    return (py7zr.exceptions.ArchiveError, lzma.LZMAError, RuntimeError, MemoryError, *known)


class _Spools:
    """What comes out of the archive, member by member."""

    def __init__(self, name: str, budget: Budget) -> None:
        self._name, self._budget = name, budget
        self._unpacked = 0
        self.content: dict[str, Spool] = {}

    def write(self, member: str, piece: bytes) -> None:
        """Keep a piece of a member, as long as no limit is broken."""
        limits = self._budget.limits
        self._unpacked += len(piece)
        limits.require_ratio(self._budget.packed, self._unpacked)
        if member not in self.content:
            self.content[member] = Spool(f"{self._name}!{member}")
        self.content[member].keep(piece, limits.member)

    def close(self) -> None:
        for spool in self.content.values():
            spool.close()


def _factory(spools: _Spools) -> Any:
    """Return what the library asks for a writer of each member."""
    import py7zr.io  # noqa: PLC0415  optional

    class Writer(py7zr.io.Py7zIO):  # type: ignore[misc, unused-ignore]
        def __init__(self, member: str) -> None:
            self._member, self._size = member, 0
            spools.write(member, b"")

        def write(self, s: bytes | bytearray) -> int:
            spools.write(self._member, bytes(s))
            self._size += len(s)
            return len(s)

        def read(self, size: int | None = None) -> bytes:  # noqa: ARG002  the library's interface
            return b""

        def seek(self, offset: int, whence: int = 0) -> int:  # noqa: ARG002  as above
            return offset

        def flush(self) -> None:
            return None

        def size(self) -> int:
            return self._size

    class Writers(py7zr.io.WriterFactory):  # type: ignore[misc, unused-ignore]
        def create(self, filename: str) -> Writer:
            return Writer(filename)

    return Writers()
