"""Settings of a host in the forms that programs print them in: the same facts whatever the form and the language."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.sources import interpreted
from tests.sources.interpreted import Told
from tests.sources.mutated import endured
from tests.sources.told import balanced, requires_shared, rows, traced
from trackway.sources import audit_policy

CONNECTION = "{0cce9226-69ae-11d9-bed3-505054503030}"
CREATION = "{0cce922b-69ae-11d9-bed3-505054503030}"

LIST = """System audit policy

Category/Subcategory                      Setting
Object Access
  Filtering Platform Connection           Success and Failure
Detailed Tracking
  Process Creation                        No Auditing
"""
REPORT = (
    "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value\r\n"
    "WS7,System,Filterplattformverbindung,{0CCE9226-69AE-11D9-BED3-505054503030},Erfolg und Fehler,,3\r\n"
    "WS7,System,Prozesserstellung,{0CCE922B-69AE-11D9-BED3-505054503030},Keine \u00dcberwachung,,0\r\n"
    "WS7,S-1-5-21-1-2-3-500,Logon,{0CCE9215-69AE-11D9-BED3-505054503030},Success,No Auditing,1\r\n"
    ",System,Option:CrashOnAuditFail,,Disabled,,0\r\n"
)


def told(content: bytes, kind: str | None = None) -> Told:
    return interpreted.told(content, kind, printed="2021-11-27T03:30:00Z")


def facts(content: bytes | str) -> dict[str | None, str]:
    found = told(content.encode() if isinstance(content, str) else content)
    assert found.skips == []
    return {row["subject"]: row["value"] for row in found.only("host_fact")}


@pytest.mark.parametrize("text", [LIST, LIST.replace("\n", "\r\n"), LIST.replace("\n", "\n\n"), REPORT])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp850"])
def test_the_audit_policy_is_the_same_as_list_and_as_report_in_any_encoding(text: str, encoding: str) -> None:
    assert facts(text.encode(encoding)) == {CONNECTION: "success+failure", CREATION: "none"}


def test_policies_of_single_accounts_and_options_are_left_out_and_counted() -> None:
    assert told(REPORT.encode()).ignored == 2


@pytest.mark.parametrize(
    ("before", "after"), [("Success and Failure", "Sikeres"), ("Process Creation", "Folyamat")]
)
def test_a_word_of_another_language_is_skipped_and_not_guessed(before: str, after: str) -> None:
    found = told(LIST.replace(before, after.ljust(len(before))).encode())
    assert len(found.only("host_fact")) == 1
    assert "is in a language not known here" in found.skips[0]


# a language that nobody speaks: proper names alone are left, and of the words only how they are built
FOREIGN = """Ava politi
Kato/Subkato                              Agordo
Objekti
""" + "".join(
    f"  {f'{name} {place}':40}{'Nen avari' if place != 9 else 'Sukcede ac malsukcede'}\n"
    for place, name in enumerate(["Objo"] * 3 + ["SAM-objo"] + ["Objo"] * 10)
)
TRACKED = """Spuri
  Kreo                                    Malsukcede
  Fino                                    Sukcede
  DPAPI-faro                              Nen avari
  RPC-okazi                               Nen avari
