"""Hand-worked answers for every condition and relation, both sides of each boundary."""

from __future__ import annotations

import pytest

from trackway.sysmon_rules import Condition, Ending, Filter, Group, Rules, loaded, verdict, would_write
from trackway.sysmon_rules.compared import COMPARED
from trackway.sysmon_rules.rules import CONDITIONS, OnMatch, Relation

NC = r"C:\Users\anna\nc.exe"
SVCHOST = r"C:\Windows\System32\svchost.exe"


def rules(*filters: Filter, options: dict[str, str] | None = None) -> Rules:
    return Rules("4.90", filters, options or {})


def listed(
    *conditions: Condition | Group,
    onmatch: OnMatch = "include",
    relation: Relation = "or",
    event: str = "NetworkConnect",
) -> Filter:
    return Filter(event, onmatch, relation, conditions)


def image(value: str, condition: str = "is") -> Condition:
    return Condition("Image", condition, value)


def port(value: str, condition: str = "is") -> Condition:
    return Condition("DestinationPort", condition, value)


@pytest.mark.parametrize(
    ("condition", "wanted", "met", "missed"),
    [
        ("is", NC, NC.upper(), NC + "x"),
        ("is not", NC, SVCHOST, NC.upper()),
        ("is any", "80;443", "443", "44"),
        ("contains", "anna", r"C:\ANNA\x", r"C:\ann\x"),
        ("contains any", "nc;psexec", "PsExec64.exe", "ssh.exe"),
        ("contains all", "net;view", "net  view", "net use"),
        ("excludes", "anna", r"C:\bob", r"C:\ANNA"),
        ("excludes any", "nc;psexec", "ssh.exe", "nc psexec"),
        ("excludes all", "net;view", "ls", "view net"),
        ("begin with", "c:\\users\\", NC, SVCHOST),
        ("not begin with", "c:\\users\\", SVCHOST, NC),
        ("end with", "\\nc.exe", NC, NC + ".bak"),
        ("not end with", "\\nc.exe", NC + ".bak", NC),
        ("less than", "1024", "1023", "1024"),
        ("less than", "9", "10", "9"),  # text, not numbers
        ("more than", "1024", "1025", "1024"),
        ("image", "nc.exe", NC, r"C:\nc.exe\other.exe"),
        ("image", NC, NC.lower(), "nc.exe"),
        ("image", "nc.exe", "nc.exe", "xnc.exe"),
    ],
)
def test_a_condition_is_met_on_one_side_of_its_boundary_only(
    condition: str, wanted: str, met: str, missed: str
) -> None:
    found = rules(listed(image(wanted, condition)))
    assert would_write(found, 3, {"Image": met}) is True
    assert would_write(found, 3, {"Image": missed}) is False


@pytest.mark.parametrize("condition", ["excludes any", "excludes all"])
def test_where_the_manual_and_the_source_of_sysmon_differ_there_is_no_answer(condition: str) -> None:
    assert would_write(rules(listed(image("net;view", condition))), 3, {"Image": "net use"}) is None


@pytest.mark.parametrize(
    ("condition", "wanted", "answer"),
    [
        ("image", "nc.exe", True),
        ("image", "c.exe", False),
        ("image", NC, None),
        ("image", SVCHOST, False),
        ("is", NC, None),
        ("is", SVCHOST, False),
        ("is not", SVCHOST, True),
        ("is any", f"{SVCHOST};x", False),
        ("contains", "nc.e", True),
        ("contains", "users", None),
        ("contains any", "users;nc", True),
        ("contains all", "users;nc", None),
        ("excludes", "nc", False),
        ("excludes", "users", None),
        ("excludes any", "nc;exe", False),
        ("begin with", "C:", None),
        ("not begin with", "C:", None),
        ("end with", "nc.exe", True),
        ("end with", r"anna\nc.exe", None),
        ("end with", "host.exe", False),
        ("not end with", ".dll", True),
        ("less than", "z", None),
        ("more than", "a", None),
    ],
)
def test_of_a_program_whose_folder_is_not_known_only_its_name_is_compared(
    condition: str, wanted: str, answer: bool | None
) -> None:
    found = rules(listed(image(wanted, condition)))
    assert would_write(found, 3, {"Image": Ending("\\nc.exe")}) is answer


def test_every_condition_of_the_schema_can_be_evaluated() -> None:
    assert set(COMPARED) == set(CONDITIONS)


def test_an_empty_value_is_known_and_an_absent_one_is_not() -> None:
    found = rules(listed(Condition("DestinationHostname", "end with", ".example")))
    assert would_write(found, 3, {"DestinationHostname": ""}) is False
    assert would_write(found, 3, {"DestinationHostname": None}) is None
    assert would_write(found, 3, {}) is None


def test_a_rule_with_a_variable_of_the_host_s_environment_cannot_be_told() -> None:
    assert would_write(rules(listed(image(r"%TEMP%\x.exe"))), 3, {"Image": NC}) is None
    assert would_write(rules(listed(image("100%", "contains"))), 3, {"Image": "100%.exe"}) is True


def test_rules_combined_by_or_need_one_match() -> None:
    found = rules(listed(image(NC), port("443")))
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "443"}) is True
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "80"}) is False
    assert would_write(found, 3, {"DestinationPort": "443"}) is True
    assert would_write(found, 3, {"DestinationPort": "80"}) is None


