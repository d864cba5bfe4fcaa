"""What goes past a witness that was on: each case changes an answer, or is named in it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from trackway.coverage import Answer, Question, answers
from trackway.schema import TABLES

AT = datetime(2021, 11, 27, 3, 17, 39, tzinfo=UTC)
WHEN = "between 2021-11-27T03:17Z and 2021-11-27T03:18Z"
KINDS = ("security_5156", "dns_client_3008", "security_4688")
HOST = "WS7"


def after(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


def process(name: str, pid: int, **told: Any) -> dict[str, Any]:
    return {
        "process": name,
        "host": HOST,
        "pid": pid,
        "image": rf"C:\Programs\{name}",
        "started": after(-900),
    } | told


def story(number: int, process: str | None, **told: Any) -> dict[str, Any]:
    return {
        "story": f"s{number}", "host": HOST, "time_from": after(0), "time_to": after(0), "direction": "outbound",
        "action": "allowed", "remote_address": "192.0.2.1", "remote_port": 443, "process": process, "names": [],
        "sources": ["security_5156"],
    } | told  # fmt: skip


def asked(text: str, **rows: list[dict[str, Any]]) -> Answer:
    """Answer a question about a host on which every witness was on, and which has these rows."""
    span = {
        "host": HOST,
        "time_from": after(-3600),
        "time_to": after(3600),
        "state": "on",
        "reason": "it was on",
    }
    rows["coverage"] = [span | {"source": kind, "evidence": []} for kind in KINDS]
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        for name, table in TABLES.items():
            given = pa.Table.from_pylist(rows.get(name, []), schema=table.arrow())  # noqa: F841
            db.execute(f"CREATE TABLE {name} AS FROM given")
        (found,) = answers(db, Question.parse(f"{text} {WHEN}"))
    return found


def test_where_nothing_goes_past_a_witness_its_silence_is_worth_what_it_is():
    found = asked("who asked for a.test", process=[process("calc.exe", 8)])
    assert (found.answer, found.confidence) == ("did_not_happen", 0.95)


@pytest.mark.parametrize(
    ("program", "question", "words"),
    [
        ("firefox.exe", "did firefox.exe ask for a.test", "over HTTPS"),
        ("nslookup.exe", r"did C:\Windows\System32\nslookup.exe ask for a.test", "ask a name server itself"),
        ("vmwp.exe", "did vmwp.exe ask for a.test", "virtual machine"),
        ("vmwp.exe", "did vmwp.exe connect out to 192.0.2.9", "virtual machine"),
        ("wsl.exe", "did wsl.exe connect out to 192.0.2.9", "virtual machine"),
    ],
)
def test_of_a_program_with_ways_of_its_own_a_silence_proves_nothing(program, question, words):
    found = asked(question, process=[process(program, 8)])
    assert (found.answer, found.confidence) == ("could_not_have_been_seen", None)
    assert words in found.reason


@pytest.mark.parametrize(
    ("question", "program", "told", "confidence"),
    [
        ("who asked for a.test", "firefox.exe", {}, 0.8),
        ("who asked for a.test", "firefox.exe", {"ended": after(-600)}, 0.95),
        ("who asked for a.test", "firefox.exe", {"started": after(600)}, 0.95),
        ("did anything connect out to 192.0.2.9", "firefox.exe", {}, 0.97),
        ("did anything connect out to 192.0.2.9", "vmwp.exe", {}, 0.8),
        ("did calc.exe connect out to 192.0.2.9", "vmwp.exe", {}, 0.97),
    ],
)  # fmt: skip
def test_what_ran_in_that_time_and_goes_past_a_witness_is_named_and_weighs(
    question, program, told, confidence
):
    found = asked(question, process=[process(program, 8, **told)])
    assert (found.answer, found.confidence) == ("did_not_happen", confidence)
    assert (f"{program} ran" in found.reason) == (confidence == 0.8)


def test_behind_a_proxy_the_name_and_the_connection_are_the_proxy_s():
    rows = {"process": [process("calc.exe", 8)], "story": [story(1, "calc.exe", remote_port=3128)]}
    for question in ("who asked for a.test", "did anything connect out to 192.0.2.9"):
        found = asked(question, **rows)
        assert (found.answer, found.confidence) == ("did_not_happen", 0.8)
        assert "192.0.2.1:3128, likely a proxy" in found.reason


def test_a_name_that_a_connection_asked_for_by_itself_is_seen():
    names = [{"name": "a.test", "lookup": None}, {"name": "b.test", "lookup": "l1"}]
    rows = {"process": [process("calc.exe", 8)], "story": [story(1, "calc.exe", names=names)]}
    found = asked("who asked for a.test", **rows)
    assert (found.answer, found.found[0]["program"]) == ("seen", "calc.exe")
    assert asked("who asked for b.test", **rows).answer == "did_not_happen"


def test_what_the_kernel_connects_to_may_be_for_any_program():
    rows = {"process": [process("System", 4), process("calc.exe", 8)], "story": [story(1, "System")]}
    found = asked("did calc.exe connect out to 192.0.2.1", **rows)
    assert found.answer == "could_not_have_been_seen"
    assert "the kernel made" in found.reason


def test_a_service_that_connects_for_a_program_counts_as_the_program():
    service = story(1, "svchost.exe", requester={"process": "calc.exe", "via": "bits"})
    rows = {"process": [process("svchost.exe", 8), process("calc.exe", 12)], "story": [service]}
    found = asked("did calc.exe connect out to 192.0.2.1", **rows)
    assert (found.answer, found.found[0]["program"]) == ("seen", "svchost.exe for calc.exe")
    assert asked("did other.exe connect out to 192.0.2.1", **rows).answer == "did_not_happen"


def test_a_connection_from_before_may_have_been_used_again():
    rows = {
        "process": [process("calc.exe", 8)],
        "story": [story(1, "calc.exe", time_from=after(-600), time_to=after(-600))],
    }
    found = asked("did anything connect out to 192.0.2.1", **rows)
    assert (found.answer, found.confidence) == ("did_not_happen", 0.97)
    assert "192.0.2.1:443 was made at 2021-11-27T03:07:39Z and may have been used again" in found.reason
    assert "used again" not in asked("did anything connect out to 192.0.2.9", **rows).reason


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("did anything connect out to 192.0.2.9", "raw sockets, protocols below TCP and UDP"),
        ("who asked for a.test", "those that keep an answer"),
        ("did calc.exe start", "virtual machine or in WSL"),
    ],
)
def test_what_no_witness_hears_is_always_said(question, words):
    assert words in asked(question).reason


def test_defender_s_silence_proves_nothing_since_it_sums_up_what_repeats(monkeypatch):
    monkeypatch.setitem(globals(), "KINDS", ("defender_network",))
    assert asked("did anything connect out to 192.0.2.9").answer == "could_not_have_been_seen"
