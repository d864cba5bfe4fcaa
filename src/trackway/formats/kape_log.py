"""KAPE's console log: whose evidence it collected.

    [2021-11-27 03:17:39.1234567 | INF] System info: Machine name: WS7, 64-bit: true, User: anna OS: Windows10

Source: logs of KAPE 1. Their times say no zone, so they are not taken for the time of the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import IO

from trackway.evidence.settings import COLLECTION, KAPE_MACHINE
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield the name of the machine; see `formats.read`."""
    yield from gathered(_machines(whole_text(stream, ledger).split("\n")), shapes, ledger)


def _machines(lines: Sequence[str]) -> Iterator[Found]:
    for number, line in enumerate(lines, 1):
        if found := KAPE_MACHINE.search(line):
            yield COLLECTION, number, {"computer": found["name"], "Hostname": found["name"]}