"""


def test_a_list_in_no_known_language_is_told_by_its_build() -> None:
    found = facts(FOREIGN + TRACKED)
    assert len(found) == 18
    assert (found.pop(CONNECTION), found.pop(CREATION)) == ("success+failure", "failure")
    assert sorted(set(found.values())) == ["none", "success"]


def test_a_category_begins_where_a_proper_name_says() -> None:
    kreo, *others = TRACKED.splitlines(keepends=True)[1:]
    assert facts(FOREIGN + "Spuri\n" + "".join([*others, kreo]))[CREATION] == "failure"


@pytest.mark.parametrize(
    ("text", "skipped"),
    [
        (FOREIGN.replace("SAM-objo", "Konto"), 14),
        (FOREIGN.replace("Objo 0", "RPC 0"), 14),
        (FOREIGN.replace("  Objo 13", "Objo 13"), 13),
        # which of the two is failure, and whether the third is none, nobody can tell
        (FOREIGN, 14),
        (FOREIGN + TRACKED.replace("Malsukcede", "Sukcede   "), 18),
    ],
)
def test_what_its_build_does_not_make_sure_is_skipped(text: str, skipped: int) -> None:
    assert len(told(text.encode()).skips) == skipped


def test_a_subcategory_without_its_setting_is_said() -> None:
    (reason,) = told((LIST + "  Process Termination No Auditing\n").encode()).skips
    assert "without its setting" in reason


@pytest.mark.parametrize(
    ("word", "setting"),
    [
        ("Erfolg und Fehler", "success+failure"),
        ("成功和失败", "success+failure"),
        ("Успех и сбой", "success+failure"),
        ("Operazioni non riuscite", "failure"),
        ("Succès et", None),
    ],
)
def test_both_is_the_one_word_and_then_the_other(word: str, setting: str | None) -> None:
    assert audit_policy.setting(word) == setting


@pytest.mark.parametrize(
    ("name", "value"), [("auditpol_get_de.txt", "none"), ("auditpol_get_de_after.txt", "failure")]
)
def test_german_lists_are_read(name: str, value: str, tmp_path: Path) -> None:
    case = traced(tmp_path, {name: requires_shared(name).read_bytes()}, hosts=["ws7"])
    (fact,) = rows(case, "host_fact")
    assert (fact["subject"], fact["value"], fact["host"]) == (CONNECTION, value, "ws7")
    assert balanced(case)["used"] == 1


def test_a_printed_profile_is_read(tmp_path: Path) -> None:
    name = "netsh_show_currentprofile_en.txt"
    case = traced(tmp_path, {name: requires_shared(name).read_bytes()}, collected_at=["2021-11-27T03:30:00Z"])
    (fact,) = rows(case, "host_fact")
    assert fact["subject"] == "public"
    assert fact["recorded_basis"] == "option"
    assert json.loads(fact["value"]) == {
        "allowed": False,
        "dropped": False,
        "path": r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log",
        "max_size": 4096,
        "store": "local",
    }


PATH = r"%systemroot%\system32\LogFiles\Firewall\pfirewall.log"


def printed(on: str, off: str, *headings: str) -> str:
    """Return what netsh prints, with these words for on and off; only dropped packets are logged."""
    return "\n".join(
        f"{heading}: \n{'-' * 70}\nStato      {on}\nPolitiko fajra    BlockInbound,AllowOutbound\n"
        f"InboundUserNotification               {off}\nRemoteManagement                      {off}\n"
        f"UnicastResponseToMulticast            {on}\n\nProtokolo:\nLogAllowedConnections                 {off}\n"
        f"LogDroppedConnections                 {on}\nFileName                              {PATH}\n"
        f"MaxFileSize                           4096\n\n"
        for heading in headings
    )


@pytest.mark.parametrize(
    ("on", "off"),
    [("Activer", "Désactiver"), ("启用", "禁用"), ("Ŝalti", "Malŝalti"), ("사용", "사용 안 함")],
)
def test_the_firewall_s_profiles_are_told_by_their_order_and_words(on: str, off: str) -> None:
    found = facts(printed(on, off, "Agordoj A", "Agordoj B", "Agordoj C"))
    assert list(found) == ["domain", "private", "public"]
    assert {(row["allowed"], row["dropped"]) for row in map(json.loads, found.values())} == {(False, True)}


@pytest.mark.parametrize(
    ("on", "off", "headings", "reason"),
    [
        ("Jes", "Ne", ["A", "B", "C"], "is in a language not known here"),
        ("Enable", "Disable", ["A", "B"], "is none that is known here"),
    ],
)
def test_what_neither_order_nor_words_tell_is_skipped(
    on: str, off: str, headings: list[str], reason: str
) -> None:
    found = told(printed(on, off, *headings).encode())
    assert [reason in skip for skip in found.skips] == [True] * len(headings)


PROFILE = {
    "Name": "Domain",
    "Enabled": 1,
    "LogFileName": PATH,
    "LogMaxSizeKilobytes": 4096,
    "LogAllowed": 2,
    "LogBlocked": 1,
}
PROFILE_TEXT = f"""
Name                            : Domain
Enabled                         : True
LogFileName                     : {PATH}
LogMaxSizeKilobytes             : 4096
LogAllowed                      : NotConfigured
LogBlocked                      : True
"""
PROFILE_CSV = (
    '"Name","LogFileName","LogMaxSizeKilobytes","LogAllowed","LogBlocked"\n'
    f'"Domain","{PATH}","4096","NotConfigured","True"\n'
)


@pytest.mark.parametrize("text", [json.dumps([PROFILE]), json.dumps(PROFILE), PROFILE_TEXT, PROFILE_CSV])
def test_powershell_s_profiles_are_the_same_in_every_form(text: str) -> None:
    value = json.loads(facts(text)["domain"])
    assert value == {"allowed": None, "dropped": True, "path": PATH, "max_size": 4096, "store": "local"}


@pytest.mark.parametrize(
    ("store", "kept"), [("ActiveStore", "effective"), ("RSOP", "policy"), ("PersistentStore", "local")]
)
def test_a_profile_says_whose_setting_it_is(store: str, kept: str) -> None:
    assert json.loads(facts(json.dumps({**PROFILE, "PolicyStore": store}))["domain"])["store"] == kept


CHANNEL = "Microsoft-Windows-DNS-Client/Operational"
CHANNEL_TEXT = (
    f"name: {CHANNEL}\nenabled: true\nlogging:\n  retention: false\n  autoBackup: false\n  maxSize: 1052672\n"
)
CHANNEL_XML = (
    f'<?xml version="1.0"?>\n<channel name="{CHANNEL}" isolation="Application" enabled="true" '
    'xmlns="http://schemas.microsoft.com/win/2004/08/events">\n  <logging><retention>false</retention>'
    "<autoBackup>false</autoBackup><maxSize>1052672</maxSize></logging>\n</channel>\n"
)
LISTED = {
    "LogName": CHANNEL,
    "IsEnabled": True,
    "LogMode": 0,
    "MaximumSizeInBytes": 1052672,
    "RecordCount": None,
}
LISTED_TEXT = (
    f"\nLogName            : {CHANNEL}\nIsEnabled          : True\nLogMode            : Circular\n"
    "MaximumSizeInBytes : 1052672\n"
)
LISTED_CSV = (
    '#TYPE Selected\n"LogName","IsEnabled","LogMode","MaximumSizeInBytes"\n'
    f'"{CHANNEL}","True","Circular","1052672"\n'
)


@pytest.mark.parametrize("text", [CHANNEL_TEXT, CHANNEL_XML, json.dumps([LISTED]), LISTED_TEXT, LISTED_CSV])
def test_a_channel_is_the_same_in_every_form(text: str) -> None:
    assert json.loads(facts(text)[CHANNEL]) == {"enabled": True, "max_size": 1052672, "retention": "circular"}


@pytest.mark.parametrize(
    ("mode", "retained"), [("Circular", "circular"), ("AutoBackup", "archive"), ("Retain", "retain")]
)
def test_a_mode_says_what_becomes_of_a_full_log(mode: str, retained: str) -> None:
    assert json.loads(facts(json.dumps({**LISTED, "LogMode": mode}))[CHANNEL])["retention"] == retained


def test_a_channel_that_is_no_xml_costs_only_itself() -> None:
    found = told((CHANNEL_XML.replace("<logging>", "<logging") + CHANNEL_XML).encode())
    assert (len(found.only("host_fact")), len(found.skips)) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("audit_policy", LIST),
        ("audit_policy", REPORT),
        (
            "firewall_settings",
            f"A Profile Settings:\n{'-' * 70}\nLog  Enable\nDrop  Enable\nFile   {PATH}\nSize   4096\n" * 3,
        ),
        ("log_channels", CHANNEL_TEXT * 3),
        ("log_channels", CHANNEL_XML * 3),
        ("objects", json.dumps([PROFILE, LISTED])),
        (
            "sysmon_rules",
            '<Sysmon schemaversion="4.5"><EventFiltering><DnsQuery onmatch="include"/></EventFiltering></Sysmon>',
        ),
    ],
)
def test_a_changed_text_loses_nothing_in_silence(kind: str, text: str) -> None:
    endured(text, kind)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("audit_policy", "  a" + "  " * 500_000),
        ("audit_policy", "  " + "a  b" * 250_000),
        ("firewall_settings", "x:\n" + "-" * 30 + "\nFile" + " " * 500_000 + "\n" + "a  b" * 250_000),
        ("log_channels", "<channel " * 110_000),
        ("log_channels", "name:" + " a" * 500_000),
        (
            "registry_text",
            "HKEY_LOCAL_MACHINE\\SYSTEM\n    a" + "    " * 250_000 + "\n" + "hex:00,\\\n" * 100_000,
        ),
        (
            "sysmon_rules",
            " - Driver name: x\nRule configuration (version 4.50):\n - X onmatch: include" + " " * 500_000,
        ),
        (
            "sysmon_rules",
            "Rule configuration (version 4.50):\n - X   onmatch: include\n\ta filter: " + "is " * 300_000,
        ),
    ],
)
def test_a_megabyte_of_nothing_is_read_without_going_over_it_again_and_again(kind: str, text: str) -> None:
    found = told(text.encode(), kind)
    assert len(found.only("host_fact")) <= 1
