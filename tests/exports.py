"""JSON exports of small hosts, made of the samples of the sources."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "sources" / "samples"
LOGS = (
    "security_filtering",
    "security_process",
    "sysmon_network",
    "sysmon_process",
    "sysmon_dns",
    "dns_client",
    "powershell",
)


def records(host: str = "WS7.corp.example", logs: Iterable[str] = LOGS) -> list[dict[str, Any]]:
    """Return records of a host that can all be used."""
    found = []
    for log in logs:
        given, expected = (
            [json.loads(line) for line in (SAMPLES / log / name).read_text(encoding="utf-8").splitlines()]
            for name in ("evidence.jsonl", "expected.jsonl")
        )
        found += [
            {**row, "Hostname": host} for row, told in zip(given, expected, strict=True) if "skip" not in told
        ]
    return found


def export(path: Path, *rows: dict[str, Any]) -> Path:
    """Write records one a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8", newline="\n")
    return path


def content(case: Path) -> dict[str, bytes]:
    """Return every file of a case by its relative path."""
    return {
        path.relative_to(case).as_posix(): path.read_bytes()
        for path in sorted(case.rglob("*"))
        if path.is_file()
    }
