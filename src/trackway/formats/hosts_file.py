"""The hosts file: an address and the names that it has on this host, a line each; `#` begins a comment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO, Final

from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

KIND: Final = "hosts_file"


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield each line of a hosts file; see `formats.read`."""
    yield from gathered(_lines(whole_text(stream, ledger)), shapes, ledger)


def _lines(text: str) -> Iterator[Found]:
    for number, line in enumerate(text.split("\n"), start=1):
        address, *names = line.split("#", maxsplit=1)[0].split() or [""]
        if names:
            for name in names:
                yield KIND, number, {"Address": address, "Name": name}
        elif address:
            yield KIND, number, "an address without a name"
