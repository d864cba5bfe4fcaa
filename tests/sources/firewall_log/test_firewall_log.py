from __future__ import annotations

import io
from datetime import datetime, timedelta

import pytest

from trackway.evidence.kinds import recognised
from trackway.formats import KINDS, firewall_log, pieces, text_lines
from trackway.formats.rows import Ledger
from trackway.sources import installed

from ..mutated import endured
from ..told import balanced, events, mutants, permit, requires_shared, rows, start, traced

XP = (
    "date time action protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode "
    "info path"
)
HEADER = f"#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n#Fields: {XP} pid\r\n\r\n"
LINE = "2021-11-27 3:17:39 ALLOW TCP 192.168.0.107 208.97.177.124 50638 80 0 - 0 0 0 - - - SEND 20220\r\n"
QUERY = "2021-11-27 3:17:39 ALLOW UDP 192.168.0.107 8.8.8.8 55008 53 0 - - - - - - - SEND 2300\r\n"
DROP = "2021-11-27 03:17:40 DROP TCP 203.0.113.9 192.168.0.107 4444 445 64 S 1031365855 0 65535 - - - RECEIVE 4\r\n"
LOST = "2021-11-27 03:18:00 INFO-EVENTS-LOST - - - - - - - - - - - - 7 -\r\n"


def read(content: bytes):
    ledger = Ledger()
    shapes = [source.shape for source in installed().values()]
    found = [
        row
        for part in KINDS["firewall_log"](io.BytesIO(content), shapes, ledger)
        for row in part.batch.to_pylist()
    ]
    return found, ledger


def values(content: str) -> list[dict]:
    return [row for row in read(content.encode())[0] if "src-ip" in row]


def stories(folder, files, **asked):
    return rows(traced(folder, files, **asked), "story")


def test_a_log_is_recognised_by_its_header_and_without_it_by_its_lines():
    assert recognised(HEADER.encode()) == "firewall_log"
    assert recognised((LINE * 3).encode()) == "firewall_log"
    assert recognised((HEADER + LINE).encode("utf-16")) == "firewall_log"
    assert recognised(b"#Fields: date time s-ip cs-method cs-uri-stem\r\n") != "firewall_log"
    assert recognised(b"2021-11-27 3:17:39 ERROR something else happened here\n") != "firewall_log"


@pytest.mark.parametrize("newline", ["\r\n", "\n"])
@pytest.mark.parametrize("tail", ["", "\0" * 500])
def test_line_ends_and_a_tail_of_zero_bytes_change_nothing(newline, tail):
    content = (HEADER + LINE + QUERY).replace("\r\n", newline) + tail
    found, ledger = read(content.encode())
    assert [(row["line"], row["pid"]) for row in found] == [(6, "20220"), (7, "2300")]
    assert (ledger.seen, ledger.skips) == (2, [])


def test_columns_are_read_by_name_in_any_order():
    (row,) = values(
        "#Fields: time date pid action dst-ip src-ip protocol dst-port src-port path\n"
        "3:17:39 2021-11-27 9 ALLOW 8.8.8.8 10.0.0.1 UDP 53 55008 SEND\n"
    )
    assert (row["time_text"], row["pid"], row["src-ip"], row["dst-port"]) == (
        "2021-11-27 3:17:39",
        "9",
        "10.0.0.1",
        "53",
    )


def test_fields_that_change_within_the_file_count_from_there_on():
    old = LINE.replace(" 20220", "")
    found = values(f"#Fields: {XP}\n{old}#Fields: {XP} pid\n{LINE}#Fields: {XP}\n{old}")
    assert [(row["line"], row["pid"]) for row in found] == [(2, None), (4, "20220"), (6, None)]


def test_a_pid_behind_an_old_header_is_a_pid():
    (row,) = values(f"#Fields: {XP}\n{LINE}")
    assert (row["pid"], row["path"]) == ("20220", "SEND")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (LINE.replace(" 20220", ""), ("SEND", None)),
        ("2021-11-27 03:17:39 ALLOW TCP 10.0.0.1 8.8.8.8 50638 80\n", (None, None)),
    ],
)
def test_a_line_with_fewer_values_gives_what_it_has(line, expected):
    (row,) = values(HEADER + line)
    assert (row["path"], row["pid"]) == expected


@pytest.mark.parametrize(
    "line", [LINE.replace("\r\n", " surplus\r\n"), "2021-11-27 03:17:39 ALLOW TCP 10.0.0.1\n"]
)
def test_a_line_with_too_many_values_or_without_both_ends_is_skipped_where_it_stands(line):
    found, ledger = read((HEADER + LINE + line + LINE).encode())
    assert [row["line"] for row in found] == [6, 8]
    assert [(skip.line, "can be" in skip.reason) for skip in ledger.skips] == [(7, True)]


