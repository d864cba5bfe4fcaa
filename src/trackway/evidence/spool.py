"""Where unpacked content waits to be read: in memory, and on disk once it is large."""

from __future__ import annotations

import errno
import hashlib
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO, Final

from trackway.errors import EvidenceError
from trackway.evidence.limits import Damaged, LimitReached

_IN_MEMORY: Final = 16 << 20
_FULL: Final = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})


def _temporary() -> IO[bytes]:
    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)


@dataclass(slots=True)
class Spool:
    """Unpacked content with its size and hash.

    `ended` says why it is not whole, `limit` which limit ended it.
    """

    name: str
    stream: IO[bytes] = field(default_factory=_temporary)
    size: int = 0
    sha256: str = ""
    ended: str | None = None
    limit: str | None = None

    def fill(self, pieces: Iterable[bytes], spend: Callable[[int], None], most: int) -> None:
        """Keep the pieces, up to `most` bytes, and rewind.

        Raises:
            EvidenceError: there is no room for them.
        """
        digest = hashlib.sha256()
        try:
            for piece in pieces:
                self.size += len(piece)
                spend(len(piece))
                if self.size > most:
                    raise LimitReached(f"a member of more than {most:,} bytes")
                digest.update(piece)
                self._write(piece)
        except Damaged as damage:
            self.ended = str(damage)
        except LimitReached as reached:
            self.limit = str(reached)
        self.sha256 = digest.hexdigest()
        self.stream.seek(0)

    def keep(self, piece: bytes, most: int) -> None:
        """Keep one more piece, up to `most` bytes altogether.

        Raises:
            EvidenceError: there is no room for it.
            LimitReached: it is too much.
        """
        self.size += len(piece)
        if self.size > most:
            raise LimitReached(f"a member of more than {most:,} bytes")
        self._write(piece)

    def _write(self, piece: bytes) -> None:
        try:
            self.stream.write(piece)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise EvidenceError(
                self.name,
                f"no room left to unpack it in {tempfile.gettempdir()}; free some space, or name another "
                "folder in the environment variable TMPDIR",
            ) from error

    def leave_memory(self) -> None:
        """Move the content to disk, where it is to be kept longer."""
        if isinstance(self.stream, tempfile.SpooledTemporaryFile):
            self.stream.rollover()

    def close(self) -> None:
        """Forget the content."""
        self.stream.close()
