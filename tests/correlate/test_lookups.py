"""Which DNS records are one look-up, what it came to, and who asked."""

from __future__ import annotations

import pytest

from .given import PID, SITE, asked, at, but, completed, expect, only, permit, queried, served, started

ALIAS = "github.map.fastly.net"


def lookups(*rows):
    return expect("lookup", *rows)


def lines(lookup):
    return sorted(record["line"] for record in lookup["evidence"])


def test_the_events_of_one_resolution_are_one_look_up():
    rows = [
        asked(0),
        served(0.001, 3016),
        served(0.002, 3018, status=9701),
        served(0.003, 3019),
        served(0.003, 3009, query_type=None),
        served(0.004, 3010, servers=["192.168.0.1"]),
        served(0.030, 3011, servers=["192.168.0.1"], status=0),
        served(0.031),
        completed(0.032, cnames=[ALIAS]),
        queried(0.033),
    ]
    (found,) = lookups(*rows)
    assert lines(found) == list(range(1, 11))
    assert (found["name"], found["query_type"], found["status"]) == ("perdu.com", 1, 0)
    assert (found["addresses"], found["cnames"], found["servers"]) == ([SITE], [ALIAS], ["192.168.0.1"])
    assert (found["answered_from"], found["time_from"], found["time_to"]) == ("wire", at(0), at(0.032))


@pytest.mark.parametrize(
    ("rows", "answered_from"),
    [
        ([asked(0), served(0.01, 3018, status=0, addresses=[SITE]), completed(0.02)], "cache"),
        ([asked(0), served(0.01, 3018, status=9701), completed(0.02)], "unknown"),
        ([asked(0), served(0.01, 3018, status=9701), served(0.02), completed(0.03)], "wire"),
        ([asked(0), completed(0.02)], "unknown"),
        ([queried(0)], "unknown"),
    ],
)
def test_any_record_of_the_wire_means_that_the_wire_was_asked(rows, answered_from):
    assert only("lookup", *rows)["answered_from"] == answered_from


@pytest.mark.parametrize(("pause", "count"), [(30, 1), (30.001, 2)])
def test_half_a_minute_without_an_answer_ends_a_question(pause, count):
    assert len(lookups(asked(0), completed(pause))) == count


def test_a_question_that_was_answered_and_is_asked_again_is_a_second_look_up():
    first, second = lookups(asked(0), completed(0.1), asked(0.2), completed(0.3))
    assert (lines(first), lines(second)) == ([1, 2], [3, 4])


@pytest.mark.parametrize("other", [{"pid": 20224}, {"name": "example.com"}, {"query_type": 28}])
def test_another_process_name_or_type_is_another_look_up(other):
    assert len(lookups(asked(0), asked(0.1, **other))) == 2


def test_letter_case_does_not_make_another_name():
    (found,) = lookups(asked(0, name="PERDU.com"), completed(0.1))
    assert found["name"] == "PERDU.com"


def probe(seconds=0.0, **columns):
    """Return the type-1 query with status 87 with which getaddrinfo begins."""
    return [asked(seconds, **columns), completed(seconds, **{"status": 87, "addresses": [], **columns})]


@pytest.mark.parametrize(("pause", "count"), [(1, 1), (1.001, 2)])
def test_a_probe_is_one_look_up_with_what_follows_within_a_second(pause, count):
    follower = [asked(pause, query_type=28), completed(pause + 0.1, query_type=28)]
    found = lookups(*probe(0), *follower)
    assert len(found) == count
    assert (found[-1]["status"], found[-1]["query_type"], found[-1]["addresses"]) == (0, 28, [SITE])


@pytest.mark.parametrize("other", [{"pid": 20224}, {"name": "example.com"}, {"query_type": 5}])
def test_a_probe_is_folded_only_into_the_same_process_s_type_28_of_that_name(other):
    columns = {"query_type": 28, **other}
    assert len(lookups(*probe(0), asked(0.5, **columns), completed(0.6, **columns))) == 2


def test_a_probe_alone_is_said_to_be_no_failure():
    assert only("lookup", *probe(0))["status_text"] == "probe of a dual-stack look-up, not a failure"


def test_a_question_that_failed_otherwise_is_no_probe():
    rows = [
        asked(0),
        completed(0.1, status=9003, addresses=[]),
        asked(0.5, query_type=28),
        completed(0.6, query_type=28),
    ]
    assert len(lookups(*rows)) == 2


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (0, "success"),
        (9003, "NXDOMAIN: the name does not exist"),
        (9501, "no such record: the name exists without a record of this type"),
        (9701, "no such record: the record does not exist"),
        (1460, "timeout: no server answered"),
        (12345, "status 12345"),
        (None, None),
    ],
)
def test_a_status_is_said_in_words(status, text):
    assert only("lookup", queried(0, status=status))["status_text"] == text


