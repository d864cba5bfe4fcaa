"""What the process of a connection wrote and loaded beside it, and how it is told."""

from __future__ import annotations

import pytest

from .given import PID, at, expect, fact, guid, only, seen, started

FILE, LIBRARY = r"C:\Users\anna\Downloads\a.exe", r"C:\Windows\System32\winhttp.dll"
SELF = guid(-60)


def process():
    return started(-60, process_guid=SELF)


def written(seconds, kind="file_written", subject=FILE, **columns):
    plain = {"pid": PID, "process_guid": SELF, "stated": at(seconds), "subject": subject}
    return fact(seconds, "sysmon_11", kind, **{**plain, **columns})


def connected(seconds=0, **columns):
    return seen(seconds, process_guid=SELF, **columns)


@pytest.mark.parametrize(("seconds", "is_told"), [(-0.001, False), (0, True), (300, True), (300.001, False)])
def test_a_file_stands_beside_the_connection_that_its_process_began_at_most_five_minutes_before(
    seconds, is_told
):
    story = only("story", process(), connected(), written(seconds))
    assert [(act["kind"], act["subject"]) for act in story["acts"]] == [("file_written", FILE)] * is_told


@pytest.mark.parametrize(("seconds", "is_told"), [(-300.001, False), (-300, True), (0, True), (0.001, False)])
def test_a_library_stands_beside_the_connection_that_its_process_began_next(seconds, is_told):
    story = only("story", process(), connected(), written(seconds, "library_loaded", LIBRARY))
    assert [act["subject"] for act in story["acts"]] == [LIBRARY] * is_told


def test_a_file_stands_beside_the_nearest_connection_only():
    first, second = expect("story", process(), connected(), connected(10, source_port=50700), written(12))
    assert (first["acts"], len(second["acts"])) == ([], 1)
    assert second["acts"][0]["time"] == at(12)


@pytest.mark.parametrize("other", [{"process_guid": guid(-60, 2)}, {"process_guid": None}])
def test_a_file_of_another_process_or_of_nobody_known_is_not_told(other):
    assert only("story", process(), connected(), written(1, **other))["acts"] == []


def test_what_was_written_is_never_called_a_download():
    (act,) = only("story", process(), connected(), written(2))["acts"]
    assert act["reason"] == (
        "this process wrote it 2.0 s after the connection; no record says what it holds, or where that came from"
    )
    assert act["evidence"]["source"] == "sysmon_11"


def test_the_twenty_nearest_are_kept():
    files = [written(number, subject=f"{number}") for number in range(1, 25)]
    acts = only("story", process(), connected(), *files)["acts"]
    assert [act["subject"] for act in acts] == [str(number) for number in range(1, 21)]
