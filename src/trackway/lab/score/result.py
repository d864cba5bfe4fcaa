"""What a score says, in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The score of one set of answers.

    Attributes:
        entities: precision and recall of processes, look-ups, connections and scripts.
        verdicts: of each kind of link: right, wrong, unknown, missing; over all and over what the evidence decides.
        causes: how often each cause stood behind an answer that was not right.
        calibration: Brier score and expected calibration error of each kind of link, and of all.
        reliability: stated confidence against the share that was right, in bins.
        blamed: look-ups blamed on a service where a record names another caller.
    """

    entities: list[Row]
    verdicts: list[Row]
    causes: list[Row]
    calibration: list[Row]
    reliability: list[Row]
    blamed: int


_VERDICTS = """
    WITH every AS (
        SELECT 'connection_process' AS link, process_verdict AS verdict, process_decided AS decided
        FROM connection_score
        UNION ALL
        SELECT 'connection_lookup', name_verdict, name_decided OR NOT has_name FROM connection_score
        WHERE direction = 'outbound'
        UNION ALL
        SELECT kind || '_process', verdict, decided FROM doing_score
    )
    SELECT
        link,
        scope,
        count(*) AS count,
        count(*) FILTER (WHERE verdict = 'right') AS correct,
        count(*) FILTER (WHERE verdict = 'wrong') AS wrong,
        count(*) FILTER (WHERE verdict = 'unknown') AS unknown,
        count(*) FILTER (WHERE verdict = 'missing') AS missing
    FROM every, (VALUES ('all'), ('decided')) AS s(scope)
    WHERE scope = 'all' OR decided
    GROUP BY ALL
    ORDER BY link, scope
"""
_CAUSES = """
    SELECT link, verdict, cause, count(*) AS count
    FROM (
        SELECT 'connection_process' AS link, process_verdict AS verdict, process_cause AS cause
        FROM connection_score
        UNION ALL
        SELECT 'connection_lookup', name_verdict, name_cause FROM connection_score WHERE direction = 'outbound'
        UNION ALL
        SELECT kind || '_process', verdict, cause FROM doing_score
    )
    WHERE verdict <> 'right' AND cause IS NOT NULL
    GROUP BY ALL
    ORDER BY link, verdict, count DESC, cause
"""
_CALIBRATION = """
    SELECT
        kind,
        CAST(sum(links) AS BIGINT) AS links,
        round(sum(squares) / sum(links), 5) AS brier,
        round(sum(links * abs(stated - observed)) / sum(links), 5) AS ece
    FROM reliability
    GROUP BY kind
    ORDER BY kind
"""
_BLAMED = "SELECT count(*) FILTER (WHERE blames_service) AS count FROM doing_score"


def summary(db: duckdb.DuckDBPyConnection) -> Result:
    """Return the result of a judged database."""
    return Result(
        entities=_rows(db, "FROM entity_score ORDER BY kind"),
        verdicts=_rows(db, _VERDICTS),
        causes=_rows(db, _CAUSES),
        calibration=_rows(db, _CALIBRATION),
        reliability=_rows(db, "FROM reliability ORDER BY kind, bin"),
        blamed=_rows(db, _BLAMED)[0]["count"],
    )


def _rows(db: duckdb.DuckDBPyConnection, question: str) -> list[Row]:
    return [dict(row) for row in db.sql(question).to_arrow_table().to_pylist()]
