"""Small cases written by hand, without the pipeline."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

from trackway.case import Case
from trackway.schema import MANIFEST, TABLES

Row = dict[str, Any]

T0 = datetime(2021, 11, 27, 3, 17, 39, 250_000, UTC)
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
EXCEL = r"C:\Program Files\Microsoft Office\root\Office16\EXCEL.EXE"
FILE = "Security.json"


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the story's connection."""
    return T0 + timedelta(seconds=seconds)


def cite(line: int, source: str = "security_5156", file: str = FILE) -> Row:
    """Return one line of the evidence."""
    return {"source": source, "file": file, "line": line, "record": None}


def story(identifier: str = "aa00", **columns: Any) -> Row:
    """Return a plain story of process p1."""
    return {
        "story": identifier,
        "host": "H1",
        "time_from": T0,
        "time_to": T0,
        "direction": "outbound",
        "action": "allowed",
        "protocol": "tcp",
        "protocol_number": 6,
        "local_address": "192.168.0.107",
        "local_port": 50638,
        "remote_address": "208.97.177.124",
        "remote_port": 80,
        "process": "p1",
        "process_confidence": 0.95,
        "process_basis": "pid+address+time",
        "process_reason": "the PID was this one then",
        "process_candidates": [],
        "names": [],
        "scripts": [],
        "acts": [],
        "sources": ["security_5156"],
        "evidence": [cite(9)],
        "not_seen": [],
        **columns,
    }


def process(identifier: str = "p1", **columns: Any) -> Row:
    """Return a plain PowerShell, PID 20220, started a second before the story."""
    return {
        "process": identifier,
        "host": "H1",
        "pid": 20220,
        "started": at(-1),
        "started_basis": "recorded",
        "image": POWERSHELL,
        "command_line": "powershell -enc SQBuAHYA",
        "user": r"CORP\anna",
        "guid": "{1-2}",
        "ancestors": [],
        "evidence": [cite(3, "security_4688")],
        **columns,
    }


def lookup(identifier: str = "l1", **columns: Any) -> Row:
    """Return a plain look-up of perdu.com by p1."""
    return {
        "lookup": identifier,
        "host": "H1",
        "time_from": at(-0.5),
        "time_to": at(-0.25),
        "name": "perdu.com",
        "query_type": 1,
        "status": 0,
        "status_text": "success",
        "addresses": ["208.97.177.124"],
        "cnames": [],
        "answered_from": "wire",
        "servers": ["8.8.8.8"],
        "process": "p1",
        "process_confidence": 0.97,
        "process_basis": "pid+time",
        "process_reason": "its PID asked",
        "sources": ["dns_client_3006"],
        "evidence": [cite(5, "dns_client_3006", "Dns.json")],
        **columns,
    }


def name(text: str = "perdu.com", cited: str = "l1", **fields: Any) -> Row:
    """Return a name of a story."""
    return {
        "name": text,
        "lookup": cited,
        "time_from": at(-0.5),
        "time_to": at(-0.25),
        "cnames": [],
        "confidence": 0.97,
        "basis": "pid+address+time",
        "rank": 1,
        "reason": "the same process asked for it just before",
        **fields,
    }


def script(identifier: str = "s1", **columns: Any) -> Row:
    """Return a plain script block of p1."""
    return {
        "script": identifier,
        "host": "H1",
        "time_from": at(-0.75),
        "time_to": at(-0.75),
        "kind": "block",
        "block": "b-1",
        "text": "Invoke-WebRequest -Uri http://perdu.com",
        "parts": 1,
        "missing_parts": [],
        "process": "p1",
        "process_confidence": 0.95,
        "process_basis": "pid+time",
        "evidence": [cite(4, "powershell_4104", "PowerShell.json")],
        **columns,
    }


def cited_script(identifier: str = "s1", **fields: Any) -> Row:
    """Return a script as a story cites it."""
    return {
        "script": identifier,
        "matches": ["perdu.com"],
        "confidence": 0.95,
        "basis": "pid+text",
        "rank": 1,
        "reason": "it holds the name",
        **fields,
    }


