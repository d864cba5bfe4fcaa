"""How often Trackway is right: a fixed matrix of worlds, made, traced and scored.

    python bench/accuracy.py --keep ROWS                    what the page is written of
    python bench/accuracy.py --keep ROWS --seeds 1 2 3      what confidences may be chosen by
    python bench/accuracy.py --quick                        two seeds, one scenario of each cell

Rules and confidences may be chosen on seeds below 100 only; the figures in the page are of the others.
`bench/accuracy_page.py` writes the page and the tables of confidences. What is there already is not made again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from rules import RULES, said
from trackway import pipeline
from trackway.lab.make import World, make
from trackway.lab.policy import SOURCES, Policy
from trackway.lab.scenario import machine, scenario
from trackway.lab.score.run import judged

HELD_OUT: Final = (101, 102, 103)
"""Seeds below are for training."""

SCENARIOS: Final = ("everything", "crowded", "proxy")
DAYS: Final = 0.08
"""Of one host: about two hours from the boot on."""
ALL: Final = frozenset(SOURCES)
SECURITY_DNS: Final = frozenset({"4688", "5156", "dns_client", "powershell"})

CELLS: Final[Mapping[str, Policy]] = {
    "5156, DNS-Client, 4688": Policy(sources=SECURITY_DNS),
    "with Sysmon": Policy(sources=SECURITY_DNS | {"sysmon"}),
    "with the log of BITS": Policy(sources=SECURITY_DNS | {"bits"}),
    "Sysmon alone": Policy(sources=frozenset({"sysmon"})),
    "5156, 4688, Sysmon; no DNS-Client": Policy(sources=frozenset({"4688", "5156", "sysmon"})),
    "5156 and 4688": Policy(sources=frozenset({"4688", "5156"})),
    "pfirewall.log and 4688, --timezone given": Policy(sources=frozenset({"4688", "pfirewall"})),
    "pfirewall.log and 4688, zone unknown": Policy(sources=frozenset({"4688", "pfirewall"})),
    "5156 and DNS-Client; no 4688": Policy(sources=frozenset({"5156", "dns_client"})),
    "Sysmon's clock 61 s behind": Policy(sources=SECURITY_DNS | {"sysmon"}, sysmon_lag=61, sysmon_jitter=0.5),
    "Sysmon's clock 1.2 s behind, wandering 1 s": Policy(
        sources=SECURITY_DNS | {"sysmon"}, sysmon_lag=1.2, sysmon_jitter=1.0
    ),
    "one export, local time labelled Z": Policy(
        sources=SECURITY_DNS | {"sysmon"}, form="get_winevent", together=True, label=-5 * 3600
    ),
    "an export for each log, local time labelled Z": Policy(
        sources=SECURITY_DNS | {"sysmon"}, form="get_winevent", label=-5 * 3600
    ),
    "one export, 12-hour clock": Policy(
        sources=SECURITY_DNS | {"sysmon"}, form="get_winevent", together=True, label=5 * 3600, half_day=True
    ),
    "one export, whole seconds": Policy(
        sources=SECURITY_DNS | {"sysmon"}, form="nxlog", together=True, label=3600
    ),
    "a tenth of the records lost": Policy(sources=SECURITY_DNS | {"sysmon"}, loss=0.1),
    "a tenth lost, no Sysmon": Policy(sources=SECURITY_DNS, loss=0.1),
    "logs of 2 MiB": Policy(sources=SECURITY_DNS | {"sysmon"}, limit=2 << 20),
    "5156, 4688, resolver cache": Policy(sources=frozenset({"4688", "5156", "displaydns"})),
    "a twentieth of Sysmon 3 and 22 unknown": Policy(sources=frozenset({"4688", "sysmon"}), unknown=0.05),
    "Windows 7: 5156, 4688, Sysmon 6, resolver cache": Policy(
        sources=frozenset({"4688", "5156", "sysmon", "displaydns"}), sysmon_schema="3.30"
    ),
    "sources switched off and on": Policy(sources=SECURITY_DNS | {"sysmon"}),
    "a host and the server it attacks": Policy(sources=SECURITY_DNS | {"sysmon", "logon"}),
}
"""Sources present, clock error and noise: what is varied."""

OTHERWISE: Final = {
    "sources switched off and on": ("blinded",),
    "a host and the server it attacks": ("lateral",),
}
"""Cells of other scenarios than the rest."""

ZONE_GIVEN: Final = "pfirewall.log and 4688, --timezone given"
"""Where nothing in the evidence tells the zone of a log in local time, as the registry would."""


@dataclass(frozen=True, slots=True)
class Job:
    """One world of the matrix."""

    cell: str
    scenario: str
    seed: int

    @property
    def split(self) -> str:
        """Return whether rules may be chosen by it."""
        return "training" if self.seed < min(HELD_OUT) else "held out"

    @property
    def windows(self) -> str | None:
        """Return the version of its host, where it is not drawn from the seed."""
        return "7" if self.cell.startswith("Windows 7") else None


CONNECTIONS: Final = """
    SELECT direction, via, has_name, process_decided, process_verdict, process_cause, name_decided, name_verdict,
        name_cause, rivals
    FROM connection_score
