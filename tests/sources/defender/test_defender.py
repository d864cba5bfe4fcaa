from __future__ import annotations

from pathlib import Path

import pytest

import trackway
from trackway.sources import installed
from trackway.sources.defender_values import additional, host

from ..interpreted import told
from .timeline import ENDS, FORMS, INITIATING, action, hunting_json, timeline

SHARED = Path(__file__).parents[3] / "../shared/data/text"
KEY = "mde 7024 1730819978000"

forms = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__name__)


@forms
def test_a_connection_reads_alike_whatever_the_export(form):
    found = told(form([action("ConnectionSuccess", ENDS, INITIATING, RemoteUrl="http://perdu.com/x")]))
    (row,) = found.only("connection_observation")
    assert row["host"] == "ws7.corp.example"
    assert row["recorded"].isoformat() == "2024-11-05T15:19:40.621000"
    assert row["zoned"]
    assert (row["source"], row["stage"], row["direction"], row["protocol"]) == (
        "defender_connectionsuccess", "established", "outbound", 6,
    )  # fmt: skip
    assert (row["source_address"], row["source_port"]) == ("10.0.0.7", 50123)
    assert (row["destination_address"], row["destination_port"]) == ("208.97.177.124", 80)
    assert (row["pid"], row["process_guid"], row["user"]) == (7024, KEY, "CORP\\bob")
    assert row["image"] == r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
    assert (row["remote_name_hint"], row["asked_name"]) == ("perdu.com", None)


@forms
def test_the_process_behind_an_action_is_told_with_its_command_line_and_parent(form):
    rows = [action("ConnectionSuccess", ENDS, INITIATING, report=number) for number in range(3)]
    (row,) = told(form(rows)).only("process_observation")
    assert (row["kind"], row["pid"], row["parent_pid"]) == ("started", 7024, 500)
    assert row["command_line"] == "powershell -nop iwr http://perdu.com"
    assert row["stated"].isoformat() == "2024-11-05T15:19:38+00:00"
    assert (row["process_guid"], row["parent_guid"]) == (KEY, "mde 500 1730800800000")


@pytest.mark.parametrize(
    ("name", "stage", "direction"),
    [
        ("ConnectionRequest", "attempted", "outbound"),
        ("ConnectionSuccessAggregatedReport", "established", "outbound"),
        ("ConnectionFailed", "failed", "outbound"),
        ("ConnectionFailedAggregatedReport", "failed", "outbound"),
        ("ConnectionFound", "open", None),
        ("ConnectionAttempt", "wire", None),
        ("ConnectionAcknowledged", "wire", None),
        ("InboundConnectionAccepted", "established", "inbound"),
        ("NetworkSignatureInspected", "wire", None),
        ("SslConnectionInspected", "wire", None),
        ("IcmpConnectionInspected", "wire", None),
    ],
)
def test_every_action_says_no_more_than_it_knows(name, stage, direction):
    (row,) = told(timeline([action(name, ENDS)])).only("connection_observation")
    assert (row["stage"], row["direction"], row["pid"]) == (stage, direction, None)


@pytest.mark.parametrize(
    ("protocol", "stage"), [("Udp", "connected"), ("Tcp", "established"), ("", "established")]
)
def test_only_tcp_is_established(protocol, stage):
    (row,) = told(timeline([action("ConnectionSuccess", ENDS, Protocol=protocol)])).only(
        "connection_observation"
    )
    assert row["stage"] == stage


def test_an_inspected_connection_has_the_name_that_was_in_it():
    more = {"direction": "In", "host": "perdu.com:8080", "uri": "/"}
    (row,) = told(timeline([action("HttpConnectionInspected", ENDS, more=more)])).only(
        "connection_observation"
    )
    assert (row["asked_name"], row["direction"], row["remote_name_hint"]) == ("perdu.com", "inbound", None)


