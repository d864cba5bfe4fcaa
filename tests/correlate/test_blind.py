"""What each story leaves open, and whether because a source is not there or was silent."""

from __future__ import annotations

import pytest

from .given import at, block, completed, created, expect, inbound, only, permit, queried, seen, started

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
        ([queried(1, name="x.example", addresses=[])], "outside"),
        ([queried(-1, name="x.example", addresses=[])], "outside"),
        ([queried(-1, name="x.example", addresses=[]), queried(1, name="y.example", addresses=[])], "silent"),
    ],
    ids=["no record", "began later", "ended before", "was writing"],
)
def test_a_source_was_not_there_or_not_writing_or_silent(other, state):
    assert blind(permit(0), *other)[NAME, "sysmon_22"] == state
    assert blind(permit(0), *other)[NAME, "dns_client_3008"] == "not_collected"


def test_a_reason_names_the_span_of_the_records():
    story = only("story", permit(0), queried(100, name="x.example", addresses=[]))
    (reason,) = [gap["reason"] for gap in story["not_seen"] if gap["source"] == "sysmon_22"]
    assert (
        reason
        == "the sysmon_22 records of this host run from 2021-11-27T03:19:19Z to 2021-11-27T03:19:19Z only"
    )


def test_a_start_that_both_logs_could_have_said_is_asked_of_both():
    found = blind(permit(0), created(-100, pid=8, parent_pid=4), created(100, pid=12, parent_pid=4))
    assert found[START, "sysmon_1"] == "silent"
    assert found[START, "security_4688"] == "not_collected"


def test_coverage_is_first_last_and_number_of_each_kind():
    rows = expect("coverage", permit(5), permit(-5), completed(1), started(-10), block(2))
    assert [(row["source"], row["first"], row["last"], row["records"]) for row in rows] == [
        ("dns_client_3008", at(1), at(1), 1),
        ("powershell_4104", at(2), at(2), 1),
        ("security_4688", at(-10), at(-10), 1),
        ("security_5156", at(-5), at(5), 2),
    ]
