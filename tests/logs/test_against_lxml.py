"""The same records as lxml selects from the rendered XML, for queries made from what the records hold.

What Windows compares otherwise than XPath 1.0 is brought to it: hexadecimal numbers are decimal in the XML that
lxml gets, an element with elements has no value, and literals with a meaning of their own are left to
`test_match`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from trackway.evidence.containers import members
from trackway.evidence.discover import discover
from trackway.formats.rows import Ledger
from trackway.formats.whole import Element, Sieve, Tally, Whole, is_readable, whole
from trackway.formats.whole.holds import mask
from trackway.formats.whole.ticks import moment
from trackway.formats.whole.tree import parsed, written
from trackway.logs import values
from trackway.logs.choice import Choice
from trackway.logs.match import matcher
from trackway.logs.pushdown import sieve
from trackway.logs.syntax import All, Any_, Call, Comparison, Condition, Number, Step, Text
from trackway.logs.syntax import Path as Steps
from trackway.logs.xpath import parse

from .events import event

SHARED = Path(__file__).parents[2] / "../shared/data/evtx"
NOW = 15_000_000_000_000_000
A_KIND = 2
"""Records of each file and event id that are kept: every kind, not every repetition."""

Pair = tuple[Whole, Any]


@cache
def records(a_kind: int) -> list[Pair]:
    """Return records and what lxml is given of them; of our own where the shared ones are not there."""
    found = list(recorded(a_kind)) if SHARED.is_dir() else [made(number) for number in range(20)]
    return [(each, given_to_lxml(each.root)) for each in found]


def recorded(a_kind: int) -> Any:
    seen: Counter[object] = Counter()
    for file in discover([SHARED]):
        for member in members(file):
            if not is_readable(member.kind):
                continue
            for each in whole(member, Sieve(), Tally(), Ledger()):
                key = member.name, each.root.value("System/EventID")
                seen[key] += 1
                if seen[key] <= a_kind:
                    yield each


def made(number: int) -> Whole:
    root = event(
        f"<Data Name='QueryName'>h{number}.example</Data><Data>{number}</Data>", event_id=3000 + number
    )
    time = moment(root.value("System/TimeCreated", "SystemTime") or "")
    return Whole(None, number, time.ticks if time else None, True, 1, root)


def given_to_lxml(root: Element) -> Any:
    outer = etree.Element("Events")
    outer.append(etree.fromstring(written(decimal(root))))
    return outer


def decimal(element: Element) -> Element:
    return Element(
        element.name,
        {name: as_decimal(value) for name, value in element.attributes.items()},
        [decimal(child) for child in element.children],
        as_decimal(element.text),
    )


def as_decimal(text: str) -> str:
    return str(int(text, 16)) if re.fullmatch(r"0[xX][0-9A-Fa-f]{1,32}", text) else text


def band(_context: object, left: Any, right: Any) -> bool:
    return any(int(one) & int(other) for one in numbers(left) for other in numbers(right))


def numbers(argument: Any) -> list[str]:
    texts = (
        [str(int(argument))]
        if isinstance(argument, float)
        else [getattr(each, "text", each) for each in argument]
    )
    return [text for text in texts if re.fullmatch(r"\d+", text or "")]


def age(_context: object, argument: Any) -> float:
    times = [moment(str(text)) for text in argument]
    return float((NOW - times[0].ticks) // 10_000) if times and times[0] else float("nan")


def xpath(query: Steps) -> str:
    """Write a query for lxml: what is compared must be a leaf."""
    return "/".join(map(step, query.steps))


def step(each: Step, *, leaf: bool = False) -> str:
    name = {"attribute": f"@{each.name}", "text": "text()"}.get(each.kind, each.name)
    return name + "".join(f"[{condition(one)}]" for one in each.conditions) + ("[not(*)]" if leaf else "")


def condition(each: Condition) -> str:
    if isinstance(each, All | Any_):
        word = " and " if isinstance(each, All) else " or "
        return word.join(f"({condition(part)})" for part in each.parts)
    if isinstance(each, Steps):
        return xpath(each)
    if isinstance(each, Call):
        return f"band({each.arguments[0]}, {each.arguments[1]})"
    if isinstance(each.left, Call):
        return f"{each.left} {each.operator} {each.right}"
    *steps, last = each.left.steps
    path = "/".join([*map(step, steps), step(last, leaf=last.kind == "child")])
    return f"{path} {each.operator} {each.right}"


@st.composite
def queries(draw: st.DrawFn) -> Steps:
    """Draw a query about something that a record holds."""
    root = draw(st.sampled_from(records(A_KIND)))[0].root
    top = draw(st.lists(conditions(root), min_size=1, max_size=3))
    joined = top[0] if len(top) == 1 else draw(st.sampled_from([All, Any_]))(tuple(top))
    return Steps((Step("child", draw(st.sampled_from(["*", "Event"])), (joined,)),))


@st.composite
def conditions(draw: st.DrawFn, element: Element) -> Condition:
    """Draw a condition on what stands below an element."""
    if not element.children or draw(st.integers(0, 9)) == 0:
        return draw(on_attributes(element))
    child = draw(st.sampled_from(element.children))
    name = draw(st.sampled_from([child.name, child.name, child.name, "*"]))
    if child.children:
        inner = draw(st.lists(conditions(child), min_size=1, max_size=2))
        return Steps((Step("child", name, tuple(inner)),))
    filters = draw(st.lists(leaf_conditions(element, child), max_size=2))
    path = Steps((Step("child", name, tuple(filters)),))
    return draw(st.one_of(st.just(path), comparisons(path, child.text)))


@st.composite
def on_attributes(draw: st.DrawFn, element: Element) -> Condition:
    name = draw(st.sampled_from([*element.attributes, "*", "Name"]))
    path = Steps((Step("attribute", name),))
    value = element.attributes.get(name, "x")
    if name == "SystemTime":
        limit = Number(draw(st.integers(-(10**12), 10**13)), "")
        limit = Number(limit.value, str(limit.value))
        return Comparison(Call("timediff", (path,)), draw(st.sampled_from(["<=", ">"])), limit)
    return draw(st.one_of(st.just(path), comparisons(path, value)))


@st.composite
def leaf_conditions(draw: st.DrawFn, parent: Element, leaf: Element) -> Condition:
    if leaf.name in {"System", "EventData", "UserData"} or (leaf.attributes and draw(st.booleans())):
        return draw(on_attributes(leaf))
    place = draw(st.integers(1, len(parent.children)))
    sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
    return Comparison(Call("position", ()), sign, Number(place, str(place)))


@st.composite
def comparisons(draw: st.DrawFn, path: Steps, value: str) -> Condition:
    number = values.number(value)
    if isinstance(number, int) and abs(number) < 1 << 53 and draw(st.booleans()):
        near = abs(number) + draw(st.integers(0, 2))
        if draw(st.integers(0, 4)) == 0:
            return Call("band", (path, Number(near, str(near))))
        sign = draw(st.sampled_from(["=", "!=", "<", "<=", ">", ">="]))
        return Comparison(path, sign, Number(near, str(near)))
    is_plain = value.isprintable() and not ("'" in value and '"' in value) and not values.is_typed(value)
    return Comparison(path, draw(st.sampled_from(["=", "=", "!="])), Text(value if is_plain else "x"))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(queries())
def test_generated_queries_select_the_records_that_lxml_selects(query: Steps) -> None:
    selects = matcher(parse(str(query)), NOW)
    oracle = etree.XPath(xpath(query), extensions={(None, "band"): band, (None, "timediff"): age})

    for each, document in records(A_KIND):
        assert selects(each.root) is bool(oracle(document)), str(query)


@settings(max_examples=80, deadline=None, derandomize=True)
@given(queries())
def test_nothing_that_is_selected_is_refused_before_it_is_decoded(query: Steps) -> None:
    selects, wanted = matcher(query, NOW), sieve(query, NOW)

    for each, _ in records(A_KIND):
        if selects(each.root):
            number = values.number(each.root.value("System/EventID") or "")
            assert wanted.lets_through(
                number if isinstance(number, int) else None,
                each.root.value("System/Provider", "Name"),
                each.root.value("System/Channel"),
                each.ticks,
            ), str(query)
            held = set(held_by(each.root))
            assert all(any(text in value for value in held) for text in wanted.texts), str(query)


@cache
def as_columns() -> Any:
    """Return trees of the kept records of the shared logs, and their columns, row by row."""
    pa, native = pytest.importorskip("pyarrow"), pytest.importorskip("trackway_evtx")
    system = [(name, "text") for name in (*native.SYSTEM, "fields", "xml")]
    seen: Counter[object] = Counter()
    kept = []
    for path in sorted(SHARED.rglob("*.evtx")):
        for batch in native.scan(str(path), [native.Shape(system=system)]):
            rows = pa.record_batch(batch)
            places = []
            for place, number in enumerate(rows["event_id"].to_pylist()):
                seen[path, number] += 1
                if seen[path, number] <= A_KIND:
                    places.append(place)
            kept.append(rows.take(pa.array(places, pa.int64())))
    whole_table = pa.concat_batches(kept)
    return [parsed(xml) for xml in whole_table["xml"].to_pylist()], whole_table


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
@settings(max_examples=150, deadline=None, derandomize=True)
@given(queries())
def test_nothing_that_is_selected_is_refused_by_its_columns(query: Steps) -> None:
    roots, columns = as_columns()
    selects, holds = matcher(query, NOW), sieve(query, NOW).holds

    may_be = [True] * len(roots) if holds is None else mask(holds, columns).to_pylist()

    assert not [row for row, root in enumerate(roots) if selects(root) and not may_be[row]], str(query)


CHOICES = [
    Choice(fields=("DestinationPort=443",)),
    Choice(fields=("logonguid={00000000-0000-0000-0000-000000000000}",)),
    Choice(fields=("Image~svchost",)),
    Choice(fields=("Data=*",)),
    Choice(fields=("Result=*",)),
    Choice(fields=("Level=4",)),
    Choice(contains="system"),
    Choice(contains="S-1-5-18"),
    Choice(providers=("*sysmon*",)),
    Choice(channels=("sec*", "Microsoft-Windows-DNS Client Events/Operational")),
]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
@pytest.mark.parametrize("choice", CHOICES, ids=str)
def test_nothing_that_is_chosen_is_refused_by_its_columns(choice: Choice) -> None:
    roots, columns = as_columns()
    holds, tests = choice.sieve().holds, list(choice.tests())
    chosen = [all(test("", Whole(None, 1, 1, True, 1, root)) for test in tests) for root in roots]

    may_be = [True] * len(roots) if holds is None else mask(holds, columns).to_pylist()

    assert any(chosen)
    assert not [row for row, is_chosen in enumerate(chosen) if is_chosen and not may_be[row]]


def held_by(element: Element) -> Any:
    yield element.text
    yield from element.attributes.values()
    for child in element.children:
        yield from held_by(child)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
@pytest.mark.parametrize(
    "query",
    [
        "*[System[Level <= 3]]",
        "*[System[Provider[@Name='Microsoft-Windows-Sysmon'] and (EventID=1 or EventID=3)]]",
        "*[EventData[Data[@Name='DestinationPort']=443 or Data='NT AUTHORITY\\SYSTEM']]",
        "*[EventData/Data[2]='DESKTOP-1N4R894' or UserData/*/*]",
        "*[System/Execution[@ProcessID < 1000] and EventData/Data[@Name='LogonType'] > 2]",
    ],
)
def test_over_all_records_the_same_are_selected(query: str) -> None:
    selects, oracle = matcher(parse(query), NOW), etree.XPath(xpath(parse(query)))
    everything = records(1 << 30)

    mine = [number for number, (each, _) in enumerate(everything) if selects(each.root)]

    assert mine == [number for number, (_, document) in enumerate(everything) if oracle(document)]
    assert mine
