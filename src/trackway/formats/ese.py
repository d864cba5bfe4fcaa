"""Tables of an Extensible Storage Engine database, through libesedb: rows as the bytes of their columns by name.

Source: "Extensible Storage Engine (ESE) Database File (EDB) format" of the libesedb project. A database that was in
use when it was copied says so in its header (its state at 52 is 3 only after a clean shutdown): what its transaction
logs (`edb*.log`) hold is not in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

import pyesedb  # type: ignore[import-not-found]  # ships no types

from trackway.evidence.limits import cause

DAMAGE: Final = (OSError, MemoryError, ValueError, TypeError, SystemError)
"""What the library raises over a database that is broken."""

_STATE: Final = slice(52, 56)
_CLEAN: Final = 3
_MOST: Final = 10_000_000

Row = dict[str, bytes | None]
"""What a row holds, by name of column in lower case; null where there is nothing."""


class Database:
    """A database while its stream is open."""

    def __init__(self, stream: IO[bytes]) -> None:
        """Open a database.

        Raises:
            OSError: or any other of `DAMAGE`: it is broken.
        """
        self.is_clean = int.from_bytes(stream.read(_STATE.stop)[_STATE], "little") == _CLEAN
        stream.seek(0)
        self._file = pyesedb.file()
        self._file.open_file_object(stream)

    def rows(self, name: str) -> Iterator[Row | str]:
        """Yield the rows of a table, or why one cannot be read; none where there is no such table.

        Raises:
            OSError: or any other of `DAMAGE`: the table is broken.
        """
        table = self._file.get_table_by_name(name)
        for place in range(min(table.number_of_records, _MOST) if table else 0):
            try:
                yield _row(table.get_record(place))
            except DAMAGE as reason:
                yield f"row {place + 1} of the table {name} is damaged: {cause(reason)}"

    def has(self, name: str) -> bool:
        """Return whether there is a table of this name."""
        return self._file.get_table_by_name(name) is not None


def _row(record: Any) -> Row:
    return {
        record.get_column_name(place).lower(): _value(record, place)
        for place in range(record.number_of_values)
    }


def _value(record: Any, place: int) -> bytes | None:
    """Return the bytes of a column, also where it was too long for its page and lies elsewhere."""
    if record.is_long_value(place):
        value: bytes | None = record.get_value_data_as_long_value(place).get_data()
    else:
        value = record.get_value_data(place)
    return value