def test_a_last_line_that_breaks_off_is_skipped():
    whole = (HEADER + LINE).encode()
    for end in (len(whole) - len(" 0 - 0 0 0 - - - SEND 20220\r\n"), len(whole) - len("SEND 20220\r\n")):
        found, ledger = read(whole[:end])
        assert (found, len(ledger.skips)) == ([], 1)


def test_values_may_stand_apart_by_several_blanks_or_tabs_in_a_copy():
    (row,) = values(HEADER + LINE.replace(" ", "   "))
    assert (row["pid"], row["path"]) == ("20220", "SEND")
    (row,) = values(HEADER + LINE.replace(" ", "\t"))
    assert (row["pid"], row["path"]) == ("20220", "SEND")


def test_a_line_is_one_second_wide_and_its_direction_is_the_packets(tmp_path):
    found = stories(tmp_path, {"pfirewall.log": HEADER + LINE + DROP}, timezones=["UTC+0"])
    assert [
        (
            row["direction"],
            row["action"],
            row["local_address"],
            row["local_port"],
            row["remote_address"],
            row["remote_port"],
        )
        for row in found
    ] == [
        ("outbound", "allowed", "192.168.0.107", 50638, "208.97.177.124", 80),
        ("inbound", "blocked", "192.168.0.107", 445, "203.0.113.9", 4444),
    ]
    assert found[0]["time_to"] - found[0]["time_from"] == timedelta(microseconds=999_999)


def test_icmp_has_a_type_and_no_ports(tmp_path):
    line = "2021-11-27 03:17:39 DROP ICMP 203.0.113.9 10.0.0.1 7 7 78 - - - - 8 0 - RECEIVE\n"
    (story,) = stories(tmp_path, {"pfirewall.log": f"#Fields: {XP}\n{line}"})
    assert (story["protocol_number"], story["remote_port"], story["icmp_type"], story["icmp_code"]) == (
        1,
        None,
        8,
        0,
    )


@pytest.mark.parametrize(("word", "number"), [("2", 2), ("ICMPv6", 58), ("UDP", 17), ("47", 47)])
def test_a_protocol_is_a_word_or_a_number(tmp_path, word, number):
    line = LINE.replace("TCP", word).replace("50638 80", "- -")
    (story,) = stories(tmp_path, {"pfirewall.log": HEADER + line})
    assert story["protocol_number"] == number


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("50638", "65536", "port 65536"),
        ("20220", "-7", "process identifier -7"),
        ("208.97.177.124", "208.97.177.256", "address 208.97.177.256"),
        ("TCP", "TCPX", "protocol TCPX"),
        ("ALLOW", "PERHAPS", "action PERHAPS"),
        ("11-27", "13-27", "time 2021-13-27"),
    ],
)
def test_a_value_that_cannot_be_makes_a_skip_with_its_line(tmp_path, old, new, reason):
    case = traced(tmp_path, {"pfirewall.log": HEADER + QUERY + LINE.replace(old, new)})
    (skipped,) = rows(case, "skipped")
    assert skipped["line"] == 7
    assert reason in skipped["reason"]
    assert (balanced(case)["used"], balanced(case)["skipped"]) == (1, 1)


def test_lost_events_are_a_fact_about_the_host(tmp_path):
    case = traced(tmp_path, {"pfirewall.log": HEADER + LINE + LOST})
    (fact,) = rows(case, "host_fact")
    assert (fact["kind"], fact["value"], fact["line"]) == ("events_lost", "7", 7)
    assert balanced(case)["used"] == 2


def test_one_connection_by_5156_and_the_firewall_is_one_story_whatever_the_order(tmp_path):
    export = events(start("2021-11-27T03:17:30.100+00:00", 20220), permit("2021-11-27T03:17:39.485+00:00"))
    for names in (("a.json", "b.log"), ("b.json", "a.log")):
        folder = tmp_path / names[0]
        (story,) = stories(folder, {names[0]: export, names[1]: HEADER + LINE})
        assert story["sources"] == ["firewall_log", "security_5156"]
        assert story["host"] == "WS7.corp.example"
        assert (
            story["time_from"] == story["time_to"] == datetime.fromisoformat("2021-11-27T03:17:39.485+00:00")
        )
        assert story["process_basis"] == "pid+address+time"


