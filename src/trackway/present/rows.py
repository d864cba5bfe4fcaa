"""The shapes of the rows that views give, as Python sees them after `to_pylist`; times are text."""

from __future__ import annotations

from typing import TypedDict


class Citation(TypedDict):
    """One record behind a statement."""

    source: str
    file: str
    line: int | None
    record: int | None


class Process(TypedDict):
    """A process instance, and how sure it is that it is the one meant."""

    process: str
    pid: int | None
    image: str | None
    command_line: str | None
    user: str | None
    started: str | None
    ended: str | None
    guid: str | None
    service: str | None
    confidence: float | None
    basis: str | None
    reason: str | None


class Requester(Process):
    """The process that a service acted for."""

    via: str | None


class Name(TypedDict):
    """A name that was answered with the remote address."""

    name: str
    lookup: str
    time_from: str | None
    time_to: str | None
    cnames: list[str] | None
    confidence: float | None
    basis: str | None
    rank: int | None
    reason: str | None


class Script(TypedDict):
    """A script of the process, its text cut."""

    script: str
    time_from: str | None
    time_to: str | None
    kind: str | None
    text: str | None
    text_cut: bool
    path: str | None
    missing_parts: list[int] | None
    matches: list[str] | None
    confidence: float | None
    basis: str | None
    rank: int | None
    reason: str | None


class Act(TypedDict):
    """What the process did beside the connection."""

    kind: str
    subject: str | None
    time: str | None
    rank: int
    reason: str
    evidence: Citation


class Blind(TypedDict):
    """A question left open."""

    question: str
    source: str
    state: str
    reason: str
    time_from: str | None
    time_to: str | None
    evidence: list[Citation]


class Traffic(TypedDict):
    """What a program sent and received in an hour."""

    program: str
    user: str | None
    time_from: str
    time_to: str
    bytes_sent: int | None
    bytes_received: int | None
    interface: str | None
    evidence: list[Citation]


class Story(TypedDict):
    """A connection with everything that explains it."""

    story: str
    host: str
    time_from: str | None
    time_to: str | None
    direction: str
    action: str
    protocol: str | None
    protocol_number: int | None
    local_address: str | None
    local_port: int | None
    remote_address: str | None
    remote_port: int | None
    icmp_type: int | None
    icmp_code: int | None
    process: Process | None
    process_candidates: list[Process]
    ancestors: list[Process]
    requester: Requester | None
    names: list[Name]
    remote_name_hint: str | None
    scripts: list[Script]
    acts: list[Act]
    bytes_sent: int | None
    bytes_received: int | None
    traffic: list[Traffic]
    sources: list[str]
    evidence: list[Citation]
    not_seen: list[Blind]


class Lookup(TypedDict):
    """A name resolution."""

    lookup: str
    name: str
    query_type: int | None
    time_from: str | None
    status_text: str | None
    addresses: list[str]
    cnames: list[str]
    answered_from: str | None
    servers: list[str]
    process: Process | None
    evidence: list[Citation]
