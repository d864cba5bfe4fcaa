"""Process instances: when a PID means whom, who started whom, and what a service host serves."""

from __future__ import annotations

import pytest

from trackway.correlate import run

from .given import (
    HOST,
    PID,
    POWERSHELL,
    SVCHOST,
    asked,
    at,
    block,
    but,
    created,
    ended,
    expect,
    fact,
    guid,
    only,
    permit,
    queried,
    seen,
    started,
    sure,
    terminated,
)

NOTEPAD = r"C:\Windows\System32\notepad.exe"

MEASURED = {
    (row["kind"], row["situation"]): float(row["confidence"])
    for row in run._words("process_confidence").to_pylist()
}
"""How sure a link is, by its kind and reason."""


def processes(*rows, pid=PID):
    return [row for row in expect("process", *rows) if row["pid"] == pid]


def owner(*rows):
    """Return the process of the one connection among the rows."""
    (story,) = expect("story", *rows)
    (found,) = [row for row in expect("process", *rows) if row["process"] == story["process"]]
    return found


def story(*rows):
    return only("story", *rows)


@pytest.mark.parametrize(("moment", "is_named"), [(-10.001, False), (-10, True), (0, True), (9_999, True)])
def test_an_event_before_the_first_start_never_belongs_to_it(moment, is_named):
    assert (owner(started(-10), permit(moment))["started"] is not None) == is_named


def test_an_event_before_the_first_start_belongs_to_an_instance_that_nobody_saw_start():
    found = owner(started(-10), permit(-20))
    assert (found["started"], found["started_basis"], found["alive_to"]) == (None, None, at(-10))
    assert found["image"] == permit().values["image"]


@pytest.mark.parametrize(("moment", "is_named"), [(10, True), (10.999, True), (11, False)])
def test_an_end_closes_the_life_but_for_a_second(moment, is_named):
    assert (owner(started(-10), ended(10), permit(moment))["started"] is not None) == is_named


@pytest.mark.parametrize(("moment", "start"), [(10.4, -10), (10.5, 10.5), (11, 10.5)])
def test_the_second_after_an_end_is_cut_by_the_next_start(moment, start):
    assert owner(started(-10), ended(10), started(10.5), permit(moment))["started"] == at(start)


@pytest.mark.parametrize(("moment", "start"), [(-10, -10), (99.999, -10), (100, 100), (5000, 100)])
def test_the_next_start_closes_a_life_whose_end_nobody_saw(moment, start):
    assert owner(started(-10), started(100), permit(moment))["started"] == at(start)


def test_a_start_is_alive_until_its_end_or_the_next_start():
    first, second, third = processes(started(-10), ended(10), started(50), started(100))
    assert (first["ended"], second["ended"], third["ended"]) == (at(10), None, None)
    assert (second["alive_to"], third["alive_to"]) == (at(100), None)
    assert first["alive_to"] >= at(10)


def test_an_end_without_a_start_ends_an_instance_that_nobody_named():
    (found,) = processes(ended(10), permit(0))
    assert (found["started"], found["ended"]) == (None, at(10))
    assert [record["line"] for record in found["evidence"]] == [1]


def test_the_image_of_another_program_is_not_the_instance_s():
    found = owner(started(-10), permit(0, image=NOTEPAD))
    assert (found["started"], found["image"]) == (None, NOTEPAD)
    assert "another program" in story(started(-10), permit(0, image=NOTEPAD))["process_reason"]


@pytest.mark.parametrize(
    "image", [None, "powershell.exe", POWERSHELL.upper(), r"\device\harddiskvolume3\x\powershell.exe"]
)
def test_a_base_name_agrees_with_its_path_in_any_form(image):
    assert owner(started(-10), permit(0, image=image))["started"] == at(-10)


