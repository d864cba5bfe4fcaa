"""Configurations as files and as printed: the same rules either way; what Sysmon would refuse is refused."""

from __future__ import annotations

import pytest

from tests.sources.mutated import MUTATIONS
from tests.sources.told import mutants
from trackway.sysmon_rules import Condition, Filter, Group, NotAConfiguration, Rules, from_dump, from_xml

XML = rb"""<!-- a remark above -->
<Sysmon schemaversion="4.50">
  <HashAlgorithms>md5,sha256</HashAlgorithms>
  <DnsLookup>False</DnsLookup>
  <EventFiltering>
    <RuleGroup name="" groupRelation="or">
      <NetworkConnect onmatch="include">
        <!-- users' programs -->
        <Image condition="begin with" name="T1105">C:\Users</Image>
        <DestinationPort name="SSH">22</DestinationPort>
        <Rule groupRelation="and" name="web">
          <Image condition="image">powershell.exe</Image>
          <DestinationPort condition="is any">80;443</DestinationPort>
        </Rule>
      </NetworkConnect>
    </RuleGroup>
    <RuleGroup>
      <DnsQuery onmatch="exclude">
        <QueryName condition="end with">.arpa.</QueryName>
      </DnsQuery>
    </RuleGroup>
    <ProcessTerminate onmatch="include"/>
  </EventFiltering>
</Sysmon>
"""

FILTERS = (
    Filter(
        "NetworkConnect",
        "include",
        "or",
        (
            Condition("Image", "begin with", "C:\\Users"),
            Condition("DestinationPort", "is", "22"),
            Group(
                "and",
                (
                    Condition("Image", "image", "powershell.exe"),
                    Condition("DestinationPort", "is any", "80;443"),
                ),
            ),
        ),
    ),
    Filter("DnsQuery", "exclude", "and", (Condition("QueryName", "end with", ".arpa."),)),
    Filter("ProcessTerminate", "include", "and", ()),
)

DUMP = """

System Monitor v15.15 - System activity monitor
Current configuration:
 - Service name:                  Sysmon64
 - Driver name:                   SysmonDrv
 - Config file:                   C:\\sysmon.xml
 - Config hash:                   SHA256=1A2B

 - HashingAlgorithms:             SHA256
 - Network connection:            enabled

Rule configuration (version 4.50):
 - NetworkConnect                     onmatch: include   combine rules using 'Or'
\tImage                          filter: begin with   value: 'C:\\Users'
\tDestinationPort                filter: is           value: '22'
\tCompound Rule web   combine using And
\t    Image                          filter: image        value: 'powershell.exe'
\t    DestinationPort                filter: is any       value: '80;443'
 - DnsQuery                           onmatch: exclude   combine rules using 'And'
\tQueryName                      filter: end with     value: '.arpa.'
 - ProcessTerminate                   onmatch: include   combine rules using 'And'

"""


def test_a_file_is_read_with_groups_conditions_and_options() -> None:
    assert from_xml(XML) == Rules("4.50", FILTERS, {"HashAlgorithms": "md5,sha256", "DnsLookup": "False"})


@pytest.mark.parametrize("tab", ["\t", "        "])
def test_what_sysmon_prints_gives_the_same_rules_also_where_tabs_became_blanks(tab: str) -> None:
    found = from_dump(DUMP.replace("\t", tab))
    assert (found.schema, found.filters) == ("4.50", FILTERS)
    assert found.options["Config hash"] == "SHA256=1A2B"
    assert found.options["Network connection"] == "enabled"


def test_rules_that_follow_a_compound_rule_stand_on_their_own() -> None:
    text = DUMP.replace(
        " - DnsQuery", "\tUser                           filter: is           value: 'x'\n - DnsQuery"
    )
    assert from_dump(text).filters[0].rules[-1] == Condition("User", "is", "x")


def test_an_installation_without_rules_has_options_only() -> None:
    found = from_dump(DUMP.partition("Rule configuration")[0] + "No rules installed\n")
    assert (found.schema, found.filters) == (None, ())


def test_old_versions_print_no_relation_and_combine_by_or() -> None:
    (found,) = from_dump("Rule configuration (version 3.40):\n - ImageLoad   onmatch: include\n").filters
    assert found.relation == "or"


@pytest.mark.parametrize(
    ("version", "relation"),
    [("3.2", "or"), ("3.40", "or"), ("4.0", "or"), ("4.1", "or"), ("4.10", "or"), ("4.11", "and"), ("4.2", "and"),
     ("4.22", "and")],
)  # fmt: skip
def test_a_list_without_a_relation_is_combined_as_its_schema_says(version: str, relation: str) -> None:
    raw = f'<Sysmon schemaversion="{version}"><EventFiltering><DnsQuery onmatch="include"/></EventFiltering></Sysmon>'
    assert from_xml(raw.encode()).filters[0].relation == relation


def test_a_list_may_tell_its_default_instead_of_what_a_match_means() -> None:
    raw = (
        b'<Sysmon schemaversion="3.2"><EventFiltering><DnsQuery default="include"/></EventFiltering></Sysmon>'
    )
    assert from_xml(raw).filters[0].onmatch == "exclude"


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"<Sysmon", "no well-formed XML"),
        (b"<Other/>", "no Sysmon configuration"),
        (b"<Sysmon/>", "schema version None is none"),
        (b'<Sysmon schemaversion="x"/>', "schema version x is none"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><Sysmon schemaversion="4.5"/>', "document type"),
        (XML.replace(b'onmatch="include"', b'onmatch="both"', 1), "neither include nor exclude"),
        (XML.replace(b"begin with", b"starts with"), "condition 'starts with' in line 9 is none"),
    ],
)
def test_what_sysmon_would_refuse_is_no_configuration(raw: bytes, reason: str) -> None:
    with pytest.raises(NotAConfiguration, match=reason):
        from_xml(raw)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "neither options nor rules"),
        (DUMP.replace("filter: is  ", "filter: like"), "not understood: Dest"),
    ],
)
def test_a_print_that_is_not_understood_is_no_configuration(text: str, reason: str) -> None:
    with pytest.raises(NotAConfiguration, match=reason):
        from_dump(text)


def test_a_changed_configuration_is_read_or_refused() -> None:
    refused = 0
    for number, changed in enumerate([*mutants(XML, MUTATIONS), *mutants(DUMP.encode(), MUTATIONS, seed=2)]):
        try:
            found = from_xml(changed) if number < MUTATIONS else from_dump(changed.decode("utf-8", "replace"))
        except NotAConfiguration:
            refused += 1
        else:
            assert isinstance(found, Rules)
    assert 0 < refused < 2 * MUTATIONS