def test_rules_combined_by_and_need_one_match_for_each_field() -> None:
    found = rules(listed(image("nc.exe", "image"), port("80"), port("443"), relation="and"))
    assert would_write(found, 3, {"Image": NC, "DestinationPort": "443"}) is True
    assert would_write(found, 3, {"Image": NC, "DestinationPort": "22"}) is False
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "80"}) is False
    assert would_write(found, 3, {"Image": SVCHOST}) is False
    assert would_write(found, 3, {"Image": NC}) is None


def test_a_group_by_and_needs_every_condition_even_of_one_field() -> None:
    both = Group("and", (image("users", "contains"), image("nc", "contains")))
    found = rules(listed(both, port("22")))
    assert would_write(found, 3, {"Image": NC, "DestinationPort": "80"}) is True
    assert would_write(found, 3, {"Image": r"C:\Users\x.exe", "DestinationPort": "80"}) is False
    assert would_write(found, 3, {"Image": r"C:\Users\x.exe", "DestinationPort": "22"}) is True


def test_a_group_by_or_counts_as_one_rule_of_a_list_by_and() -> None:
    either = Group("or", (image(NC), image(SVCHOST)))
    found = rules(listed(either, port("443"), relation="and"))
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "443"}) is True
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "80"}) is False
    assert would_write(found, 3, {"Image": "x", "DestinationPort": "443"}) is False


def test_an_exclude_that_matches_wins_over_an_include() -> None:
    found = rules(listed(port("443")), listed(image(SVCHOST), onmatch="exclude"))
    assert would_write(found, 3, {"Image": SVCHOST, "DestinationPort": "443"}) is False
    assert would_write(found, 3, {"Image": NC, "DestinationPort": "443"}) is True
    assert would_write(found, 3, {"Image": NC, "DestinationPort": "80"}) is False
    assert would_write(found, 3, {"DestinationPort": "443"}) is None
    assert would_write(found, 3, {"DestinationPort": "80"}) is False


def test_an_exclude_that_stands_alone_lets_all_others_through() -> None:
    found = rules(listed(image(SVCHOST), onmatch="exclude"))
    assert would_write(found, 3, {"Image": NC}) is True
    assert would_write(found, 3, {"Image": SVCHOST}) is False


@pytest.mark.parametrize(("onmatch", "written"), [("include", False), ("exclude", True)])
def test_an_empty_list_gives_the_opposite_of_its_match(onmatch: OnMatch, written: bool) -> None:
    assert would_write(rules(listed(onmatch=onmatch)), 3, {}) is written


def test_of_two_excludes_without_a_match_nothing_is_written() -> None:
    lists = (listed(port("22"), onmatch="exclude"), listed(image(SVCHOST), onmatch="exclude"))
    assert would_write(rules(*lists), 3, {"Image": NC, "DestinationPort": "443"}) is False


@pytest.mark.parametrize(
    ("event_id", "written"),
    [(1, True), (3, False), (4, True), (5, True), (7, False), (11, None), (16, True), (22, False), (255, True),
     (99, None)],
)  # fmt: skip
def test_an_event_without_rules_is_written_where_the_schema_says_so(
    event_id: int, written: bool | None
) -> None:
    assert would_write(rules(), event_id, {}) is written


def test_network_connections_without_rules_follow_the_option() -> None:
    assert would_write(rules(options={"Network connection": "enabled"}), 3, {}) is True
    assert would_write(rules(options={"Network connection": "disabled"}), 3, {}) is False
    assert would_write(rules(listed(port("22")), options={"Network connection": "enabled"}), 3, {}) is None


def test_names_of_fields_do_not_depend_on_letter_case() -> None:
    assert would_write(rules(listed(image(NC))), 3, {"image": NC}) is True


def test_rules_become_text_and_are_read_back() -> None:
    found = rules(
        listed(Group("and", (image(NC), port("1;2", "is any"))), image("ä", "contains")), options={"a": "b"}
    )
    assert loaded(found.text()) == found
    assert loaded(found.text()).text() == found.text()


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"filters": [{}], "schema": "4", "options": {}}'])
def test_a_text_that_holds_no_rules_says_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"Sysmon rules|Expecting value"):
        loaded(text)


@pytest.mark.parametrize(
    ("lists", "why"),
    [
        ((listed(image("nc.exe", "image"), onmatch="exclude"),),
         "its NetworkConnect exclude list names Image image 'nc.exe'"),
        ((listed(port("443"), onmatch="exclude"),), "its NetworkConnect exclude list does not name it"),
        ((listed(port("443")),), "its NetworkConnect include list does not name it"),
        ((listed(port("22"), image("users", "contains"), relation="and"),),
         "its NetworkConnect include list names DestinationPort is '22', Image contains 'users'"),
        ((listed(Group("and", (port("22"), image("users", "contains")))),),
         "its NetworkConnect include list names DestinationPort is '22' and Image contains 'users'"),
        ((), "its configuration has no rules for NetworkConnect"),
        ((listed(Condition("DestinationHostname", "is", "x"), image("y")),), "that depends on DestinationHostname"),
    ],
    ids=["excluded", "not excluded", "not included", "all", "group", "none", "not known"],
)  # fmt: skip
def test_the_rule_that_decides_is_named(lists: tuple[Filter, ...], why: str) -> None:
    assert verdict(rules(*lists), 3, {"Image": NC, "DestinationPort": "22"}).why == why
