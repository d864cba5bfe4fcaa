"""Which files are evidence: everything that was given, and everything in the folders that were given.

Nothing is judged by its name here. What cannot be read inside a folder (a link that leaves it, a
device, a folder without permission) is still listed, so that `containers.members` can say so.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trackway.errors import EvidenceError


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """One file to read.

    Attributes:
        path: where it is.
        name: how it is cited: its base name if it was given itself, else `folder/relative/path`.
        size: bytes; 0 for what is no regular file.
    """

    path: Path
    name: str
    size: int


def discover(paths: Sequence[Path]) -> list[EvidenceFile]:
    """Return every file in `paths`, each real file once, in the order of their names.

    Neither names nor order depend on the order of `paths`. A file that is reached in two ways keeps
    its longest name. Different files of one name get ` (2)`, ` (3)` in the order of size and content.

    Raises:
        EvidenceError: a path does not exist, cannot be read, or is a folder without any file.
    """
    found: dict[object, EvidenceFile] = {}
    for path in paths:
        for file in _given(path):
            key = _identity(file.path)
            found[key] = max(found.get(key, file), file, key=lambda each: (each.name.count("/"), each.name))
    return sorted(_named_apart(found.values()), key=lambda file: file.name)


def _given(path: Path) -> list[EvidenceFile]:
    """Return what one argument stands for; only here a file that cannot be read is an error."""
    try:
        status = path.stat()
        if not stat.S_ISDIR(status.st_mode):
            _require_regular(path, status.st_mode)
            with path.open("rb"):
                return [EvidenceFile(path.resolve(), _shown(path.name), status.st_size)]
        root = path.resolve()
        files = list(_walk(root, root, _shown(root.name)))
    except FileNotFoundError as error:
        raise EvidenceError(str(path), "does not exist; check the path") from error
    except (OSError, ValueError) as error:
        raise EvidenceError(str(path), f"cannot be read ({_cause(error)}); check its permissions") from error
    if not files:
        raise EvidenceError(
            str(path), "is a folder without any file; give the folder that holds the evidence"
        )
    return files


def _require_regular(path: Path, mode: int) -> None:
    """Refuse what cannot be read twice, and might wait for ever."""
    if not stat.S_ISREG(mode):
        raise EvidenceError(str(path), "is neither a file nor a folder; save it to a file first")


def _walk(folder: Path, root: Path, name: str) -> Iterator[EvidenceFile]:
    """Yield the files below `folder`; a link is followed only where its target lies below `root`."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        path = Path(entry.path)
        shown = f"{name}/{_shown(entry.name)}".removeprefix("/")
        if entry.is_symlink():
            yield from _linked(path, root, shown)
        elif entry.is_dir(follow_symlinks=False):
            yield from _folder(path, root, shown)
        else:
            yield EvidenceFile(path, shown, _size(path))


def _linked(path: Path, root: Path, name: str) -> Iterator[EvidenceFile]:
    """Yield a link that leaves the tree; what a link inside the tree points to is found without it."""
    target = Path(os.path.realpath(path))
    if not (target.is_relative_to(root) and target.exists()):
        yield EvidenceFile(path, name, 0)


def _folder(path: Path, root: Path, name: str) -> Iterator[EvidenceFile]:
    try:
        yield from _walk(path, root, name)
    except PermissionError:
        yield EvidenceFile(path, name, 0)


def _size(path: Path) -> int:
    """Return the bytes of a regular file, 0 of a pipe, a socket, a device or what has just gone."""
    try:
        status = path.lstat()
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def _shown(name: str) -> str:
    r"""Return a file name as text that can be written: bytes that are no UTF-8 as `\xff`."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _identity(path: Path) -> object:
    """Return what two paths of one real file have in common; some file systems number no files."""
    try:
        status = path.lstat()
    except OSError:
        return path
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.normcase(path)


def _named_apart(files: Iterable[EvidenceFile]) -> list[EvidenceFile]:
    by_name: dict[str, list[EvidenceFile]] = defaultdict(list)
    for file in files:
        by_name[file.name].append(file)
    taken = set(by_name)
    apart = []
    for name in sorted(by_name):
        first, *others = sorted(by_name[name], key=_content) if len(by_name[name]) > 1 else by_name[name]
        apart.append(first)
        apart += [replace(other, name=_free(name, taken)) for other in others]
    return apart


def _content(file: EvidenceFile) -> tuple[int, str]:
    """Return size and hash, an order that does not depend on where the file lies."""
    try:
        with file.path.open("rb") as stream:
            return file.size, hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError:
        return file.size, ""


def _free(name: str, taken: set[str]) -> str:
    number = 2
    while (candidate := f"{name} ({number})") in taken:
        number += 1
    taken.add(candidate)
    return candidate


def _cause(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)
