"""Logs of the network: whose each record is, which connection it is of, what it adds to the story."""

from __future__ import annotations

import io
import json
import random
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from trackway import planning
from trackway.evidence.kinds import recognised
from trackway.formats import KINDS
from trackway.formats.rows import Ledger
from trackway.sources import installed

from ..mutated import endured
from ..told import mutants, rows, traced
from .logs import (
    CONN,
    WITNESSES,
    Connection,
    firewall_log,
    proxy,
    security_5156,
    squid,
    written,
    zeek_conn,
    zeek_http,
)

T0 = datetime(2021, 11, 27, 3, 17, 39, 250_000, UTC)
CONNECTIONS = 10_080
"""Each of the 63 subsets of six witnesses, 160 times."""

ONE = Connection(T0)
DIRECT = Connection(T0, server_port=80)


def stories(folder: Path, files: dict[str, bytes | str], **asked: Any) -> list[dict[str, Any]]:
    return rows(traced(folder, files, **asked), "story")


def dns_query(later: float) -> str:
    record = {
        "ts": (T0 + timedelta(seconds=later)).timestamp(), "uid": "C1", "id.orig_h": ONE.client, "id.orig_p": 50000,
        "id.resp_h": "192.168.0.1", "id.resp_p": 53, "proto": "udp", "query": "perdu.com", "qtype": 1, "rcode": 0,
        "rejected": False, "answers": [ONE.server], "TTLs": [60.0],
    }  # fmt: skip
    return json.dumps(record) + "\n"


def ledger(case: Any, name: str) -> dict[str, Any]:
    (file,) = [row for row in rows(case, "file") if row["file"].endswith(name)]
    assert file["seen"] == file["used"] + file["duplicates"] + file["ignored"] + file["skipped"]
    return file


def names(story: dict[str, Any]) -> list[str]:
    return [name["name"] for name in sorted(story["names"], key=lambda name: name["rank"])]


@pytest.mark.parametrize("seed", range(3))
def test_one_connection_that_six_witnesses_saw_is_one_story_whatever_the_order_of_the_files(tmp_path, seed):
    order = list(WITNESSES)
    random.Random(seed).shuffle(order)  # noqa: S311  repeatable
    files = {
        f"{place} {WITNESSES[kind][0]}": written({kind: [WITNESSES[kind][2](ONE)]})[WITNESSES[kind][0]]
        for place, kind in enumerate(order)
    }
    (story,) = stories(tmp_path, files)
    assert story["sources"] == sorted(WITNESSES)
    assert (story["direction"], story["local_port"], names(story)) == ("outbound", 50638, ["perdu.com"])
    assert (story["bytes_sent"], story["bytes_received"]) == (300, 4000)
    assert story["process_confidence"] >= 0.9
    assert story["action"] == "established"


STATES = {
    "S1": "established", "S2": "established", "S3": "established", "SF": "established", "RSTO": "established",
    "RSTR": "established", "S0": "failed", "REJ": "failed", "RSTOS0": "failed", "OTH": "allowed", "SH": "allowed",
    "SHR": "allowed", "RSTRH": "allowed",
}  # fmt: skip


def test_a_connection_came_about_only_where_the_wire_says_that_it_was_answered(tmp_path):
    permits, conns = "", []
    for port, state in enumerate(STATES, 50000):
        permits += security_5156(Connection(T0, port=port))
        conns.append(zeek_conn(Connection(T0, port=port)).replace("\tSF", f"\t{state}"))
    found = stories(tmp_path, {"a.jsonl": permits, **written({"zeek_conn": conns})})
    assert all(story["sources"] == ["security_5156", "zeek_conn"] for story in found)
    told = sorted((story["local_port"], story["action"]) for story in found)
    assert told == list(enumerate(STATES.values(), 50000))