def test_a_listening_port_has_no_other_side_and_mapped_addresses_are_unmapped():
    row = action(
        "ListeningConnectionCreated",
        INITIATING,
        LocalIP="::ffff:10.0.0.7",
        LocalPort="8080",
        Protocol="TcpV6",
    )
    (row,) = told(timeline([row])).only("connection_observation")
    assert (row["stage"], row["source_address"], row["destination_address"]) == (
        "listening",
        "10.0.0.7",
        None,
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"RemoteIP": ""}, "there is no remote address"),
        ({"LocalIP": "x"}, "address x is none"),
        ({"RemotePort": "70000"}, "port 70000 is none"),
        ({"DeviceName": ""}, "there is no computer name"),
        ({"Timestamp": "never"}, "time never+00:00 cannot be"),
    ],
)
def test_a_row_that_cannot_be_is_a_skip(change, reason):
    found = told(timeline([action("ConnectionSuccess", ENDS, INITIATING, **change)]))
    assert found.only("connection_observation") == []
    assert len(found.skips) == 1
    assert found.skips[0].endswith(reason)


@forms
def test_a_look_up_names_who_asked_and_what_came_back(form):
    result = '[{"DnsQueryType":"CNAME","Result":"x.example"},{"DnsQueryType":"A","Result":"208.97.177.124"}]'
    more = {"DnsQueryString": "perdu.com", "DnsQueryResult": result}
    (row,) = told(form([action("DnsQueryResponse", INITIATING, more=more)])).only("dns_observation")
    assert (row["stage"], row["name"], row["addresses"], row["cnames"]) == (
        "completed", "perdu.com", ["208.97.177.124"], ["x.example"],
    )  # fmt: skip
    assert (row["pid"], row["process_guid"], row["status"]) == (7024, KEY, 0)


@pytest.mark.parametrize(
    ("change", "pid"),
    [
        ({"InitiatingProcessFileName": "MsSense.exe"}, None),
        (
            {
                "InitiatingProcessFileName": "svchost.exe",
                "InitiatingProcessCommandLine": "svchost -p -s Dnscache",
            },
            None,
        ),
        (
            {
                "InitiatingProcessFileName": "svchost.exe",
                "InitiatingProcessCommandLine": "svchost -p -s wuauserv",
            },
            7024,
        ),
    ],
)
def test_a_look_up_by_the_sensor_or_the_resolver_was_made_for_somebody_else(change, pid):
    row = action("DnsQueryResponse", INITIATING, more={"DnsQueryString": "perdu.com"}, **change)
    (found,) = told(timeline([row])).only("dns_observation")
    assert (found["pid"], found["process_guid"] is None) == (pid, pid is None)


def test_a_question_seen_on_the_wire_has_its_server_and_no_process():
    more = {"query": "perdu.com", "qtype_name": "AAAA", "rcode": 3, "direction": "Out", "answers": []}
    (row,) = told(timeline([action("DnsConnectionInspected", ENDS, more=more, RemotePort="53")])).only(
        "dns_observation"
    )
    assert (row["stage"], row["query_type"], row["status"]) == ("wire", 28, 9003)
    assert (row["servers"], row["pid"]) == (["208.97.177.124"], None)


@forms
def test_a_created_process_has_its_creator_s_instance(form):
    created = {
        "FileName": "cmd.exe", "FolderPath": r"C:\Windows\System32\cmd.exe", "ProcessId": "8000",
        "ProcessCreationTime": "2024-11-05T15:19:41.000", "ProcessCommandLine": "cmd /c x", "AccountName": "bob",
    }  # fmt: skip
    found = told(form([action("ProcessCreated", INITIATING, created)])).only("process_observation")
    row = next(row for row in found if row["pid"] == 8000)
    assert (row["image"], row["command_line"], row["user"]) == (
        r"C:\Windows\System32\cmd.exe",
        "cmd /c x",
        "bob",
    )
    assert (row["parent_pid"], row["parent_guid"]) == (7024, KEY)


@pytest.mark.parametrize(
    ("name", "value", "subject"),
    [
        ("T1059.001: PowerShell", "T1059.001: PowerShell", "T1059.001"),
        (
            "T1043: Commonly Used Port",
            "T1071 Application Layer Protocol, or T1571 Non-Standard Port (was T1043 Commonly Used Port, deprecated)",
            "T1043",
        ),
    ],
)
def test_a_deprecated_technique_is_shown_as_what_replaced_it(name, value, subject):
    (row,) = told(timeline([action(name, INITIATING, DataType="Techniques")])).only("host_fact")
    assert (row["kind"], row["value"], row["subject"], row["pid"]) == ("technique", value, subject, 7024)