def test_the_pid_means_the_instance_that_lived_in_that_second(tmp_path):
    notepad = r"C:\Windows\notepad.exe"
    export = events(
        start("2021-11-27T03:17:10+00:00", 20220, notepad),
        start("2021-11-27T03:17:35+00:00", 20220),
        start("2021-11-27T03:17:41+00:00", 20220, notepad),
    )
    case = traced(tmp_path, {"a.json": export, "pfirewall.log": HEADER + LINE})
    (story,) = rows(case, "story")
    (process,) = [row for row in rows(case, "process") if row["process"] == story["process"]]
    assert process["image"].endswith("powershell.exe")
    assert story["process_candidates"] == []


def test_a_start_within_the_second_leaves_two_candidates(tmp_path):
    export = events(start("2021-11-27T03:17:10+00:00", 20220), start("2021-11-27T03:17:39.500+00:00", 20220))
    (story,) = stories(tmp_path, {"a.json": export, "pfirewall.log": HEADER + LINE})
    assert len(story["process_candidates"]) == 1
    assert story["process_confidence"] == 0.6


def test_a_line_without_pid_joins_the_only_process_of_its_five_tuple(tmp_path):
    old = f"#Fields: {XP}\n" + LINE.replace(" 20220", "")
    (story,) = stories(tmp_path, {"a.json": events(permit("2021-11-27T03:17:39.485+00:00")), "p.log": old})
    assert story["sources"] == ["firewall_log", "security_5156"]


def test_a_line_without_pid_never_guesses_between_two_processes(tmp_path):
    old = f"#Fields: {XP}\n" + LINE.replace(" 20220", "")
    export = events(
        permit("2021-11-27T03:17:38+00:00", ProcessID="12"),
        permit("2021-11-27T03:17:40+00:00", ProcessID="8"),
    )
    found = stories(tmp_path, {"a.json": export, "p.log": old})
    assert sorted(row["sources"] for row in found) == [["firewall_log"], ["security_5156"], ["security_5156"]]


def test_a_line_of_another_pid_is_another_connection(tmp_path):
    found = stories(
        tmp_path,
        {"a.json": events(permit("2021-11-27T03:17:39+00:00", ProcessID="12")), "p.log": HEADER + LINE},
    )
    assert len(found) == 2


def test_local_time_is_read_in_the_zone_that_the_connections_show(tmp_path):
    pairs = [(50638 + number, 20220 + 4 * number) for number in range(5)]
    export = events(
        *(
            permit(f"2021-11-27T08:17:3{number}.5+00:00", SourcePort=str(port), ProcessID=str(pid))
            for number, (port, pid) in enumerate(pairs)
        )
    )
    log = HEADER + "".join(
        LINE.replace("3:17:39", f"03:17:3{number}").replace("50638", str(port)).replace("20220", str(pid))
        for number, (port, pid) in enumerate(pairs)
    )
    case = traced(tmp_path, {"a.json": export, "pfirewall.log": log})
    assert [row["sources"] for row in rows(case, "story")] == [["firewall_log", "security_5156"]] * 5
    (clock,) = [row for row in rows(case, "clock") if row["file"].endswith("pfirewall.log")]
    assert (clock["kind"], clock["offset_seconds"], clock["basis"], clock["support"]) == (
        "zone",
        5 * 3600,
        "connection",
        5,
    )


def test_a_zone_that_nobody_knows_is_said_to_be_taken_for_utc(tmp_path):
    case = traced(tmp_path, {"pfirewall.log": HEADER + LINE})
    (clock,) = rows(case, "clock")
    assert (clock["kind"], clock["basis"]) == ("none", "label")
    assert "taken as UTC" in clock["reason"]


def test_a_log_that_says_utc_is_believed(tmp_path):
    case = traced(tmp_path, {"p.log": HEADER.replace("Local", "UTC") + LINE}, timezones=["Europe/Berlin"])
    (story,) = rows(case, "story")
    assert story["time_from"] == datetime.fromisoformat("2021-11-27T03:17:39+00:00")
    assert rows(case, "clock")[0]["basis"] == "format"


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2021-10-31 01:59:59", "2021-10-30T23:59:59+00:00", "2021-10-30T23:59:59.999999+00:00"),
        ("2021-10-31 02:00:00", "2021-10-31T00:00:00+00:00", "2021-10-31T01:00:00.999999+00:00"),
        ("2021-10-31 02:59:59", "2021-10-31T00:59:59+00:00", "2021-10-31T01:59:59.999999+00:00"),
        ("2021-10-31 03:00:00", "2021-10-31T02:00:00+00:00", "2021-10-31T02:00:00.999999+00:00"),
        ("2021-03-28 01:59:59", "2021-03-28T00:59:59+00:00", "2021-03-28T00:59:59.999999+00:00"),
        ("2021-03-28 03:00:00", "2021-03-28T01:00:00+00:00", "2021-03-28T01:00:00.999999+00:00"),
    ],
)
def test_the_hour_that_repeats_in_autumn_leaves_both_of_its_moments_open(tmp_path, written, first, last):
    line = LINE.replace("2021-11-27 3:17:39", written)
    (story,) = stories(tmp_path, {"p.log": HEADER + line}, timezones=["Europe/Berlin"])
    assert (story["time_from"], story["time_to"]) == (
        datetime.fromisoformat(first),
        datetime.fromisoformat(last),
    )