"""
DOINGS: Final = "SELECT kind, decided, verdict, cause, blames_service FROM doing_score"
LINKS: Final = """
    SELECT 'connection_lookup' AS kind, situation, confidence, is_right
    FROM ({names})
    UNION ALL
    SELECT
        CASE p.kind WHEN 'parent' THEN 'process_parent' ELSE p.kind || '_process' END,
        CASE
            WHEN p.kind <> 'requester' THEN coalesce(s.process_reason, l.process_reason, t.reason, q.parent_reason)
            WHEN p.basis = 'job+name+time' THEN p.basis
            ELSE concat_ws(
                ', ',
                p.basis,
                CASE WHEN epoch(r.time_from) - epoch(p.started) <= 300 THEN 'minutes' ELSE 'hour' END,
                CASE
                    WHEN p.basis = 'time' AND NOT list_has_any(
                        list_transform(r.names, lambda n: n.lookup),
                        (SELECT coalesce(list(lookup), []) FROM lookup WHERE sources <> ['dns_cache'])
                    ) THEN 'no name'
                END
            )
        END,
        p.confidence,
        p.verdict = 'right'
    FROM process_answer AS p
    LEFT JOIN story AS s ON p.kind = 'connection' AND p.answer = s.story
    LEFT JOIN story AS r ON p.kind = 'requester' AND p.answer = r.story
    LEFT JOIN lookup AS l ON p.kind = 'lookup' AND p.answer = l.lookup
    LEFT JOIN link AS t ON t.kind = 'process_script' AND p.kind = 'script' AND p.answer = t.object
    LEFT JOIN process AS q ON p.kind = 'parent' AND p.answer = q.process
    WHERE p.pid IS NOT NULL AND p.confidence IS NOT NULL
"""
NAMES: Final = """
    WITH said AS (
        SELECT story, process, time_from, len(names) AS names, unnest(names) AS n FROM story
    ),
    weighed AS (
        SELECT
            s.story, s.names, s.n.rank AS rank, s.n.confidence AS confidence, v.is_right,
            CASE
                WHEN l.sources = ['dns_cache'] THEN 'cache'
                WHEN l.process IS NULL THEN 'unknown'
                WHEN l.process = s.process THEN 'same'
                WHEN p.pid = 4 THEN 'kernel'
                ELSE 'other'
            END AS caller,
            epoch(s.time_from) - epoch(CASE WHEN caller = 'cache' THEN l.time_from ELSE l.time_to END) AS age,
            epoch(l.time_to) - epoch(l.time_from) AS width
        FROM said AS s
        JOIN name_answer AS v ON s.story = v.answer AND s.n.rank = v.rank
        JOIN lookup AS l ON s.n.lookup = l.lookup
        LEFT JOIN process AS p ON s.process = p.process
    ),
    beside AS (
        SELECT
            *,
            lead(caller) OVER best = caller AND abs(lead(age) OVER best - age) < 1 AS is_near,
            first(caller) OVER best = caller AND abs(first(age) OVER best - age) < 1 AS is_near_first
        FROM weighed
        WINDOW best AS (PARTITION BY story ORDER BY rank)
    )
    SELECT
        confidence,
        is_right,
        concat_ws(
            ', ',
            caller,
            CASE
                WHEN caller = 'cache' AND width > 2 THEN 'interval'
                WHEN caller = 'cache' AND age > 10 THEN 'later'
                WHEN caller = 'cache' THEN 'seconds'
                WHEN age < -0.5 THEN 'after' WHEN age <= 5 THEN 'seconds' WHEN age <= 120 THEN 'minutes'
                WHEN age <= 3600 THEN 'hour' ELSE 'day'
            END,
            CASE
                WHEN names = 1 THEN 'only' WHEN rank = 1 AND is_near THEN 'first, near' WHEN rank = 1 THEN 'first'
                WHEN is_near_first THEN 'later, near' ELSE 'later'
            END
        ) AS situation
    FROM beside
