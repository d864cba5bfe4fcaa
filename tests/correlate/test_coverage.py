"""In which state each kind of record was from moment to moment, and what says so."""

from __future__ import annotations

import itertools
import json

import pytest

from trackway.sysmon_rules import Condition, Filter, Rules

from .given import (
    Observation,
    Row,
    at,
    block,
    but,
    completed,
    created,
    expect,
    fact,
    log,
    permit,
    queried,
    seen,
    started,
)

SORTS = ("ProcessCreate", "NetworkConnect", "DnsQuery")
FILTERING = "{0CCE9226-69AE-11D9-BED3-505054503030}"


def states(source: str, *given: Observation, held: list[Row] | None = None) -> list[tuple[float, float, str]]:
    """Return the intervals of a kind of record: seconds after `T0` from and to, and the state."""
    rows = [row for row in expect("coverage", *given, held=held or []) if row["source"] == source]
    return [(_seconds(row["time_from"]), _seconds(row["time_to"]), row["state"]) for row in rows]


def _seconds(moment) -> float:
    return round((moment - at(0)).total_seconds(), 3)


def permits(first: int, last: int, step: int = 1) -> list[Observation]:
    return [permit(second, source_port=1024 + second) for second in range(first, last + 1, step)]


def changed(seconds: float, words: str) -> Observation:
    return fact(seconds, "security_4719", "policy_changed", subject=FILTERING, value=words)


def test_the_intervals_of_a_kind_meet_and_span_all_evidence_and_count_every_record():
    rows = expect(
        "coverage", permit(5), permit(-5), completed(1), started(-10), block(2), held=[log(-50, 50)]
    )
    for source in {row["source"] for row in rows}:
        own = [row for row in rows if row["source"] == source]
        assert (own[0]["time_from"], round(_seconds(own[-1]["time_to"]))) == (at(-50), 50)
        assert all(one["time_to"] == other["time_from"] for one, other in itertools.pairwise(own))
    counted = {(row["source"], row["first"], row["last"], row["records"]) for row in rows if row["records"]}
    assert counted == {
        ("dns_client_3008", at(1), at(1), 1),
        ("powershell_4104", at(2), at(2), 1),
        ("security_4688", at(-10), at(-10), 1),
        ("security_5156", at(-5), at(5), 2),
    }


@pytest.mark.parametrize(("first", "state"), [(1, "unknown"), (2, "rolled_over")])
def test_a_log_that_begins_with_a_higher_number_was_written_over(first, state):
    found = states("security_5156", *permits(0, 3), completed(-100), held=[log(0, 3, first=first)])
    assert found[0] == (-100, 0, state)


def test_an_export_that_begins_later_proves_nothing_about_what_was_before():
    assert states("security_5156", *permits(0, 3), completed(-100))[0] == (-100, 0, "not_collected")


@pytest.mark.parametrize(
    ("full", "retention", "state"),
    [(True, "retain", "lost"), (True, "circular", "not_collected"), (False, "retain", "not_collected")],
)
def test_a_full_log_that_keeps_its_oldest_records_lost_what_came_behind(full, retention, state):
    value = json.dumps({"enabled": True, "max_size": 1_052_672, "retention": retention})
    channel = fact(60, "log_channels", "channel", subject="Security", value=value)
    given = [*permits(0, 3), completed(50), channel]
    assert states("security_5156", *given, held=[log(0, 3, is_full=full)])[-1][2] == state


def test_numbers_that_are_missing_between_two_records_are_lost():
    held = [log(0, 10, last=50), log(20, 30, first=61)]
    assert (10, 20, "lost") in states("security_5156", permit(0), permit(30), held=held)
    (row,) = [
        row
        for row in expect("coverage", permit(0), permit(30), held=held)
        if row["state"] == "lost" and row["source"] == "security_5156"
    ]
    assert row["reason"] == "the records 51 to 60 of Security are missing"
    assert row["evidence"][0]["record"] == 61


@pytest.mark.parametrize("before", [[], [permit(-40)]], ids=["nothing is left", "one record is left"])
def test_what_was_cleared_lies_between_the_last_record_that_is_left_and_the_clearing(before):
    cleared = fact(-20, "security_1102", "log_cleared", subject="Security", value="cleared")
    found = states("security_5156", *before, cleared, *permits(-10, 10), completed(-60))
    assert (-40 if before else -60, -20, "cleared") in found
    assert states("dns_client_3008", *before, cleared, completed(-60), completed(0))[0][2] == "on"


def test_a_policy_that_was_removed_is_off_until_it_is_added_again():
    given = [*permits(0, 5), changed(10, "success removed"), changed(20, "success added"), *permits(21, 25)]
    found = states("security_5156", *given, held=[log(0, 25)])
    assert (10, 20, "off") in found
    assert [state for _, _, state in found] == ["on", "off", "on"]


