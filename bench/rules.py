"""The plain rules that others use, in the form in which the lab judges answers.

All three take a record's PID for the last start of that PID before, whatever has ended since, and differ in
the name they give a connection. They read the observations after Trackway has put their clocks right.
"""

# ruff: noqa: S608  all of it is SQL of our own

from __future__ import annotations

from typing import Final

RULES: Final = {
    "same host within 300 s": "age <= 300",
    "same PID within an hour": "asker = pid AND age <= 3600",
    "last answer wins": "true",
}

_CONNECTIONS: Final = """
    SELECT
        concat_ws('|', file, line, record) AS answer, host, file, line, record, pid, image,
        CASE WHEN direction = 'inbound' THEN source_address ELSE destination_address END AS address,
        time_from AS time, direction
    FROM connection_observation
    WHERE stage IN ('permitted', 'connected', 'blocked')
"""
_LOOKUPS: Final = """
    SELECT concat_ws('|', file, line, record) AS answer, host, file, line, record, pid, name, addresses, time_to AS time
    FROM dns_observation
    WHERE name IS NOT NULL
"""
_STARTS: Final = """
    SELECT host, pid, time_from AS started, min(image) AS image
    FROM process_observation WHERE kind = 'started' GROUP BY ALL
"""


def said(rule: str) -> dict[str, str]:
    """Return the SQL of every table that a judge asks of an answer."""
    both = f"SELECT 'connection' AS kind, answer, host, file, line, record FROM ({_CONNECTIONS})"
    both += f" UNION ALL SELECT 'lookup', answer, host, file, line, record FROM ({_LOOKUPS})"
    return {
        "cited": "SELECT DISTINCT kind, answer, short_host(host) AS host, place_of(file, line, record) AS place "
        f"FROM ({both})",
        "found": f"SELECT 'connection' AS kind, answer FROM ({_CONNECTIONS})",
        "said_process": f"{_owner('connection', _CONNECTIONS)} UNION ALL {_owner('lookup', _LOOKUPS)}",
        "said_name": _names(RULES[rule]),
        "said_connection": f"SELECT answer FROM ({_CONNECTIONS})",
    }


def _owner(kind: str, records: str) -> str:
    """Return the SQL that takes a record's PID for the last start of that PID."""
    return f"""
        SELECT '{kind}' AS kind, r.answer, r.pid, s.started, s.image, 1.0 AS confidence, 'pid' AS basis
        FROM ({records}) AS r
        ASOF LEFT JOIN ({_STARTS}) AS s ON r.host = s.host AND r.pid = s.pid AND r.time >= s.started
    """


def _names(condition: str) -> str:
    """Return the SQL that names a connection after the last answer with its address that meets a condition."""
    return f"""
        WITH answered AS (
            SELECT host, pid, name, time, unnest(addresses) AS address FROM ({_LOOKUPS})
        ),
        candidate AS (
            SELECT c.answer, c.pid, a.name, a.pid AS asker, epoch(c.time) - epoch(a.time) AS age
            FROM ({_CONNECTIONS}) AS c
            INNER JOIN answered AS a
                ON c.host = a.host AND c.address = a.address AND a.time <= c.time + INTERVAL 2 SECONDS
            WHERE c.direction IS DISTINCT FROM 'inbound'
        )
        SELECT answer, name, 1 AS rank, 1.0 AS confidence, 'rule' AS basis
        FROM candidate
        WHERE {condition}
        QUALIFY row_number() OVER (PARTITION BY answer ORDER BY age, name) = 1
    """
