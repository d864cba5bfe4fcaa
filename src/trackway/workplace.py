"""The folder of a case while a run works in it: begun, taken up again, replaced, and never somebody else's.

CASE/.run/settings.json   what the run was asked for; there as long as the case is unfinished
CASE/.run/parts, hosts    what is whole already
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from trackway import case
from trackway.errors import CaseError
from trackway.schema import MANIFEST, TABLES

RUN: Final = ".run"

_SETTINGS: Final = "settings.json"
_WORK: Final = frozenset({_SETTINGS, "settings.unfinished", "parts", "hosts", "spill"})
_CASE: Final = frozenset({RUN, case.MANIFEST_NAME, "case.unfinished", *TABLES}).union(
    *({f"{table.name}.parquet", f"{table.name}.unfinished"} for table in MANIFEST)
)
"""Everything that a run may leave in the folder of a case."""


def begin(path: Path, settings: str, *, force: bool) -> bool:
    """Make the folder of a new case, or take up the one that the same request left unfinished.

    Returns:
        True where the case is whole, and the earlier run was ended while it tidied up.

    Raises:
        CaseError: the folder holds a finished case (and `force` is not set), or anything that is no case.
    """
    if path.exists() and not path.is_dir():
        raise CaseError(f"{path}: is a file, not a folder; give another name with -o")
    if others := _others(path):
        raise CaseError(
            f"{path}: is a folder with other things in it ({others[0]}); give another name with -o"
        )
    finished, unfinished = (path / case.MANIFEST_NAME).exists(), (path / RUN).exists()
    if finished and unfinished and case.open(path).manifest.get("settings") == json.loads(settings):
        shutil.rmtree(path / RUN)
        return True
    if finished and not force:
        raise CaseError(f"{path}: there is a case already; use --force to replace it, or -o for another name")
    if finished or (unfinished and not _same(path, settings)):
        _clear(path)
    case.write_text(path / RUN / _SETTINGS, settings)
    return False


def _others(path: Path) -> list[str]:
    """Return what in the folder no run has made; other programs call folders `.run`, too."""
    if not path.exists():
        return []
    found = [entry.name for entry in path.iterdir() if entry.name not in _CASE]
    if (path / RUN).is_dir():
        found += [f"{RUN}/{entry.name}" for entry in (path / RUN).iterdir() if entry.name not in _WORK]
    return sorted(found)


def _same(path: Path, settings: str) -> bool:
    try:
        return (path / RUN / _SETTINGS).read_text(encoding="utf-8") == settings
    except OSError:
        return False


def _clear(path: Path) -> None:
    """Empty the folder, the mark of an unfinished run last: a run that is ended here is taken up, too."""
    (path / RUN).mkdir(exist_ok=True)
    (path / case.MANIFEST_NAME).unlink(missing_ok=True)
    for entry in path.iterdir():
        if entry.name != RUN:
            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    shutil.rmtree(path / RUN)
