"""Which records are one connection, and which binds lead up to it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from .given import (
    OWN,
    SITE,
    at,
    blocked,
    bound,
    but,
    created,
    dropped,
    expect,
    inbound,
    only,
    permit,
    seen,
    started,
    sure,
)


def stories(*rows, **request):
    return expect("story", *rows, **request)


def lines(story):
    return [record["line"] for record in story["evidence"]]


@pytest.mark.parametrize(("pause", "count"), [(29.999, 1), (30, 1), (30.001, 2)])
def test_thirty_seconds_is_still_the_same_connection(pause, count):
    assert len(stories(permit(0), permit(pause))) == count


def test_a_pause_counts_from_the_last_record_and_not_from_the_first():
    assert len(stories(permit(0), permit(25), permit(50), permit(75))) == 1


def test_a_reused_port_after_a_pause_is_a_second_connection():
    first, second = stories(permit(0), permit(31))
    assert (lines(first), lines(second)) == ([1], [2])
    assert first["story"] != second["story"]


@pytest.mark.parametrize(
    "other",
    [
        {"protocol": 17},
        {"source_port": 50639},
        {"destination_port": 443},
        {"destination_address": "208.97.177.125"},
        {"source_address": "192.168.0.108"},
        {"pid": 20224},
    ],
)
def test_another_five_tuple_or_process_is_another_connection(other):
    assert len(stories(permit(0), permit(0, **other))) == 2


def test_the_records_of_one_socket_are_one_connection_that_lists_them_all():
    (story,) = stories(bound(-0.001), permit(0), seen(0.2))
    assert lines(story) == [1, 2, 3]
    assert story["sources"] == ["security_5156", "security_5158", "sysmon_3"]


def test_the_time_is_that_of_the_system_s_clock_where_there_is_one():
    (story,) = stories(permit(0), permit(7), seen(3, source_port=50638))
    assert (story["time_from"], story["time_to"]) == (at(0), at(7))
    (story,) = stories(seen(3))
    assert story["time_from"] == at(3)


def test_what_was_allowed_and_what_was_refused_are_two_stories():
    first, second = stories(permit(0), blocked(1))
    assert (first["action"], second["action"]) == ("allowed", "blocked")


def test_a_permit_is_not_an_established_connection():
    assert only("story", permit(0))["action"] == "allowed"


@pytest.mark.parametrize(
    ("stages", "action"),
    [
        (("attempted", "connected"), "allowed"),
        (("seen", "wire"), "allowed"),
        (("failed",), "failed"),
        (("established",), "established"),
        (("open",), "established"),
        (("failed", "established"), "established"),
    ],
)
def test_what_came_of_a_connection_is_what_its_most_telling_record_says(stages, action):
    told = [permit(number, source="defender_x", stage=stage) for number, stage in enumerate(stages, 1)]
    story = only("story", permit(0), *told)
    assert (story["action"], len(story["evidence"])) == (action, 1 + len(stages))


def test_what_was_blocked_is_no_part_of_what_came_about():
    first, second = stories(blocked(0), permit(1, source="defender_x", stage="established"))
    assert (first["action"], second["action"]) == ("blocked", "established")


@pytest.mark.parametrize(
    ("pause", "count"), [(-30.001, 2), (-30, 1), (-0.001, 1), (0, 1), (30, 1), (30.001, 2)]
)
def test_a_dropped_packet_joins_the_refused_connection_of_its_five_tuple(pause, count):
    found = stories(blocked(0), dropped(pause))
    assert len(found) == count
    assert {story["process"] is None for story in found} == ({False} if count == 1 else {True, False})


def test_a_dropped_packet_of_another_five_tuple_joins_nothing():
    assert len(stories(blocked(0), dropped(0, source_port=50639))) == 2


def test_a_dropped_packet_joins_nothing_that_was_allowed():
    assert len(stories(permit(0), dropped(0))) == 2


def test_a_record_that_does_not_know_its_direction_takes_that_of_the_others():
    answered = {"protocol": 17, "source_port": 60000, "destination_port": 8080}
    (story,) = stories(permit(0, **answered), seen(0, direction=None, **answered))
    assert (story["direction"], lines(story)) == ("outbound", [1, 2])


def test_both_ends_of_a_loopback_connection_are_two_stories_of_two_processes():
    loop = {"source_address": "127.0.0.1", "destination_address": "127.0.0.1"}
    accepted = inbound(0, **loop, source_port=50638, destination_port=80, pid=4, image="System")
    first, second = sorted(stories(permit(0, **loop), accepted), key=lambda story: story["local_port"])
    assert (first["direction"], second["direction"]) == ("local", "local")
    assert (first["local_port"], second["local_port"]) == (80, 50638)
    assert first["process"] != second["process"]


def test_a_reverse_look_up_is_a_hint_and_never_a_name():
    (story,) = stories(seen(0, remote_name_hint="ec2.example.net"))
    assert (story["remote_name_hint"], story["names"]) == ("ec2.example.net", [])


def test_a_protocol_without_a_name_goes_by_its_number():
    assert only("story", permit(0, protocol=99))["protocol"] == "99"
    assert only("story", permit(0, protocol=2))["protocol"] == "igmp"


@pytest.mark.parametrize(
    ("since", "until", "kept"),
    [(10, None, True), (10.001, None, False), (None, 0, True), (None, -0.001, False), (2, 8, True)],
)
def test_since_and_until_keep_what_reaches_into_them(since, until, kept):
    bounds = {"since": since, "until": until}
    request = {name: at(moment) for name, moment in bounds.items() if moment is not None}
    assert len(stories(permit(0), permit(10), **request)) == kept


def test_what_is_cut_by_time_keeps_its_processes_and_look_ups():
    assert expect("process", started(-10), permit(0), since=at(100)) != []


@pytest.mark.parametrize(
    ("protocol", "before", "tied"),
    [(6, 60, True), (6, 60.001, False), (17, 3600, True), (17, 3600.001, False)],
)
def test_tcp_connects_within_a_minute_of_its_bind_and_udp_within_an_hour(protocol, before, tied):
    assert (
        len(lines(only("story", bound(-before, protocol=protocol), permit(0, protocol=protocol)))) == 1 + tied
    )


@pytest.mark.parametrize(("after", "tied"), [(1, True), (1.001, False)])
def test_a_bind_may_be_written_a_second_after_its_connection(after, tied):
    assert len(lines(only("story", bound(after), permit(0)))) == 1 + tied


@pytest.mark.parametrize(
    ("other", "tied"),
    [
        ({}, True),
        ({"source_address": OWN}, True),
        ({"source_address": "::"}, True),
        ({"source_address": "10.0.0.5"}, False),
        ({"source_port": 50639}, False),
        ({"protocol": 17}, False),
        ({"pid": 20224}, False),
        ({"pid": None}, False),
        ({"stage": "listening"}, False),
    ],
)
def test_a_bind_is_of_the_same_process_protocol_and_port_and_of_no_other_address(other, tied):
    assert len(lines(only("story", bound(-1, **other), permit(0)))) == 1 + tied


@pytest.mark.parametrize(
    ("rebound", "count"),
    [(5, 2), (9.95, 2), (10.05, 2), (10.051, 1), (2.001, 2), (2, 1), (-1, 1)],
)
def test_a_port_that_was_bound_anew_between_two_records_is_a_second_connection(rebound, count):
    rows = [bound(-0.1, protocol=17), permit(0, protocol=17), permit(10, protocol=17)]
    assert len(stories(*rows, bound(rebound, protocol=17))) == count


@pytest.mark.parametrize("other", [{"pid": 4}, {"source_port": 50639}, {"protocol": 6}])
def test_a_bind_of_another_process_port_or_protocol_opens_nothing(other):
    rows = [permit(0, protocol=17), permit(10, protocol=17)]
    assert len(stories(*rows, bound(5, **{"protocol": 17, **other}))) == 1


@pytest.mark.parametrize(("pause", "tied"), [(2, [1, 2, 3]), (2.001, [2, 3])])
def test_binds_within_two_seconds_of_the_last_one_belong_together(pause, tied):
    rows = (bound(-1 - pause), bound(-1, source_address=OWN), permit(0))
    assert lines(only("story", *rows)) == tied


def test_a_port_bound_again_belongs_to_the_later_connection():
    first, second = stories(bound(-1), permit(0), bound(99), permit(100))
    assert (lines(first), lines(second)) == ([1, 2], [3, 4])


def test_an_accepted_connection_has_no_bind_of_its_own():
    listening = bound(-1, pid=900, source_port=3389, source_address=OWN)
    assert lines(only("story", listening, inbound(0))) == [2]


def test_a_record_is_in_exactly_one_story():
    rows = [bound(-1), permit(0), seen(0.1), permit(40), bound(41), permit(42, source_port=50639), dropped(1)]
    cited = [line for story in stories(*rows) for line in lines(story)]
    assert sorted(cited) == sorted(set(cited))


def test_the_same_evidence_has_the_same_identifier_and_another_host_another():
    (story,) = stories(permit(0))
    assert stories(permit(0)) == [story]
    assert only("story", permit(0.001))["story"] != story["story"]


def test_sources_that_name_another_process_stay_in_disagreement():
    assert {story["remote_address"] for story in stories(permit(0), seen(0, pid=20224))} == {SITE}


def test_a_tie_to_a_process_that_sysmon_did_not_know_is_pid_port_and_address():
    rows = [created(-10), permit(0), seen(0, image=None, user=None, process_guid=None)]
    (story,) = stories(*rows)
    (process,) = [row for row in expect("process", *rows) if row["pid"] == 20220]
    assert story["process"] == process["process"]
    assert (story["process_basis"], story["process_confidence"]) == (
        "pid+address+time",
        sure("connection", story["process_reason"]),
    )


def test_a_record_of_whole_seconds_and_one_of_milliseconds_are_one():
    whole = but(
        permit(0),
        recorded=permit(0).values["recorded"] - timedelta(milliseconds=250),
        recorded_width=1_000_000,
    )
    assert len(stories(whole, seen(0))) == 1
