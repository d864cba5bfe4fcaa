"""The rules agree with the lab's filter, which was written apart from them from the manual of Sysmon."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from fates import CONFIGURATIONS
from trackway.lab import life
from trackway.lab.policy import Policy
from trackway.lab.scenario import machine, scenario
from trackway.lab.witness.record import Record
from trackway.lab.witness.sysmon import Sysmon
from trackway.lab.witness.sysmon_filter import SysmonFilter
from trackway.lab.world.attack import SITES
from trackway.lab.world.facts import Fact
from trackway.lab.world.host import Host
from trackway.lab.world.internet import Internet
from trackway.sysmon_rules import NAMES, Rules, from_dump, from_xml, would_write
from trackway.sysmon_rules.rules import CONDITIONS

Event = tuple[int, dict[str, str]]


@pytest.fixture(scope="module")
def events() -> list[Event]:
    """Return what Sysmon would have written of an hour at a desk."""
    plot = scenario("office")
    found, heard = machine(plot, 0, 3), list[Fact]()
    host = Host(found, Internet(3, extra=SITES), life.start(found.zone_seconds), heard.append, plot.name, 3)
    life.live(host, plot, 0.03)
    sysmon = Sysmon(found, Policy())
    written = [record for fact in heard for record in sysmon.records(fact) if isinstance(record, Record)]
    return [(each.event.id, _values(each)) for each in written if each.event.id in (1, 3, 22)]


def _values(record: Record) -> dict[str, str]:
    pairs = zip((name for name, _ in record.event.fields), record.values, strict=True)
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in pairs}


@pytest.mark.parametrize("text", CONFIGURATIONS.values(), ids=CONFIGURATIONS)
def test_the_rules_let_through_what_the_lab_s_filter_lets_through(text: str, events: list[Event]) -> None:
    ours, theirs = from_xml(text.encode()), SysmonFilter(text)
    assert [would_write(ours, *event) for event in events] == [_writes(theirs, event) for event in events]
    assert (
        from_dump("\n".join(["Rule configuration (version 4.50):", *theirs.printed()])).filters
        == ours.filters
    )


def test_conditions_and_relations_put_together_by_chance_agree_wherever_there_is_an_answer(
    events: list[Event],
) -> None:
    dice, told = random.Random(7), 0  # noqa: S311  no secret
    for _ in range(150):
        text = "".join(_configuration(dice, events))
        ours, theirs = from_xml(text.encode()), SysmonFilter(text)
        for event in dice.sample(events, 20):
            answer = would_write(ours, *event)
            told += answer is not None
            assert answer in (None, _writes(theirs, event)), (text, event)
            assert answer is not None or "excludes a" in text
    assert told > 2_500
    assert isinstance(ours, Rules)


def _writes(theirs: SysmonFilter, event: Event) -> bool:
    return theirs.writes(NAMES[event[0]], event[1])


def _configuration(dice: random.Random, events: list[Event]) -> Iterator[str]:
    yield '<Sysmon schemaversion="4.90"><EventFiltering>'
    for number in (1, 3, 22):
        own = [values for event, values in events if event == number]
        for onmatch in dice.choice((("include",), ("exclude",), ("include", "exclude"))):
            yield f'<RuleGroup groupRelation="{dice.choice(("and", "or"))}"><{NAMES[number]} onmatch="{onmatch}">'
            for _ in range(dice.randrange(4)):
                rules = "".join(_rule(dice, own) for _ in range(dice.randrange(1, 4)))
                relation = dice.choice(("and", "or", ""))
                yield f'<Rule groupRelation="{relation}">{rules}</Rule>' if relation else rules
            yield f"</{NAMES[number]}></RuleGroup>"
    yield "</EventFiltering></Sysmon>"


def _rule(dice: random.Random, own: list[dict[str, str]]) -> str:
    """Return a rule for a field of these events, with values, or parts of values, that they have."""
    fields = ("Image", "User", "DestinationPort", "QueryName", "CommandLine", "ParentImage")
    field = dice.choice([name for name in fields if name in own[0]])
    having = [values[field] for values in own]
    parts = [_part(dice, dice.choice(having)) for _ in range(dice.choice((1, 1, 2, 3)))]
    return f'<{field} condition="{dice.choice(CONDITIONS)}">{";".join(parts)}</{field}>'


def _part(dice: random.Random, value: str) -> str:
    first, last = sorted(dice.choices(range(len(value) + 1), k=2))
    part = dice.choice((value, value[:last], value[first:], value[first:last], value.upper())) or value
    return "".join(each for each in part if each not in "<>&%;")
