"""How far Sysmon's network clock is from the system's: by ties, by delay, or not known."""

from __future__ import annotations

import pytest

from .given import (
    OWN,
    at,
    but,
    clock,
    completed,
    created,
    expect,
    fact,
    inbound,
    only,
    permit,
    queried,
    seen,
    served,
    started,
)


def off(row, seconds):
    """Return a Sysmon record whose UtcTime runs by a clock that is so many seconds behind."""
    return but(row, stated=row.values["stated"] - (at(seconds) - at(0)))


def ties(number, offset=0.0, start=0.0, step=60.0):
    """Return so many connections, each witnessed by both clocks, `offset` seconds apart."""
    rows = []
    for index in range(number):
        moment, port = start + index * step, 50000 + int(start) + index
        rows += [permit(moment, source_port=port), off(seen(moment, source_port=port), offset)]
    return rows


def placed(*rows, source="sysmon_3"):
    table = "dns_placed" if source == "sysmon_22" else "connection_placed"
    return [row for row in expect(table, *rows) if row["source"] == source]


def skews(*rows):
    return [row for row in expect("clock", *rows) if row["kind"] == "skew"]


@pytest.mark.parametrize("offset", [0, 1.2, -3, 61, 11 * 86400])
def test_a_tie_moves_sysmon_to_the_clock_of_the_system(offset):
    (row,) = placed(permit(0), off(seen(0), offset))
    assert (row["time_from"], row["time_to"]) == (at(-0.01), at(0.01))


def test_a_tie_of_two_names_moves_connections_too():
    rows = placed(completed(0), off(queried(0), 61), off(seen(5), 61))
    assert rows[0]["time_from"] == at(4.99)


def test_a_tie_of_two_connections_moves_names_too():
    (row,) = placed(permit(0), off(seen(0), 61), off(queried(-1), 61), source="sysmon_22")
    assert row["time_from"] == at(-1.01)


def test_starts_run_by_the_system_s_clock_and_are_never_moved():
    rows = expect("process_placed", permit(0), off(seen(0), 61), created(-10))
    assert [row["time_from"] for row in rows] == [at(-10)]


@pytest.mark.parametrize(
    "other",
    [
        {"pid": 20224},
        {"protocol": 17},
        {"source_port": 50639},
        {"destination_port": 443},
        {"destination_address": "208.97.177.125"},
    ],
)
def test_a_tie_agrees_in_pid_ports_addresses_and_protocol(other):
    assert expect("skew_tie", permit(0), seen(0, **other)) == []


@pytest.mark.parametrize(
    "other", [{"pid": 20224}, {"name": "example.com"}, {"status": 9003}, {"addresses": []}]
)
def test_a_tie_of_names_agrees_in_pid_name_and_answer(other):
    assert len(expect("skew_tie", completed(0), queried(0, name="PERDU.com"))) == 1
    assert expect("skew_tie", completed(0), queried(0, **other)) == []


@pytest.mark.parametrize("again", [permit(900), seen(900)])
def test_what_stands_twice_on_either_side_ties_nothing(again):
    assert expect("skew_tie", permit(0), seen(0), again) == []


def test_ports_that_come_back_tie_nothing():
    ntp = {"protocol": 17, "source_port": 123, "destination_port": 123}
    assert expect("skew_tie", permit(0, **ntp), seen(0, **ntp)) == []


def test_an_inbound_pair_is_a_tie_although_the_logs_call_different_sides_source():
    turned = {
        "source_address": OWN,
        "source_port": 3389,
        "destination_address": "203.0.113.9",
        "destination_port": 61000,
    }
    own = permit(-5, source_port=50001)
    sysmon = {**turned, "direction": "inbound", "pid": 900}
    assert len(expect("skew_tie", own, inbound(0), seen(0, **sysmon))) == 1


def test_a_false_tie_among_true_ones_moves_nothing():
    rows = placed(*ties(11), permit(9999, source_port=41000), seen(330, source_port=41000))
    assert [row["time_from"] for row in rows if row["local_port"] != 41000] == [
        at(60 * n - 0.01) for n in range(11)
    ]


def test_a_step_of_the_clock_is_followed():
    rows = placed(*ties(12, 0, 0), *ties(12, 3600, 10_000))
    middle = [(row["time_to"] - row["time_from"]).total_seconds() for row in rows]
    assert rows[0]["time_from"] == at(-0.01)
    assert rows[-1]["time_to"] == at(10_000 + 11 * 60 + 0.01)
    assert max(middle) > 1000, "around the step itself the moment is open"


def test_whole_seconds_of_the_other_clock_leave_the_moment_open():
    (row,) = placed(permit(0, recorded_width=1_000_000), off(seen(0), 61))
    assert (row["time_to"] - row["time_from"]).total_seconds() == pytest.approx(1, abs=0.01)
    assert row["time_from"] <= at(0.5) <= row["time_to"]


@pytest.mark.parametrize(("delay", "moved"), [(0, False), (10, False), (10.1, True), (-0.1, True)])
def test_without_ties_a_delay_beyond_ten_seconds_or_before_the_activity_is_the_clock_s(delay, moved):
    (row,) = placed(seen(0, recorded=clock(delay)))
    assert row["time_from"] == at(delay - 1.1 - 1 if moved else 0)
    assert row["time_to"] == at(delay - 1.1 + 1 if moved else 0)


def test_one_tie_says_more_than_all_delays():
    late = seen(60, source_port=50700, recorded=clock(60 + 5000))
    rows = placed(permit(0), off(seen(0), 2), off(late, 2))
    assert rows[1]["time_from"] == at(60 - 0.01)


