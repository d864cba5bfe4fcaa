"""What events mean, for the workbench: the catalogue, and what the case's own evidence taught."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa

from trackway.errors import EvidenceError
from trackway.evidence.discover import EvidenceFile, discover
from trackway.logs import definitions, learn
from trackway.logs.definitions import Asked
from trackway.logs.evidence import Account
from trackway.logs.messages import Messages
from trackway.present.cells import timed

Files = tuple[tuple[Path, str, int], ...]


def known() -> list[dict[str, Any]]:
    """Return the catalogue, one row an event."""
    return _rows(definitions.known_rows(definitions.wanted(Asked())))


def learned(paths: Sequence[Path], sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return what the case's evidence tells, as far as it is at hand.

    Args:
        paths: the evidence, or folders that hold it.
        sizes: bytes of the case's evidence files; another file of the same name is left alone.
    """
    return _rows(definitions.learned_rows(_learned(_files(paths, sizes))))


def messages(paths: Sequence[Path], sizes: Mapping[str, int]) -> Messages:
    """Return what events say by the case's evidence; what it does not tell the catalogue does."""
    return _messages(_files(paths, sizes))


@lru_cache(maxsize=1)
def _learned(files: Files) -> list[learn.Learned]:
    return learn.learn(_evidence(files), Account())


@lru_cache(maxsize=1)
def _messages(files: Files) -> Messages:
    return learn.messages(_evidence(files))


def _files(paths: Sequence[Path], sizes: Mapping[str, int]) -> Files:
    """Return the case's evidence that is at hand, something that can be remembered by."""
    names = {(Path(name).name, size): name for name, size in sorted(sizes.items(), reverse=True)}
    try:
        found = discover(list(paths)) if paths else []
    except EvidenceError:
        return ()
    return tuple(
        (file.path, names[file.path.name, file.size], file.size)
        for file in found
        if (file.path.name, file.size) in names
    )


def _evidence(files: Files) -> list[EvidenceFile]:
    return [EvidenceFile(path, name, size) for path, name, size in files]


def _rows(tables: Iterable[pa.Table]) -> list[dict[str, Any]]:
    return [row for table in tables for row in timed(table).to_pylist()]
