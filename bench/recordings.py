"""Measure what real recordings show about their sources: the numbers that the lab imitates.

    python bench/recordings.py ../shared/data/otrf

Reads every recording with Trackway's own pipeline and prints counts, quantiles and their support. Nothing
but numbers leaves the recordings; `docs/lab.md` quotes them.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

from trackway import pipeline
from trackway.case import Case

QUESTIONS: Final = {
    "records by source": """
        SELECT source, count(*) AS records
        FROM (
            SELECT source FROM connection_observation UNION ALL SELECT source FROM dns_observation
            UNION ALL SELECT source FROM process_observation UNION ALL SELECT source FROM script_observation)
        GROUP BY ALL ORDER BY ALL""",
    "Sysmon 3 and 22: clock behind the Security log, by file (seconds)": """
        SELECT host, offset_seconds, spread_seconds, support
        FROM clock WHERE kind = 'skew' ORDER BY ALL""",
    "Sysmon 3: record written after the connection (Security 5156), seconds": """
        SELECT count(*) AS records, quantile_cont(late, [0.05, 0.25, 0.5, 0.75, 0.95]) AS quantiles
        FROM (
            SELECT epoch(s.recorded - f.recorded) AS late
            FROM connection_observation AS s
            JOIN connection_observation AS f
                ON f.source = 'security_5156' AND s.host = f.host AND s.file = f.file AND s.pid = f.pid
                AND s.source_port = f.source_port AND s.destination_address = f.destination_address
                AND s.destination_port = f.destination_port
            WHERE s.source = 'sysmon_3'
            QUALIFY row_number() OVER (PARTITION BY s.file, s.line ORDER BY abs(epoch(s.recorded - f.recorded))) = 1)
        WHERE late BETWEEN -5 AND 30""",
    "Sysmon 3: record written after its own UtcTime, seconds past whole zones": """
        SELECT count(*) AS records, quantile_cont(late, [0.05, 0.25, 0.5, 0.75, 0.95]) AS quantiles
        FROM (
            SELECT epoch(recorded - CAST(stated AS TIMESTAMP)) AS whole, whole - 900 * round(whole / 900) AS late
            FROM connection_observation WHERE source = 'sysmon_3' AND recorded_width < 1000000)""",
    "Sysmon 3: process unknown": """
        SELECT count(*) AS records, count(*) FILTER (WHERE process_guid IS NULL) AS unknown
        FROM connection_observation WHERE source = 'sysmon_3'""",
    "Sysmon 22: status": """
        SELECT status, count(*) AS records FROM dns_observation WHERE source = 'sysmon_22' GROUP BY ALL ORDER BY ALL""",
    "Sysmon 22: answers with CNAME, with IPv6": """
        SELECT count(*) AS answered, count(*) FILTER (WHERE len(cnames) > 0) AS with_cname,
            avg(len(addresses)) AS addresses
        FROM dns_observation WHERE source = 'sysmon_22' AND status = 0""",
    "5158 before 5156 of one socket, microseconds": """
        SELECT count(*) AS pairs, quantile_cont(early, [0.05, 0.5, 0.95]) AS quantiles
        FROM (
            SELECT epoch_us(f.recorded - b.recorded) AS early
            FROM connection_observation AS b
            JOIN connection_observation AS f
                ON f.source = 'security_5156' AND f.direction = 'outbound' AND b.file = f.file AND b.host = f.host
                AND b.pid = f.pid AND b.source_port = f.source_port AND b.protocol = f.protocol
            WHERE b.source = 'security_5158'
            QUALIFY row_number() OVER (PARTITION BY f.file, f.line ORDER BY abs(early)) = 1)
        WHERE early BETWEEN -1000000 AND 10000000""",
    "5156: direction, protocol, loopback": """
        SELECT direction, protocol, source_address LIKE '127.%' OR source_address = '::1' AS loopback,
            count(*) AS records
        FROM connection_observation WHERE source = 'security_5156' GROUP BY ALL ORDER BY ALL""",
    "records of a connection": """
        SELECT sources, count(*) AS stories FROM story GROUP BY ALL ORDER BY stories DESC LIMIT 8""",
    "look-up of the same process before its connection, seconds": """
        SELECT count(*) AS pairs, quantile_cont(age, [0.05, 0.25, 0.5, 0.75, 0.95]) AS quantiles
        FROM (
            SELECT epoch(time_from - names[1].time_to) AS age
            FROM story WHERE len(names) > 0 AND names[1].basis = 'pid+address+time' AND direction = 'outbound')""",
    "names that share the address of a connection": """
        SELECT len(names) AS names, count(*) AS stories FROM story WHERE direction = 'outbound'
        GROUP BY ALL ORDER BY ALL""",
    "life of a process, seconds (both ends on record)": """
        SELECT count(*) AS processes,
            quantile_cont(epoch(ended - started), [0.05, 0.25, 0.5, 0.75, 0.95]) AS quantiles
        FROM process WHERE started IS NOT NULL AND ended IS NOT NULL""",
    "PIDs with several instances started on record": """
        SELECT count(*) AS pids, count(*) FILTER (WHERE instances > 1) AS reused
        FROM (SELECT host, pid, count(*) AS instances FROM process WHERE started IS NOT NULL GROUP BY ALL)""",
    "DNS-Client: 3006 to 3008 of a look-up, seconds": """
        SELECT count(*) AS lookups, quantile_cont(epoch(time_to - time_from), [0.05, 0.5, 0.95]) AS quantiles
        FROM lookup WHERE list_contains(sources, 'dns_client_3006') AND list_contains(sources, 'dns_client_3008')""",
    "arrival at the collector after the record's time, seconds past whole zones": """
        SELECT count(*) AS records, quantile_cont(late, [0.05, 0.5, 0.95]) AS quantiles
        FROM (
            SELECT epoch(ingested - recorded) AS whole, whole - 900 * round(whole / 900) AS late
            FROM connection_observation WHERE ingested IS NOT NULL)""",
}


def main(arguments: list[str]) -> int:
    """Trace every recording named and print what they show together."""
    with tempfile.TemporaryDirectory() as folder:
        case = pipeline.trace([Path(path) for path in arguments], Path(folder) / "case", workers=1)
        for title, question in QUESTIONS.items():
            print(title)
            _show(case, question)
    return 0


def _show(case: Case, question: str) -> None:
    for row in case.sql(question).to_pylist():
        print("   ", ", ".join(f"{name} {_round(value)}" for name, value in row.items()))


def _round(value: object) -> object:
    if isinstance(value, float):
        return round(value, 4)
    return [_round(item) for item in value] if isinstance(value, list) else value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
