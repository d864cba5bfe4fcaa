"""Images of VMware: one file, or a descriptor in words and the files that it names beside itself.

Source: "VMware Virtual Disk Format 5.0". A descriptor could name any file of this machine; only what lies in its own
folder is opened, by its last name, and no link is followed.
"""

from __future__ import annotations

import re
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

DESCRIPTOR: Final = b"# Disk DescriptorFile"
SPARSE: Final = b"KDMV"
PART: Final = "a part of an image of several files; read with the descriptor that names it"

_OWN_DESCRIPTOR: Final = slice(28, 36)
_ORPHAN: Final = 0xFFFFFFFF
_LONGEST: Final = 64 << 10
_NAMED: Final = re.compile(rb'^(?:RW|RDONLY|NOACCESS) \d+ \w+ "([^"\r\n]+)"', re.MULTILINE)


def is_vmdk(head: bytes) -> bool:
    """Return whether a file that starts so is an image, or the descriptor of one; a part of one is none."""
    return head.startswith(DESCRIPTOR) or (head.startswith(SPARSE) and any(head[_OWN_DESCRIPTOR]))


def whole_of(path: Path | None) -> str | None:
    """Return the name of the descriptor beside a file that names it as a part of its image, or null."""
    if path is None or path.suffix.lower() != ".vmdk":
        return None
    beside = (each for each in sorted(path.parent.glob("*.[vV][mM][dD][kK]")) if each != path)
    return next((each.name for each in beside if path.name in _parts(each)), None)


def opened(stream: IO[bytes], path: Path | None, stack: ExitStack) -> Any:
    """Return the disk in an image, to be read and sought; see `disk.opened`.

    Raises:
        OSError: the image is broken, or not all of it is there.
    """
    import pyvmdk  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  optional

    handle = pyvmdk.handle()
    handle.open_file_object(stream)
    if handle.parent_content_identifier not in (None, _ORPHAN):
        raise OSError("it holds only what differs from another image; merge them first")
    stream.seek(0)
    is_descriptor = stream.read(len(DESCRIPTOR)) == DESCRIPTOR
    handle.open_extent_data_files_as_file_objects(_beside(handle, path, stack) if is_descriptor else [stream])
    return handle


def _beside(handle: Any, path: Path | None, stack: ExitStack) -> list[IO[bytes]]:
    """Open the files that a descriptor names."""
    if path is None:
        raise OSError("an image of several files inside an archive; unpack the archive first")
    found = list[IO[bytes]]()
    for place in range(handle.number_of_extents):
        name = re.split(r"[/\\]", handle.get_extent_descriptor(place).filename or "")[-1]
        part = path.parent / name
        if not name or part.is_symlink() or not part.is_file():
            raise OSError(f"its part {name or '(without a name)'} does not lie beside it")
        found.append(stack.enter_context(part.open("rb")))
    return found


def _parts(path: Path) -> set[str]:
    """Return the names of the files in a descriptor; none where a file is no descriptor."""
    if path.is_symlink() or not path.is_file():
        return set()
    with path.open("rb") as stream:
        text = stream.read(_LONGEST)
    named = _NAMED.findall(text) if text.startswith(DESCRIPTOR) else []
    return {re.split(r"[/\\]", name.decode("utf-8", "replace"))[-1] for name in named}
