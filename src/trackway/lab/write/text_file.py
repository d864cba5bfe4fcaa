"""Text logs: a header, then one line an item."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from trackway.lab.witness.record import Item, Line


class TextFile:
    """Writes lines under a header.

    Attributes:
        oldest: number of the first line that the file still holds, the header not counted.
    """

    def __init__(
        self, path: Path, header: str = "", encoding: str = "utf-8", *, limit: int | None = None
    ) -> None:
        """Open `path`; a file that reaches `limit` bytes becomes `.old`, and that of before is gone."""
        self._path, self._header, self._encoding, self._limit = path, header, encoding, limit
        self._starts: list[int] = []
        self._begin(1)

    @property
    def oldest(self) -> int | None:
        """Return the number of the first line that is still there, in this file or in `.old`."""
        return self._starts[-2] if len(self._starts) > 1 else self._starts[0]

    def write(self, number: int, item: Item) -> int | None:
        """Write one line and return its place in the file."""
        if not isinstance(item, Line):
            raise ValueError(f"{item.kind} is no line of text")  # noqa: TRY004  as any other misfit
        if self._limit and self._size >= self._limit:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".old"))
            self._begin(number)
        line = f"{item.text}\r\n".encode(self._encoding, "replace")
        self._file.write(line)
        self._size += len(line)
        self._line += 1
        return self._line

    def _begin(self, number: int) -> None:
        self._file = self._path.open("wb")
        head = self._header.replace("\n", "\r\n").encode(self._encoding)
        self._file.write(head)
        self._size, self._line = len(head), self._header.count("\n")
        self._starts.append(number)

    def clear(self) -> None:
        """Begin anew."""
        self._file.close()
        self._begin(self._starts[-1])

    def abandon(self) -> None:
        """Close the file as it is; what could not be written is lost."""
        with suppress(OSError):
            self._file.close()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