def skewed(count: int, seed: int = 1) -> tuple[dict[str, list[str]], list[Connection]]:
    """Return what each witness wrote of many connections, some of them each, by clocks that are off."""
    dice = random.Random(seed)  # noqa: S311  repeatable
    off = {
        "security_5156": 0.0, "sysmon_3": 41.0, "firewall_log": 7200.0 - 90, "zeek_conn": 90.0, "proxy": -77.5,
        "defender_connectionsuccess": -63.0,
    }  # fmt: skip
    subsets = [subset for size in range(1, len(off) + 1) for subset in combinations(sorted(off), size)]
    told: dict[str, list[str]] = {kind: [] for kind in off}
    happened, moment = [], T0
    for number in range(count):
        moment += timedelta(seconds=dice.uniform(0.01, 4))
        connection = Connection(
            moment,
            pid=4 * dice.randrange(250, 270),
            port=49152 + number % (count // 3),  # every port comes back, twice
            server=f"203.0.113.{dice.randrange(1, 9)}",
            name=f"site{number % 9}.example",
        )
        happened.append(connection)
        for kind in subsets[number % len(subsets)]:
            told[kind].append(WITNESSES[kind][2](connection, off[kind]))
    return told, happened


def test_every_subset_of_witnesses_with_clocks_that_are_off_gives_as_many_stories_as_connections(tmp_path):
    told, happened = skewed(CONNECTIONS)
    case = traced(tmp_path, written(told))
    found = rows(case, "story")
    assert len(found) == len(happened)
    truth = sorted((c.port, c.server, c.pid) for c in happened)
    pids = {row["process"]: row["pid"] for row in rows(case, "process")}
    ends = [(row["local_port"], row["remote_address"], pids.get(row["process"])) for row in found]
    by_nobody = sum(process is None for _, _, process in ends)
    assert sorted((port, server) for port, server, _ in ends) == [(port, server) for port, server, _ in truth]
    assert set(ends) - {end for end in ends if end[2] is None} <= set(truth)
    assert by_nobody == 3 * len(happened) // 63  # what only Zeek, only the proxy, or only these two saw
    assert sum(len(story["evidence"]) for story in found) == sum(map(len, told.values()))
    clocks = {row["source"]: row["offset_seconds"] for row in rows(case, "clock") if row["kind"] == "skew"}
    assert clocks["zeek"] == pytest.approx(-90, abs=1)
    assert clocks["proxy"] == pytest.approx(77.5, abs=1.5)
    assert clocks["defender"] == pytest.approx(63, abs=1)


def test_records_of_clients_that_are_no_host_of_the_case_are_counted_and_left_out(tmp_path):
    other = Connection(T0, client="192.168.0.9")
    case = traced(
        tmp_path,
        written({"security_5156": [security_5156(ONE)], "zeek_conn": [zeek_conn(ONE), zeek_conn(other)]}),
    )
    file = ledger(case, "conn.log")
    assert (file["used"], file["ignored"], file["hosts"]) == (1, 1, ["WS7.corp.example"])
    assert file["note"] == "of 1 addresses that are no host of this case, or several: left out"
    assert len(rows(case, "story")) == 1


def test_a_log_of_clients_alone_makes_no_host_and_loses_no_count(tmp_path):
    case = traced(tmp_path, {"access.log": squid(ONE)})
    file = ledger(case, "access.log")
    assert (file["kind"], file["seen"], file["ignored"], file["hosts"]) == ("proxy_log", 1, 1, [])
    assert rows(case, "story") == []


def test_an_address_that_two_hosts_call_their_own_is_nobodys(tmp_path):
    there = security_5156(ONE).replace("WS7.corp.example", "WS8.corp.example")
    case = traced(tmp_path, {"a.jsonl": security_5156(ONE) + there, "access.log": squid(ONE)})
    assert ledger(case, "access.log")["used"] == 0


def test_each_host_gets_the_records_of_its_own_address(tmp_path):
    there = Connection(T0, client="192.168.0.8", port=50700)
    permits = security_5156(ONE) + security_5156(there).replace("WS7.", "WS8.")
    conn = written({"zeek_conn": [zeek_conn(ONE), zeek_conn(there)]})
    case = traced(tmp_path, {"a.jsonl": permits, **conn})
    assert ledger(case, "conn.log")["hosts"] == ["WS7.corp.example", "WS8.corp.example"]
    assert [(row["host"], row["sources"]) for row in rows(case, "story")] == [
        (f"WS{number}.corp.example", ["security_5156", "zeek_conn"]) for number in (7, 8)
    ]


def test_a_record_of_a_leased_address_is_the_host_s_while_the_lease_runs(tmp_path):
    lease = (
        "Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\"
        'Parameters]\n"NV Hostname"="WS7"\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Tcpip\\Parameters\\'
        'Interfaces\\{a}]\n"DhcpIPAddress"="192.168.0.107"\n'
        f'"LeaseObtainedTime"=dword:{int(T0.timestamp()):08x}\n'
        f'"LeaseTerminatesTime"=dword:{int(T0.timestamp()) + 3600:08x}\n'
    )
    conn = written({"zeek_conn": [zeek_conn(ONE, later) for later in (-1, 1, 3500, 3600)]})
    case = traced(tmp_path, {"a.reg": lease, "dns.log": dns_query(1) + dns_query(3600), **conn})
    assert [ledger(case, name)["used"] for name in ("conn.log", "dns.log")] == [2, 1]
    (first, second) = rows(case, "story")
    assert (first["direction"], first["time_from"]) == ("outbound", T0 + timedelta(seconds=1))
    assert [lookup["name"] for lookup in rows(case, "lookup")] == ["perdu.com"]
    assert second["time_from"] == T0 + timedelta(seconds=3500)


def test_what_came_in_is_inbound_and_its_bytes_are_turned(tmp_path):
    inbound = Connection(T0, client="203.0.113.9", port=61000, server="192.168.0.107", server_port=3389)
    files = written({"security_5156": [security_5156(ONE)], "zeek_conn": [zeek_conn(inbound)]})
    (story,) = [each for each in stories(tmp_path, files) if each["remote_address"] == "203.0.113.9"]
    assert (story["direction"], story["local_port"]) == ("inbound", 3389)
    assert (story["bytes_sent"], story["bytes_received"]) == (4000, 300)


@pytest.mark.parametrize(("began", "is_linked"), [(-2, True), (-2.1, False), (5, True), (5.1, False)])
def test_a_request_without_port_is_of_the_connection_to_a_proxy_that_began_within_seconds(
    tmp_path, began, is_linked
):
    files = {"a.jsonl": security_5156(ONE), "access.log": squid(ONE, began)}
    (story,) = stories(tmp_path, files)
    assert (names(story) == ["perdu.com"]) is is_linked
    assert story["sources"] == (["proxy", "security_5156"] if is_linked else ["security_5156"])
    # a proxy that logged a request had the connection
    assert story["action"] == ("established" if is_linked else "allowed")


def test_a_request_that_two_connections_could_carry_is_linked_to_neither(tmp_path):
    second = Connection(T0 + timedelta(seconds=1), port=50700)
    case = traced(tmp_path, {"a.jsonl": security_5156(ONE) + security_5156(second), "access.log": squid(ONE)})
    assert [story["sources"] for story in rows(case, "story")] == [["security_5156"]] * 2
    assert ledger(case, "access.log")["used"] == 1
    kept = [row for row in rows(case, "connection_observation") if row["source"] == "proxy"]
    assert [row["asked_name"] for row in kept] == ["perdu.com"]


def test_requests_for_two_names_that_one_connection_could_carry_are_not_linked(tmp_path):
    other = Connection(T0, name="example.net")
    (story,) = stories(tmp_path, {"a.jsonl": security_5156(ONE), "access.log": squid(ONE) + squid(other)})
    assert names(story) == []


def test_a_request_is_not_taken_for_a_connection_past_the_proxy(tmp_path):
    (story,) = stories(tmp_path, {"a.jsonl": security_5156(DIRECT), "access.log": squid(ONE)})
    assert names(story) == []


@pytest.mark.parametrize(("conn", "later", "count"), [(False, 300, 1), (False, 300.1, 2), (True, 9000, 1)])
def test_the_name_that_a_connection_asked_for_minutes_after_it_began_is_its_own(tmp_path, conn, later, count):
    files = {"a.jsonl": security_5156(DIRECT), "http.log": zeek_http(DIRECT, later)}
    files |= written({"zeek_conn": [zeek_conn(DIRECT)]}) if conn else {}
    found = stories(tmp_path, files)
    assert len(found) == count
    story = found[count - 1] | {"time_from": found[0]["time_from"]}
    assert names(story) == ["perdu.com"]
    assert story["names"][0]["lookup"] is None
    assert story["time_from"] == T0


@pytest.mark.parametrize("software", ["Microsoft Internet Information Services 10.0", "Another Proxy 1.0"])
def test_time_taken_is_in_milliseconds_or_by_the_standard_in_seconds(tmp_path, software):
    taken = "1250" if "Internet" in software else "1.25"
    log = written({"proxy": [proxy(ONE).replace(" 1250 ", f" {taken} ")]})["proxy.log"]
    files = {"a.jsonl": security_5156(ONE), "p.log": str(log).replace("SGOS 6.7", software)}
    case = traced(tmp_path, files)
    (kept,) = [row for row in rows(case, "connection_observation") if row["source"] == "proxy"]
    assert kept["stated"] == T0.replace(microsecond=0) + timedelta(seconds=1 - 1.25)


def test_the_pages_of_a_host_do_not_depend_on_how_a_log_is_packed(tmp_path):
    import gzip

    conn = written({"zeek_conn": [zeek_conn(ONE)]})["conn.log"]
    plain = stories(tmp_path / "a", {"a.jsonl": security_5156(ONE), "conn.log": conn})
    packed = stories(
        tmp_path / "b", {"a.jsonl": security_5156(ONE), "conn.log.gz": gzip.compress(str(conn).encode())}
    )
    assert [row["sources"] for row in plain] == [row["sources"] for row in packed]


def test_the_plan_says_what_a_log_is_without_a_host_for_it(tmp_path):
    (tmp_path / "access.log").write_text(squid(ONE))
    (row,) = planning.plan([tmp_path / "access.log"]).to_pylist()
    assert (row["kind"], row["seen"], row["hosts"]) == ("proxy_log", 1, [])


LOGS = {
    "zeek": str(written({"zeek_conn": [zeek_conn(ONE), zeek_conn(DIRECT)] * 3})["conn.log"]),
    "zeek json": zeek_http(ONE) * 6,
    "squid": squid(ONE) * 6,
    "combined": '10.0.0.5 - anna [27/Nov/2021:04:17:52 +0100] "CONNECT a.example:443 HTTP/1.1" 200 45 "-" "x"\n' * 6,
    "w3c": str(written({"proxy": [proxy(ONE), proxy(DIRECT)] * 3})["proxy.log"]),
}  # fmt: skip


@pytest.mark.parametrize("form", LOGS)
def test_a_log_is_recognised_and_read_whole(form):
    content = LOGS[form].encode()
    counted = Ledger()
    shapes = [source.shape for source in installed().values()]
    parts = list(KINDS[recognised(content)](io.BytesIO(content), shapes, counted))
    assert sum(part.batch.num_rows for part in parts) == counted.seen == 6
    assert counted.skips == []


@pytest.mark.parametrize("form", LOGS)
def test_what_is_damaged_gives_the_rest_and_its_counts_add_up(form):
    endured(LOGS[form])


@pytest.mark.parametrize("form", LOGS)
def test_a_damaged_log_is_traced_to_its_end(tmp_path, form):
    for number, mutant in enumerate(mutants(LOGS[form].encode(), 1, seed=5)):
        case = traced(tmp_path / str(number), {"a.jsonl": security_5156(ONE), "x.log": mutant or b"\n"})
        for row in rows(case, "file"):
            assert row["seen"] == row["used"] + row["duplicates"] + row["ignored"] + row["skipped"]


def test_records_of_a_log_that_is_not_interpreted_are_ignored_and_counted(tmp_path):
    files = "#separator \\x09\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tnote\n"
    line = "1637983059.25\tC\t192.168.0.107\t1\t203.0.113.9\t2\tx\n"
    case = traced(tmp_path, {"a.jsonl": security_5156(ONE), "notice.log": files + line})
    assert ledger(case, "notice.log")["ignored"] == 1


def test_logs_of_zeek_put_together_are_each_read_by_their_own_head(tmp_path):
    conn = str(written({"zeek_conn": [zeek_conn(ONE)]})["conn.log"])
    turned = "#separator ,\n#fields," + ",".join(reversed(CONN.split())) + "\n"
    line = ",".join(reversed(zeek_conn(Connection(T0, port=50700)).strip().split("\t"))) + "\n"
    case = traced(tmp_path, {"a.jsonl": security_5156(ONE), "conn.log": conn + turned + line})
    assert ledger(case, "conn.log")["used"] == 2
    assert firewall_log(ONE)  # every witness of `logs` is a line