def test_windows_xp_opens_and_closes(tmp_path):
    log = (
        f"#Fields: {XP}\n2005-04-11 08:09:29 OPEN TCP 10.0.0.1 10.0.0.9 1606 445 - - - - - - - - -\n"
        "2005-04-11 08:09:40 CLOSE TCP 10.0.0.1 10.0.0.9 1606 445 - - - - - - - - -\n"
    )
    (story,) = stories(tmp_path, {"p.log": log})
    assert (story["direction"], story["action"], len(story["evidence"])) == ("outbound", "allowed", 2)


@pytest.mark.parametrize(
    ("name", "seen", "facts"),
    [
        ("pfirewall_2021_ipv6_lostevents.log", 16809, ["7", "1"]),
        ("pfirewall_xp_2005_plaso.log", 15, ["59"]),
        ("pfirewall_pid_lines_from_docs.txt", 5, []),
    ],
)
def test_a_real_log_is_read_in_full(tmp_path, name, seen, facts):
    case = traced(tmp_path, {name: requires_shared(name).read_bytes()})
    file = balanced(case)
    assert (file["seen"], file["used"], file["skipped"]) == (seen, seen, 0)
    assert [row["value"] for row in rows(case, "host_fact")] == facts


ODD = [
    "",
    "\r\n",
    " \r\n",
    "\0\r\n",
    "# a note of so many words as a line of the log has values in it , no fewer no\r\n",
]
ODD += [
    LINE.replace("\r", " \r"),
    LINE.replace(" 20220", " "),
    f" {LINE}",
    LINE.replace("\n", "\r\n"),
    LINE[:-2] + "\r",
]
ODD += [
    LINE.replace("TCP", "é"),
    LINE.replace("TCP 1", "TCP  1"),
    LINE.replace(" ", "  "),
    LINE.replace("\r", "\f\r"),
]
ODD += [LINE.replace("2021", '"20"'), LOST, LINE * 2 + LINE[:40]]


def test_lines_that_are_alike_are_read_at_once_as_they_are_one_by_one(monkeypatch):
    monkeypatch.setattr(text_lines, "_BLOCK", 300)
    monkeypatch.setattr(pieces, "HEAD", 100)
    monkeypatch.setattr(pieces, "_BLOCK", 50)
    mixed = HEADER + LINE * 5 + QUERY + LINE.replace(" 20220", "") * 8 + LINE * 9
    tried = [mixed, *(f"{HEADER}{LINE * 4}{odd}{QUERY * 4}{odd}" for odd in ODD)]
    tried += [f"#Fields: {XP}\n{LINE.replace(' 20220', '') * 8}{DROP}", f"#Fields: {XP} pid pid\n{LINE * 8}"]
    contents = [*map(str.encode, tried), *mutants(mixed.encode(), 40)]
    even, taken = firewall_log.even_columns, []
    monkeypatch.setattr(
        firewall_log, "even_columns", lambda *given, **more: taken.append(even(*given, **more)) or taken[-1]
    )
    at_once = [read(content) for content in contents]
    assert sum(columns is not None for columns in taken) > len(contents) / 2
    monkeypatch.setattr(firewall_log, "even_columns", lambda *_, **__: None)
    assert [read(content) for content in contents] == at_once


def test_what_is_damaged_gives_the_rest_and_its_counts_add_up():
    lines = [LINE, QUERY, DROP, LOST, LINE.replace("TCP", "ICMPv6"), f"#Fields: {XP}\r\n", DROP]
    endured(HEADER + "".join(lines))


def test_a_damaged_log_is_traced_to_its_end(tmp_path):
    for number, content in enumerate(
        mutants((HEADER + (LINE + QUERY + DROP + LOST) * 3).encode(), 12, seed=2)
    ):
        case = traced(tmp_path / str(number), {"pfirewall.log": content or b"\n"})
        balanced(case)
