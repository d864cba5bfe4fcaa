"""The rules agree with the lab's Sysmon, which was written apart from them."""

from __future__ import annotations

from trackway.lab import life
from trackway.lab.policy import Policy
from trackway.lab.scenario import machine, scenario
from trackway.lab.witness.record import Record, Silence
from trackway.lab.witness.sysmon import CONNECTED, QUERIED, Sysmon, mapped
from trackway.lab.world.attack import SITES
from trackway.lab.world.facts import Connection, Fact, Lookup
from trackway.lab.world.host import Host
from trackway.lab.world.internet import Internet
from trackway.sysmon_rules import from_xml, would_write

EXCLUDED = ("svchost.exe", "msedge.exe", "chrome.exe", "firefox.exe")


def facts() -> list[Fact]:
    plot = scenario("office")
    found, heard = machine(plot, 0, 3), list[Fact]()
    host = Host(found, Internet(3, extra=SITES), life.start(found.zone_seconds), heard.append, plot.name, 3)
    life.live(host, plot, 0.4)
    return heard


def test_what_the_lab_s_sysmon_leaves_out_the_rules_say_would_not_be_written() -> None:
    images = "".join(f'<Image condition="image">{name}</Image>' for name in EXCLUDED)
    lists = "".join(
        f'<{event} onmatch="exclude">{images}</{event}>' for event in ("NetworkConnect", "DnsQuery")
    )
    rules = from_xml(
        f'<Sysmon schemaversion="4.50"><EventFiltering>{lists}</EventFiltering></Sysmon>'.encode()
    )
    sysmon = Sysmon(machine(scenario("office"), 0, 3), Policy(sysmon_excludes=EXCLUDED))

    told = [(written, fact) for fact in facts() for written in sysmon.records(fact) if _is_asked(written)]

    silent = [isinstance(written, Silence) for written, _ in told]
    assert 20 < sum(silent) < len(silent) - 20
    assert [would_write(rules, *_event(fact)) for _, fact in told] == [not each for each in silent]


def _is_asked(written: Record | Silence) -> bool:
    kind = written.kind if isinstance(written, Silence) else written.event.name
    return kind in (CONNECTED.name, QUERIED.name)


def _event(fact: Fact) -> tuple[int, dict[str, str | None]]:
    if isinstance(fact, Connection):
        return 3, {"Image": fact.process.image.path, "DestinationPort": str(fact.remote_port)}
    assert isinstance(fact, Lookup)
    return 22, {"Image": fact.process.image.path, "QueryResults": "".join(map(mapped, fact.addresses))}