@pytest.mark.parametrize(("apart", "count"), [(2, 3), (2.001, 4), (-2, 3), (-2.001, 4)])
def test_a_sysmon_query_repeats_a_completion_within_two_seconds(apart, count):
    """Each stands twice, so that they tie no clocks."""
    assert len(lookups(completed(0), completed(500), queried(apart), queried(900))) == count


@pytest.mark.parametrize("other", [{"pid": 20224}, {"name": "example.com"}, {"status": 9003}])
def test_a_sysmon_query_of_another_process_name_or_status_stands_alone(other):
    assert len(lookups(completed(0), queried(0, **other))) == 2


def test_of_two_sysmon_queries_only_the_nearest_joins():
    rows = lookups(completed(0), completed(60, name="x.example"), queried(0.01), queried(0.02))
    assert sorted(lines(row) for row in rows) == [[1, 3], [2], [4]]


@pytest.mark.parametrize(
    ("moment", "other", "joined"),
    [
        (0.05, {}, True),
        (0.15, {}, True),
        (0.151, {}, False),
        (-0.05, {}, True),
        (-0.051, {}, False),
        (0.05, {"name": "example.com"}, False),
        (0.05, {"query_type": 28}, False),
        (0.05, {"query_type": None}, True),
        (0.05, {"pid": 20224}, False),
        (0.05, {"pid": PID}, True),
    ],
)
def test_a_record_of_the_resolver_joins_the_look_up_that_was_open(moment, other, joined):
    found = lookups(asked(0), completed(0.1), served(moment, **other))
    assert len(found) == 1 + (not joined)


@pytest.mark.parametrize(("moment", "count"), [(15, 1), (15.001, 2)])
def test_a_question_without_its_answer_waits_a_quarter_of_a_minute(moment, count):
    assert len(lookups(asked(0), served(moment))) == count


@pytest.mark.parametrize(("pause", "count"), [(5, 1), (5.001, 2)])
def test_records_of_the_resolver_alone_group_with_pauses_under_five_seconds(pause, count):
    assert len(lookups(served(0, 3016), served(pause))) == count


def test_a_second_question_to_the_cache_begins_a_second_look_up():
    found = lookups(
        served(0, 3016), served(0.1, 3018, status=0), served(0.2, 3016), served(0.3, 3018, status=0)
    )
    assert [lines(row) for row in found] == [[1, 2], [3, 4]]


def test_a_look_up_that_only_the_resolver_wrote_about_is_never_the_resolver_s_own():
    rows = [started(-10, pid=1500, command_line="svchost.exe -k NetworkService -p -s Dnscache"), served(0)]
    found = only("lookup", *rows)
    assert (found["process"], found["process_confidence"]) == (None, None)
    assert "do not name the process" in found["process_reason"]


def test_the_client_that_the_resolver_names_on_windows_11_is_the_caller():
    rows = [started(-10), served(0, pid=PID)]
    (process,) = [row for row in expect("process", *rows) if row["pid"] == PID]
    assert only("lookup", *rows)["process"] == process["process"]


def test_a_timeout_is_the_status_where_nothing_else_is_said():
    late = but(served(3, 3010), source="dns_client_1015")
    late = but(late, stage="timeout", status=1460, query_type=None, servers=["192.168.0.1"])
    found = only("lookup", asked(0), late)
    assert (found["status"], found["servers"]) == (1460, ["192.168.0.1"])


def test_the_caller_s_own_completion_speaks_last():
    rows = [
        asked(0),
        served(0.01, 3018, status=9701),
        served(0.02, status=9003, addresses=[]),
        completed(0.03),
    ]
    assert only("lookup", *rows)["status"] == 0


def test_an_answer_without_addresses_does_not_hide_one_with():
    rows = [asked(0), served(0.01), completed(0.02, addresses=[])]
    assert only("lookup", *rows)["addresses"] == [SITE]


def test_two_look_ups_that_look_alike_have_two_identifiers():
    first, second = lookups(queried(0, pid=None), queried(0, pid=None, record=2))
    assert first["lookup"] != second["lookup"]


def test_every_record_is_in_exactly_one_look_up():
    rows = [
        *probe(0),
        asked(0.5),
        served(0.6),
        served(9),
        queried(0.5),
        completed(0.7),
        queried(9),
        permit(1),
    ]
    cited = [line for row in lookups(*rows) for line in lines(row)]
    assert sorted(cited) == list(range(1, len(rows)))
