"""Sysmon's fields where Elastic's pipelines have moved them: from `winlog.event_data` to the Elastic Common Schema.

Source: Elastic's package `windows`, data stream `sysmon_operational`, its events and what they become; Winlogbeat's
module `sysmon`; read 2026-11. `@timestamp` is then the event's `UtcTime`, and `event.created` the time of its record.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

Node = dict[str, Any]

_PATHS: Final = {
    "ProcessGuid": "process.entity_id",
    "ProcessId": "process.pid",
    "Image": "process.executable",
    "CommandLine": "process.command_line",
    "ParentProcessGuid": "process.parent.entity_id",
    "ParentProcessId": "process.parent.pid",
    "ParentImage": "process.parent.executable",
    "ParentCommandLine": "process.parent.command_line",
    "Protocol": "network.transport",
    "SourceIp": "source.ip",
    "SourcePort": "source.port",
    "DestinationIp": "destination.ip",
    "DestinationPort": "destination.port",
    "DestinationHostname": "destination.domain",
    "QueryName": "dns.question.name",
    "TargetFilename": "file.path",
    "UtcTime": "@timestamp",
}
_DIRECTIONS: Final = {"egress": "true", "outbound": "true", "ingress": "false", "inbound": "false"}
_STATUSES: Final = {
    "SUCCESS": "0",
    "ERROR_INVALID_PARAMETER": "87",
    "ERROR_TIMEOUT": "1460",
    "DNS_ERROR_RCODE_FORMAT_ERROR": "9001",
    "DNS_ERROR_RCODE_SERVER_FAILURE": "9002",
    "DNS_ERROR_RCODE_NAME_ERROR": "9003",
    "DNS_ERROR_RCODE_NOT_IMPLEMENTED": "9004",
    "DNS_ERROR_RCODE_REFUSED": "9005",
    "DNS_INFO_NO_RECORDS": "9501",
    "DNS_ERROR_BAD_PACKET": "9502",
    "DNS_ERROR_NO_PACKET": "9503",
    "DNS_REQUEST_PENDING": "9506",
    "DNS_ERROR_RECORD_DOES_NOT_EXIST": "9701",
}
"""Windows' names of `QueryStatus`, as the pipeline writes them (winerror.h)."""


def sysmon_fields(record: Node) -> Node:
    """Return the fields of a Sysmon event that stand in a record of the schema, by Sysmon's names."""
    found = {name: _at(record, path) for name, path in _PATHS.items()}
    name, domain = _at(record, "user.name"), _at(record, "user.domain")
    hashes = _at(record, "process.hash")
    found |= {
        "User": f"{domain}\\{name}" if name and domain else name,
        "Initiated": _DIRECTIONS.get(str(_at(record, "network.direction"))),
        "QueryStatus": _STATUSES.get(str(_at(record, "sysmon.dns.status"))),
        "QueryResults": "".join(f"{answer};" for answer in _answers(_at(record, "dns"))),
        "Hashes": ",".join(f"{kind.upper()}={text}" for kind, text in hashes.items())
        if isinstance(hashes, dict)
        else None,
    }
    return {name: value for name, value in found.items() if value not in (None, "")}


def original(record: Node) -> str:
    """Return the element of the event that a record keeps, where its pipeline was told to; else nothing."""
    text = _at(record, "event.original") or record.get("event.original")
    return text.strip() if isinstance(text, str) and text.lstrip().startswith("<Event") else ""


def _answers(dns: Any) -> Iterator[str]:
    """Yield the answers as Sysmon writes them: `type:  5 name`, and addresses alone."""
    answers = dns.get("answers") if isinstance(dns, dict) else None
    for each in answers if isinstance(answers, list) else []:
        if isinstance(each, dict) and isinstance(each.get("data"), str):
            yield f"type:  5 {each['data']}" if each.get("type") == "CNAME" else each["data"]
    if not isinstance(answers, list) and isinstance(dns, dict):
        addresses = dns.get("resolved_ip")
        yield from addresses if isinstance(addresses, list) else str(addresses or "").split(", ")


def _at(record: Node, path: str) -> Any:
    value: Any = record
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value