def test_other_actions_are_ignored_and_counted():
    assert told(timeline([action("FileCreated", INITIATING)])).ignored == 1


@pytest.mark.parametrize(
    "text", ["", "x", "[]", "{", '{"DnsQueryResult": 7}', '{"answers": {"a": 1}}', '{"qtype": "x"}']
)
def test_additional_fields_that_are_no_object_say_nothing(text):
    found = additional(text)
    assert (found["name"], found["addresses"], found["asked_name"]) == (None, [], None)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("https://u:p@a.example:8443/x?y", "a.example"),
        ("a.example", "a.example"),
        ("192.0.2.1:80", None),
        ("", None),
    ],
)
def test_a_host_is_taken_from_an_address_of_the_web(text, name):
    assert host(text) == name


def test_defender_alone_tells_a_whole_story(tmp_path):
    result = [{"DnsQueryType": "A", "Result": "208.97.177.124"}]
    (tmp_path / "timeline.csv").write_bytes(
        timeline(
            [
                action(
                    "DnsQueryResponse",
                    INITIATING,
                    second=39,
                    more={"DnsQueryString": "perdu.com", "DnsQueryResult": result},
                ),
                action("ConnectionSuccess", ENDS, INITIATING),
            ]
        )
    )
    (story,) = trackway.trace([tmp_path], tmp_path / "case").stories().to_pylist()
    assert story["names"][0]["name"] == "perdu.com"
    assert (story["process"]["command_line"], story["process"]["user"]) == (
        "powershell -nop iwr http://perdu.com", "CORP\\bob",
    )  # fmt: skip
    assert story["process"]["guid"] is None
    assert [each["image"] for each in story["ancestors"]] == ["explorer.exe"]


def test_sysmon_and_defender_name_one_instance(tmp_path):
    (tmp_path / "timeline.jsonl").write_bytes(hunting_json([action("ConnectionSuccess", ENDS, INITIATING)]))
    guid = "{01020304-378a-672a-0100-000000000700}"  # 2024-11-05T15:19:38Z
    sysmon = {
        "EventID": 3, "SourceName": "Microsoft-Windows-Sysmon", "Hostname": "ws7.corp.example", "RecordNumber": 1,
        "EventTime": "2024-11-05 15:19:41", "UtcTime": "2024-11-05 15:19:40.700", "ProcessGuid": guid,
        "ProcessId": "7024",
        "Image": r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", "Protocol": "tcp", "Initiated": "true",
        "SourceIp": "10.0.0.7", "SourcePort": "50123", "DestinationIp": "208.97.177.124", "DestinationPort": "80",
    }  # fmt: skip
    import json

    (tmp_path / "sysmon.json").write_text(json.dumps(sysmon))
    (story,) = trackway.trace([tmp_path], tmp_path / "case").stories().to_pylist()
    assert story["sources"] == ["defender_connectionsuccess", "sysmon_3"]
    assert story["process"]["guid"] == guid
    assert story["process"]["command_line"] == "powershell -nop iwr http://perdu.com"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
def test_every_column_of_a_real_header_is_understood():
    for name in ("mde_timeline_header.txt", "mde_advanced_hunting_header.txt"):
        content = (SHARED / name).read_bytes().rstrip() + b"\n"
        columns = {
            column.lower().replace(" ", "") for column in content.decode("utf-8-sig").strip().split(",")
        }
        wanted = {
            field.lower()
            for source in ("defender_network", "defender_dns")
            for field in installed()[source].shape.fields
        }
        assert wanted <= columns
        assert told(content, "csv").skips == []


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared recordings are not beside this repository")
def test_a_real_export_of_other_actions_is_read_and_ignored():
    found = told((SHARED / "mde_advanced_hunting_otrf.jsonl").read_bytes())
    assert (found.tables, found.skips, found.ignored) == ({}, [], 9)
