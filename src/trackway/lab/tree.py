"""How a collector lays the files: as they are, as KAPE's tree, in Velociraptor's zip or in our collector's."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

from trackway.lab.world.machine import Machine

_TIME: Final = (2024, 3, 8, 12, 0, 0)
"""Times in the zip are always these, so that equal worlds give equal bytes."""


def pack(folder: Path, machine: Machine, tree: str) -> None:
    """Put what lies in `folder` into the wanted shape. KAPE's is the tree itself, below the drive's letter."""
    if tree == "velociraptor":
        target = folder.with_name(f"Collection-{machine.name}.zip")
        _velociraptor(folder, machine, target)
        shutil.rmtree(folder)
    elif tree == "trackway":
        _own(folder, folder.with_name(f"Collection-{machine.full_name}-2024-03-08T12_00_00Z.zip"))
        shutil.rmtree(folder)


def _velociraptor(folder: Path, machine: Machine, target: Path) -> None:
    """Write an offline collection: percent-encoded paths below uploads/auto/C%3A, and who the client was."""
    client = {"Hostname": machine.name, "Fqdn": machine.full_name, "Platform": "windows"}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "client_info.json", json.dumps(client).encode())
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                parts = path.relative_to(folder).parts
                inside = parts[1:] if parts[0] == "C" else parts
                place = "/".join(quote(part, safe=" -_.") for part in inside)
                root = "uploads/auto/C%3A" if parts[0] == "C" else "results"
                with (
                    path.open("rb") as source,
                    archive.open(_entry(f"{root}/{place}"), "w", force_zip64=True) as out,
                ):
                    shutil.copyfileobj(source, out)


def _own(folder: Path, target: Path) -> None:
    """Write what `trackway collect` does: logs, the firewall's log, and what it printed."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                inside = path.relative_to(folder).as_posix()
                place = next((f"{own}{path.name}" for tree, own in _OWN if inside.startswith(tree)), inside)
                _add(archive, place, path.read_bytes())


_OWN: Final = (
    ("C/Windows/System32/winevt/Logs/", "logs/"),
    ("C/Windows/System32/LogFiles/Firewall/", "firewall/1_"),
)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    archive.writestr(_entry(name), content)
