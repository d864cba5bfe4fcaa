"""EVTX: the event log files of Windows Vista and later. Times in them are UTC by definition (MS-EVEN6, FILETIME).

Two readers give the same rows: `trackway_evtx`, which is native, and the package `evtx`, which is taken where
the native one is not installed. What differs between them on damaged logs stands in `docs/reader.md`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from importlib.util import find_spec
from typing import IO, Final

from trackway.errors import UsageError
from trackway.formats.rows import Ledger, RowStream, Shape

_Reader = Callable[[IO[bytes], Sequence[Shape], Ledger, int], RowStream]

NATIVE: Final = find_spec("trackway_evtx") is not None
"""Whether the native reader is installed."""

SLOWER: Final = (
    "event logs are read with the package evtx, several times slower than with trackway-evtx: that is not "
    "installed, because it was not built (it needs cargo); the rows are the same"
)
"""What users are told, once, where `NATIVE` is false."""

MISSING: Final = "no reader for event logs is installed; install trackway-evtx, or the package evtx"


def remark(kinds: Iterable[str]) -> str | None:
    """Return `SLOWER` where an event log is among files of these kinds, and it holds."""
    return None if NATIVE or "evtx" not in kinds else SLOWER


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger, threads: int = 1) -> RowStream:
    """Yield the rows of an event log; see `formats.read`.

    Raises:
        UsageError: neither reader is installed.
    """
    return _reader()(stream, shapes, ledger, threads)


def _reader() -> _Reader:
    if NATIVE:
        from trackway.formats import evtx_native  # noqa: PLC0415  what it imports may not be there

        return evtx_native.rows
    if find_spec("evtx") is None:
        raise UsageError(MISSING)
    from trackway.formats import evtx_package  # noqa: PLC0415  as above

    return evtx_package.rows
