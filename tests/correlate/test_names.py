"""Which names a connection can have been made for, and in which order."""

from __future__ import annotations

import csv
from importlib.resources import files

import pytest

from trackway.correlate import run

from .given import (
    OWN,
    PID,
    SITE,
    SVCHOST,
    completed,
    created,
    expect,
    guid,
    inbound,
    only,
    permit,
    queried,
    served,
    started,
)

OTHER = 20224


def names(*rows, **request):
    """Return the names of the one story of PID 20220, best first."""
    (story,) = [row for row in expect("story", *rows, **request) if row["local_port"] in {50638, 3389}]
    assert [name["rank"] for name in story["names"]] == list(range(1, len(story["names"]) + 1))
    return story["names"]


def told(seconds, name="perdu.com", **columns):
    """Return a completed look-up of that name with the site's address."""
    return completed(seconds, name=name, **columns)


@pytest.mark.parametrize(("before", "named"), [(86400, True), (86400.001, False)])
def test_the_resolver_remembers_a_day_at_most(before, named):
    assert len(names(told(-before), permit(0))) == named


@pytest.mark.parametrize(("after", "named"), [(2, True), (2.001, False)])
def test_an_answer_may_be_written_two_seconds_after_its_connection(after, named):
    assert len(names(told(after), permit(0))) == named


@pytest.mark.parametrize(
    ("after", "first"), [(0.02, "perdu.com"), (2, "perdu.com"), (2.001, "other.example.com")]
)
def test_an_answer_written_just_after_its_connection_counts_before_an_old_one_of_the_same_name(after, first):
    rows = (told(-600), told(-300, name="other.example.com"), told(after), permit(0))
    assert names(*rows)[0]["name"] == first


@pytest.mark.parametrize(("before", "nearest"), [(0.5, "0.5 s before"), (1.5, "1.0 s after")])
def test_of_one_name_the_nearer_of_the_last_before_and_the_first_after_counts(before, nearest):
    (found,) = names(told(-before), told(1), permit(0))
    assert nearest in found["reason"]


def test_an_answer_with_another_address_names_nothing():
    assert names(told(-1, addresses=["208.97.177.125"]), permit(0)) == []


def test_an_answer_that_holds_several_addresses_names_each_of_them():
    assert [row["name"] for row in names(told(-1, addresses=["10.0.0.1", SITE]), permit(0))] == ["perdu.com"]


def test_an_inbound_connection_has_no_asked_name():
    assert names(told(-1, addresses=["203.0.113.9"], pid=900), permit(-90, source_port=1), inbound(0)) == []


def measured(situation):
    """Return how sure a name is in a situation, as the table of words says."""
    text = files(run.__package__).joinpath("words", "name_confidence.csv").read_text(encoding="utf-8")
    return next(
        float(row["confidence"]) for row in csv.DictReader(text.splitlines()) if row["situation"] == situation
    )


@pytest.mark.parametrize(("asker", "caller"), [(PID, "same"), (None, "unknown"), (OTHER, "other")])
def test_who_asked_says_how_likely_a_name_is(asker, caller):
    row = told(-1) if asker == PID else told(-1, pid=asker)
    row = served(-1) if asker is None else row
    (found,) = names(row, permit(0))
    assert found["confidence"] == measured(f"{caller}, seconds, only")
    assert found["basis"] == ("pid+address+time" if caller == "same" else "address+time")


@pytest.mark.parametrize(("older", "caller"), [(120, "the same process"), (120.001, "another process")])
def test_of_one_name_the_same_process_counts_if_two_minutes_older_than_the_nearest(older, caller):
    (found,) = names(told(-1 - older), told(-1, pid=OTHER), permit(0))
    assert found["reason"].startswith(caller)


@pytest.mark.parametrize(("older", "caller"), [(120, "somebody"), (120.001, "another process")])
def test_of_one_name_an_unknown_process_counts_next(older, caller):
    (found,) = names(served(-1 - older), told(-1, pid=OTHER), permit(0))
    assert found["reason"].startswith(caller)


def test_of_one_name_the_same_process_comes_before_an_unknown_one():
    (found,) = names(told(-60), served(-30), told(-1, pid=OTHER), permit(0))
    assert found["reason"].startswith("the same process asked for it 60.0 s before")


@pytest.mark.parametrize(("older", "first"), [(120, "mine.example"), (120.001, "theirs.example")])
def test_between_names_the_same_process_wins_if_two_minutes_older_than_the_nearest(older, first):
    found = names(told(-1 - older, "mine.example"), told(-1, "theirs.example", pid=OTHER), permit(0))
    assert found[0]["name"] == first
    assert len(found) == 2


def test_between_names_an_unknown_process_comes_before_another():
    found = names(served(-60, name="nobody.example"), told(-1, "theirs.example", pid=OTHER), permit(0))
    assert [row["name"] for row in found] == ["nobody.example", "theirs.example"]


def test_between_names_of_one_process_the_nearest_before_comes_first():
    found = names(told(-5, "b.example"), told(-3, "a.example"), told(1, "c.example"), permit(0))
    assert [row["name"] for row in found] == ["a.example", "b.example", "c.example"]


