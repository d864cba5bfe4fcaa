"""Days of a host: it is switched on in the morning, worked at, and switched off in the evening."""

from __future__ import annotations

from typing import Final

from trackway.lab.scenario import Scenario
from trackway.lab.world import network, office, windows
from trackway.lab.world.host import Host
from trackway.lab.world.schedule import SECOND, moment

FIRST_DAY: Final = moment("2024-03-04T00:00:00")
"""Midnight before the first day, local time; a Monday."""

DAY: Final = 86_400
WORKING: Final = (8 * 3600, 18 * 3600)
"""Seconds after midnight between which people work, more or less."""

WEEKEND: Final = (5, 6)


def live(host: Host, scenario: Scenario, days: float) -> None:
    """Let days pass, or a part of one that begins in the morning."""
    if days < 1:
        _work(host, scenario, host.now + int(days * DAY * SECOND))
        return
    midnight = FIRST_DAY - host.machine.zone_seconds * SECOND
    for day in range(int(days)):
        on = WORKING[0] + host.dice.between(-1800, 1800)
        off = WORKING[1] + host.dice.between(-3600, 3600)
        if day % 7 not in WEEKEND or host.dice.chance(0.1):
            start = midnight + int((day * DAY + on) * SECOND)
            host.schedule.now = max(start, host.now)
            _work(host, scenario, midnight + int((day * DAY + off) * SECOND))


def serve(host: Host) -> None:
    """Set a server going, at which nobody works."""
    windows.start_up(host)
    for program in (
        office.services(host),
        office.directory(host),
        office.neighbours(host),
        office.small_tasks(host),
    ):
        host.schedule.add(program, host.dice.between(0, 30))


def start(scenario_zone_seconds: int) -> int:
    """Return the moment at which a host's first day begins."""
    return FIRST_DAY + (WORKING[0] - scenario_zone_seconds) * SECOND


def _work(host: Host, scenario: Scenario, until: int) -> None:
    """One session, from boot to shut-down."""
    shell = windows.boot(host)
    office.workplace(host, shell)
    if scenario.quirky:
        network.quirks(host, shell)
        host.schedule.add(office.transfers(host), host.dice.between(60, 300))
    for attack in scenario.attacks:
        host.schedule.add(attack(host, shell), host.dice.between(120, 900))
    host.schedule.run(until)
    host.shut_down()
