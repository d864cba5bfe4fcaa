"""What Sysmon's rules say to each thing that they are asked about; DuckDB cannot evaluate them."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow as pa

from trackway.sysmon_rules import Occurrence, Verdict, judged, rules_of

SAID = pa.schema([("asked", pa.int64()), ("written", pa.bool_()), ("why", pa.string())])

_ASKED = (
    "SELECT DISTINCT a.asked, r.rules, a.event_id, a.image, a.command_line, a.protocol, a.is_outbound, "
    "a.local_address, a.local_port, a.remote_address, a.remote_port "
    "FROM sysmon_asked AS a INNER JOIN sysmon_ruled AS r ON a.ruled = r.ruled ORDER BY a.asked"
)


def said(db: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the table `sysmon_verdict`: the verdict on each of `sysmon_asked`, once for all that are alike."""
    batches = [pa.RecordBatch.from_pylist([], schema=SAID)]
    for asked in db.sql(_ASKED).to_arrow_reader(10_000):
        rows = [_said(**row) for row in asked.to_pylist()]
        batches.append(pa.RecordBatch.from_pylist(rows, schema=SAID))
    return pa.Table.from_batches(batches, SAID)


def _said(asked: int, rules: str, **known: Any) -> dict[str, object]:
    found = rules_of(rules)
    verdict = judged(found, Occurrence(**known)) if found else Verdict(None, "its rules cannot be read")
    return {"asked": asked, "written": verdict.written, "why": verdict.why}
