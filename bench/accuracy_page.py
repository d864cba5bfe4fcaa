"""Write docs/accuracy.md and the tables of confidences from the rows that `bench/accuracy.py --keep` left.

python bench/accuracy_page.py ROWS docs/accuracy.md
python bench/accuracy_page.py ROWS --fit src/trackway/correlate/words/process_confidence.csv
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import duckdb

from accuracy import CELLS, DAYS, SCENARIOS, ZONE_GIVEN
from rules import RULES
from trackway.lab.score.picture import picture

Row = dict[str, Any]

PRIOR: Final = 10
"""Links that every situation is given beforehand, as right as was thought of it: few links decide little.
Nothing is stated surer than 0.99 or less sure than 0.01: the lab is not the world."""

_THOUGHT: Final = """
    CASE caller
        WHEN 'same' THEN 0.9
        WHEN 'other' THEN 0.2
        WHEN 'cache' THEN CASE split_part(situation, ', ', 2) WHEN 'seconds' THEN 0.6 WHEN 'later' THEN 0.5 ELSE 0.4 END
        ELSE 0.8
    END
    * CASE WHEN contains(situation, ', later') AND caller <> 'cache' THEN 0.2 ELSE 1 END
    * CASE WHEN contains(situation, ', near') THEN 0.6 ELSE 1 END
"""
"""A name behind a likelier one is seldom the right one, and one that another is near is less sure."""

_FIRST, _SYSMON = "5156, DNS-Client, 4688", "with Sysmon"
TARGETS: Final = (
    ("5156, DNS-Client, 4688: processes right", _FIRST, "process_right", True, 99),
    ("the same: processes wrong", _FIRST, "process_wrong", False, 0.1),
    ("the same: names right", _FIRST, "name_right", True, 97),
    ("the same: names wrong", _FIRST, "name_wrong", False, 1),
    ("with Sysmon: processes wrong", _SYSMON, "process_wrong", False, 0.1),
    ("with Sysmon: names wrong", _SYSMON, "name_wrong", False, 0.1),
    ("pfirewall.log and 4688: processes right, --timezone given", ZONE_GIVEN, "process_right", True, 95),
    ("the same, zone unknown", "pfirewall.log and 4688, zone unknown", "process_right", True, 95),
)
"""What was wanted: of which cell, which share, whether at least, how many percent."""

ERROR: Final = 0.02

_SHARES: Final = """
    SELECT
        {by},
        count(*) FILTER (WHERE process_decided) AS processes,
        100 * avg((process_verdict = 'right')::INT) FILTER (WHERE process_decided) AS process_right,
        100 * avg((process_verdict = 'wrong')::INT) FILTER (WHERE process_decided) AS process_wrong,
        count(*) FILTER (WHERE has_name AND name_decided AND direction = 'outbound') AS names,
        100 * avg((name_verdict = 'right')::INT)
            FILTER (WHERE has_name AND name_decided AND direction = 'outbound') AS name_right,
        100 * avg((name_verdict = 'wrong')::INT)
            FILTER (WHERE has_name AND name_decided AND direction = 'outbound') AS name_wrong,
        100 * avg((name_verdict = 'wrong')::INT) FILTER (WHERE direction = 'outbound') AS any_name_wrong
    FROM connections
    WHERE split = 'held out' AND {where}
    GROUP BY ALL
"""
_DOINGS: Final = """
    SELECT kind, count(*) AS links, 100 * avg((verdict = 'right')::INT) AS correct,
        100 * avg((verdict = 'wrong')::INT) AS wrong, 100 * avg((verdict = 'unknown')::INT) AS unknown,
        100 * avg((verdict = 'missing')::INT) AS missing, sum(blames_service::INT) AS blamed
    FROM doings WHERE split = 'held out' AND decided GROUP BY ALL ORDER BY kind
