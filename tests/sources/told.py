"""Evidence written by a test and what a trace makes of it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from trackway import pipeline
from trackway.case import Case

SHARED = Path(__file__).parents[2] / "../shared/data/text"

HOST = "WS7.corp.example"
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"


def permit(time: str, **fields: object) -> dict[str, Any]:
    """Return a 5156 as NXLog writes it, its time with a zone."""
    return {
        "EventID": 5156,
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "Hostname": HOST,
        "EventTime": time,
        "ProcessID": "20220",
        "Application": POWERSHELL,
        "Direction": "%%14593",
        "SourceAddress": "192.168.0.107",
        "SourcePort": "50638",
        "DestAddress": "208.97.177.124",
        "DestPort": "80",
        "Protocol": "6",
        **fields,
    }


def start(time: str, pid: int, image: str = POWERSHELL, **fields: object) -> dict[str, Any]:
    """Return a 4688."""
    return {
        "EventID": 4688,
        "SourceName": "Microsoft-Windows-Security-Auditing",
        "Channel": "Security",
        "Hostname": HOST,
        "EventTime": time,
        "NewProcessId": hex(pid),
        "ProcessId": "0x300",
        "NewProcessName": image,
        "SubjectUserSid": "S-1-5-21-1-2-3-1001",
        "SubjectUserName": "anna",
        "SubjectDomainName": "CORP",
        **fields,
    }


def events(*records: dict[str, Any]) -> bytes:
    """Return records as an export, one a line."""
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def traced(folder: Path, files: dict[str, bytes | str], **asked: Any) -> Case:
    """Write files below `folder/evidence` and trace them."""
    for name, content in files.items():
        path = folder / "evidence" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return pipeline.trace([folder / "evidence"], folder / "case", force=True, **asked)


def rows(case: Case, table: str) -> list[dict[str, Any]]:
    """Return a table of the case."""
    return case.sql(f"FROM {table}").to_pylist()


def requires_shared(name: str) -> Path:
    """Return a shared file, or skip the test that wants it."""

    path = SHARED / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    return path


def balanced(case: Case) -> dict[str, Any]:
    """Return the ledger of the only file that is no container; its counts add up."""
    (file,) = [row for row in rows(case, "file") if row["kind"] not in ("zip", "tar", "gzip")]
    assert file["seen"] == file["used"] + file["ignored"] + file["skipped"]
    return file


def mutants(content: bytes, count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield a text cut, with bits flipped, lines doubled, reordered, and in another encoding."""
    for number in range(count):
        yield _changed(content, random.Random(f"{seed} {number}"))  # noqa: S311  no secret


def _changed(content: bytes, dice: random.Random) -> bytes:
    lines, place = content.splitlines(keepends=True), dice.randrange(len(content))
    changes = (
        lambda: content[:place],
        lambda: content[place:],
        lambda: bytes(byte ^ (1 << dice.randrange(8)) if dice.random() < 0.01 else byte for byte in content),
        lambda: b"".join(line * dice.randrange(3) for line in lines),
        lambda: b"".join(dice.sample(lines, len(lines))),
        lambda: content.decode("utf-8", "replace").encode(dice.choice(["utf-16", "utf-16-le", "utf-8-sig"])),
        lambda: content[:place] + bytes(dice.randrange(256) for _ in range(20)) + content[place:],
        lambda: content.replace(b"\n", dice.choice([b"\r\n", b"\r", b"\n\n", b"\0\n"])),
    )
    return dice.choice(changes)()