@pytest.mark.parametrize(
    ("rows", "basis", "reason"),
    [
        ([created(-10), seen(0, process_guid=guid(-10))], "guid", "by its identifier"),
        ([started(-10), permit(0), seen(0)], "pid+address+time", "several sources name this PID"),
        ([started(-10), permit(0)], "pid+time", "its image agrees"),
        ([started(-10), permit(0, image=None)], "pid+time", "meant this instance at that moment"),
        ([permit(0)], "pid+time", "no start of it is on record"),
        ([started(-10), permit(0, image=NOTEPAD)], "pid+time", "another program"),
        ([started(-10), started(0.5), permit(0, recorded_width=1_000_000)], "pid+time", "changed hands"),
    ],
    ids=["guid", "two sources", "image agrees", "no image", "no start", "contradiction", "changed hands"],
)
def test_how_sure_a_process_is_depends_on_what_ties_it(rows, basis, reason):
    found = story(*rows)
    assert found["process_basis"] == basis
    assert reason in found["process_reason"]
    assert found["process_confidence"] == MEASURED["connection", found["process_reason"]]


def test_a_pid_that_changed_hands_is_the_least_sure_of_all():
    situations = {reason: sure for (kind, reason), sure in MEASURED.items() if kind == "connection"}
    assert "changed hands" in min(situations, key=situations.__getitem__)


def test_a_pid_that_changed_hands_within_an_open_second_has_two_candidates():
    rows = [started(-10), started(0.5, command_line="second"), permit(0, recorded_width=1_000_000)]
    first, second = processes(*rows)
    found = story(*rows)
    assert found["process"] == second["process"]
    assert [choice["process"] for choice in found["process_candidates"]] == [first["process"]]


@pytest.mark.parametrize("number", [2, 1])
def test_sysmon_s_identifier_decides_whatever_the_time(number):
    """The clock of a connection may be off; the identifier is not."""
    rows = [created(-10, process_guid=guid(-10, 1)), created(100, process_guid=guid(100, 2))]
    found = owner(*rows, seen(50 * number, process_guid=guid((-10, 100)[number - 1], number)))
    assert found["started"] == at((-10, 100)[number - 1])


@pytest.mark.parametrize(("apart", "count"), [(2, 1), (2.001, 2), (-2, 1), (-2.001, 2), (0, 1)])
def test_two_seconds_is_still_the_same_start_in_both_logs(apart, count):
    assert len(processes(started(-10 + apart), created(-10))) == count


@pytest.mark.parametrize(
    ("other", "count"), [({}, 1), ({"image": NOTEPAD}, 2), ({"image": POWERSHELL.lower()}, 1)]
)
def test_two_starts_of_different_programs_are_two(other, count):
    assert len(processes(started(-10, **other), created(-10))) == count


def test_each_start_pairs_with_the_nearest_and_only_once():
    rows = [started(-10), started(-9), created(-9.1), created(-10.1, process_guid=guid(-10, 7))]
    found = processes(*rows)
    assert [[record["line"] for record in row["evidence"]] for row in found] == [[1, 4], [2, 3]]


def test_a_start_told_by_both_logs_has_what_both_say():
    (found,) = processes(started(-10, session=None), created(-10.2, command_line="powershell", session=1))
    assert (found["guid"], found["started"], found["session"]) == (guid(-10.2), at(-10.2), 1)
    assert (found["command_line"], found["integrity"], found["user"]) == (
        "powershell",
        "Medium",
        r"CORP\anna",
    )
    assert found["started_basis"] == "recorded"


def test_the_same_record_exported_twice_is_one_start_that_cites_both():
    (found,) = processes(started(-10), but(started(-10), file="other.json"))
    assert [record["file"] for record in found["evidence"]] == ["log.json", "other.json"]


def test_a_process_that_only_its_identifier_names_started_in_the_second_it_holds():
    found = owner(seen(0, process_guid=guid(-100)))
    assert found["started_basis"] == "guid"
    assert found["started"] <= at(-100) <= found["started_to"]
    assert (found["started_to"] - found["started"]).total_seconds() == 0.999999
    assert (found["image"], found["user"]) == (POWERSHELL, r"CORP\anna")