"""
_CAUSES: Final = """
    SELECT 'process' AS link, process_verdict AS verdict, process_cause AS cause, count(*) AS connections
    FROM connections WHERE split = 'held out' AND way = 'Trackway' AND process_cause IS NOT NULL GROUP BY ALL
    UNION ALL
    SELECT 'name', name_verdict, name_cause, count(*)
    FROM connections
    WHERE split = 'held out' AND way = 'Trackway' AND direction = 'outbound' AND name_cause IS NOT NULL
    GROUP BY ALL
    ORDER BY link DESC, connections DESC, cause
"""
_BINS: Final = """
    SELECT kind, least(floor(confidence * 20), 19) AS bin, count(*) AS links, avg(confidence) AS stated,
        avg(is_right::INT) AS observed, sum((confidence - is_right::INT) ** 2) AS squares
    FROM links WHERE split = 'held out' GROUP BY ALL
"""
_CALIBRATION: Final = f"""
    SELECT kind, sum(links) AS links, sum(squares) / sum(links) AS brier,
        sum(links * abs(stated - observed)) / sum(links) AS ece
    FROM ({_BINS}) GROUP BY kind ORDER BY kind
"""  # noqa: S608  our own
_ESTIMATE: Final = f"""
    greatest(least(round(
        (coalesce(sum(is_right::INT), 0) + {PRIOR} * any_value({{thought}})) / (count(is_right) + {PRIOR}), 3
    ), 0.99), 0.01)
"""
_NAMES: Final = f"""
    WITH told AS (
        SELECT situation, is_right FROM links WHERE split = 'training' AND kind = 'connection_lookup'
        UNION ALL
        SELECT situation, NULL FROM known
    ),
    called AS (
        SELECT split_part(situation, ', ', 1) AS caller, situation, is_right FROM told
    )
    SELECT situation, count(is_right) AS links, coalesce(sum(is_right::INT), 0) AS correct,
        {_ESTIMATE.format(thought=_THOUGHT)} AS confidence
    FROM called GROUP BY situation ORDER BY situation
"""  # noqa: S608  our own

_PROCESSES: Final = f"""
    SELECT t.kind, t.situation, t.thought, count(l.is_right) AS links, coalesce(sum(l.is_right::INT), 0) AS correct,
        {_ESTIMATE.format(thought="t.thought")} AS confidence
    FROM thought AS t
    LEFT JOIN links AS l
        ON
            t.situation = l.situation AND l.split = 'training'
            AND l.kind = CASE t.kind WHEN 'parent' THEN 'process_parent' ELSE t.kind || '_process' END
    GROUP BY t.kind, t.situation, t.thought ORDER BY t.kind, t.situation
"""  # noqa: S608  our own
_FITS: Final = {"name_confidence": _NAMES, "process_confidence": _PROCESSES}
"""Tables of words. What was thought of a process stands in its table, and stays where nothing was measured."""


def main() -> int:
    """Write the page, or the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("rows", type=Path)
    options.add_argument("page", type=Path, nargs="?")
    options.add_argument("--fit", type=Path, help="the table of confidences to write, by its name")
    asked = options.parse_args()
    with duckdb.connect() as db:
        for name in ("connections", "doings", "links"):
            files = sorted(map(str, asked.rows.glob(f"*.{name}.parquet")))
            db.read_parquet(files, union_by_name=True).create_view(name)
        if asked.fit:
            _fit(db, asked.fit)
        if asked.page:
            asked.page.write_text(_page(db) + _silence(asked.page), encoding="utf-8", newline="\n")
            drawing = asked.page.with_name("accuracy-reliability.svg")
            bins = [row | {"kind": "all"} for row in _rows(db, _BINS)]
            drawing.write_text(picture(bins), encoding="utf-8", newline="\n")
    return 0


def _silence(page: Path) -> str:
    """Return what the page has of another measure, `bench/blindness.py`."""
    before = page.read_text(encoding="utf-8") if page.exists() else ""
    place = before.find("\n## What silence proves")
    return before[place:] if place >= 0 else ""


def _rows(db: duckdb.DuckDBPyConnection, question: str) -> list[Row]:
    return [dict(row) for row in db.sql(question).to_arrow_table().to_pylist()]


