"""In which zone a file is written: measured, borrowed, told by the user, or taken on trust."""

from __future__ import annotations

import pytest

from .given import (
    HOST,
    Observation,
    at,
    but,
    clock,
    created,
    expect,
    local,
    only,
    permit,
    seen,
    served,
    started,
    terminated,
)


def witness(written_hours: float, seconds: float = -10, late: float = 0.0, **columns) -> Observation:
    """Return a Sysmon 1 whose record is written by a clock that is off, some seconds after the activity."""
    row = local(created(seconds, recorded=clock(seconds + late)), written_hours)
    return but(row, **columns)


def placed(*given: Observation, **request):
    """Return the first moment of the permit among the given."""
    rows = expect("connection_observation_timed", *given, **request)
    return next(row["time_from"] for row in rows if row["source"] == "security_5156")


def clocks(*given: Observation, **request):
    return [row for row in expect("clock", *given, **request) if row["kind"] != "skew"]


@pytest.mark.parametrize("hours", [-12, -7, -3.5, -0.25, 0, 0.25, 5.75, 12.75, 14, -19, 17])
def test_a_zone_is_measured_in_quarters_of_an_hour_and_taken_off(hours):
    assert placed(witness(hours), local(permit(0), hours)) == at(0)


@pytest.mark.parametrize(("late", "zone"), [(449, 0), (451, 900), (-449, 0), (-451, -900)])
def test_half_a_quarter_is_where_the_next_zone_begins(late, zone):
    assert only("zone", witness(0, late=-late))["zone_seconds"] == zone


@pytest.mark.parametrize(("hours", "known"), [(26, True), (-26, True), (26.2, False), (-26.2, False)])
def test_no_clock_of_any_zone_is_off_by_more_than_26_hours(hours, known):
    assert len(expect("zone_witness", witness(hours))) == known


def test_a_format_that_writes_utc_is_never_moved():
    assert placed(witness(-7), permit(0)) == at(0)


def test_the_clock_of_connections_says_nothing_about_zones():
    assert expect("zone", local(seen(0), -7)) == []


def test_the_end_of_a_process_is_a_witness_too():
    assert placed(local(terminated(5, recorded=clock(5)), 3), local(permit(0), 3)) == at(0)


@pytest.mark.parametrize(("agreed", "zones"), [(19, [0, 25200]), (20, [25200])])
def test_a_zone_needs_a_twentieth_of_the_witnesses(agreed, zones):
    rows = [witness(-7, -number) for number in range(agreed)]
    assert [row["zone_seconds"] for row in expect("zone", *rows, witness(0))] == zones


def test_a_change_of_zone_goes_with_the_nearest_witness_by_written_time():
    before, after = witness(-7, -4000), witness(-6, 4000)
    assert placed(before, after, local(permit(-1500), -7)) == at(-1500)
    assert placed(before, after, local(permit(1500), -6)) == at(1500)


def test_the_middle_between_two_witnesses_is_where_the_later_zone_begins():
    first, second = witness(0, 0), witness(-2, 10_800)  # written at 0 s and at 3600 s
    assert placed(first, second, permit(1799, zoned=False)) == at(1799)
    assert placed(first, second, permit(1800, zoned=False)) == at(1800 + 7200)


@pytest.mark.parametrize(
    ("written", "moments"),
    [
        (-3601, (-3601, -3601)),
        (-3600, (-3600, 0)),
        (600, (600, 4200)),
        (1199, (1199, 4799)),
        (1200, (4800, 4800)),
    ],
)
def test_what_was_written_in_the_hour_that_repeats_keeps_both_moments_unless_witnesses_leave_one(
    written, moments
):
    witnesses = [witness(0, -600), witness(0, 0), witness(-1, 1200), witness(-1, 4000)]  # set back after 0 s
    rows = expect("connection_observation_timed", *witnesses, permit(written, zoned=False))
    (row,) = [row for row in rows if row["source"] == "security_5156"]
    assert (row["time_from"], row["time_to"]) == tuple(map(at, moments))


def test_a_clock_of_twelve_hours_has_two_zones_and_each_half_of_the_day_its_own():
    morning, evening = witness(-5, 0), witness(-17, 12 * 3600 + 7200)
    rows = [morning, evening]
    assert placed(*rows, local(permit(60), -5)) == at(60)
    assert placed(*rows, local(permit(12 * 3600 + 7000), -17)) == at(12 * 3600 + 7000)
    assert {row["offset_seconds"] for row in clocks(*rows)} == {5 * 3600, 17 * 3600}
    assert all("12-hour clock" in row["reason"] for row in clocks(*rows))


@pytest.mark.parametrize(
    ("delays", "measured"), [((2, 2, 2, 2), True), ((2, 2, 62, 62), True), ((2, 2, 63, 63), False)]
)
def test_a_collector_speaks_only_if_it_is_prompt(delays, measured):
    rows = [local(permit(number, ingested=clock(number + delay)), -7) for number, delay in enumerate(delays)]
    assert [row["zone_seconds"] for row in expect("zone", *rows)] == [25200] * measured