def test_a_start_of_the_security_log_is_nearer_than_a_decoded_second():
    (found,) = processes(started(-100), seen(0, process_guid=guid(-100)))
    assert (found["started"], found["started_basis"], found["guid"]) == (at(-100), "recorded", guid(-100))


@pytest.mark.parametrize(("apart", "ends"), [(2, 1), (2.001, 2)])
def test_two_records_of_one_end_lie_within_two_seconds(apart, ends):
    rows = [started(-10), ended(10), terminated(10 + apart, process_guid=None), permit(10 + apart - 0.5)]
    assert len([row for row in expect("life", *rows) if row["start_key"] is None]) == ends + 1


def test_a_parent_is_named_by_identifier_first():
    parent = created(-100, pid=4000, process_guid=guid(-100, 4000), image=NOTEPAD, parent_pid=None)
    child = created(-10, parent_guid=guid(-100, 4000))
    (found,) = processes(parent, child)
    (above,) = processes(parent, child, pid=4000)
    assert (found["parent"], found["parent_basis"], found["parent_confidence"]) == (
        above["process"],
        "guid",
        0.99,
    )


@pytest.mark.parametrize(("parent_start", "started_known"), [(-100, True), (-10, True), (-9, False)])
def test_a_parent_by_pid_had_started_by_then(parent_start, started_known):
    parent = started(parent_start, pid=4000, image=r"C:\Windows\explorer.exe", parent_pid=1)
    (found,) = processes(parent, started(-10))
    above = next(row for row in expect("process", parent, started(-10)) if row["process"] == found["parent"])
    assert (above["started"] is not None) == started_known
    assert found["parent_confidence"] == MEASURED["parent", found["parent_reason"]]
    assert above["image"] == r"C:\Windows\explorer.exe"


def test_ancestors_are_the_parent_its_parent_and_so_on():
    rows = [
        started(-30, pid=8, parent_pid=4, parent_image="System", image="a.exe"),
        started(-20, pid=12, parent_pid=8, parent_image="a.exe", image="b.exe"),
        started(-10, pid=16, parent_pid=12, parent_image="b.exe", image="c.exe"),
    ]
    by_process = {row["process"]: row["pid"] for row in expect("process", *rows)}
    (found,) = processes(*rows, pid=16)
    assert [by_process[above] for above in found["ancestors"]] == [12, 8, 4]


def test_a_process_that_claims_to_be_its_own_parent_has_none():
    (found,) = processes(created(-10, parent_pid=PID, parent_guid=guid(-10)))
    assert (found["parent"], found["ancestors"]) == (None, [])


def test_a_circle_of_parents_ends():
    first = created(-10, pid=8, process_guid=guid(-10, 8), parent_pid=12, parent_guid=guid(-10, 12))
    second = created(-10, pid=12, process_guid=guid(-10, 12), parent_pid=8, parent_guid=guid(-10, 8))
    assert sorted(len(row["ancestors"]) for row in expect("process", first, second)) == [2, 2]


@pytest.mark.parametrize(
    ("command_line", "service"),
    [
        (r"C:\Windows\System32\svchost.exe -k netsvcs -p -s BITS", "BITS"),
        ("svchost.exe -k NetworkService -p -s Dnscache", "Dnscache"),
        ("svchost.exe -k DcomLaunch -p", "DcomLaunch"),
        ('svchost.exe -k "netsvcs" -s "Schedule"', "Schedule"),
        ("SVCHOST.EXE -K netsvcs -S BITS", "BITS"),
        ("svchost.exe", None),
        (None, None),
    ],
)
def test_the_service_of_a_service_host_stands_in_its_command_line(command_line, service):
    (found,) = processes(started(-10, image=SVCHOST, command_line=command_line))
    assert found["service"] == service