def finance() -> dict[str, list[Row]]:
    """Return the tables of a workstation where Excel starts a PowerShell that connects to perdu.com."""
    blind = {
        "question": "Which bytes went?",
        "source": "proxy",
        "state": "not_collected",
        "reason": "this evidence holds no proxy record of this host",
    }
    return {
        "process": [
            process(
                "p0",
                pid=5000,
                image=r"C:\Windows\explorer.exe",
                command_line=None,
                guid=None,
                started=None,
                evidence=[],
            ),
            process(
                "px",
                pid=6000,
                image=EXCEL,
                command_line='"EXCEL.EXE" invoice.xlsm',
                started=at(-60),
                parent="p0",
                parent_confidence=0.9,
                parent_basis="pid+time",
                parent_reason="its record names this PID",
                ancestors=["p0"],
                evidence=[cite(1, "security_4688")],
            ),
            process(
                "p1",
                parent="px",
                parent_confidence=0.99,
                parent_basis="guid",
                parent_reason="its record names it",
                ancestors=["px", "p0"],
            ),
            process(
                "p2",
                pid=900,
                image=r"C:\Windows\System32\svchost.exe",
                command_line="svchost.exe -s Dnscache",
                user="NT AUTHORITY\\NETWORK SERVICE",
                service="Dnscache",
                guid=None,
                started=at(-3600),
            ),
        ],
        "lookup": [
            lookup(),
            lookup(
                "l2",
                name="www.example.org",
                addresses=["203.0.113.9"],
                cnames=["edge.example.net"],
                process=None,
                process_confidence=None,
                process_basis=None,
                time_from=at(100),
                time_to=at(101),
                sources=["sysmon_22"],
            ),
        ],
        "story": [
            story(names=[name()], scripts=[cited_script()], not_seen=[blind]),
            story(
                "bb00",
                time_from=at(200),
                time_to=at(201),
                remote_address="203.0.113.9",
                remote_port=443,
                process=None,
                process_confidence=None,
                process_basis=None,
                process_reason=None,
                names=[name("www.example.org", "l2", cnames=["edge.example.net"], confidence=0.6)],
                sources=["sysmon_3"],
                evidence=[{"source": "sysmon_3", "file": "S.evtx", "line": None, "record": 77}],
            ),
            story(
                "cc00",
                host="DC01.corp.example",
                time_from=at(-7200),
                time_to=at(-7200),
                direction="inbound",
                action="blocked",
                protocol="udp",
                protocol_number=17,
                remote_address="fe80::1",
                remote_port=5353,
                local_port=53,
                local_address="fe80::2",
                process="p2",
                process_confidence=0.5,
            ),
        ],
        "script": [script()],
        "link": [
            {
                "host": "H1",
                "kind": "connection_lookup",
                "subject": "aa00",
                "object": "l1",
                "basis": "pid+address+time",
                "confidence": 0.97,
                "rank": 1,
                "reason": "the same process asked",
            },
            {
                "host": "H1",
                "kind": "process_parent",
                "subject": "p1",
                "object": "px",
                "basis": "guid",
                "confidence": 0.99,
                "rank": 1,
                "reason": "said so",
            },
            {
                "host": "H1",
                "kind": "connection_lookup",
                "subject": "bb00",
                "object": "l2",
                "basis": "address+time",
                "confidence": 0.6,
                "rank": 1,
                "reason": "somebody asked",
            },
        ],
        "clock": [
            {
                "host": "H1",
                "source": "every source",
                "file": FILE,
                "kind": "zone",
                "offset_seconds": -3600.0,
                "spread_seconds": 0.5,
                "support": 12,
                "basis": "stated",
                "applied": True,
                "reason": "local times",
            },
            {
                "host": "H1",
                "source": "sysmon_3, sysmon_22",
                "file": None,
                "kind": "skew",
                "offset_seconds": None,
                "spread_seconds": None,
                "support": 0,
                "basis": "none",
                "applied": False,
                "reason": "nothing to compare",
            },
        ],
        "host_fact": [
            {
                "host": "H1",
                "source": "security_4608",
                "kind": "boot",
                "time_from": at(-60),
                "time_to": at(-60),
            },
            {
                "host": "H1",
                "source": "security_4624",
                "kind": "logon",
                "subject": "0x3d2a1",
                "value": "type 3 from 192.168.0.9",
                "time_from": at(60),
                "time_to": at(60),
                "pid": 716,
                "image": "C:\\Windows\\System32\\services.exe",
                "user": "CORP\\anna",
            },
        ],
        "coverage": [
            interval("security_5156", -7200, "on", 1204),
            interval("sysmon_22", 0, "filtered", 1),
        ],
        "file": [
            {
                "file": FILE,
                "kind": "json",
                "size": 1000,
                "sha256": "00ff",
                "hosts": ["H1"],
                "seen": 1300,
                "used": 1200,
                "ignored": 99,
                "skipped": 1,
                "note": None,
            },
        ],
        "skipped": [{"file": FILE, "line": 77, "record": None, "reason": "half a JSON object"}],
    }


def interval(source: str, since: float, state: str, records: int) -> Row:
    """Return a time in which a kind of record was in a state, until ten minutes after `T0`."""
    return {
        "host": "H1",
        "source": source,
        "time_from": at(since),
        "time_to": at(600),
        "state": state,
        "reason": f"{records} {source} records",
        "evidence": [],
        "first": at(since),
        "last": at(600),
        "records": records,
    }


def written(folder: Path, tables: dict[str, list[Row]], **manifest: Any) -> Case:
    """Write a case and open it."""
    for table, rows in tables.items():
        hosts = {None} if TABLES[table] in MANIFEST else {row["host"] for row in rows}
        for host in hosts:
            place = folder / f"{table}.parquet" if host is None else _place(folder, table, host)
            place.parent.mkdir(parents=True, exist_ok=True)
            kept = [row for row in rows if host is None or row["host"] == host]
            pq.write_table(pa.Table.from_pylist(kept, schema=TABLES[table].arrow()), place)
    content = {"case_version": 1, "trackway": "0", "settings": {}, "hosts": [], "files": [], **manifest}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.json").write_text(json.dumps(content), encoding="utf-8")
    return Case(folder)


def _place(folder: Path, table: str, host: str) -> Path:
    return folder / table / f"host={quote(host, safe='')}" / "part.parquet"
