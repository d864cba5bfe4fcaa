"""What the silence of a witness is said to prove, judged by the truth of lab worlds.

    python bench/blindness.py --worlds 210 [--seed 1000] [--first 0]

In each world one thing befalls one witness: it is off, cleared, written over, slept through, not collected, or
filtered by a configuration of Sysmon (`fates.py`). Questions are asked about what happened and about what did not, and
every open question of every story is compared with what its witness really was at that moment.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import duckdb

import trackway
from fates import FATES, Fate
from trackway.coverage import Question, answers
from trackway.lab.make import World, make
from trackway.lab.policy import Policy
from trackway.lab.scenario import machine, scenario
from trackway.lab.witness.sysmon_filter import SysmonFilter

GROUPS: Final = {
    "security_5156": ("5156", "security"),
    "security_4688": ("4688", "security"),
    "sysmon_1": ("sysmon", "sysmon"),
    "sysmon_3": ("sysmon", "sysmon"),
    "sysmon_22": ("sysmon", "sysmon"),
    "dns_client_3008": ("dns_client", "dns_client"),
    "firewall_log": ("pfirewall", "pfirewall"),
}
SORTS: Final = {"sysmon_1": "ProcessCreate", "sysmon_3": "NetworkConnect", "sysmon_22": "DnsQuery"}
NEVER: Final = ("198.18.0.1", 4444)
NAMELESS: Final = "never.example.test"
ASKED: Final = 12
"""Questions of each sort in each world."""

HALF: Final = timedelta(seconds=30)


class Judged:
    """One world, its case and its truth."""

    def __init__(self, folder: Path, fate: Fate, seed: int, days: float) -> None:
        policy = Policy(
            sources=fate.sources,
            limit=fate.limit,
            sysmon_excludes=fate.excludes,
            sysmon_configuration=fate.configuration,
            tree="trackway" if fate.configuration else "plain",
        )
        make(World(scenario=fate.scenario, seed=seed, days=days, policy=policy), folder / "world")
        for path in (folder / "world" / "evidence").glob(f"*/{fate.removed}"):
            path.unlink()
        self.fate, self.counts = fate, Counter[str]()
        self.filter = SysmonFilter(fate.configuration) if fate.configuration else None
        zone = machine(scenario(fate.scenario), 0, seed).zone_seconds // 60
        told = f"{'-' if zone < 0 else '+'}{abs(zone) // 60:02}:{abs(zone) % 60:02}"
        self.case = trackway.trace([folder / "world" / "evidence"], folder / "case", timezones=[told])
        self.truth = duckdb.connect()
        self.truth.execute("SET TimeZone = 'UTC'")
        for path in (folder / "world" / "truth").iterdir():
            if path.is_dir():
                self.truth.read_parquet(str(path / "*.parquet")).create_view(path.name)
        self.dice = random.Random(f"{fate.name} {seed}")  # noqa: S311  no secret
        rows = self.truth.execute("SELECT DISTINCT image FROM process").fetchall()
        self.images = {image for (image,) in rows}
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

    def was_on(self, source: str, since: datetime, until: datetime, **told: str) -> bool:
        """True where the witness was switched on, its file holds the time, and it writes what is told, by the truth."""
        if source in SORTS and not self._writes(source, told):
            return False
        wanted, group = GROUPS[source]
        span = self.spans[group]
        return wanted in self.fate.sources and span is not None and span[0] <= since and until <= span[1]

    def _writes(self, source: str, told: dict[str, str]) -> bool:
        """True where the lab's filter writes it as TCP and UDP, from either side, also of a process that has gone."""
        if self.filter is None:
            return False
        images = {told["Image"]} if "Image" in told else self.images
        images |= set() if source == "sysmon_1" else {"<unknown process>"}
        sides = [("Source", "Destination"), ("Destination", "Source")] if source == "sysmon_3" else [("", "")]
        forms = [
            {**told, "Image": image, "Protocol": protocol, "Initiated": str(protocol == "tcp").lower()}
            | {
                f"{here}Port": "50000",
                f"{there}Port": str(NEVER[1]),
                f"{there}Ip": NEVER[0],
                f"{here}Ip": "192.0.2.1",
            }
            | {"CommandLine": command}
            for image in images
            for command in ("", "svchost.exe -k netsvcs")
            for protocol in ("tcp", "udp")
            for here, there in sides
        ]
        return all(self.filter.writes(SORTS[source], form) for form in forms)

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
        # Sysmon alone tells of what was answered only, and says so
        answered = "" if self.fate.sources & {"5156", "pfirewall"} else "AND c.established "
        connections = self._rows(
            "SELECT c.remote_address, c.remote_port, c.time, p.image FROM connection AS c "  # noqa: S608  our own
            "INNER JOIN process AS p ON c.process = p.process "
            f"WHERE c.direction = 'outbound' AND NOT c.blocked AND c.protocol IN (6, 17) {answered}"
            "ORDER BY c.time, c.connection"
        )
        for address, port, time, image in connections:
            end = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
            self._count("happened", self._ask(db, f"which process connected to {end} at {_said(time)}"))
            self._count("happened", self._ask(db, f"did {image} connect to {end} at {_said(time)}"))
        for name, time in self._rows("SELECT name, asked FROM lookup ORDER BY asked, lookup"):
            self._count("happened", self._ask(db, f"who asked for {name} at {_said(time)}"))
        for image, time in self._rows("SELECT image, started FROM process ORDER BY started, process"):
            self._count("happened", self._ask(db, f"did {image} start at {_said(time)}"))

    def _not_happened(self, db: duckdb.DuckDBPyConnection) -> None:
        """Ask about what did not happen: blindness may be pleaded only where every sure witness was blind."""
        first, last = self.truth.execute("SELECT min(time), max(time) FROM connection").fetchall()[0]
        images = [image for (image,) in self._rows("SELECT DISTINCT image FROM process ORDER BY image")]
        for image in (images * ASKED)[:ASKED]:
            at = first + (last - first) * self.dice.random()
            for text, sure, told in self._absent(image):
                found = self._ask(db, f"{text} at {_said(at)}")
                visible = any(self.was_on(source, at - HALF, at + HALF, **told) for source in sure)
                asleep = any(each.state == "asleep" for each in found.witnesses)
                self._count("visible" if visible and not asleep else "blind", found)

    def _absent(self, image: str) -> Iterator[tuple[str, tuple[str, ...], dict[str, str]]]:
        """Yield what did not happen, who writes every such thing, and what is known of it."""
        sockets = ("security_5156", "sysmon_3", "firewall_log")
        resolver = ("dns_client_3008", "sysmon_22")
        end = f"{NEVER[0]}:{NEVER[1]}"
        yield f"did anything connect out to {end}", sockets, {}
        yield f"did {image} connect out to {end}", sockets, {"Image": image}
        yield f"who asked for {NAMELESS}", resolver, {"QueryName": NAMELESS}
        yield (
            f"did {image} ask for {NAMELESS}",
            ("dns_client_3008", "sysmon_22"),
            {"Image": image, "QueryName": NAMELESS},
        )
        path = image.replace("\\", "\\never\\", 1)
        yield f"did {path} start", ("security_4688", "sysmon_1"), {"Image": path}

    def _count(self, sort: str, found: Any) -> None:
        self.counts[f"{sort}: {found.answer if found else 'could_not_have_been_seen'}"] += 1

    def _open(self, db: duckdb.DuckDBPyConnection) -> None:
        """Compare the witnesses of the open questions with what they were, and with what Sysmon left out."""
        rows = db.execute(
            "SELECT s.time_from, p.pid, p.image, s.remote_address, s.remote_port, s.local_port, gap.question, "
            "gap.source, gap.state, gap.reason FROM "
            "(SELECT *, unnest(not_seen) AS gap FROM story) AS s LEFT JOIN process AS p USING (process)"
        ).fetchall()
        for time, pid, image, address, port, local, question, source, state, reason in rows:
            if source in GROUPS and question.startswith("What started"):
                self._agrees("start", source, state, self._start_agrees(source, time, pid, state))
            elif source in GROUPS:
                is_on = self._holds(source, time)
                agrees = is_on == (state in ("on", "filtered")) or state in ("asleep", "off")
                self._agrees("not_seen", source, state, agrees)
            if source in SORTS and self.filter:
                self._ruling(source, (address, port, local), image, reason)

    def _holds(self, source: str, time: datetime) -> bool:
        """True where the witness was switched on and its file holds the time, whatever it leaves out."""
        wanted, group = GROUPS[source]
        span = self.spans[group]
        return wanted in self.fate.sources and span is not None and span[0] <= time <= span[1]

    def _start_agrees(self, source: str, time: datetime, pid: int, state: str) -> bool | None:
        """Return whether the witness truly was not on when the process started, or left it out; null if not found."""
        found = self.truth.execute(
            "SELECT process, started FROM process WHERE pid = $1 AND started <= $2 ORDER BY started DESC LIMIT 1",
            [pid, time + HALF],
        ).fetchone()
        if not found:
            return None
        return not self._holds(source, found[1]) or self._is_left_out(source, found[0]) or state == "asleep"

    def _is_left_out(self, source: str, about: str) -> bool:
        query = "SELECT count(*) FROM absence WHERE about = $1 AND source = $2"
        return bool(self.truth.execute(query, [about, source]).fetchall()[0][0])

    def _ruling(self, source: str, ends: tuple[str, int, int], image: str | None, reason: str) -> None:
        """Compare what the rules are said to do with what the lab's filter does."""
        said = "would have written this" in reason, "leaves this out: " in reason
        if not any(said):
            return
        if source == "sysmon_3":
            query = (
                "SELECT bool_or(a.about IS NULL) FROM connection AS c LEFT JOIN absence AS a ON c.connection = a.about "
                "AND a.source = 'sysmon_3' WHERE c.remote_address = $1 AND c.remote_port = $2 AND c.local_port = $3"
            )
            written = self.truth.execute(query, list(ends)).fetchall()[0][0]
        else:
            written = self._by_filter(source, image or "")
        if written is not None:
            self._agrees("ruling", source, "written" if said[0] else "left out", written == said[0])

    def _by_filter(self, source: str, image: str) -> bool | None:
        """Return what the lab's filter does with a program's starts and queries, or null where it depends on more."""
        if self.filter is None:
            return None
        texts = ("", "a.example.test", "z.zz", "svchost.exe -k netsvcs", "powershell -nop")
        path = (
            image.lower()
            .replace("\\device\\harddiskvolume3", "c:")
            .replace("\\device\\harddiskvolume2", "c:")
        )
        forms = [{"Image": path, "QueryName": text, "CommandLine": text} for text in texts]
        answers = {self.filter.writes(SORTS[source], form) for form in forms}
        return answers.pop() if len(answers) == 1 else None

    def _agrees(self, what: str, source: str, state: str, agrees: bool | None) -> None:
        words = "not found" if agrees is None else "agrees" if agrees else f"{source} {state}, truly not"
        self.counts[f"{what}: {words}"] += 1


def _said(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def worlds(first: int, count: int, seed: int, days: float) -> Iterator[tuple[Fate, Counter[str]]]:
    """Yield what was counted in each world, from the first on, which is a number of the whole."""
    for number in range(first, first + count):
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
    parser.add_argument(
        "--first", type=int, default=0, help="world to begin with, so that two can share a run"
    )
    parser.add_argument("--days", type=float, default=0.015)
    asked = parser.parse_args()
    total, by_fate = Counter[str](), {fate.name: Counter[str]() for fate in FATES}
    with suppress(KeyboardInterrupt):  # what is judged by then is printed
        for fate, counts in worlds(asked.first, asked.worlds, asked.seed, asked.days):
            by_fate[fate.name].update({**counts, "worlds": 1})
            total.update({**counts, "worlds": 1})
            print(
                f"{total['worlds']} {fate.name} {dict(sorted(counts.items()))}", file=sys.stderr, flush=True
            )
    for name, counts in [*by_fate.items(), ("all", total)]:
        print(name)
        for what, number in sorted(counts.items()):
            print(f"  {number:8,}  {what}")
    return int(total["happened: did_not_happen"] > 0)


if __name__ == "__main__":
    sys.exit(main())