def _fit(db: duckdb.DuckDBPyConnection, table: Path) -> None:
    db.read_csv(str(table.with_name("process_confidence.csv"))).create("thought")
    db.read_csv(str(table.with_name("name_confidence.csv"))).create("known")
    rows = _rows(db, _FITS[table.stem])
    lines = [
        ",".join(f'"{value}"' if "," in str(value) else str(value) for value in row.values()) for row in rows
    ]
    table.write_text("\n".join([",".join(rows[0]), *lines, ""]), encoding="utf-8", newline="\n")


def _page(db: duckdb.DuckDBPyConnection) -> str:
    cells = {row["cell"]: row for row in _rows(db, _SHARES.format(by="cell", where="way = 'Trackway'"))}
    ways = {row["way"]: row for row in _rows(db, _SHARES.format(by="way", where="true"))}
    calibration, doings = _rows(db, _CALIBRATION), _rows(db, _DOINGS)
    template = Path(__file__).with_name("accuracy.md").read_text(encoding="utf-8")
    return template.format(
        days=DAYS,
        scenarios=", ".join(f"`{name}`" for name in SCENARIOS),
        held_out=_seeds(db, "held out"),
        cells="\n".join(_shares(name, cells[name]) for name in CELLS if name in cells),
        ways="\n".join(_shares(name, ways[name]) for name in ("Trackway", *RULES) if name in ways),
        targets="\n".join(_targets(cells, calibration, doings)),
        doings="\n".join(_doings(doings)),
        causes="\n".join(
            f"| {row['link']} | {row['verdict']} | {row['cause']} | {row['connections']:,} |"
            for row in _rows(db, _CAUSES)
        ),
        calibration="\n".join(
            f"| {row['kind']} | {int(row['links']):,} | {row['brier']:.4f} | {row['ece']:.4f} |"
            for row in calibration
        ),
    )


def _targets(cells: Mapping[str, Row], calibration: Sequence[Row], doings: Sequence[Row]) -> Iterator[str]:
    """Yield a line for each target: what was wanted, what was measured, whether that is enough."""
    for text, cell, share, least, limit in TARGETS:
        if cell in cells:
            value = cells[cell][share]
            reached = value >= limit if least else value <= limit
            wanted = f"{'at least' if least else 'at most'} {limit:g} %"
            yield f"| {text} | {wanted} | {value:.2f} % | {_yes(reached)} |"
    worst = max(calibration, key=lambda row: row["ece"])
    measured = f"{worst['ece']:.4f} ({worst['kind']})"
    yield f"| calibration error of the worst kind | at most {ERROR} | {measured} | {_yes(worst['ece'] <= ERROR)} |"
    blamed = sum(int(row["blamed"]) for row in doings)
    yield f"| look-ups blamed on a service though a record names another | none | {blamed} | {_yes(not blamed)} |"


def _yes(reached: bool) -> str:
    return "yes" if reached else "**no**"


def _seeds(db: duckdb.DuckDBPyConnection, split: str) -> str:
    rows = _rows(db, f"SELECT DISTINCT seed FROM links WHERE split = '{split}' ORDER BY seed")  # noqa: S608  our own
    return ", ".join(str(row["seed"]) for row in rows)


def _shares(name: str, row: Row) -> str:
    words = [name, f"{row['processes']:,}", _percent(row["process_right"]), _percent(row["process_wrong"])]
    words += [f"{row['names']:,}", _percent(row["name_right"]), _percent(row["name_wrong"])]
    return f"| {' | '.join([*words, _percent(row['any_name_wrong'])])} |"


def _doings(rows: Sequence[Row]) -> Iterator[str]:
    for row in rows:
        shares = " | ".join(_percent(row[word]) for word in ("correct", "wrong", "unknown", "missing"))
        yield f"| {row['kind']} | {row['links']:,} | {shares} | {int(row['blamed'])} |"


def _percent(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"


if __name__ == "__main__":
    sys.exit(main())
