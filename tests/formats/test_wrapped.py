"""Events inside other objects: every member counts, and none is found where there is none."""

from __future__ import annotations

import json

import pytest

from ..sources.told import mutants
from .exports import FORMS, Written, elastic, evtx_dump, lines, nxlog, read_all

EVENTS = [Written(record=number, time=f"2021-03-04T05:06:{number:02}.891Z") for number in range(1, 4)]


def columns(form) -> dict:
    records = [form(event) for event in EVENTS]
    names = list(records[0])
    return {
        "columns": [{"name": name, "type": "string"} for name in names],
        "rows": [[*each.values()] for each in records],
    }


WRAPPED = {
    "elasticsearch": {
        "took": 3,
        "_shards": {"total": 1},
        "hits": {"total": {"value": 3}, "hits": [*map(elastic, EVENTS)]},
    },
    "advanced hunting": {"Schema": [{"Name": "EventID", "Type": "Int32"}], "Results": [*map(nxlog, EVENTS)]},
    "log analytics": {"tables": [{"name": "PrimaryResult", **columns(nxlog)}]},
    "chainsaw": {
        "group": "Sigma",
        "id": "22222222-2222-2222-2222-222222222222",
        "documents": [{"kind": "evtx", "path": "x.evtx", "data": evtx_dump(event)} for event in EVENTS],
    },
    "zircolite": {"title": "A rule", "rule_level": "high", "count": 3, "matches": [*map(nxlog, EVENTS)]},
}


@pytest.mark.parametrize("name", WRAPPED)
@pytest.mark.parametrize("indent", [None, 2])
def test_events_in_another_object_are_read_each(name, indent):
    found = read_all(json.dumps(WRAPPED[name], indent=indent).encode())
    assert [row["record"] for row in found.only] == [1, 2, 3]
    assert [row["QueryName"] for row in found.only] == ["perdu.com"] * 3
    assert (found.ledger.seen, found.skips) == (3, [])


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_read_inside_an_object_as_outside(form):
    outside, inside = (
        read_all(lines(value)).only for value in (form(Written()), {"a": {"records": [form(Written())]}})
    )
    assert inside == outside


def test_a_member_that_is_no_event_is_told_of_and_a_float_is_kept_as_written():
    members = [
        nxlog(EVENTS[0]),
        {"name": "x"},
        7,
        nxlog(Written(fields={"QueryName": "n", "QueryType": "1.50"})),
    ]
    text = json.dumps({"value": members}).replace('"1.50"', "1.50")
    found = read_all(text.encode())
    assert [row["QueryType"] for row in found.only] == ["1", "1.50"]
    assert (found.ledger.seen, len(found.skips)) == (4, 2)


def test_objects_without_an_event_are_none():
    found = read_all(lines({"a": {"b": [{"c": 1}, [2], None]}, "columns": ["x"], "rows": [[1]]}, {"d": []}))
    assert (found.only, found.ledger.seen, found.ledger.note) == ([], 2, "JSON, but no event records")


@pytest.mark.parametrize("name", WRAPPED)
def test_what_is_damaged_raises_nothing_and_its_counts_add_up(name):
    for content in mutants(json.dumps(WRAPPED[name], indent=1).encode(), 60):
        read_all(content)
