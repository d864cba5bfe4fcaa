"""Sockets that were open at one moment, as netstat and others print them, and lines of the hosts file."""

from __future__ import annotations

import pytest

from trackway.evidence.kinds import recognised

from ..interpreted import told
from ..mutated import endured
from ..told import events, permit, rows, traced

ENGLISH = """
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:445            0.0.0.0:0              LISTENING       4
 Can not obtain ownership information
  TCP    192.168.0.107:50638    208.97.177.124:80      ESTABLISHED     20220
 [powershell.exe]
  TCP    [fe80::1%5]:50700      [2001:db8::7]:443      TIME_WAIT       0
  UDP    0.0.0.0:5353           *:*                                    872
  Dnscache
 [svchost.exe]
"""
GERMAN = (
    ENGLISH.replace("Active Connections", "Aktive Verbindungen")
    .replace("Local Address ", "Lokale Adresse")
    .replace("Foreign Address", "Remoteadresse  ")
    .replace("State ", "Status")
    .replace("LISTENING", "ABHÖREN  ")
    .replace("ESTABLISHED", "HERGESTELLT")
    .replace("TIME_WAIT", "WARTEND  ")
    .replace("Can not obtain ownership information", "Es konnten keine Besitzerinformationen abgerufen werden. für")
)  # fmt: skip
CSV = """"LocalAddress","LocalPort","RemoteAddress","RemotePort","State","OwningProcess"
"10.0.0.7","50638","203.0.113.7","443","5","20220"
"""
HOSTS = "# a hosts file\n127.0.0.1 localhost\n203.0.113.9  a.example b.example # both\n"

SOCKETS = [
    ("listening", 6, "0.0.0.0", 445, None, None, 4, None),  # noqa: S104  what was printed
    ("open", 6, "192.168.0.107", 50638, "208.97.177.124", 80, 20220, "powershell.exe"),
    ("open", 6, "fe80::1", 50700, "2001:db8::7", 443, None, None),
    ("listening", 17, "0.0.0.0", 5353, None, None, 872, "svchost.exe"),  # noqa: S104  as above
]
NAMES = "stage protocol source_address source_port destination_address destination_port pid image".split()


@pytest.mark.parametrize(
    ("said", "image"),
    [
        ("powershell", "powershell.exe"),
        ("powershell.exe", "powershell.exe"),
        ("System", "System"),
        ("setup.tmp", None),
        ("-", None),
    ],
)
def test_what_a_script_put_beside_the_pid_names_the_file(said, image):
    text = CSV.replace('"OwningProcess"', '"OwningProcess","Process"').replace('"20220"', f'"20220","{said}"')
    (row,) = told(text.encode(), printed="2021-03-04T05:06:07Z").only("connection_observation")
    assert row["image"] == image


@pytest.mark.parametrize(
    "text",
    [
        (
            '{"Pid": 77, "Name": "a.exe", "Type": "TCP", "Status": "ESTAB", "SrcIP": "10.0.0.7", "SrcPort": 5, '
            '"DestIP": "203.0.113.7", "DestPort": 443, "Timestamp": "2021-03-04T05:06:07Z"}'
        ),
        (
            "Process Name,Process ID,Protocol,Local Port,Local Address,Remote Port,Remote Address,State\n"
            "a.exe,77,TCP,5,10.0.0.7,443,203.0.113.7,Established\n"
        ),
    ],
    ids=["NetstatEnriched", "CurrPorts"],
)
def test_other_tools_have_other_names_for_the_same(text):
    (row,) = told(text.encode(), printed="2021-03-04T05:06:07Z").only("connection_observation")
    assert [row[name] for name in NAMES[1:]] == [6, "10.0.0.7", 5, "203.0.113.7", 443, 77, "a.exe"]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp850", "cp437", "cp1252"])