def test_ties_are_reported_with_their_number():
    (row,) = skews(*ties(3, 61))
    assert (row["offset_seconds"], row["support"], row["basis"], row["applied"]) == (61.0, 3, "ties", True)
    assert row["spread_seconds"] == 0.0


def test_a_delay_is_reported_as_no_better_than_a_second_or_two():
    (row,) = skews(seen(0, recorded=clock(101.1)))
    assert (row["offset_seconds"], row["support"], row["basis"]) == (pytest.approx(100), 1, "delay")


def test_what_could_not_be_measured_is_said():
    (row,) = skews(seen(0))
    assert (row["offset_seconds"], row["applied"], row["basis"]) == (None, False, "none")
    assert skews(permit(0)) == []


def test_a_record_without_a_stated_time_keeps_that_of_the_record():
    assert only("connection_placed", seen(0, stated=None))["time_from"] == at(1)


@pytest.mark.parametrize(
    ("offsets", "kind"),
    [
        ([0.2 * number for number in range(30)], "drift"),
        ([0.0] * 15 + [30.0] * 15, "step"),
        ([0.0] * 15 + [1.9] * 15, "skew"),
        ([0.2 * number for number in range(10)] + [0.0] * 20, "skew"),
        ([3602.0] * 3, "zone"),
    ],
)
def test_an_offset_that_grows_is_a_drift_one_that_jumps_a_step_and_whole_hours_a_zone(offsets, kind):
    rows = []
    for number, offset in enumerate(offsets):
        rows += [permit(60 * number, source_port=50000 + number)]
        rows += [off(seen(60 * number, source_port=50000 + number), offset)]
    (clock,) = [row for row in expect("clock", *rows) if row["source"].startswith("sysmon")]
    assert (clock["kind"], clock["applied"]) == (kind, True)
    assert ("it went from" in clock["reason"]) is (kind in {"drift", "step"})
    assert ("a zone mistaken" in clock["reason"]) is (kind == "zone")


@pytest.mark.parametrize(("seconds", "is_step"), [(2, False), (2.1, True), (-3600, True)])
def test_a_clock_that_was_set_is_a_step_that_is_told_once_and_moves_nothing(seconds, is_step):
    told = {"subject": f"{at(0).isoformat()}", "value": f"{at(seconds).isoformat()}"}
    facts = [fact(0, source, "clock_changed", **told) for source in ("security_4616", "system_1")]
    steps = [row for row in expect("clock", permit(), *facts) if row["kind"] == "step"]
    assert [(row["offset_seconds"], row["support"], row["applied"]) for row in steps] == [
        (seconds, 2, False)
    ] * is_step


def wired(off, number=12, **columns):
    """Return so many connections that Zeek saw by a clock that is `off(number)` seconds behind, ten seconds apart."""
    rows = []
    for place in range(number):
        own = {"source_port": 50000 + place, **columns}
        rows += [permit(10 * place, **own)]
        rows += [
            permit(10 * place - off(place), source="zeek_conn", stage="wire", pid=None, image=None, **own)
        ]
    return rows


def of_zeek(*rows):
    (row,) = [row for row in expect("clock", *rows) if row["source"] == "zeek"]
    return row


@pytest.mark.parametrize(
    ("off", "kind", "seconds"),
    [
        (lambda _: 61, "skew", 61),
        (lambda _: -3600 - 45, "zone", -3645),
        (lambda _: 5.5 * 3600, "zone", 19800),
        (lambda _: 5.75 * 3600 + 3, "zone", 20703),
        (lambda _: 900, "skew", 900),
        (lambda place: 3.0 * place, "drift", 43.5),
        (lambda place: 400 * (place >= 15), "step", 200),
    ],
)
def test_the_clock_of_another_family_is_measured_named_and_followed(off, kind, seconds):
    rows = wired(off, 30)
    clock = of_zeek(*rows)
    assert (clock["kind"], clock["applied"], clock["support"], clock["basis"]) == (
        kind,
        True,
        30,
        "connections",
    )
    assert clock["offset_seconds"] == pytest.approx(seconds)
    moved = {row["local_port"]: row["time_from"] for row in placed(*rows, source="zeek_conn")}
    assert all(abs((moved[50000 + place] - at(10 * place)).total_seconds()) <= 15 for place in range(30))


@pytest.mark.parametrize("number", [2, 3])
def test_the_clock_of_another_family_needs_three_ties_that_agree(number):
    clocks = [row for row in expect("clock", *wired(lambda _: 61, number)) if row["source"] == "zeek"]
    assert len(clocks) == number - 2
    assert not [
        row for row in expect("clock", *wired(lambda place: 977 * place**2 % 6007)) if row["source"] == "zeek"
    ]


def test_starts_tell_the_clock_of_defender_and_its_starts_are_moved():
    rows = []
    for place in range(4):
        own = {"pid": 4000 + 4 * place}
        rows += [
            started(10 * place, **own),
            started(10 * place - 61, source="defender_processcreated", **own),
        ]
    (clock,) = [row for row in expect("clock", *rows) if row["source"] == "defender"]
    assert (clock["offset_seconds"], clock["basis"], clock["support"]) == (61, "starts", 4)
    found = [row["time_from"] for row in expect("process_placed", *rows) if row["source"].startswith("def")]
    assert found == [at(10 * place) for place in range(4)]


def test_look_ups_that_went_out_tell_the_clock_of_the_wire():
    rows = []
    for place in range(4):
        own = {"name": f"n{place}.example", "addresses": [f"203.0.113.{place}"]}
        rows += [served(10 * place, **own), served(10 * place - 61, source="zeek_dns", stage="wire", **own)]
    clock = of_zeek(*rows)
    assert (clock["offset_seconds"], clock["basis"], clock["support"]) == (61, "look-ups", 4)