def test_another_program_with_such_options_hosts_no_service():
    (found,) = processes(started(-10, command_line="powershell -s BITS"))
    assert found["service"] is None


def test_a_look_up_and_a_script_belong_to_the_instance_of_their_moment():
    rows = [started(-10), started(100), asked(0), block(101)]
    first, second = processes(*rows)
    assert only("lookup", *rows)["process"] == first["process"]
    assert only("script", *rows)["process"] == second["process"]


def test_a_query_with_an_identifier_belongs_to_it():
    rows = [created(-10), queried(0, process_guid=guid(-10))]
    found = only("lookup", *rows)
    assert (found["process_basis"], found["process_confidence"]) == (
        "guid",
        sure("lookup", "a record names the instance by its identifier"),
    )


def test_an_unnamed_life_with_one_image_takes_the_records_without_one():
    rows = [permit(0, image=NOTEPAD), asked(1, pid=PID), started(100)]
    assert only("lookup", *rows)["process"] == story(*rows)["process"]


@pytest.mark.parametrize(
    ("moment", "seen_again", "is_its"),
    [(-5, False, True), (-4.999, False, False), (1, False, False), (-1, True, True), (3.5, True, True)],
)
def test_a_look_up_is_not_blamed_on_a_program_that_another_has_followed(moment, seen_again, is_its):
    """Neither the end of the first nor the start of the other is on record."""
    again = [permit(4, image=SVCHOST, source_port=2)] if seen_again else []
    rows = [started(-100, image=SVCHOST), permit(0, image=NOTEPAD), *again, asked(moment)]
    (found,) = [row for row in processes(*rows) if row["process"] == only("lookup", *rows)["process"]]
    assert found["image"] == (SVCHOST if is_its else NOTEPAD)


def test_an_unnamed_life_with_two_images_is_two_instances():
    rows = [permit(0, image=NOTEPAD), permit(0, image="other.exe", source_port=1), asked(1), started(100)]
    unnamed = [row for row in processes(*rows) if row["started"] is None]
    assert sorted(row["image"] or "" for row in unnamed) == ["", NOTEPAD, "other.exe"]


def test_an_identifier_of_a_process_holds_its_host_pid_and_start():
    (found,), (again,) = processes(created(-10)), processes(created(-10), permit(0))
    assert found["process"] == again["process"]
    assert (found["host"], found["pid"]) == (HOST, PID)


def test_links_say_the_same_as_the_entities():
    rows = [started(-10), permit(0), asked(-1), block(-2)]
    links = expect("link", *rows)
    (found,) = processes(*rows)
    assert {(link["kind"], link["object"]) for link in links if link["object"] == found["process"]} == {
        ("connection_process", found["process"]),
        ("lookup_process", found["process"]),
    }
    assert [link["subject"] for link in links if link["kind"] == "process_script"] == [found["process"]]
    assert [link["object"] for link in links if link["kind"] == "process_parent"] == [found["parent"]]


def logon(user=r"CORP\anna", session="0x3d2a1"):
    return fact(-600, "security_4624", "logon", subject=session, user=user)


@pytest.mark.parametrize(
    ("rows", "user"),
    [
        ([logon()], r"CORP\anna"),
        ([logon(), logon(r"corp\ANNA")], r"CORP\anna"),
        ([logon(), logon(r"CORP\bob")], None),
        ([logon(session="0x1")], None),
    ],
)
def test_the_logon_session_names_the_account_where_the_process_s_records_do_not(rows, user):
    (found,) = [
        row for row in expect("process", started(logon_id="0x3D2A1", user=None), *rows) if row["pid"] == PID
    ]
    assert found["user"] == user


def test_the_record_of_the_process_names_its_account_before_the_session_does():
    rows = [started(logon_id="0x3d2a1", user=r"CORP\eve"), logon()]
    (found,) = [row for row in expect("process", *rows) if row["pid"] == PID]
    assert found["user"] == r"CORP\eve"
