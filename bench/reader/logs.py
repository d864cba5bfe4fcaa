"""Event logs of a size, of four kinds, made by repeating chunks.

`firewall` and `powershell` are written by the lab (Security 5156 and 5158; script blocks of 4104), `sysmon` and
`mixed` repeat real chunks of the shared recordings where these are beside the repository, else chunks of the lab.
A repeated chunk is sound: its checksums do not depend on where it stands.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from trackway.lab.witness import powershell, security
from trackway.lab.witness.record import Record
from trackway.lab.write.evtx import EvtxFile

SIZE: Final = 1 << 16
_HEADER: Final = 4096
_COUNTED: Final = 0xFFFF
_START: Final = 1_637_983_059_000_000  # 2021-11-27T03:17:39Z
_SHARED: Final = Path(__file__).parents[3] / "shared/data/evtx"
_PATHS: Final = (
    "system32\\svchost.exe",
    "system32\\lsass.exe",
    "explorer.exe",
    "system32\\backgroundtaskhost.exe",
)


def write(path: Path, kind: str, size: int) -> None:
    """Write a log of `size` bytes at least."""
    source = path.with_name(f"{path.name}.part")
    chunks = KINDS[kind](source)
    source.unlink(missing_ok=True)
    count = -(-size // SIZE)
    with path.open("wb") as log:
        log.write(_header(count))
        for number in range(count):
            log.write(chunks[number % len(chunks)])


def write_small(path: Path, number: int) -> None:
    """Write a log of one chunk, one of many different ones."""
    if not _SMALL:
        _SMALL.extend(KINDS["mixed"](path))
    path.write_bytes(_header(1) + _SMALL[number % len(_SMALL)])


_SMALL: Final[list[bytes]] = []


def _header(count: int) -> bytes:
    fields = struct.pack(
        "<8sQQQIHHHH", b"ElfFile\0", 0, count - 1, 1, 128, 1, 3, _HEADER, min(count, _COUNTED)
    )
    head = fields.ljust(120, b"\0")
    return (head + struct.pack("<II", 0, zlib.crc32(head))).ljust(_HEADER, b"\0")


def _chunks(*paths: Path) -> list[bytes]:
    found = []
    for path in paths:
        log = path.read_bytes()
        found += [log[place : place + SIZE] for place in range(_HEADER, len(log) - SIZE + 1, SIZE)]
    return [chunk for chunk in found if chunk.startswith(b"ElfChnk\0")]


def _firewall(path: Path) -> list[bytes]:
    """Nine packets of ten were allowed (5156), one port was bound (5158): 5158 is the part of 5 to 10 %."""
    chance = random.Random(5156)  # noqa: S311  a repeatable mixture, not a secret
    return _lab(path, [_packet(chance, number) for number in range(4000)])


def _packet(chance: random.Random, number: int) -> Record:
    image = f"\\device\\harddiskvolume3\\windows\\{chance.choice(_PATHS)}"
    local = f"10.0.{chance.randrange(4)}.{chance.randrange(1, 255)}"
    remote = f"{chance.randrange(1, 224)}.{chance.randrange(256)}.{chance.randrange(256)}.{chance.randrange(1, 255)}"
    pid, port = chance.randrange(4, 20000, 4), chance.randrange(49152, 65536)
    if number % 20 == 0:
        values: tuple[object, ...] = (pid, image, local, str(port), 6, 65911, "%%14608", 36)
        event = security.BOUND
    else:
        addresses = (local, str(port), remote, chance.choice(("443", "80", "53")), chance.choice((6, 17)))
        values = (pid, image, "%%14593", *addresses, 65907, "%%14611", 48, "S-1-0-0", "S-1-0-0")
        event = security.permitted(19041)
    return Record(_START + number * 1000, event, 4, chance.randrange(4, 8000, 4), None, values, None)


def _powershell(path: Path) -> list[bytes]:
    chance = random.Random(4104)  # noqa: S311  as above
    words = "Get-ChildItem $_.FullName | Where-Object { -not $PSItem.PSIsContainer } ; Write-Verbose".split()
    records = []
    for number in range(900):
        text = " ".join(chance.choices(words, k=chance.randrange(20, 400)))
        values = (1, 1, text, f"{chance.getrandbits(128):032x}", "")
        event, given = (
            (powershell.PIPELINE, (text[:200], "", text[:300]))
            if number % 20 == 0
            else (powershell.BLOCK, values)
        )
        records.append(Record(_START + number * 1000, event, 4711, 8, "S-1-5-18", given, None))
    return _lab(path, records)


def _lab(path: Path, records: Sequence[Record]) -> list[bytes]:
    log = EvtxFile(path, "WORKSTATION7.example.org")
    for number, record in enumerate(records, start=1):
        log.write(number, record)
    log.close()
    return _chunks(path)


def _sysmon(path: Path) -> list[bytes]:
    real = _SHARED / "python-evtx/issue_43.evtx"
    return _chunks(real) if real.is_file() else _firewall(path)


def _mixed(path: Path) -> list[bytes]:
    real = sorted(_SHARED.rglob("*.evtx"))
    return _chunks(*real) if real else _firewall(path) + _powershell(path)


KINDS: Final[dict[str, Callable[[Path], list[bytes]]]] = {
    "firewall": _firewall,
    "sysmon": _sysmon,
    "powershell": _powershell,
    "mixed": _mixed,
}
"""How the chunks of each kind are made."""
