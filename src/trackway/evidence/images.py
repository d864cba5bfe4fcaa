"""Images of disks: of every Windows volume, and of its shadow copies, the files that Trackway reads, and no others.

NTFS, FAT and shadow copies through the libyal libraries of the extra `images`; without it an image is listed and left
out. Nothing is written; letter case does not matter, as to Windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any, Final

from trackway.evidence.disk import MISSING, REFS, Part, opened, volumes
from trackway.evidence.entries import Entry
from trackway.evidence.limits import Damaged, cause
from trackway.evidence.tarred import pieces_of

_HIVES: Final = ("SYSTEM", "SOFTWARE", "SECURITY")

TAKEN: Final = (
    "Windows/System32/winevt/Logs/*.evtx",
    *(f"Windows/System32/config/{hive}{end}" for hive in _HIVES for end in ("", ".LOG1", ".LOG2")),
    "Windows/System32/LogFiles/Firewall/*",
    "Windows/System32/sru/SRUDB.dat",
    "Windows/System32/drivers/etc/hosts",
    "inetpub/logs/LogFiles/*/*.log",
)
"""What is taken out of a volume, below each of `ROOTS`."""

ROOTS: Final = ("", "Windows.old/", "?/", "*/?/")
"""A system volume, what an upgrade left of the one before, and the trees `C\\…` and `NAME\\C\\…` of collectors."""

LOCKED: Final = "a volume that BitLocker sealed; unlock it first, then give the unlocked volume"
RESILIENT: Final = "a volume of ReFS; not read: mount it on Windows, and give the folder"
NOTHING: Final = "a volume without any of the files that Trackway reads"

_DAMAGE: Final = (OSError, ValueError, MemoryError, OverflowError, SystemError, TypeError)
_FOLDER: Final = 0x10
_MOST: Final = 1_000_000
_PATTERNS: Final = tuple(tuple(f"{root}{each}".lower().split("/")) for root in ROOTS for each in TAKEN)


def image_entries(stream: IO[bytes], path: Path | None) -> Iterator[Entry]:
    """Yield the files of an image that Trackway reads; a volume that has none is named with a note.

    Raises:
        Damaged: the image is broken, or cannot be opened with what is installed.
    """
    with ExitStack() as stack:
        try:
            found = False
            for number, volume in enumerate(volumes(opened(stream, path, stack)), 1):
                found = True
                yield from _of_volume(volume, f"volume {number}")
        except _DAMAGE as error:
            raise Damaged(f"the image is broken: {cause(error)}") from error
        if not found:
            raise Damaged("an image without a volume of NTFS or FAT; nothing in it is read")


def _of_volume(volume: Part, name: str) -> Iterator[Entry]:
    boot = volume.read(11)
    if boot[3:] == b"-FVE-FS-":
        yield Entry(name=name, note=LOCKED, lost=True)
        return
    if boot[3:] == REFS:
        yield Entry(name=name, note=RESILIENT, lost=True)
        return
    yield from _of_system(volume, name, is_ntfs=boot[3:] == b"NTFS    ")
    if boot[3:] == b"NTFS    ":
        for number, copy in enumerate(_copies(volume), 1):
            yield from _of_system(copy, f"{name}/VSS{number}", is_ntfs=True)


def _of_system(volume: Any, name: str, *, is_ntfs: bool) -> Iterator[Entry]:
    """Yield the files of one file system; where it breaks, an entry says so."""
    count = 0
    try:
        root = _root(volume, is_ntfs=is_ntfs)
        for place, file in _walk(root, _PATTERNS, _Left(_MOST)):
            count += 1
            yield Entry(
                name=f"{name}/{place}",
                size=file.size,
                pieces=_content(file),
                modified=_written(file, is_ntfs=is_ntfs),
            )
    except _DAMAGE as error:
        yield Entry(name=name, note=f"the file system is damaged: {cause(error)}", lost=True)
        return
    if not count:
        yield Entry(name=name, note=NOTHING)


def _root(volume: Any, *, is_ntfs: bool) -> Any:
    try:
        import pyfsfat  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  optional
        import pyfsntfs  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  as above
    except ImportError as error:
        raise Damaged(MISSING) from error
    system = (pyfsntfs if is_ntfs else pyfsfat).volume()
    system.open_file_object(volume)
    return system.get_root_directory()


def _copies(volume: Part) -> Iterator[Any]:
    """Yield the shadow copies of a volume, oldest first; none where it has none that can be read."""
    try:
        import pyvshadow  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  optional

        found = pyvshadow.volume()
        found.open_file_object(volume)
        yield from found.stores
    except (ImportError, *_DAMAGE):
        return


class _Left:
    """How many entries of folders may still be looked at."""

    def __init__(self, count: int) -> None:
        self._count = count

    def spend(self) -> None:
        self._count -= 1
        if self._count < 0:
            raise ValueError(f"more than {_MOST:,} names in folders on the way")


def _walk(folder: Any, patterns: Sequence[tuple[str, ...]], left: _Left) -> Iterator[tuple[str, Any]]:
    """Yield path and file of what the patterns mean below a folder, one step of a pattern for one of the path."""
    for place in range(folder.number_of_sub_file_entries):
        left.spend()
        each = folder.get_sub_file_entry(place)
        name = each.name or ""
        below = {pattern[1:] for pattern in patterns if fnmatchcase(name.lower(), pattern[0])}
        deeper = sorted(below - {()})
        if () in below and not _is_folder(each):
            yield name, each
        elif deeper and _is_folder(each):
            yield from ((f"{name}/{path}", file) for path, file in _walk(each, deeper, left))


def _is_folder(each: Any) -> bool:
    if hasattr(each, "has_directory_entries_index"):
        return bool(each.has_directory_entries_index())
    return bool(each.file_attribute_flags & _FOLDER)


def _written(file: Any, *, is_ntfs: bool) -> str | None:
    """Return when a file of NTFS was written, in UTC. FAT keeps local time, and libfsfat tells it a month late."""
    written = file.get_modification_time() if is_ntfs else None
    return f"{written.isoformat(sep=' ')}+00:00" if written else None


def _content(file: Any) -> Iterator[bytes]:
    try:
        file.seek(0)
        yield from pieces_of(file)
    except _DAMAGE as error:
        raise Damaged(f"the file breaks off: {cause(error)}") from error
