"""The bytes of a disk behind its image: raw, Expert Witness (E01), VHD, VHDX, VMDK; and where its volumes lie.

Through the libyal libraries of the extra `images`, which read a file that is open already. Sources: "Expert Witness
Compression Format", MS-VHDX, "VMware Virtual Disk Format 5.0" by their signatures; UEFI 2.10, 5.2 and 5.3 (MBR, GPT).
"""

from __future__ import annotations

import io
import os
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any, Final

from trackway.evidence import vmdk
from trackway.evidence.limits import Damaged
from trackway.evidence.vmdk import DESCRIPTOR, SPARSE, is_vmdk

MISSING: Final = (
    "a disk image; install what reads it with `pip install trackway[images]`, or mount it and give the folder"
)

EWF: Final = b"EVF\x09\x0d\x0a\xff\x00\x01\x01\x00"
"""An E01 file, the first of its segments."""

REFS: Final = b"ReFS\0\0\0\0"

_SECTORS: Final = (512, 4096)
_ENTRY: Final = struct.Struct("<B3xB3xII")
_ENTRIES: Final = slice(446, 510)
_EXTENDED: Final = frozenset({0x05, 0x0F, 0x85})
_MOST_VOLUMES: Final = 128
_BOOT: Final = b"\x55\xaa"


class Part(io.RawIOBase):
    """A part of a disk as a file, from `start` on."""

    def __init__(self, disk: Any, start: int, size: int) -> None:
        """Show `size` bytes of the disk."""
        self._disk, self._start, self._size, self._at = disk, start, size, 0

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; see `io.IOBase`."""
        self._at = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._size}[whence]
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def read(self, size: int = -1) -> bytes:
        """Return the bytes at the place, as many as there are."""
        left = max(0, self._size - self._at)
        self._disk.seek(self._start + self._at)
        found: bytes = self._disk.read(left if size < 0 else min(size, left))
        self._at += len(found)
        return found


def is_image(head: bytes) -> bool:
    """Return whether a file that starts so is an image of a disk."""
    if head.startswith((EWF, b"vhdxfile", b"conectix")) or is_vmdk(head):
        return True
    return _is_volume(head[:512]) or any(_in_table(head[:512]))


def opened(stream: IO[bytes], path: Path | None, stack: ExitStack) -> Any:
    """Return the disk in an image, to be read and sought.

    Args:
        stream: the image.
        path: where it lies, to find the further files of an E01 or a VMDK.
        stack: closes what was opened.

    Raises:
        Damaged: what reads it is not installed.
        OSError: the image is broken.
    """
    head = stream.read(16)
    stream.seek(0)
    try:
        if head.startswith(EWF):
            return _ewf(stream, path, stack)
        if head.startswith((SPARSE, DESCRIPTOR[: len(head)])):
            return vmdk.opened(stream, path, stack)
        return _vhd(stream, is_certain=head.startswith((b"vhdxfile", b"conectix")))
    except ImportError as error:
        raise Damaged(MISSING) from error


def _ewf(stream: IO[bytes], path: Path | None, stack: ExitStack) -> Any:
    import pyewf  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  optional

    segments = list[IO[bytes]]()
    for each in pyewf.glob(str(path)) if path else []:
        segments.append(stack.enter_context(Path(each).open("rb")))  # noqa: SIM115  the stack closes it
    handle = pyewf.handle()
    handle.open_file_objects(segments or [stream])
    return handle


def _vhd(stream: IO[bytes], *, is_certain: bool) -> Any:
    """Return a VHD or VHDX, else the raw image itself: a VHD of fixed size has its signature at the end."""
    import pyvhdi  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  optional

    if not is_certain and not pyvhdi.check_file_signature_file_object(stream):
        return stream
    disk = pyvhdi.file()
    disk.open_file_object(stream)
    if disk.parent_identifier:
        raise OSError("it holds only what differs from another image; merge them first")
    return disk


def volumes(disk: Any) -> Iterator[Part]:
    """Yield the volumes of a disk that hold a file system of Windows, in their order; or the disk itself."""
    size = disk.seek(0, os.SEEK_END) if isinstance(disk, io.IOBase) else disk.media_size
    if _is_volume(_at(disk, 0, 512)):
        yield Part(disk, 0, size)
        return
    starts = sorted({start for start in _starts(disk) if 0 < start < size})
    for start in starts[:_MOST_VOLUMES]:
        if _is_volume(_at(disk, start, 512)):
            yield Part(disk, start, size - start)


def _starts(disk: Any) -> Iterator[int]:
    """Yield where a table of partitions, of either kind and sector size, says that one begins."""
    for sector in _SECTORS:
        yield from (each * sector for each in _in_table(_at(disk, 0, 512)))
        header = _at(disk, sector, 92)
        if header.startswith(b"EFI PART"):
            place, count, width = struct.unpack_from("<QII", header, 72)
            table = _at(disk, place * sector, min(count * width, 1 << 20))
            yield from (
                int.from_bytes(table[each + 32 : each + 40], "little") * sector
                for each in range(0, len(table), max(width, 128))
            )


def _in_table(block: bytes) -> Iterator[int]:
    """Yield the first sectors of the partitions that a master boot record lists."""
    if block[510:512] != _BOOT:
        return
    entries = list(_ENTRY.iter_unpack(block[_ENTRIES]))
    if all(status in (0, 0x80) for status, *_ in entries):
        yield from (first for _, kind, first, count in entries if kind and first and count)


def _is_volume(block: bytes) -> bool:
    """Return whether a block starts a volume of NTFS, FAT or ReFS, or one that BitLocker sealed."""
    return block[3:11] == REFS or (
        block[510:512] == _BOOT
        and (block[3:11] in (b"NTFS    ", b"-FVE-FS-") or block[54:57] == b"FAT" or block[82:87] == b"FAT32")
    )


def _at(disk: Any, place: int, size: int) -> bytes:
    try:
        disk.seek(place)
        found: bytes = disk.read(size)
    except (OSError, OverflowError, ValueError):
        return b""
    return found
