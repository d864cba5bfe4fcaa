"""Disks of a test's making: a FAT volume with files in folders, tables of partitions, and containers of images.

Layouts: Microsoft, "FAT32 File System Specification" 1.03 (FAT16, long names); UEFI 2.10, 5.2 and 5.3; Microsoft,
"Virtual Hard Disk Image Format" (a fixed disk is its bytes and a footer); "Expert Witness Compression Format" of the
libewf project (one segment, nothing compressed).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping
from typing import Final

SECTOR: Final = 512
_FIRST: Final = 2048
_ROOT_ENTRIES, _CLUSTERS = 512, 65_500
_CHUNK: Final = 64 * SECTOR
_DIRECTORY, _FILE, _LONG = 0x10, 0x20, 0x0F
_WRITTEN: Final = (6 << 11 | 30 << 5, (2021 - 1980) << 9 | 11 << 5 | 27)
"""06:30 on 2021-11-27."""

Tree = Mapping[str, "Tree | bytes"]


def tree(files: Mapping[str, bytes]) -> Tree:
    """Return folders in folders for paths with slashes."""
    root: dict[str, Tree | bytes] = {}
    for path, content in files.items():
        *folders, name = path.split("/")
        place = root
        for each in folders:
            place = place.setdefault(each, {})  # type: ignore[assignment]
        place[name] = content
    return root


def fat(files: Mapping[str, bytes]) -> bytes:
    """Return a volume of FAT16 that holds these files, by path."""
    volume = _Fat()
    root = volume.listing(tree(files)).ljust(_ROOT_ENTRIES * 32, b"\0")
    table = struct.pack(f"<{len(volume.chain)}H", *volume.chain).ljust(_CLUSTERS * 2 + SECTOR, b"\0")
    table = table[: -(len(table) % SECTOR) or None]
    count = max(len(volume.chain), 5000)
    data = bytes(volume.data).ljust(count * SECTOR, b"\0")
    total = 1 + len(table) // SECTOR + _ROOT_ENTRIES * 32 // SECTOR + count
    boot = b"\xeb\x3c\x90MSDOS5.0" + struct.pack(
        "<HBHBHHBHHHII", SECTOR, 1, 1, 1, _ROOT_ENTRIES, 0, 0xF8, len(table) // SECTOR, 63, 255, 0, total
    )
    boot += b"\x80\0\x29" + bytes(4) + b"NO NAME    FAT16   "
    return boot.ljust(SECTOR - 2, b"\0") + b"\x55\xaa" + table + root + data


class _Fat:
    def __init__(self) -> None:
        self.chain = [0xFFF8, 0xFFFF]
        self.data = bytearray()

    def put(self, content: bytes) -> int:
        """Keep content in clusters of one sector and return the first of them."""
        first, count = len(self.chain), max(1, -(-len(content) // SECTOR))
        self.chain += [*range(first + 1, first + count), 0xFFFF]
        self.data += content.ljust(count * SECTOR, b"\0")
        return first

    def listing(self, folder: Tree) -> bytes:
        raw = b""
        for number, (name, inside) in enumerate(folder.items()):
            short = f"F{number:07}   ".encode()
            content = inside if isinstance(inside, bytes) else self.listing(inside)
            kind = _FILE if isinstance(inside, bytes) else _DIRECTORY
            size = len(inside) if isinstance(inside, bytes) else 0
            raw += _long_name(name, short) + short + struct.pack(
                "<BBBHHHHHHHI", kind, 0, 0, *_WRITTEN, _WRITTEN[1], 0, *_WRITTEN, self.put(content), size
            )  # fmt: skip
        return raw


def _long_name(name: str, short: bytes) -> bytes:
    checksum = 0
    for byte in short:
        checksum = ((checksum & 1) << 7 | checksum >> 1) + byte & 0xFF
    letters = (name + "\0").encode("utf-16-le")
    parts = [letters[place : place + 26].ljust(26, b"\xff") for place in range(0, len(letters), 26)]
    entries = [
        struct.pack("<B10sBBB12sH4s", place, part[:10], _LONG, 0, checksum, part[10:22], 0, part[22:])
        for place, part in enumerate(parts, 1)
    ]
    last = bytes([entries[-1][0] | 0x40]) + entries[-1][1:]
    return b"".join([last, *reversed(entries[:-1])])


def mbr(*volumes: bytes) -> bytes:
    """Return a disk of these volumes with a master boot record."""
    places, body = _placed(volumes)
    table = b"".join(struct.pack("<B3xB3xII", 0, 7, first, count) for first, count in places)
    return table.rjust(446 + len(table), b"\0").ljust(510, b"\0") + b"\x55\xaa" + body


def gpt(*volumes: bytes) -> bytes:
    """Return a disk of these volumes with GUID partition table."""
    places, body = _placed(volumes)
    entries = b"".join(
        bytes([1] * 32) + struct.pack("<QQ80x", first, first + count - 1) for first, count in places
    )
    header = b"EFI PART" + struct.pack("<64xQII4x", 2, len(places), 128)
    protective = bytes(446) + struct.pack("<B3xB3xII", 0, 0xEE, 1, 0xFFFFFFFF) + bytes(48) + b"\x55\xaa"
    return protective + header.ljust(SECTOR, b"\0") + entries + body[SECTOR + len(entries) :]


def _placed(volumes: tuple[bytes, ...]) -> tuple[list[tuple[int, int]], bytes]:
    """Return first sector and sectors of each volume, and all that follows the first sector of the disk."""
    places, body = list[tuple[int, int]](), bytes((_FIRST - 1) * SECTOR)
    for volume in volumes:
        places.append((1 + len(body) // SECTOR, len(volume) // SECTOR))
        body += volume
    return places, body


def vhd(disk: bytes) -> bytes:
    """Return a disk as a virtual hard disk of fixed size."""
    footer = b"conectix" + struct.pack(
        ">IIQI4sI4sQQIII16s", 2, 0x10000, 0xFFFFFFFFFFFFFFFF, 0, b"test", 0x10000, b"Wi2k", len(disk), len(disk),
        0x01001010, 2, 0, bytes(range(16)),
    )  # fmt: skip
    footer = footer.ljust(SECTOR, b"\0")
    return disk + footer[:64] + struct.pack(">I", ~sum(footer) & 0xFFFFFFFF) + footer[68:]


def e01(disk: bytes) -> bytes:
    """Return a disk as an E01 file of one segment."""
    chunks = [disk[place : place + _CHUNK].ljust(_CHUNK, b"\0") for place in range(0, len(disk), _CHUNK)]
    raw = b"EVF\x09\x0d\x0a\xff\x00\x01" + struct.pack("<HH", 1, 0)
    raw += _section("header", len(raw), zlib.compress(b"1\nmain\nc\tn\ta\te\tt\n1\t1\t1\t1\t1\n\n"))
    told = struct.pack("<B3xIIIQ", 1, len(chunks), 64, SECTOR, len(disk) // SECTOR).ljust(1048, b"\0")
    raw += _section("volume", len(raw), told + _adler(told))
    start = len(raw) + 76
    raw += _section("sectors", len(raw), b"".join(chunk + _adler(chunk) for chunk in chunks))
    places = struct.pack(f"<{len(chunks)}I", *((_CHUNK + 4) * number for number in range(len(chunks))))
    head = struct.pack("<I4xQ4x", len(chunks), start)
    for name in ("table", "table2"):
        raw += _section(name, len(raw), head + _adler(head) + places + _adler(places))
    return raw + _section("done", len(raw), b"")


def _section(name: str, place: int, content: bytes) -> bytes:
    after = place if name == "done" else place + 76 + len(content)
    head = struct.pack("<16sQQ40x", name.encode(), after, 76 + len(content))
    return head + _adler(head) + content


def _adler(raw: bytes) -> bytes:
    return struct.pack("<I", zlib.adler32(raw))
