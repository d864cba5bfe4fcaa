"""Exports of Microsoft Defender for Endpoint: a device timeline and Advanced Hunting, from one description."""

from __future__ import annotations

import csv
import io
import json
from typing import Any, Final

Row = dict[str, Any]

INITIATING: Final[Row] = {
    "InitiatingProcessId": "7024",
    "InitiatingProcessCreationTime": "2024-11-05T15:19:38.000",
    "InitiatingProcessFileName": "powershell.exe",
    "InitiatingProcessFolderPath": r"C:\Windows\System32\WindowsPowerShell\v1.0",
    "InitiatingProcessCommandLine": "powershell -nop iwr http://perdu.com",
    "InitiatingProcessAccountDomain": "CORP",
    "InitiatingProcessAccountName": "bob",
    "InitiatingProcessAccountSid": "S-1-5-21-1",
    "InitiatingProcessParentId": "500",
    "InitiatingProcessParentFileName": "explorer.exe",
    "InitiatingProcessParentCreationTime": "2024-11-05T10:00:00.000",
}
ENDS: Final[Row] = {
    "LocalIP": "10.0.0.7", "LocalPort": "50123", "RemoteIP": "208.97.177.124", "RemotePort": "80", "Protocol": "Tcp",
}  # fmt: skip
NAMES: Final = (
    "Timestamp DeviceId DeviceName ActionType FileName FolderPath SHA1 SHA256 MD5 ProcessId ProcessCommandLine "
    "ProcessCreationTime AccountDomain AccountName AccountSid RemoteIP RemotePort RemoteUrl LocalIP LocalPort Protocol "
    "ReportId AdditionalFields Categories DataType"
).split() + list(INITIATING)


def action(name: str, *parts: Row, second: int = 40, report: int = 1, **fields: Any) -> Row:
    """Return one row with the columns of Advanced Hunting; what it does not name is empty."""
    row = dict.fromkeys(NAMES, "")
    row |= {
        "Timestamp": f"2024-11-05T15:19:{second}.621",
        "DeviceName": "ws7.corp.example",
        "ActionType": name,
    }
    row |= {"DeviceId": "x", "ReportId": str(report), "DataType": "Events"}
    for part in parts:
        row |= part
    more = fields.pop("more", None)
    return row | ({"AdditionalFields": json.dumps(more)} if more else {}) | fields


def timeline(rows: list[Row]) -> bytes:
    """Return a device timeline: names with blanks, a byte order mark, milliseconds, no zone."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_spaced, NAMES))
    writer.writerows([row[name] for name in NAMES] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _spaced(name: str) -> str:
    known = {"Timestamp": "Event Time", "DeviceName": "Computer Name", "DeviceId": "Machine Id"}
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in name).strip()
    for split, joined in (("I P", "IP"), ("S H A1", "Sha1"), ("S H A256", "Sha256"), ("M D5", "MD5")):
        words = words.replace(split, joined)
    return known.get(name, words)


def hunting_csv(rows: list[Row]) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, NAMES)
    writer.writeheader()
    writer.writerows(_precise(row) for row in rows)
    return text.getvalue().encode()


def hunting_json(rows: list[Row]) -> bytes:
    return "".join(json.dumps(_precise(row)) + "\n" for row in rows).encode()


def _precise(row: Row) -> Row:
    times = (
        "Timestamp",
        "InitiatingProcessCreationTime",
        "ProcessCreationTime",
        "InitiatingProcessParentCreationTime",
    )
    return {name: f"{value}0000Z" if name in times and value else value for name, value in row.items()}


FORMS: Final = (timeline, hunting_csv, hunting_json)