def test_a_policy_that_was_added_was_off_before_and_is_on_though_nothing_was_written_yet():
    found = states(
        "security_5156", changed(10, "success added, failure added"), permit(30), held=[log(0, 40)]
    )
    assert [(since, state) for since, _, state in found] == [(0, "off"), (10, "on")]


def test_a_policy_of_failures_says_nothing_about_what_was_permitted():
    assert "off" not in {
        state
        for _, _, state in states(
            "security_5156", permit(0), changed(10, "failure removed"), held=[log(0, 20)]
        )
    }


def test_a_dump_of_the_policy_reaches_back_to_the_last_record():
    dump = fact(100, "auditpol", "audit_policy", subject=FILTERING.lower(), value="none")
    found = states("security_5156", *permits(0, 5), dump, completed(100), held=[log(0, 90)])
    assert found[-1][2] == "off"
    assert found[-1][0] == 5


@pytest.mark.parametrize(
    ("silence", "states_then"), [(600, ["on"]), (601, ["on", "unknown", "on"])], ids=["ten minutes", "longer"]
)
def test_a_silence_longer_than_the_rhythm_explains_is_doubtful(silence, states_then):
    given = [*permits(0, 40), *permits(40 + silence, 80 + silence)]
    found = states("security_5156", *given, held=[log(0, 80 + silence)])
    assert [state for _, _, state in found] == states_then


def test_few_records_have_no_rhythm_but_numbers_that_miss_none_vouch_for_them():
    given = [permit(0), permit(5000)]
    assert [state for _, _, state in states("security_5156", *given)] == ["on", "unknown", "on"]
    assert [state for _, _, state in states("security_5156", *given, held=[log(0, 5000)])] == ["on"]


@pytest.mark.parametrize(
    ("ends", "state"),
    [
        ([("system_42", "sleep", 3)], "asleep"),
        ([("system_107", "wake", 5000)], "asleep"),
        ([("system_12", "boot", 5000)], "asleep"),
        ([("system_42", "sleep", -60)], "unknown"),
    ],
    ids=["sleep before", "wake after", "boot after", "sleep long before"],
)
def test_a_silence_of_all_logs_that_begins_with_sleep_or_ends_with_waking_was_slept_through(ends, state):
    power = [fact(moment, source, kind) for source, kind, moment in ends]
    found = states("security_5156", permit(0), *power, permit(5000.5))
    assert {each[2] for each in found if each[0] < 2500 <= each[1]} == {state}


def test_what_was_written_while_the_host_slept_was_not_slept_through():
    power = [fact(0, "system_42", "sleep"), fact(300, "system_107", "wake")]
    found = states("dns_client_3008", completed(-1), *power, permit(100), completed(301))
    assert [each for each in found if each[2] == "asleep"] == [(0, 100, "asleep"), (100, 300, "asleep")]


def test_events_that_sysmon_and_the_firewall_could_not_write_are_lost():
    given = [queried(0), fact(50, "sysmon_255", "sysmon_error", value="Events dropped"), queried(60)]
    assert (51, "lost") in {(to, state) for _, to, state in states("sysmon_22", *given)}


def test_sysmon_that_was_stopped_is_off_until_it_starts():
    given = [
        created(0, pid=8),
        fact(10, "sysmon_4", "sysmon_state", value="Stopped"),
        fact(20, "sysmon_4", "sysmon_state", value="Started"),
        created(30, pid=12),
    ]
    assert (11, 21, "off") in states("sysmon_1", *given)


def test_a_clock_that_was_set_makes_the_time_between_doubtful():
    step = fact(3600, "system_1", "clock_changed", subject=at(10).isoformat(), value=at(3600).isoformat())
    rows = expect("coverage", permit(0), but(step, source="system_1"), permit(3605))
    assert any(row["state"] == "unknown" and "the clock was set" in row["reason"] for row in rows)


def test_every_interval_says_why():
    rows = expect("coverage", *permits(0, 40), queried(5), block(3), held=[log(-30, 60)])
    assert all(row["reason"] for row in rows)
    assert all(row["evidence"] for row in rows if row["state"] in ("on", "filtered"))


SYSMON = "Microsoft-Windows-Sysmon/Operational"
SVCHOST_OUT = Rules(
    "4.9",
    tuple(Filter(event, "exclude", "or", (Condition("Image", "image", "svchost.exe"),)) for event in SORTS),
)
NOTHING = Rules("4.9", tuple(Filter(event, "include", "or", ()) for event in SORTS))
ALL_OF = Rules("4.9", tuple(Filter(event, "exclude", "or", ()) for event in SORTS))