def test_sysmon_is_believed_before_the_collector():
    rows = [local(permit(0, ingested=clock(3602)), -7), witness(-7)]
    assert [(row["zone_seconds"], row["basis"]) for row in expect("zone", *rows)] == [(25200, "sysmon")]


def borrowed(*zones: int, basis: str = "sysmon"):
    return [
        {"file": "log.json", "basis": basis, "zone_seconds": zone, "support": 9, "spread_seconds": 0.5}
        for zone in zones
    ]


def test_a_host_without_a_witness_borrows_the_zone_of_the_others_of_its_file():
    assert placed(local(permit(0), -4), zones=borrowed(14400)) == at(0)
    (clock_row,) = clocks(local(permit(0), -4), zones=borrowed(14400))
    assert (clock_row["basis"], clock_row["applied"]) == ("sysmon, other hosts of the file", True)


def test_others_that_do_not_agree_lend_nothing():
    assert placed(local(permit(0), 0), zones=borrowed(14400, 18000)) == at(0)


def test_a_zone_of_its_own_comes_before_a_borrowed_one():
    assert placed(witness(-7), local(permit(0), -7), zones=borrowed(14400, 25200)) == at(0)


def test_another_file_lends_nothing():
    assert placed(permit(0, zoned=False), zones=[{**borrowed(3600)[0], "file": "other.json"}]) == at(0)


ZONES = [("+02:00", 2), ("-0730", -7.5), ("UTC-3", -3), ("Europe/Berlin", 1), ("Asia/Kolkata", 5.5)]


@pytest.mark.parametrize(("zone", "hours"), ZONES)
def test_a_zone_that_the_user_names_is_what_its_clocks_are_ahead_of_utc(zone, hours):
    assert placed(local(permit(0), hours), timezone=zone) == at(0)


@pytest.mark.parametrize(("zone", "offset"), [("+02:00", -7200.0), ("Europe/Berlin", None)])
def test_the_word_of_the_user_overrules_what_is_measured(zone, offset):
    rows = [witness(-7), local(permit(0), -7)]
    (row,) = clocks(*rows, timezone=zone)
    assert placed(*rows, timezone=zone) != at(0)
    assert (row["kind"], row["basis"], row["applied"]) == ("zone", "user", True)
    assert (row["offset_seconds"], row["spread_seconds"], row["support"]) == (offset, None, None)
    assert row["reason"] == f"record times were read in {zone}, as asked"


def test_the_word_of_the_user_does_not_move_a_format_that_writes_utc():
    assert placed(permit(0), timezone="+02:00") == at(0)
    assert clocks(permit(0), timezone="+02:00")[0]["basis"] == "format"


def test_what_nobody_can_measure_is_taken_as_labelled_and_said_so():
    (row,) = clocks(permit(0, zoned=False))
    assert (row["kind"], row["basis"], row["applied"], row["support"]) == ("none", "label", False, None)


def test_a_measured_zone_is_reported_with_its_spread_and_support():
    rows = [witness(-7, -number, late=number % 3) for number in range(9)]
    (row,) = clocks(*rows)
    assert (row["kind"], row["offset_seconds"], row["support"], row["applied"]) == ("zone", 25200.0, 9, True)
    assert row["spread_seconds"] == 2.0
    assert row["host"] == HOST


def test_whole_seconds_leave_the_second_open_and_milliseconds_do_not():
    (row,) = expect("connection_dated", permit(0, recorded_width=1_000_000))
    assert (row["at_to"] - row["at_from"]).total_seconds() == 0.999999
    (row,) = expect("connection_dated", permit(0, recorded_width=1000))
    assert row["at_to"] == row["at_from"]


def test_a_correction_leaves_what_was_written():
    row = next(
        row
        for row in expect("connection_observation_timed", witness(-7), local(permit(0), -7))
        if row["source"] == "security_5156"
    )
    assert row["recorded"] == clock(0, -7)
    assert row["time_from"] == at(0)


@pytest.mark.parametrize("number", [2, 3])
def test_starts_and_look_ups_that_other_records_tell_in_utc_show_the_zone_of_a_file(number):
    rows = []
    for place in range(number):
        own = {"pid": 4000 + 4 * place}
        answer = {"name": f"n{place}.example", "addresses": [f"203.0.113.{place}"]}
        rows += [
            local(started(60 * place, file="a.csv", **own), 5.75),
            started(60 * place, source="defender_processcreated", file="b.json", **own),
            local(served(60 * place, file="c.csv", **answer), -4),
            served(60 * place, source="zeek_dns", stage="wire", file="dns.log", **answer),
        ]
    found = {row["file"]: row for row in expect("clock", *rows) if row["file"]}
    if number > 2:
        assert [found[name]["offset_seconds"] for name in ("a.csv", "c.csv")] == [-20700, 14400]
    assert [found[name]["basis"] for name in ("a.csv", "c.csv")] == (
        ["start", "look-up"] if number > 2 else ["label", "label"]
    )
