"""What each evidence file is, before anything in it is interpreted: kind, host, and what its times mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from trackway.evidence.containers import Member, members
from trackway.evidence.discover import discover
from trackway.evidence.ownership import hosts_of
from trackway.formats.rows import Rows
from trackway.parts import UTC_FORMATS, MemberLedger, recognised
from trackway.schema import FILE

_ZONED: Final = r"(\d[+-]\d\d:?\d\d|\dZ|^/Date\(-?\d+\)/|^\d{9,10}(\.\d+)?|^\d{13})$"
"""As the macro `has_zone` of the sources, and the Z that it takes for one when a time is cast."""


def plan(evidence: Sequence[str | Path], hosts: Sequence[str] = (), password: str | None = None) -> pa.Table:
    """Return what each evidence file is (columns of `schema.FILE`), counting records without interpreting them."""
    found = [
        _Planned(member)
        for file in discover([Path(path) for path in evidence])
        for member in members(file, password=password)
    ]
    spellings = hosts_of([each.ledger for each in found], hosts)
    home = {spelling: host for host, all_of_it in spellings.items() for spelling in all_of_it}
    zones = {home.get(host, host): zone for each in found for host, zone in each.zones.items()}
    for each in found:
        each.tell(home, zones)
    return pa.Table.from_pylist([asdict(each.ledger) for each in found], schema=FILE.arrow())


class _Planned:
    """One file, and what reading it told of times."""

    def __init__(self, member: Member) -> None:
        self._is_zoned = member.kind in UTC_FORMATS
        self._is_local = False
        self.zones: dict[str, str] = {}
        self.ledger: MemberLedger = recognised(member, self._look)

    def _look(self, rows: Rows) -> None:
        """Learn whether the times have a zone, and from a hive which one its host keeps."""
        times = rows.batch["time_text"]
        is_local = pc.any(pc.invert(pc.match_substring_regex(times, _ZONED))).as_py()
        self._is_local |= bool(is_local) and not self._is_zoned
        if rows.shape.source == "registry":
            for host, data in zip(
                *(rows.batch[name].to_pylist() for name in ("computer", "Data")), strict=True
            ):
                if host and (zone := _zone(data)):
                    self.zones[host] = zone

    def tell(self, home: Mapping[str, str], zones: Mapping[str, str]) -> None:
        """Say in the note of the file what its times mean, where they do not say so themselves."""
        if not self._is_local:
            return
        owners = sorted({home.get(host, host) for host in self.ledger.hosts})
        told = [f"{zones[host]} by the registry of {host}" for host in owners if host in zones]
        words = "times without a zone: " + (
            "; ".join(told) or "give it with --timezone, or the trace looks for it"
        )
        self.ledger.note = "; ".join(filter(None, (self.ledger.note, words)))


def _zone(data: str | None) -> str | None:
    try:
        told = json.loads(data) if data and data.startswith("{") else {}
    except ValueError:
        return None
    return str(told.get("timezonekeyname") or "") or None