def rules(
    seconds: float, found: Rules, kind: str = "sysmon_rules", subject: str | None = None
) -> Observation:
    return fact(seconds, "sysmon_configuration", kind, value=found.text(), subject=subject)


def reconfigured(seconds: float, value: str) -> Observation:
    """Return a Sysmon 16."""
    return fact(seconds, "sysmon_16", "sysmon_configured", value=value)


def sysmon_states(*given: Observation, first: int = 1) -> list[tuple[float, float, str]]:
    connections = [seen(second, source_port=1024 + second) for second in range(41)]
    return states("sysmon_3", *connections, *given, held=[log(0, 42, SYSMON, first=first)])


@pytest.mark.parametrize(
    ("found", "state"), [(SVCHOST_OUT, "filtered"), (ALL_OF, "on")], ids=["a part", "everything"]
)
def test_a_configuration_that_is_printed_holds_since_its_log_has_no_gap(found, state):
    assert {each[2] for each in sysmon_states(rules(60, found)) if each[1] <= 42} == {state}
    row = next(row for row in expect("coverage", seen(0), rules(60, found), held=[log(0, 42, SYSMON)])
               if row["source"] == "sysmon_3" and row["state"] == state)  # fmt: skip
    assert "`sysmon -c` printed it at" in row["reason"]
    assert row["evidence"][-1]["source"] == "sysmon_configuration"


def test_a_configuration_that_is_printed_says_nothing_of_the_time_before_the_last_change():
    found = sysmon_states(reconfigured(20, "SHA256=AB"), rules(60, ALL_OF, subject="SHA256=ab"))
    assert (21, "on") in {(since, state) for since, _, state in found}
    assert {state for since, _, state in found if since < 20} == {"filtered"}


def test_a_file_holds_from_the_change_that_names_its_hash_until_the_next_one():
    file = rules(60, ALL_OF, "sysmon_rules_file", "SHA256=AB")
    found = sysmon_states(reconfigured(10, "SHA256=AB"), reconfigured(20, "SHA256=CD"), file)
    assert (11, 21, "on") in found
    assert [state for since, to, state in found if to <= 42] == ["filtered", "on", "filtered"]


def test_a_file_that_no_change_names_was_perhaps_never_loaded():
    file = rules(60, ALL_OF, "sysmon_rules_file", "SHA256=AB")
    assert {each[2] for each in sysmon_states(file) if each[1] <= 42} == {"filtered"}
    at_work = fact(60, "registry", "sysmon_configured", value="SHA256=AB")
    assert "on" in {each[2] for each in sysmon_states(file, at_work)}


def test_what_is_printed_does_not_count_where_the_last_change_names_another_hash():
    found = sysmon_states(reconfigured(0, "SHA256=CD"), rules(60, ALL_OF, subject="SHA256=AB"))
    assert {each[2] for each in found if each[0] >= 1 and each[1] <= 42} == {"filtered"}


def test_without_the_numbers_of_a_log_nothing_says_since_when_a_configuration_held():
    given = [*(seen(second, source_port=1024 + second) for second in range(41)), rules(60, ALL_OF)]
    assert {each[2] for each in states("sysmon_3", *given) if each[1] <= 42} == {"filtered"}


def test_a_kind_that_a_configuration_leaves_out_altogether_is_off_unless_there_is_a_record_of_it():
    given = [*(created(second, pid=8 + 4 * second) for second in range(3)), rules(60, NOTHING)]
    found = expect("coverage", *given, held=[log(0, 42, SYSMON)])
    assert "off" in {row["state"] for row in found if row["source"] == "sysmon_3"}
    assert "off" not in {row["state"] for row in found if row["source"] == "sysmon_1"}


def test_an_audit_policy_and_a_configuration_of_sysmon_that_change_midway_each_keep_their_own_times():
    given = [
        *connects(*range(15)),
        *permits(0, 9),
        *permits(31, 40),
        changed(10, "success removed"),
        changed(30, "success added"),
        reconfigured(15, "SHA256=AB"),
        reconfigured(35, "SHA256=CD"),
        rules(60, NOTHING, "sysmon_rules_file", "SHA256=AB"),
        rules(60, ALL_OF, subject="SHA256=CD"),
    ]
    held = [log(0, 40), log(0, 40, SYSMON)]
    found = [each for each in states("security_5156", *given, held=held) if each[1] <= 41]
    assert found == [(0, 10, "on"), (10, 30, "off"), (30, 40, "on")]
    (off,) = [each for each in states("sysmon_3", *given, held=held) if each[2] == "off"]
    assert off == (16, 36, "off"), "the record of event 16 stands a second after the change"


def service(seconds: float, name: str, value: str) -> Observation:
    return fact(seconds, "system_7036", "service_state", subject=name, value=value)


