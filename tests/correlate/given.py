"""Plain observations of one host, and what the models make of them: given rows, expect rows.

Moments are seconds after `T0`. A test names only the columns it is about.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from trackway.correlate import run
from trackway.correlate.load import HELD, ZONES
from trackway.correlate.run import MODELS, TOLD, Request
from trackway.correlate.tables import Tables, text
from trackway.schema import OBSERVATIONS, TABLES

Row = dict[str, Any]

T0 = datetime(2021, 11, 27, 3, 17, 39, 250_000, UTC)
HOST = "WS7.corp.example"
OWN, SITE = "192.168.0.107", "208.97.177.124"
POWERSHELL = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
SVCHOST = r"C:\Windows\System32\svchost.exe"
PID = 20220
COMMON = frozenset({"host", "source", "file", "recorded", "recorded_width", "stated", "zoned"})


class Observation(NamedTuple):
    """One row of an observation table."""

    table: str
    values: Row


def at(seconds: float) -> datetime:
    """Return a moment in UTC."""
    return T0 + timedelta(seconds=seconds)


def clock(seconds: float, zone_hours: float = 0) -> datetime:
    """Return what a clock of a zone shows at that moment."""
    return at(seconds + zone_hours * 3600).replace(tzinfo=None)


def local(row: Observation, zone_hours: float) -> Observation:
    """Return the observation as a log writes it whose clock is off by so many hours and does not say so."""
    shown = row.values["recorded"] + timedelta(hours=zone_hours)
    return but(row, recorded=shown, zoned=False)


def but(row: Observation, **columns: Any) -> Observation:
    """Return the observation with other values in some columns."""
    return Observation(row.table, {**row.values, **columns})


def guid(started: float, number: int = 1) -> str:
    """Return Sysmon's identifier of a process that started then."""
    second = f"{int(at(started).timestamp()):08x}"
    return f"{{6c6ba3a4-{second[4:]}-{second[:4]}-0000-{number:012x}}}"


def _observation(table: str, source: str, seconds: float, plain: Row, columns: Row) -> Observation:
    """Return a row whose record's time is UTC and exact; Sysmon writes a second after the activity."""
    is_sysmon = source.startswith("sysmon")
    common = {
        "host": HOST,
        "source": source,
        "file": "log.json",
        "recorded": clock(seconds + is_sysmon),
        "recorded_width": 1000,
        "stated": at(seconds) if is_sysmon else None,
        "zoned": True,
    }
    name = table if table == "host_fact" else f"{table}_observation"
    return Observation(name, {**common, **plain, **columns})


