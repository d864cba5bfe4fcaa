"""What each story leaves open, and whether because a source is not there or was silent."""

from __future__ import annotations

import pytest

from trackway.sysmon_rules import Condition, Filter, Rules

from .given import (
    Observation,
    at,
    block,
    completed,
    created,
    fact,
    inbound,
    log,
    only,
    permit,
    queried,
    seen,
    started,
)

PROCESS = "Which process made the connection?"
START = "What started the process?"
NAME = "Which name was asked for?"
SCRIPT = "Which script did the process run?"


def blind(*rows):
    """Return state by (question, source) of the one story."""
    story = only("story", *rows)
    return {(gap["question"], gap["source"]): gap["state"] for gap in story["not_seen"]}


def questions(*rows):
    return {question for question, _ in blind(*rows)}


def test_a_story_that_everything_explains_leaves_nothing_open():
    assert questions(started(-10), block(-5), completed(-1), permit(0)) == set()


@pytest.mark.parametrize(
    ("missing", "question"), [(0, START), (1, SCRIPT), (2, NAME)], ids=["start", "script", "name"]
)
def test_what_is_missing_is_asked_of_every_source_that_could_say_it(missing, question):
    rows = [started(-10), block(-5), completed(-1), permit(0)]
    del rows[missing]
    assert questions(*rows) == {question}


def test_a_connection_without_a_process_asks_for_it():
    assert PROCESS in questions(permit(0, pid=None, image=None))


def test_only_powershell_is_asked_for_its_script():
    assert SCRIPT not in questions(permit(0, image="notepad.exe"))
    assert SCRIPT in questions(permit(0, image=r"C:\Program Files\PowerShell\7\pwsh.exe"))


@pytest.mark.parametrize("pid", [0, 4])
def test_nobody_started_the_kernel(pid):
    assert START not in questions(permit(0, pid=pid, image="System"))


def test_what_came_in_or_went_to_a_group_was_asked_by_no_name():
    assert NAME not in {
        gap["question"]
        for gap in only("story", seen(-90, source_port=1), inbound(0), until=at(50), since=at(-1))["not_seen"]
    }
    assert NAME not in questions(permit(0, destination_address="239.255.255.250", protocol=17))


@pytest.mark.parametrize(
    ("other", "state"),
    [
        ([], "not_collected"),
        ([queried(1, name="x.example", addresses=[])], "not_collected"),
        ([queried(-3, name="x.example", addresses=[])], "not_collected"),
        (
            [queried(-3, name="x.example", addresses=[]), queried(1, name="y.example", addresses=[])],
            "filtered",
        ),
    ],
    ids=["no record", "began later", "ended before", "was writing"],
)
def test_a_source_was_not_there_or_not_writing_or_wrote_what_its_configuration_says(other, state):
    assert blind(permit(0), *other)[NAME, "sysmon_22"] == state
    assert blind(permit(0), *other)[NAME, "dns_client_3008"] == "not_collected"


def test_a_reason_names_the_span_of_the_records():
    story = only("story", permit(0), queried(100, name="x.example", addresses=[]))
    (reason,) = [gap["reason"] for gap in story["not_seen"] if gap["source"] == "sysmon_22"]
    assert (
        reason == "this evidence holds Microsoft-Windows-Sysmon/Operational from 2021-11-27T03:19:20Z on only"
    )


@pytest.mark.parametrize(
    ("program", "port", "words"),
    [
        ("msedge.exe", 443, "over HTTPS themselves"),
        ("nslookup.exe", 443, "past the resolver of Windows"),
        ("svchost.exe", 53, "most likely no name was asked for"),
        ("mail.exe", 3128, "behind a proxy"),
        ("mail.exe", 443, "no answer held this address"),
    ],
)
def test_what_goes_by_a_source_that_was_on_is_said(program, port, words):
    others = [completed(-9, name="x.example", addresses=[]), completed(9, name="y.example", addresses=[])]
    story = only("story", permit(0, image=program, destination_port=port), *others)
    (gap,) = [gap for gap in story["not_seen"] if gap["source"] == "dns_client_3008"]
    assert gap["state"] == "on"
    assert words in gap["reason"]


def test_a_process_that_nothing_saw_start_is_older_than_the_witness():
    story = only(
        "story",
        permit(0),
        started(-60, pid=8),
        started(60, pid=12),
        completed(-90),
        held=[log(-60, 60, first=501)],
    )
    (gap,) = [gap for gap in story["not_seen"] if gap["source"] == "security_4688"]
    assert gap["state"] == "rolled_over"
    assert "most likely started before" in gap["reason"]


def test_a_start_that_both_logs_could_have_said_is_asked_of_both():
    found = blind(permit(0), created(-100, pid=8, parent_pid=4), created(100, pid=12, parent_pid=4))
    assert found[START, "sysmon_1"] == "filtered"
    assert found[START, "security_4688"] == "unknown"


def configured(event: str, *condition: str) -> Observation:
    """Return what `sysmon -c` prints of a configuration that leaves out such events."""
    rules = Rules("4.9", (Filter(event, "exclude", "or", (Condition(*condition),)),))
    return fact(90, "sysmon_configuration", "sysmon_rules", value=rules.text())


def silent(source: str, *rows: Observation) -> str:
    """Return the state of a kind of record of Sysmon, and why it was silent."""
    held = [log(-70, 80, "Microsoft-Windows-Sysmon/Operational", first=9)]
    (gap,) = [gap for gap in only("story", *rows, held=held)["not_seen"] if gap["source"] == source]
    assert {each["source"] for each in gap["evidence"]} == {source, "sysmon_configuration"}
    return f"{gap['state']}: {gap['reason']}"


WRITING = "Sysmon was writing; "
NAMES_IT = "its DnsQuery exclude list names Image image 'powershell.exe'"
NAMES_IT_NOT = "its DnsQuery exclude list does not name it"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (("Image", "image", "powershell.exe"), f"filtered: {WRITING}its configuration leaves this out: {NAMES_IT}"),
        (("Image", "image", "x.exe"),
         f"on: {WRITING}its configuration would have written this ({NAMES_IT_NOT}), and it did not; no answer held"),
        (("User", "is", "x"), f"filtered: {WRITING}whether its configuration leaves this out cannot be told"),
    ],
    ids=["left out", "would have been written", "not known"],
)  # fmt: skip
def test_where_the_rules_of_sysmon_are_known_they_say_whether_it_would_have_written_it(condition, words):
    others = [queried(-9, name="x.example", addresses=[]), queried(9, name="y.example", addresses=[])]
    assert silent("sysmon_22", permit(0), *others, configured("DnsQuery", *condition)).startswith(words)


def test_of_a_process_that_sysmon_s_rules_leave_out_no_start_was_to_be_seen():
    others = [created(-60, pid=8), created(60, pid=12)]
    rules = configured("ProcessCreate", "Image", "image", "powershell.exe")
    words = "filtered: Sysmon was writing; its configuration leaves this out: its ProcessCreate exclude list names"
    assert silent("sysmon_1", permit(0), *others, rules).startswith(words)
