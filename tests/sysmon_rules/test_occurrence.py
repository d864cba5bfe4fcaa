"""What happened, in every form in which Sysmon may have written it: an answer only where all agree."""

from __future__ import annotations

import pytest

from trackway.sysmon_rules import Condition, Filter, Occurrence, Rules, judged, rules_of

DEVICE = r"\device\harddiskvolume3\windows\system32\svchost.exe"


def excluded(
    field: str, value: str, condition: str = "is", event: str = "NetworkConnect", **options: str
) -> Rules:
    return Rules("4.90", (Filter(event, "exclude", "or", (Condition(field, condition, value),)),), options)


@pytest.mark.parametrize(
    ("condition", "value", "written"),
    [
        ("image", "svchost.exe", False),
        ("end with", r"\system32\svchost.exe", False),
        ("begin with", "C:\\Users\\", True),
        ("begin with", "C:\\Windows\\", None),
        ("is", r"D:\windows\system32\svchost.exe", None),
        ("is", r"D:\windows\system32\other.exe", True),
    ],
)
def test_a_program_that_is_known_by_its_device_may_be_on_any_drive(
    condition: str, value: str, written: bool | None
) -> None:
    found = judged(excluded("Image", value, condition), Occurrence(event_id=3, image=DEVICE))
    assert found.written is written


@pytest.mark.parametrize(
    ("image", "written"),
    [("x.exe", False), ("y.exe", True), (r"C:\a\x.exe", False), (r"\\server\x.exe", None),
     (r"\device\mup\server\x.exe", None), ("<unknown process>", True), (None, None), ("System", True)],
)  # fmt: skip
def test_only_what_is_known_of_a_program_is_compared(image: str | None, written: bool | None) -> None:
    assert judged(excluded("Image", "x.exe", "image"), Occurrence(event_id=3, image=image)).written is written


def test_the_kernel_is_called_system_and_nothing_else() -> None:
    assert judged(excluded("Image", "System"), Occurrence(event_id=3, image="System")).written is False
    assert judged(excluded("Image", r"\System", "end with"), Occurrence(event_id=3, image="System")).written


@pytest.mark.parametrize(
    ("protocol", "is_outbound", "written"), [(6, True, False), (6, False, None), (17, True, None), (None, None, None)]
)  # fmt: skip
def test_only_tcp_that_went_out_has_its_sides_for_certain(
    protocol: int | None, is_outbound: bool | None, written: bool | None
) -> None:
    what = Occurrence(
        event_id=3, protocol=protocol, is_outbound=is_outbound, remote_port=443, local_port=50_000
    )
    assert judged(excluded("DestinationPort", "443"), what).written is written
    assert judged(excluded("DestinationPort", "80"), what).written is True


def test_an_ip_address_is_compared_as_sysmon_writes_it() -> None:
    what = Occurrence(event_id=3, protocol=6, is_outbound=True, remote_address="2001:db8::1")
    assert judged(excluded("DestinationIp", "2001:db8:0:0:0:0:0:1"), what).written is False
    assert judged(excluded("DestinationIsIpv6", "true"), what).written is False


@pytest.mark.parametrize(
    ("option", "value", "written"),
    [
        ("DnsLookup", "False", True),
        ("DNS lookup", "disabled", True),
        ("DnsLookup", "True", None),
        ("x", "", None),
    ],
)
def test_host_names_are_known_to_be_absent_only_where_they_are_not_looked_up(
    option: str, value: str, written: bool | None
) -> None:
    rules = excluded("DestinationHostname", ".example", "end with", **{option: value})
    assert judged(rules, Occurrence(event_id=3)).written is written


@pytest.mark.parametrize("rule", ["a.example", "A.example."])
def test_a_name_may_end_with_a_dot(rule: str) -> None:
    assert (
        judged(
            excluded("QueryName", rule, event="DnsQuery"), Occurrence(event_id=22, name="a.example")
        ).written
        is None
    )
    ending = excluded("QueryName", "example", "contains", event="DnsQuery")
    assert judged(ending, Occurrence(event_id=22, name="a.example")).written is False
    assert judged(ending, Occurrence(event_id=22, name="a.test.")).written is True


def test_a_start_is_judged_by_program_and_command_line() -> None:
    rules = excluded("CommandLine", "-nop", "contains", event="ProcessCreate")
    assert judged(rules, Occurrence(event_id=1, command_line="powershell -nop")).written is False
    assert judged(rules, Occurrence(event_id=1)).written is None


def test_a_text_that_holds_no_rules_gives_none() -> None:
    assert rules_of("{}") is None
    assert rules_of(Rules("4.9", ()).text()) == Rules("4.9", ())
