"""Volumes by number and by letter: which is which, where records of one process tell, and else nothing."""

from __future__ import annotations

import pytest

from .given import POWERSHELL, but, expect, permit, started

TAIL = POWERSHELL[2:].lower()
OTHER = r"\device\harddiskvolume2\tools\nc.exe"


def device(number: int, tail: str = TAIL) -> str:
    return rf"\device\harddiskvolume{number}{tail}"


def images(*rows):
    """Return the image of each process, by PID."""
    return {row["pid"]: row["image"] for row in expect("process", *rows)}


def elsewhere(image: str = OTHER, moment: float = 60, pid: int = 600):
    """Return a connection of a process that only the Filtering Platform names."""
    return but(permit(moment, pid=pid), image=image)


def test_a_volume_has_the_letter_that_another_record_of_the_same_process_gives_it():
    told = (started(-10), but(permit(), image=device(2)))
    assert images(*told, elsewhere())[600] == r"C:\tools\nc.exe"
    assert images(*told, elsewhere(OTHER.upper()))[600] == r"C:\TOOLS\NC.EXE"


def test_a_volume_that_no_process_tells_keeps_its_number():
    told = (started(-10), but(permit(), image=device(2)))
    assert images(*told, elsewhere(OTHER.replace("2", "3", 1)))[600] == OTHER.replace("2", "3", 1)
    assert images(elsewhere())[600] == OTHER


@pytest.mark.parametrize("tail", [TAIL.replace("v1.0", "v2.0"), r"\powershell.exe"])
def test_paths_that_differ_behind_the_volume_tell_nothing(tail):
    assert images(started(-10), but(permit(), image=device(2, tail)), elsewhere())[600] == OTHER


def test_processes_of_one_path_tell_nothing_of_each_other():
    assert images(started(-10, pid=800), but(permit(), image=device(2)), elsewhere())[600] == OTHER


def test_a_volume_that_would_have_two_letters_has_none():
    first = (started(-10), but(permit(), image=device(2)))
    second = (
        started(100, pid=800, image=POWERSHELL.replace("C:", "D:")),
        but(permit(110, pid=800), image=device(2)),
    )
    assert images(*first, *second, elsewhere())[600] == OTHER


def test_two_volumes_may_have_one_letter_as_their_numbers_change_with_a_boot():
    first = (started(-10), but(permit(), image=device(2)))
    second = (started(100, pid=800), but(permit(110, pid=800), image=device(3)))
    found = images(*first, *second, elsewhere(), elsewhere(OTHER.replace("2", "3", 1), 120, 900))
    assert (found[600], found[900]) == (r"C:\tools\nc.exe", r"C:\tools\nc.exe")


def test_what_the_record_says_stays_with_the_observation():
    rows = (started(-10), but(permit(), image=device(2)), elsewhere())
    assert {row["image"] for row in expect("connection_observation_timed", *rows)} == {device(2), OTHER}
