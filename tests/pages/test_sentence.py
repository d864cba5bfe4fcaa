"""A story in words: no more than the evidence says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from trackway.present.pages import rows

from ..query.small_case import finance, lookup, name, process, story, written

BITS = {"process": "p9", "confidence": 0.9, "basis": "name+time", "reason": "it asked", "via": "bits"}


def sentence(folder: Path, **tables: list[dict[str, Any]]) -> str:
    """Return the words for the only story."""
    with written(folder / "case", tables).connect() as connection:
        rows.rank(connection)
        (said,) = rows.sentences(connection).values()
    return " ".join(said.split())


def test_a_service_acts_for_a_program_that_is_named(tmp_path: Path) -> None:
    service = process(image=r"C:\Windows\System32\svchost.exe", service="BITS", user=None)
    said = sentence(tmp_path, story=[story(requester=BITS)], process=[service, process("p9", pid=77)])
    assert "svchost.exe (service BITS) acting for powershell.exe, was allowed to connect" in said


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        (
            {"requester": {**BITS, "confidence": 0.3}},
            "powershell.exe, running as CORP\\anna, probably acting for powershell.exe,",
        ),
        ({"process_confidence": 0.3}, "probably powershell.exe"),
        ({"process": None, "process_confidence": None}, "a process that is not on record"),
        ({"time_from": None, "time_to": None}, "At an unknown time "),
    ],
)
def test_what_is_not_sure_is_said_so(tmp_path: Path, columns: dict[str, Any], words: str) -> None:
    said = sentence(tmp_path, story=[story(**columns)], process=[process(), process("p9", pid=77)])
    assert words in said


@pytest.mark.parametrize(
    ("asker", "words"),
    [
        ("p1", "powershell.exe, running as CORP\\anna, asked for perdu.com"),
        ("p2", "which other.exe had asked for"),
    ],
)
def test_a_name_is_what_the_process_asked_for_only_where_it_did(
    tmp_path: Path, asker: str, words: str
) -> None:
    other = process("p2", pid=2, image=r"C:\x\other.exe")
    said = sentence(
        tmp_path, story=[story(names=[name()])], process=[process(), other], lookup=[lookup(process=asker)]
    )
    assert words in said


def test_stories_that_are_not_asked_for_are_not_told(tmp_path: Path) -> None:
    with written(tmp_path / "case", finance()).connect() as connection:
        rows.rank(connection)
        assert rows.sentences(connection, ["bb00"]) == {"bb00": rows.sentences(connection)["bb00"]}
        assert rows.sentences(connection, []) == {}