@pytest.mark.parametrize("text", [ENGLISH, GERMAN], ids=["English", "German"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r\r\n"])
def test_netstat_is_read_in_any_language_and_code_page(tmp_path, codec, text, end):
    case = traced(tmp_path, {"x.txt": text.replace("\n", end).encode(codec)})
    found = rows(case, "connection_observation")
    assert [tuple(row[name] for name in NAMES) for row in found] == SOCKETS
    assert {row["recorded_basis"] for row in found} == {"file time"}


@pytest.mark.parametrize(
    ("state", "stage"),
    [
        ("ESTABLISHED", "open"),
        ("HERGESTELLT", "open"),
        ("FIN_WAIT_1", "open"),
        ("CLOSE_WAIT", "open"),
        ("SCHLIESSEN_WARTEN", "open"),
        ("SYN_SENT", "attempted"),
        ("SYN_GESENDET", "attempted"),
        ("SYN_RECEIVED", "attempted"),
        ("установлено", "seen"),
        ("em espera", "seen"),
        ("CLOSED", "seen"),
    ],
)
def test_a_connection_came_about_only_where_its_state_follows_the_handshake(state, stage):
    found = told(ENGLISH.replace("ESTABLISHED", state).encode(), printed="2021-11-27T03:18:00+00:00")
    assert found.skips == []
    assert found.only("connection_observation")[1]["stage"] == stage


@pytest.mark.parametrize(
    ("state", "stage"), [("5", "open"), ("3", "attempted"), ("Established", "open"), ("Closed", "seen")]
)
def test_powershell_tells_the_state_by_number_or_word(state, stage):
    found = told(CSV.replace('"5"', f'"{state}"').encode(), printed="2021-11-27T03:18:00+00:00")
    assert [row["stage"] for row in found.only("connection_observation")] == [stage]


@pytest.mark.parametrize(("state", "stage"), [("Bound", "seen"), ("100", "seen"), ("Listen", "listening")])
def test_a_port_that_was_taken_to_connect_does_not_listen(state, stage):
    text = CSV.replace('"203.0.113.7","443","5"', f'"0.0.0.0","0","{state}"')
    (row,) = told(text.encode(), printed="2021-11-27T03:18:00+00:00").only("connection_observation")
    assert (row["stage"], row["destination_address"]) == (stage, None)


def test_a_socket_that_has_outlived_its_process_was_open_whatever_its_state_is_called():
    found = told(ENGLISH.replace("TIME_WAIT", "em espera").encode(), printed="2021-11-27T03:18:00+00:00")
    assert found.only("connection_observation")[2]["stage"] == "open"


def test_a_connection_that_netstat_saw_is_the_one_that_the_security_log_permitted(tmp_path):
    case = traced(
        tmp_path,
        {"a.jsonl": events(permit("2021-11-27T03:17:39.250+00:00")), "x.txt": ENGLISH},
        collected_at=["2021-11-27T03:17:50+00:00"],
    )
    (story,) = [row for row in rows(case, "story") if row["local_port"] == 50638]
    assert story["sources"] == ["open_sockets", "security_5156"]
    assert story["action"] == "established"


def test_without_pids_the_sockets_are_of_nobody_known(tmp_path):
    text = "".join(line.rpartition("  ")[0] + "\n" for line in ENGLISH.splitlines() if "TCP" in line)
    assert recognised(text.encode()) == "netstat"
    found = rows(traced(tmp_path, {"x.txt": text}), "connection_observation")
    assert [row["pid"] for row in found] == [None] * 3


def test_a_line_that_is_cut_is_skipped_and_said(tmp_path):
    case = traced(tmp_path, {"x.txt": ENGLISH + "  TCP    192.168.0.107:5\n"})
    assert len(rows(case, "connection_observation")) == len(SOCKETS)
    assert [row["reason"] for row in rows(case, "skipped")] == ["not a protocol, two ends and a PID"]


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, CSV * 3, HOSTS], ids=["English", "German", "CSV", "hosts"])
def test_what_is_damaged_gives_the_rest_and_its_counts_add_up(text):
    endured(text)