def test_every_name_that_shares_the_address_is_kept_and_said_so():
    found = names(*(told(-number, f"{number}.example") for number in range(1, 13)), permit(0))
    assert len(found) == 12
    assert all("12 names share the address" in row["reason"] for row in found)
    assert found[0]["confidence"] > found[1]["confidence"]


def test_who_asked_first_of_all_decides_how_sure_a_name_is():
    sure = [measured(f"{caller}, seconds, only") for caller in ("same", "unknown", "other")]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] > 0.95
    assert sure[-1] < 0.5


def test_the_kernel_connects_for_whoever_asked():
    (found,) = names(told(-1, pid=OTHER), permit(0, pid=4, image="System"))
    assert found["confidence"] == measured("kernel, seconds, only") > measured("other, seconds, only")


@pytest.mark.parametrize(("apart", "place"), [(0.999, "first, near"), (1, "first")])
def test_a_name_within_a_second_of_the_next_is_less_sure(apart, place):
    found = names(told(-1), told(-1 - apart, "other.example"), permit(0))
    assert found[0]["confidence"] == measured(f"same, seconds, {place}")


@pytest.mark.parametrize(
    ("age", "when"),
    [
        (-0.501, "after"),
        (-0.5, "seconds"),
        (5, "seconds"),
        (5.001, "minutes"),
        (120, "minutes"),
        (120.001, "hour"),
    ],
)
def test_how_long_before_it_was_asked_is_the_second_thing_that_decides(age, when):
    (found,) = names(told(-age), permit(0))
    assert found["confidence"] == measured(f"same, {when}, only")


def test_a_situation_that_was_never_measured_is_hardly_sure():
    (found,) = names(told(-40_000), permit(0))
    assert found["confidence"] == 0.1


def test_the_age_of_an_answer_lowers_its_confidence():
    ages = [1, 1800, 40_000]
    found = [names(told(-age), permit(0))[0]["confidence"] for age in ages]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(ages)


def test_the_nearest_look_up_of_a_name_is_the_one_that_is_cited():
    rows = [told(-600), told(-300), told(-3), told(-90, pid=OTHER), permit(0)]
    nearest = next(row for row in expect("lookup", *rows) if row["evidence"][0]["line"] == 3)
    assert names(*rows)[0]["lookup"] == nearest["lookup"]


def test_letter_case_does_not_make_two_names():
    assert [row["name"] for row in names(told(-2, "PERDU.com"), told(-1), permit(0))] == ["perdu.com"]


@pytest.mark.parametrize(
    "asker",
    [
        started(-100, pid=OTHER, image=SVCHOST, command_line="svchost.exe -k NetworkService -p -s Dnscache"),
        started(
            -100, pid=OTHER, image=r"C:\Program Files\Windows Defender Advanced Threat Protection\MsSense.exe"
        ),
    ],
    ids=["Dnscache", "MsSense"],
)
def test_a_look_up_of_a_process_that_resolves_for_others_counts_as_nobody_s(asker):
    (found,) = names(asker, told(-1, pid=OTHER), permit(0))
    assert found["reason"].startswith("somebody")
    assert found["confidence"] == measured("unknown, seconds, only")


def test_a_look_up_of_an_ordinary_service_is_its_own():
    asker = started(-100, pid=OTHER, image=SVCHOST, command_line="svchost.exe -k netsvcs -p -s BITS")
    (found,) = names(asker, told(-1, pid=OTHER), permit(0))
    assert found["reason"].startswith("another process")


def test_the_same_pid_of_an_earlier_instance_is_another_process():
    (found,) = names(started(-500), told(-400), started(-100), permit(0))
    assert found["reason"].startswith("another process")


def test_a_name_of_sysmon_and_one_of_the_resolver_are_the_same_process_by_identifier():
    rows = [created(-10), queried(-1, process_guid=guid(-10)), permit(0)]
    assert names(*rows)[0]["basis"] == "pid+address+time"


def test_a_name_brings_its_aliases_and_times():
    (found,) = names(told(-1, cnames=["a.example", "b.example"]), permit(0))
    assert found["cnames"] == ["a.example", "b.example"]
    assert found["time_from"] is not None


def test_a_connection_to_itself_can_have_a_name_too():
    loop = {"source_address": "127.0.0.1", "destination_address": "127.0.0.1"}
    assert len(names(told(-1, "localhost", addresses=["127.0.0.1"]), permit(0, **loop))) == 1


def test_links_hold_every_name_with_its_rank():
    rows = [told(-2, "a.example"), told(-1, "b.example"), permit(0)]
    links = [row for row in expect("link", *rows) if row["kind"] == "connection_lookup"]
    story = only("story", *rows)
    assert [(row["subject"], row["object"], row["rank"]) for row in links] == [
        (story["story"], name["lookup"], name["rank"]) for name in story["names"]
    ]


def test_an_own_address_is_found_by_name_as_well():
    assert OWN != SITE
    other = permit(0, destination_address=OWN)
    assert len(names(told(-1, "ws7", addresses=[OWN]), other)) == 1
