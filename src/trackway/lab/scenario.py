"""Scenarios: what is going on in a world, by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from trackway.errors import UsageError
from trackway.lab.world import attack, blinding
from trackway.lab.world.dice import Dice
from trackway.lab.world.facts import Process
from trackway.lab.world.host import Host
from trackway.lab.world.lateral import lateral
from trackway.lab.world.machine import SERVER_2019, SERVER_2022, VERSIONS, WINDOWS_10, WINDOWS_11, Machine
from trackway.lab.world.schedule import Program

Attack = Callable[[Host, Process], Program]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What happens beside ordinary work.

    Attributes:
        text: in a line.
        attacks: what begins some minutes after each logon.
        proxy: whether the hosts go out by a proxy.
        crowded: whether process identifiers and ports come back within minutes.
        quirky: whether the traffic has what makes it hard to read.
        server: whether each host has a server of its own beside it, to which the attacker goes.
    """

    name: str
    text: str
    attacks: tuple[Attack, ...] = ()
    proxy: bool = False
    crowded: bool = False
    quirky: bool = True
    server: bool = False


SCENARIOS: Final = {
    scenario.name: scenario
    for scenario in (
        Scenario(name="office", text="ordinary work, no attack"),
        Scenario(name="quiet", text="ordinary work without anything that makes it hard to read", quirky=False),
        Scenario(name="seed", text="Excel, an encoded PowerShell, perdu.com", attacks=(attack.macro,)),
        Scenario(name="beacon", text="an implant calls home, 60 s to 12 h apart", attacks=(attack.beacon,)),
        Scenario(name="short", text="a beacon whose process lives for a second", attacks=(attack.short_beacon,)),
        Scenario(name="tunnel", text="data in the names of look-ups", attacks=(attack.tunnel,)),
        Scenario(name="literal", text="connections to an address, no name", attacks=(attack.literal,)),
        Scenario(name="fronting", text="a name behind a shared content network", attacks=(attack.fronting,)),
        Scenario(name="bits", text="BITS fetches a file for bitsadmin or a script", attacks=(attack.bits,)),
        Scenario(name="squiblydoo", text="mshta, regsvr32, wmic fetch a script", attacks=(attack.squiblydoo,)),
        Scenario(name="injected", text="code injected into a svchost", attacks=(attack.injected,)),
        Scenario(name="pipe", text="an implant behind a named pipe", attacks=(attack.pipe,)),
        Scenario(name="proxy", text="everything goes by a proxy", attacks=(attack.proxied,), proxy=True),
        Scenario(
            name="lateral", text="SMB, WinRM, RDP and DCOM to a server, which is there too", attacks=(lateral,),
            server=True,
        ),
        Scenario(
            name="crowded", text="PIDs and ports come back soon", attacks=(attack.short_beacon,), crowded=True,
        ),
        Scenario(
            name="cleared",
            text="the attacker clears the logs of Security and Sysmon",
            attacks=(attack.macro, blinding.clear_traces),
        ),
        Scenario(
            name="blinded", text="the attacker switches sources off, and on again",
            attacks=(attack.beacon, blinding.switch_off),
        ),
        Scenario(
            name="everything",
            text="all attacks at once",
            attacks=(
                attack.macro, attack.beacon, attack.short_beacon, attack.tunnel, attack.literal, attack.fronting,
                attack.bits, attack.squiblydoo, attack.injected, attack.pipe, lateral,
            ),
        ),
    )
}  # fmt: skip


def scenario(name: str) -> Scenario:
    """Return a scenario.

    Raises:
        UsageError: there is none of that name.
    """
    found = SCENARIOS.get(name.lower())
    if found is None:
        raise UsageError(f"there is no scenario {name}; there are: {', '.join(SCENARIOS)}")
    return found


def machine(scenario: Scenario, number: int, seed: int, windows: str | None = None) -> Machine:
    """Return the host of this number: its build, unless told, its zone and network are drawn from the seed."""
    dice = Dice("machine", scenario.name, seed, number)
    third, fourth = divmod(number, 200)
    found = Machine(
        name=f"WS-{number + 1:04d}",
        address=f"10.1.{third}.{fourth + 20}",
        address6=f"2001:db8:1::{number + 0x20:x}" if dice.chance(0.25) else None,
        dns_server="10.0.0.53",
        build=dice.pick((WINDOWS_10, WINDOWS_10, WINDOWS_11, WINDOWS_11, SERVER_2019, SERVER_2022)),
        zone_seconds=3600 * dice.pick((-5, 0, 1, 1, 8)),
        user=dice.pick(("anna", "boris", "carla", "deniz", "emil")),
        guid=dice.hexadecimal(8).lower(),
        volume=dice.whole(1, 4),
        intranet=(
            ("dc1", "10.0.0.53"),
            ("files", "10.0.0.60"),
            ("proxy", "10.0.0.80"),
            ("intranet", "10.0.0.61"),
        ),
        hosts_file=(("build.example.test", "10.0.0.90"),) if dice.chance(0.5) else (),
    )
    if scenario.proxy:
        found = replace(found, proxy=(f"proxy.{found.domain}", 3128))
    if scenario.crowded:
        found = replace(found, pid_space=250, ports=(49152, 49652))
    if scenario.server:
        name = f"fs-{number + 1:04d}"
        found = replace(
            found, neighbour=name, intranet=(*found.intranet, (name, f"10.2.{third}.{fourth + 20}"))
        )
    return replace(found, build=VERSIONS[windows]) if windows else found


def server(beside: Machine) -> Machine:
    """Return the server that a host has beside it."""
    return replace(
        beside,
        name=beside.neighbour.upper(),
        address=dict(beside.intranet)[beside.neighbour],
        address6=None,
        build=SERVER_2022 if beside.build == SERVER_2022 else SERVER_2019,
        proxy=None,
        hosts_file=(),
    )
