"""A registry hive and its transaction logs, which lie beside it: `SYSTEM`, `SYSTEM.LOG1`, `SYSTEM.LOG2`.

A hive that was being written is not whole without them. In an archive they may come before it or after it, so such a
hive waits until everything in the archive was seen. Source: "Windows registry file format specification" (regf).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, Generic, TypeVar

BASE: Final = 512
"""Bytes of the first sector, of a hive as of its logs."""

MAGIC: Final = b"regf"
"""How a hive starts, and a log of it."""

_ENDINGS: Final = (".log1", ".log2")
_MOST: Final = 200
"""Logs and hives of one archive that are kept: three of each in the system and in every shadow copy."""

T = TypeVar("T")


def is_log(base: bytes) -> bool:
    """Return whether a first sector is that of a transaction log."""
    return base[28:32] != bytes(4)


def is_dirty(base: bytes) -> bool:
    """Return whether a hive of this first sector was being written."""
    return base[4:8] != base[8:12]


def logs_beside(path: Path) -> list[Path]:
    """Return the transaction logs beside a hive on disk, whatever their letter case; links are not followed."""
    wanted = {f"{path.name}{ending}".lower() for ending in _ENDINGS}
    found = (each for each in path.parent.iterdir() if each.name.lower() in wanted)
    return sorted(each for each in found if each.is_file() and not each.is_symlink())


class Kept(Generic[T]):
    """What of an archive is kept until its end: transaction logs, and the hives that wait for them."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._logs: dict[str, IO[bytes]] = {}
        self._hives: list[tuple[str, T]] = []

    def takes(self, name: str, stream: IO[bytes], hive: T) -> bool:
        """Keep a hive that was being written, by its name; false where it can be read at once."""
        base = _base(stream)
        if not base.startswith(MAGIC) or is_log(base) or not is_dirty(base) or len(self._hives) == _MOST:
            return False
        self._hives.append((name.lower(), hive))
        return True

    def takes_log(self, name: str, stream: IO[bytes]) -> bool:
        """Keep a transaction log, by its name; false where it is none."""
        base = _base(stream)
        is_one = base.startswith(MAGIC) and is_log(base) and name.lower().endswith(_ENDINGS)
        if not is_one or len(self._logs) == _MOST:
            return False
        self._logs[name.lower()] = stream
        return True

    def hives(self) -> Iterator[tuple[T, tuple[IO[bytes], ...]]]:
        """Yield every hive that waits, with those of its logs that came."""
        for name, hive in self._hives:
            yield (
                hive,
                tuple(self._logs[log] for log in (name + end for end in _ENDINGS) if log in self._logs),
            )

    def close(self) -> None:
        """Forget the logs."""
        for log in self._logs.values():
            log.close()


def _base(stream: IO[bytes]) -> bytes:
    stream.seek(0)
    base = stream.read(BASE)
    stream.seek(0)
    return base
