"""Make a world: evidence and truth of as many hosts and days as wanted.

Hosts are made one after the other by each worker and written as they happen, so that memory does not grow
with the number of hosts or days.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from trackway.errors import CaseError, UsageError
from trackway.lab import life, truth
from trackway.lab.policy import FORMS, SOURCES, SYSMON_SCHEMAS, TREES, Policy
from trackway.lab.recording import Recording
from trackway.lab.scenario import Scenario, machine, scenario, server
from trackway.lab.tree import pack
from trackway.lab.world.attack import SITES
from trackway.lab.world.host import Host
from trackway.lab.world.internet import Internet
from trackway.lab.world.machine import VERSIONS, Machine

MANIFEST: Final = "truth.json"
_MOST_HOSTS: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What to make.

    Attributes:
        scenario: its name.
        seed: equal seeds make equal bytes.
        hosts: how many.
        days: how many, or a part of one.
        windows: version of all hosts, of `VERSIONS`; drawn from the seed by default.
        policy: what the hosts keep.
    """

    scenario: str
    seed: int = 1
    hosts: int = 1
    days: float = 1.0
    windows: str | None = None
    policy: Policy = field(default_factory=Policy)

    def checked(self) -> Scenario:
        """Return the scenario.

        Raises:
            UsageError: a parameter is impossible.
        """
        if not 1 <= self.hosts <= _MOST_HOSTS:
            raise UsageError(f"{self.hosts} hosts cannot be made; give 1 to {_MOST_HOSTS:,}")
        if not 0 < self.days <= 3650:  # noqa: PLR2004  ten years
            raise UsageError(f"{self.days} days cannot be made; give more than 0 and at most 3650")
        if self.policy.form not in FORMS or self.policy.tree not in TREES:
            raise UsageError(f"there is no form {self.policy.form} or no tree {self.policy.tree}")
        if self.windows not in (None, *VERSIONS) or self.policy.sysmon_schema not in SYSMON_SCHEMAS:
            raise UsageError(f"there is no Windows {self.windows} or no Sysmon {self.policy.sysmon_schema}")
        if unknown := sorted(self.policy.sources - set(SOURCES)):
            raise UsageError(f"there is no source {', '.join(unknown)}; there are: {', '.join(SOURCES)}")
        return scenario(self.scenario)


def make(world: World, folder: Path, *, workers: int = 1, force: bool = False) -> Path:
    """Write `folder`/evidence and `folder`/truth, and return the folder.

    Raises:
        UsageError: a parameter is impossible.
        CaseError: the folder is there already, or cannot be written.
    """
    world.checked()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        if not force or not (folder / "truth" / MANIFEST).exists():
            raise CaseError(
                f"{folder}: is there already; use --force to make a world anew, or -o for another name"
            )
        shutil.rmtree(folder)
    with _told(folder):
        _make(world, folder, workers)
        content = {"truth_version": truth.VERSION, "trackway": version("trackway"), "world": _plain(world)}
        path = folder / "truth" / MANIFEST
        path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8", newline="\n")
    return folder


def _make(world: World, folder: Path, workers: int) -> None:
    jobs = [(world, folder, number) for number in range(world.hosts)]
    if min(workers, world.hosts) <= 1:
        for job in jobs:
            _host(*job)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, os.cpu_count() or 1, world.hosts), mp_context=context) as pool:
        for future in [pool.submit(_host, *job) for job in jobs]:
            future.result()


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    """Turn a full disk and its like into one line."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise CaseError(f"{where}: {error.strerror or error}; give another folder with -o") from error


def _host(world: World, folder: Path, number: int) -> None:
    """Make one host."""
    plot = world.checked()
    found = machine(plot, number, world.seed, world.windows)
    internet = Internet(world.seed, extra=SITES)
    with ExitStack() as stack:
        host, recording = _recorded(world, folder, found, internet, stack)
        if plot.server:
            host.peer, beside = _recorded(world, folder, server(found), internet, stack)
            life.serve(host.peer)
        life.live(host, plot, world.days)
        recording.collect(host)
        if host.peer:
            host.peer.schedule.run(max(host.now, host.peer.now))
            beside.collect(host.peer)
    for each in filter(None, (host, host.peer)):
        pack(folder / "evidence" / each.machine.name, each.machine, world.policy.tree)


def _recorded(
    world: World, folder: Path, found: Machine, internet: Internet, stack: ExitStack
) -> tuple[Host, Recording]:
    """Return a host that is switched off yet, and what writes down what happens on it."""
    evidence = folder / "evidence" / found.name
    evidence.mkdir(parents=True, exist_ok=True)
    told = truth.Truth(folder / "truth", found.full_name)
    recording = stack.enter_context(Recording(evidence, found, world.policy, told))
    begin = life.start(found.zone_seconds)
    return Host(found, internet, begin, recording.hear, world.scenario.lower(), world.seed), recording


def _plain(world: World) -> dict[str, Any]:
    content = asdict(world)
    content["policy"]["sources"] = sorted(world.policy.sources)
    return content