def permit(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 5156: PowerShell may connect to the site."""
    plain = {
        "stage": "permitted",
        "direction": "outbound",
        "protocol": 6,
        "source_address": OWN,
        "source_port": 50638,
        "destination_address": SITE,
        "destination_port": 80,
        "pid": PID,
        "image": POWERSHELL.replace("C:", r"\device\harddiskvolume2").lower(),
    }
    return _observation("connection", "security_5156", seconds, plain, columns)


def inbound(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 5156 of a connection that came in; the remote side is called source, as newer logs do."""
    plain = {
        "direction": "inbound",
        "source_address": "203.0.113.9",
        "source_port": 61000,
        "destination_address": OWN,
        "destination_port": 3389,
        "pid": 900,
        "image": SVCHOST,
    }
    return permit(seconds, **{**plain, **columns})


def seen(seconds: float = 0, **columns: Any) -> Observation:
    """Return a Sysmon 3 of the same connection; its process is known by PID only."""
    plain = {**permit().values, "stage": "connected", "image": POWERSHELL, "user": r"CORP\anna"}
    plain = {name: plain[name] for name in plain if name not in COMMON}
    return _observation("connection", "sysmon_3", seconds, plain, columns)


def dropped(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 5152: a packet of nobody was dropped."""
    return permit(
        seconds, **{"source": "security_5152", "stage": "dropped", "pid": None, "image": None, **columns}
    )


def blocked(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 5157: the connection was refused."""
    return permit(seconds, **{"source": "security_5157", "stage": "blocked", **columns})


def bound(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 5158: the process took the local port."""
    plain = {
        "source": "security_5158",
        "stage": "bound",
        "direction": None,
        "source_address": "0.0.0.0",  # noqa: S104  as the log writes it
        "destination_address": None,
        "destination_port": None,
    }
    return permit(seconds, **{**plain, **columns})


def _question(source: str, stage: str, seconds: float, columns: Row) -> Observation:
    plain = {
        "stage": stage,
        "name": "perdu.com",
        "query_type": 1,
        "addresses": [],
        "cnames": [],
        "servers": [],
        "local_addresses": [],
        "pid": PID,
    }
    return _observation("dns", source, seconds, plain, columns)


def asked(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 3006: PowerShell asks for the site's address."""
    return _question("dns_client_3006", "asked", seconds, columns)


def completed(seconds: float = 0, **columns: Any) -> Observation:
    """Return a 3008: PowerShell was told the site's address."""
    return _question("dns_client_3008", "completed", seconds, {"status": 0, "addresses": [SITE], **columns})


def queried(seconds: float = 0, **columns: Any) -> Observation:
    """Return a Sysmon 22 of the same answer; it has no type."""
    plain = {"status": 0, "addresses": [SITE], "query_type": None, "image": POWERSHELL}
    return _question("sysmon_22", "completed", seconds, {**plain, **columns})


def served(seconds: float = 0, number: int = 3020, **columns: Any) -> Observation:
    """Return a record of the resolver service, which does not name its client."""
    stages = {
        3009: "network",
        3010: "sent",
        3011: "received",
        3016: "cache_asked",
        3018: "cache",
        3019: "wire_asked",
    }
    plain: Row = {"pid": None, "status": None}
    if number == 3020:
        plain |= {"status": 0, "addresses": [SITE]}
    return _question(f"dns_client_{number}", stages.get(number, "answered"), seconds, {**plain, **columns})


def started(seconds: float = -10, **columns: Any) -> Observation:
    """Return a 4688 of PowerShell, by a parent that is known by PID only."""
    plain = {
        "kind": "started",
        "pid": PID,
        "parent_pid": 4000,
        "image": POWERSHELL,
        "command_line": "powershell -nop",
        "user": r"CORP\anna",
        "parent_image": r"C:\Windows\explorer.exe",
    }
    return _observation("process", "security_4688", seconds, plain, columns)


def created(seconds: float = -10, **columns: Any) -> Observation:
    """Return a Sysmon 1 of the same start."""
    plain = {name: value for name, value in started().values.items() if name not in COMMON}
    own = {"process_guid": guid(seconds), "parent_guid": guid(-9000, 4000), "integrity": "Medium"}
    return _observation("process", "sysmon_1", seconds, {**plain, **own}, columns)


def ended(seconds: float = 10, **columns: Any) -> Observation:
    """Return a 4689 of PowerShell."""
    return _observation(
        "process", "security_4689", seconds, {"kind": "ended", "pid": PID, "image": POWERSHELL}, columns
    )


def terminated(seconds: float = 10, **columns: Any) -> Observation:
    """Return a Sysmon 5 of PowerShell as `created` has it."""
    plain = {"kind": "ended", "pid": PID, "image": POWERSHELL, "process_guid": guid(-10)}
    return _observation("process", "sysmon_5", seconds, plain, columns)


def log(begins: float, ends: float, name: str = "Security", **columns: Any) -> Row:
    """Return what an event log holds, from and to so many seconds after `T0`: records 1 to 100."""
    span = {
        "host": HOST,
        "log": name,
        "file": f"{name}.evtx",
        "first": 1,
        "last": 100,
        "time_from": round(at(begins).timestamp() * 1e6),
        "time_to": round(at(ends).timestamp() * 1e6),
        "is_dirty": False,
        "is_full": False,
    }
    return {**span, **columns}


def fact(seconds: float, source: str, kind: str, **columns: Any) -> Observation:
    """Return a fact about the host."""
    return _observation("host_fact", source, seconds, {"kind": kind}, columns)


def block(seconds: float = -1, **columns: Any) -> Observation:
    """Return a 4104: a script block in one part."""
    plain = {"kind": "block", "pid": PID, "block": "b1", "part": 1, "parts": 1, "text": "Get-Date"}
    return _observation("script", "powershell_4104", seconds, plain, columns)


def pipeline(seconds: float = -1, **columns: Any) -> Observation:
    """Return a 4103."""
    return _observation(
        "script", "powershell_4103", seconds, {"kind": "pipeline", "pid": PID, "text": "Get-Date"}, columns
    )


def expect(
    model: str, *given: Observation, zones: Sequence[Row] = (), held: Sequence[Row] = (), **request: Any
) -> list[Row]:
    """Return the rows that a model makes of observations, which stand in the evidence in this order.

    A model that is a table of `schema` has that table's columns.

    Args:
        model: name in `MODELS`.
        *given: the observations; each is the next line of its file unless it names its own.
        zones: rows of `file_zone`, what all hosts of a file show.
        held: rows of `log_held`, what the event logs hold.
        **request: what `Request` takes.
    """
    with evidence(given, zones, held) as db:
        run._prepare(db, Request(host=HOST, **request))
        tables = Tables(db)
        is_told_at_once = model in TOLD and model in TABLES
        for name in MODELS:
            if name in _above(model) or (name == model and not is_told_at_once):
                tables.make(name)
        if model in TABLES:
            return run._result(db, tables, TABLES[model]).read_all().to_pylist()
        return db.sql(f"FROM {model}").to_arrow_table().to_pylist()


def only(model: str, *given: Observation, **request: Any) -> Row:
    """Return the one row that a model makes."""
    (row,) = expect(model, *given, **request)
    return row


@contextmanager
def evidence(
    given: Sequence[Observation], zones: Sequence[Row] = (), held: Sequence[Row] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Return a database that holds the observations of one host as `correlate` wants them."""
    placed = [
        but(row, line=number, **({} if row.values.get("line") is None else row.values))
        for number, row in enumerate(given, 1)
    ]
    with duckdb.connect(config={"threads": 1}) as db:
        for table in OBSERVATIONS:
            rows = [row.values for row in placed if row.table == table.name]
            content = pa.Table.from_pylist(rows, schema=table.arrow())  # noqa: F841  DuckDB reads it by name
            db.execute(f"CREATE TABLE {table.name} AS FROM content ORDER BY file, line, record, source")
        file_zone = pa.Table.from_pylist(list(zones), schema=ZONES)  # noqa: F841  as above
        db.execute("CREATE TABLE file_zone AS FROM file_zone")
        log_held = pa.Table.from_pylist(list(held), schema=HELD)  # noqa: F841  as above
        db.execute("CREATE TABLE log_held AS FROM log_held")
        yield db


@cache
def _above(model: str) -> frozenset[str]:
    """Return every model above that its text mentions, and what those need."""
    said = text("models", model)
    words = {*re.findall(r"\w+", said), *(("zone_span",) if "moments(" in said else ())}
    above = MODELS[: MODELS.index(model)]
    return frozenset(name for word in words if word in above for name in (word, *_above(word)))


def sure(kind: str, situation: str) -> float:
    """Return how sure the process of a connection, look-up, script, start or transfer is, as the table says."""
    words = files(run.__package__).joinpath("words", "process_confidence.csv").read_text(encoding="utf-8")
    found = {(row["kind"], row["situation"]): row["confidence"] for row in csv.DictReader(words.splitlines())}
    return float(found[kind, situation])
