"""What the silence of a witness is said to prove, judged by the truth of lab worlds.

    python bench/blindness.py --worlds 210 [--seed 1000]

In each world one thing befalls one witness: it is off, cleared, written over, filtered, slept through or not
collected. Questions are asked about what happened, about what did not, and every open question of every story is
compared with what its witness really was at that moment.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

import trackway
from trackway.coverage import Question, answers
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.lab.scenario import machine, scenario

ALL: Final = frozenset({"4688", "5156", "sysmon", "dns_client", "system", "pfirewall"})
WITNESS: Final = {"process": "5156", "connection": "5156", "name": "dns_client"}
GROUPS: Final = {
    "security_5156": ("5156", "security"),
    "security_4688": ("4688", "security"),
    "sysmon_1": ("sysmon", "sysmon"),
    "sysmon_3": ("sysmon", "sysmon"),
    "sysmon_22": ("sysmon", "sysmon"),
    "dns_client_3008": ("dns_client", "dns_client"),
    "firewall_log": ("pfirewall", "pfirewall"),
}
ASKED: Final = 12
"""Questions of each sort in each world."""

HALF: Final = timedelta(seconds=30)


@dataclass(frozen=True, kw_only=True)
class Fate:
    """What befalls which witness."""

    name: str
    sources: frozenset[str]
    scenario: str = "office"
    limit: int | None = None
    excludes: tuple[str, ...] = ()
    removed: str | None = None


FATES: Final = (
    Fate(name="nothing", sources=ALL - {"pfirewall"}),
    Fate(name="5156 off", sources=ALL - {"5156", "pfirewall"}),
    Fate(name="DNS-Client off", sources=ALL - {"dns_client", "sysmon"}),
    Fate(name="Security cleared", sources=ALL - {"pfirewall"}, scenario="cleared"),
    Fate(name="logs written over", sources=ALL - {"pfirewall"}, limit=400_000),
    Fate(
        name="Sysmon filtered",
        sources=frozenset({"sysmon", "system"}),
        excludes=("svchost.exe", "browser.exe"),
    ),
    Fate(name="slept through", sources=ALL - {"pfirewall"}, scenario="everything"),
    Fate(name="Security not collected", sources=ALL - {"pfirewall"}, removed="Security.evtx"),
    Fate(
        name="DNS-Client not collected",
        sources=ALL - {"sysmon"},
        removed="Microsoft-Windows-DNS-Client%4Operational.evtx",
    ),
    Fate(name="pfirewall.log alone", sources=frozenset({"pfirewall", "4688", "system"})),
)


class Judged:
    """One world, its case and its truth."""

    def __init__(self, folder: Path, fate: Fate, seed: int, days: float) -> None:
        policy = Policy(sources=fate.sources, limit=fate.limit, sysmon_excludes=fate.excludes)
        make(World(scenario=fate.scenario, seed=seed, days=days, policy=policy), folder / "world")
        for path in (folder / "world" / "evidence").glob(f"*/{fate.removed}"):
            path.unlink()
        self.fate, self.counts = fate, Counter[str]()
        zone = machine(scenario(fate.scenario), 0, seed).zone_seconds // 60
        told = f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
        self.case = trackway.trace([folder / "world" / "evidence"], folder / "case", timezones=[told])
        self.truth = duckdb.connect()
        self.truth.execute("SET TimeZone = 'UTC'")
        for path in (folder / "world" / "truth").iterdir():
            if path.is_dir():
                self.truth.read_parquet(str(path / "*.parquet")).create_view(path.name)
        self.dice = random.Random(f"{fate.name} {seed}")  # noqa: S311  no secret
        self.spans = {group: self._span(group) for _, group in GROUPS.values()}

    def _span(self, group: str) -> tuple[datetime, datetime] | None:
        """Return from when to when the file of a group of sources still holds records, by the truth."""
        found = self.truth.execute(
            "SELECT min(r.time), max(r.time) FROM log AS l JOIN record AS r ON r.file = l.file "
            "AND (r.line IS NOT NULL OR r.record BETWEEN l.first AND l.last) "
            "WHERE l.source = $1 AND NOT contains(l.file, $2)",
            [group, self.fate.removed or "?"],
        ).fetchone()
        return (found[0], found[1]) if found and found[0] else None

    def was_on(self, source: str, since: datetime, until: datetime) -> bool:
        """True where the witness was switched on and its file holds the time, by the truth."""
        wanted, group = GROUPS[source]
        span = self.spans[group]
        return wanted in self.fate.sources and span is not None and span[0] <= since and until <= span[1]

    def run(self) -> Counter[str]:
        with self.case.connect() as db:
            self._happened(db)
            self._not_happened(db)
            self._open(db)
        return self.counts

    def _ask(self, db: duckdb.DuckDBPyConnection, text: str) -> Any:
        (found,) = answers(db, Question.parse(text)) or (None,)
        return found

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        rows = self.truth.execute(statement).fetchall()
        return self.dice.sample(rows, min(ASKED, len(rows)))

    def _happened(self, db: duckdb.DuckDBPyConnection) -> None:
        """Ask about what happened: nothing may be said not to have."""
        connections = self._rows(
            "SELECT remote_address, remote_port, time FROM connection WHERE direction = 'outbound' AND NOT blocked "
            "AND protocol IN (6, 17) ORDER BY time, connection"
        )
        for address, port, time in connections:
            end = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            self._count("happened", self._ask(db, f"which process connected to {end} at {_said(time)}"))
        for name, time in self._rows("SELECT name, asked FROM lookup ORDER BY asked, lookup"):
            self._count("happened", self._ask(db, f"who asked for {name} at {_said(time)}"))

    def _not_happened(self, db: duckdb.DuckDBPyConnection) -> None:
        """Ask about what did not happen: blindness may be pleaded only where every sure witness was blind."""
        first, last = self.truth.execute("SELECT min(time), max(time) FROM connection").fetchall()[0]
        for _ in range(ASKED):
            at = first + (last - first) * self.dice.random()
            for text, sure in (
                (
                    f"did anything connect out to 198.18.0.1:4444 at {_said(at)}",
                    ("security_5156", "firewall_log"),
                ),
                (f"who asked for never.example.test at {_said(at)}", ("dns_client_3008",)),
            ):
                found = self._ask(db, text)
                visible = any(self.was_on(source, at - HALF, at + HALF) for source in sure)
                asleep = any(each.state == "asleep" for each in found.witnesses)
                self._count("visible" if visible and not asleep else "blind", found)

    def _count(self, sort: str, found: Any) -> None:
        self.counts[f"{sort}: {found.answer if found else 'could_not_have_been_seen'}"] += 1

    def _open(self, db: duckdb.DuckDBPyConnection) -> None:
        """Compare the witnesses of the open questions with what they were."""
        rows = db.execute(
            "SELECT time_from, gap.question, gap.source, gap.state FROM "
            "(SELECT time_from, unnest(not_seen) AS gap FROM story)"
        ).fetchall()
        for time, question, source, state in rows:
            if source not in GROUPS or question.startswith("What started"):
                continue
            is_on = self.was_on(source, time, time)
            agrees = is_on == (state in ("on", "filtered")) or state == "asleep"
            self.counts[
                f"not_seen: {'agrees' if agrees else f'{source} {state}, truly ' + ('on' if is_on else 'not')}"
            ] += 1


def _said(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def worlds(count: int, seed: int, days: float) -> Iterator[tuple[Fate, Counter[str]]]:
    """Yield what was counted in each world."""
    for number in range(count):
        fate = FATES[number % len(FATES)]
        with tempfile.TemporaryDirectory() as folder:
            yield fate, Judged(Path(folder), fate, seed + number // len(FATES), days).run()


def main() -> int:
    """Print the counts by what befell the witness; 1 where something that happened was said not to have."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--worlds", type=int, default=210)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--days", type=float, default=0.015)
    asked = parser.parse_args()
    total, by_fate = Counter[str](), {fate.name: Counter[str]() for fate in FATES}
    with suppress(KeyboardInterrupt):  # what is judged by then is printed
        for fate, counts in worlds(asked.worlds, asked.seed, asked.days):
            by_fate[fate.name].update({**counts, "worlds": 1})
            total.update({**counts, "worlds": 1})
    for name, counts in [*by_fate.items(), ("all", total)]:
        print(name)
        for what, number in sorted(counts.items()):
            print(f"  {number:8,}  {what}")
    return int(total["happened: did_not_happen"] > 0)


if __name__ == "__main__":
    sys.exit(main())
