"""One connection, as each of six witnesses writes it; the clocks may be off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from trackway.lab.witness import defender

from ..told import HOST, POWERSHELL, permit

CONN = (
    "ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto service duration orig_bytes resp_bytes conn_state"
)
W3C = "date time time-taken c-ip c-port s-ip s-port cs-method cs-host sc-status sc-bytes cs-bytes"
FIREWALL = (
    "#Version: 1.5\n#Time Format: Local\n#Fields: date time action protocol src-ip dst-ip src-port dst-port size "
    "tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path pid\n\n"
)


@dataclass(frozen=True)
class Connection:
    """What happened: when (UTC), by which process, between which ends."""

    time: datetime
    pid: int = 20220
    port: int = 50638
    client: str = "192.168.0.107"
    server: str = "208.97.177.124"
    server_port: int = 3128
    name: str = "perdu.com"

    def later(self, seconds: float) -> datetime:
        return self.time + timedelta(seconds=seconds)


def security_5156(c: Connection, off: float = 0) -> str:
    return _event(permit(
        _iso(c.later(off)), ProcessID=str(c.pid), SourceAddress=c.client, SourcePort=str(c.port),
        DestAddress=c.server, DestPort=str(c.server_port),
    ))  # fmt: skip


def sysmon_3(c: Connection, off: float = 0) -> str:
    return _event({
        "EventID": 3, "SourceName": "Microsoft-Windows-Sysmon", "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Hostname": HOST, "EventTime": _iso(c.later(off + 1.1)), "UtcTime": f"{c.later(off):%Y-%m-%d %H:%M:%S.%f}"[:-3],
        "ProcessGuid": "-", "ProcessId": str(c.pid), "Image": POWERSHELL, "User": "CORP\\anna", "Protocol": "tcp",
        "Initiated": "true", "SourceIsIpv6": "false", "SourceIp": c.client, "SourceHostname": "-",
        "SourcePort": str(c.port), "SourcePortName": "-", "DestinationIsIpv6": "false", "DestinationIp": c.server,
        "DestinationHostname": "-", "DestinationPort": str(c.server_port), "DestinationPortName": "-",
    })  # fmt: skip


def firewall_log(c: Connection, off: float = 0) -> str:
    ends = f"{c.client} {c.server} {c.port} {c.server_port}"
    return f"{c.later(off):%Y-%m-%d %H:%M:%S} ALLOW TCP {ends} 0 - 0 0 0 - - - SEND {c.pid}\n"


def defender_network(c: Connection, off: float = 0) -> str:
    values = {
        "Timestamp": f"{c.later(off):%Y-%m-%dT%H:%M:%S.%f}0Z", "DeviceName": HOST, "ActionType": "ConnectionSuccess",
        "RemoteIP": c.server, "RemotePort": c.server_port, "LocalIP": c.client, "LocalPort": c.port, "Protocol": "Tcp",
        "InitiatingProcessFileName": "powershell.exe", "InitiatingProcessId": c.pid, "ReportId": c.port,
        "InitiatingProcessFolderPath": POWERSHELL.lower(),
    }  # fmt: skip
    return ",".join(str(values.get(column, "")) for column in defender.COLUMNS) + "\n"


def zeek_conn(c: Connection, off: float = 0) -> str:
    ends = f"{c.client}\t{c.port}\t{c.server}\t{c.server_port}"
    return f"{c.later(off).timestamp():.6f}\tC{c.port}\t{ends}\ttcp\t-\t1.5\t300\t4000\tSF\n"


def zeek_http(c: Connection, off: float = 0) -> str:
    return _event({
        "ts": c.later(off).timestamp(), "uid": f"C{c.port}", "id.orig_h": c.client, "id.orig_p": c.port,
        "id.resp_h": c.server, "id.resp_p": c.server_port, "trans_depth": 1, "method": "GET",
        "host": c.name, "request_body_len": 0,
    })  # fmt: skip


def proxy(c: Connection, off: float = 0) -> str:
    end = c.later(off + 1.25)
    ends = f"{c.client} {c.port} {c.server} {c.server_port}"
    return f"{end:%Y-%m-%d %H:%M:%S} 1250 {ends} CONNECT {c.name} 200 4512 310\n"


def squid(c: Connection, off: float = 0, *, client: str | None = None) -> str:
    request = f"TCP_TUNNEL/200 4512 CONNECT {c.name}:443 anna HIER_DIRECT/- -"
    return f"{c.later(off + 1.25).timestamp():.3f}   1250 {client or c.client} {request}\n"


WITNESSES = {
    "security_5156": ("security.jsonl", "", security_5156),
    "sysmon_3": ("sysmon.jsonl", "", sysmon_3),
    "firewall_log": ("pfirewall.log", FIREWALL, firewall_log),
    "defender_connectionsuccess": ("defender.csv", defender.HEADER, defender_network),
    "zeek_conn": ("conn.log", "#separator \\x09\n#fields\t" + CONN.replace(" ", "\t") + "\n", zeek_conn),
    "proxy": ("proxy.log", f"#Software: SGOS 6.7\n#Fields: {W3C}\n", proxy),
}
"""Kind of record, the file it stands in, what stands above it there, and how it writes a connection."""


def written(told: dict[str, list[str]]) -> dict[str, bytes | str]:
    """Return the files of some witnesses with what each wrote."""
    return {file: head + "".join(told[kind]) for kind, (file, head, _) in WITNESSES.items() if told.get(kind)}


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _event(record: dict[str, Any]) -> str:
    return json.dumps(record) + "\n"