def disabled(seconds: float, value: str = "disabled") -> Observation:
    return fact(seconds, "system_7040", "service_start", subject="sysmon", value=value)


def connects(*seconds: int) -> list[Observation]:
    return [seen(second, source_port=1024 + second) for second in seconds]


SYSMON = "Microsoft-Windows-Sysmon/Operational"


def test_a_kind_is_off_from_the_stop_of_its_service_to_its_next_start():
    given = [*connects(0, 1, 100), service(10, "sysmon", "stopped"), service(90, "sysmon", "running")]
    found = states("sysmon_3", *given, held=[log(0, 100, SYSMON)])
    assert (10, 90, "off") in found
    assert "off" not in {state for _, _, state in states("security_5156", permit(0), *given)}


@pytest.mark.parametrize(("later", "until"), [(14, 20), (16, 12)], ids=["written late", "it ran again"])
def test_a_record_more_than_five_seconds_after_the_stop_shows_that_the_service_ran(later, until):
    given = [*connects(0, 1, later), service(10, "sysmon", "stopped"), permit(20)]
    assert (10, until, "off") in states("sysmon_3", *given, held=[log(0, 20, SYSMON)])


def test_the_start_of_the_host_ends_a_stop_but_not_where_the_service_is_disabled():
    given = [*connects(0, 1), service(10, "sysmon", "stopped"), fact(50, "system_12", "boot"), permit(99)]
    assert ("off", 10, 50) in [
        (state, since, until) for since, until, state in states("sysmon_3", *given, held=[log(0, 9, SYSMON)])
    ]
    found = states("sysmon_3", *given, disabled(5), held=[log(0, 9, SYSMON)])
    assert [round(until) for _, until, state in found if state == "off"][-1] == 99
    again = states("sysmon_3", *given, disabled(5), disabled(6, "auto start"), held=[log(0, 9, SYSMON)])
    assert [round(until) for _, until, state in again if state == "off"][-1] == 50


@pytest.mark.parametrize(
    ("source", "given"), [("firewall_log", permit(0)), ("dns_client_3008", completed(0))]
)
def test_what_the_process_itself_writes_does_not_live_by_the_service_of_the_resolver(source, given):
    for name, lives in (("mpssvc", source == "firewall_log"), ("dnscache", False)):
        found = states(source, given, service(10, name, "stopped"), permit(60))
        assert ("off" in {state for _, _, state in found}) is lives


def profile(seconds: float, name: str, *, allowed: bool, path: str = "log.json", store: str = "local"):
    told = {"allowed": allowed, "dropped": False, "path": rf"%systemroot%\{path}", "store": store}
    return fact(seconds, "firewall_settings", "firewall_logging", subject=name, value=json.dumps(told))


def network(seconds: float, category: str, name: str = "home", kind: str = "network_joined") -> Observation:
    return fact(seconds, "network_10000", kind, subject=name, value=category)


def of_firewall(*given: Observation) -> list[tuple[float, str]]:
    return [(since, state) for since, _, state in states("firewall_log", permit(-100), *given)]


LOGS = [profile(50, "public", allowed=False), profile(50, "private", allowed=True)]


def test_the_profile_in_force_decides_whether_the_firewall_logs():
    line = permit(-100, source="firewall_log")
    assert (0, "off") in of_firewall(line, network(0, "public"), *LOGS)
    assert "off" not in {state for _, state in of_firewall(line, network(0, "private"), *LOGS)}
    changing = of_firewall(line, network(0, "public"), network(10, "public", kind="network_left"), *LOGS)
    assert [since for since, state in changing if state == "off"] == [0]
    assert (10, "off") not in changing
    assert changing[-1][0] == 10


def test_where_the_profile_is_not_known_only_what_all_agree_in_is_said():
    assert "off" not in {state for _, state in of_firewall(*LOGS)}
    both = [profile(50, "public", allowed=False), profile(50, "private", allowed=False)]
    assert "off" in {state for _, state in of_firewall(*both)}


def test_a_policy_counts_before_what_the_host_itself_has():
    policy = profile(50, "private", allowed=False, store="policy")
    assert "off" in {state for _, state in of_firewall(network(0, "private"), *LOGS, policy)}


@pytest.mark.parametrize(("path", "here"), [("log.json", True), ("public.log", False)])
def test_a_log_that_is_written_to_another_file_is_not_collected(path, here):
    given = [permit(0, source="firewall_log"), network(10, "public"), permit(90)]
    rows = expect("coverage", *given, profile(50, "public", allowed=True, path=path))
    (row,) = [row for row in rows if row["source"] == "firewall_log" and row["time_from"] == at(10)] or [None]
    assert (row is None or "of which no line is here" not in row["reason"]) is here
    if not here:
        assert row["state"] == "not_collected"