"""


def main() -> int:
    """Run the matrix."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--quick", action="store_true", help="two seeds, one scenario")
    options.add_argument("--cell", nargs="*", default=list(CELLS), help="these cells only")
    options.add_argument("--scenario", help="this one in all cells")
    options.add_argument("--seeds", type=int, nargs="*", default=HELD_OUT, help="these seeds")
    options.add_argument("--keep", type=Path, help="folder for the rows, to look into")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as spare:
        folder = asked.keep or Path(spare)
        for job in _jobs(asked):
            done = folder / f"{job.cell}-{job.scenario}-{job.seed}.links.parquet".replace("/", "_")
            if not done.exists():
                _measure(job, folder)
                print(job, flush=True)
    return 0


def _jobs(asked: argparse.Namespace) -> Iterator[Job]:
    for seed in asked.seeds[:2] if asked.quick else asked.seeds:
        for name in asked.cell:
            plots = (asked.scenario,) if asked.scenario else OTHERWISE.get(name, SCENARIOS)
            for plot in plots[:1] if asked.quick else plots:
                yield Job(name, plot, seed)


def _measure(job: Job, folder: Path) -> None:
    """Make, trace and score one world, by Trackway and by the plain rules."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as spare:
        policy = CELLS[job.cell]
        world = World(scenario=job.scenario, seed=job.seed, days=DAYS, windows=job.windows, policy=policy)
        made = make(world, Path(spare) / "world")
        case = Path(spare) / "case"
        zones = [_zone(job)] if job.cell == ZONE_GIVEN else []
        pipeline.trace([made / "evidence"], case, timezones=zones, workers=1)
        stem = f"{job.cell}-{job.scenario}-{job.seed}".replace("/", "_")
        with judged(case, made) as db:
            for name, question in {
                "connections": CONNECTIONS,
                "doings": DOINGS,
                "links": LINKS.format(names=NAMES),
            }.items():
                _write(db, question, job, "Trackway", folder / f"{stem}.{name}.parquet")
        for number, rule in enumerate(RULES if job.split == "held out" else ()):
            with judged(case, made, said(rule)) as db:
                _write(db, CONNECTIONS, job, rule, folder / f"{stem}.{number}.connections.parquet")


def _zone(job: Job) -> str:
    """Return the zone of the world's host as `--timezone` takes it."""
    hours = machine(scenario(job.scenario), 0, job.seed).zone_seconds // 3600
    return f"{hours:+03d}:00"


def _write(db: duckdb.DuckDBPyConnection, question: str, job: Job, way: str, path: Path) -> None:
    table = db.sql(question).to_arrow_table()
    about: dict[str, Any] = {
        "cell": job.cell,
        "scenario": job.scenario,
        "seed": job.seed,
        "split": job.split,
        "way": way,
    }
    for name, value in about.items():
        table = table.append_column(name, pa.array([value] * table.num_rows))
    unfinished = path.with_suffix(".unfinished")
    pq.write_table(table, unfinished)
    unfinished.replace(path)


if __name__ == "__main__":
    sys.exit(main())
