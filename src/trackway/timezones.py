"""`--timezone`, `--collected-at` and `--ttl`: the user's word on what the evidence does not say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import available_timezones

from trackway.correlate.run import offset_seconds
from trackway.errors import UsageError
from trackway.filters import moment

_LONGEST_TTL: Final = (1 << 31) - 1
"""RFC 2181, section 8."""


@dataclass(frozen=True, slots=True)
class Timezones:
    """The zone of each host that the user named, and of all others."""

    everywhere: str | None = None
    hosts: dict[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Sequence[str]) -> Timezones:
        """Read `ZONE` or `HOST=ZONE`; a zone is an IANA name or an offset such as `+02:00`.

        Raises:
            UsageError: there is no such zone.
        """
        everywhere, hosts = None, {}
        for text in texts:
            host, separator, zone = text.rpartition("=")
            if separator:
                hosts[host.lower()] = _zone(zone)
            else:
                everywhere = _zone(zone)
        return cls(everywhere, hosts)

    def of(self, host: str) -> str | None:
        """Return the zone of a host, by its full or its short name, or null to measure it."""
        name = host.lower()
        return self.hosts.get(name) or self.hosts.get(name.split(".")[0]) or self.everywhere


def _zone(text: str) -> str:
    if offset_seconds(text) is None and text not in available_timezones():
        raise UsageError(
            f"--timezone {text}: no such time zone; give an IANA name such as Europe/Berlin or an offset such as +02:00"
        )
    return text


@dataclass(frozen=True, slots=True)
class Moments:
    """When the snapshots of each host that the user named were taken, and those of all others."""

    everywhere: datetime | None = None
    hosts: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: Sequence[str]) -> Moments:
        """Read `TIME` or `HOST=TIME`; a time is ISO 8601, in UTC unless it says its zone.

        Raises:
            UsageError: it is no time.
        """
        everywhere, hosts = None, {}
        for text in texts:
            host, separator, time = text.rpartition("=")
            if separator:
                hosts[host.lower()] = moment("collected_at", time)
            else:
                everywhere = moment("collected_at", time)
        return cls(everywhere, hosts)

    def of(self, host: str) -> datetime | None:
        """Return the moment for a host, by its full or its short name, or null where the user does not say."""
        name = host.lower()
        return self.hosts.get(name) or self.hosts.get(name.split(".")[0]) or self.everywhere


def told_ttls(texts: Sequence[str]) -> list[dict[str, object]]:
    """Read `NAME=SECONDS`, with `,authoritative` behind it where the authority said so, as DNS observations.

    Raises:
        UsageError: there is no name, or no number of seconds that a TTL can be.
    """
    return [
        {
            "source": "told_ttl",
            "file": "--ttl",
            "line": number,
            "zoned": True,
            "stage": "ttl",
            **_told(text),
        }
        for number, text in enumerate(texts, start=1)
    ]


def _told(text: str) -> dict[str, object]:
    found = re.fullmatch(
        r"(?P<name>[^=\s]+?)\.?=(?P<seconds>\d{1,10})(?P<authority>,authoritative)?", text.strip()
    )
    if not found or int(found["seconds"]) > _LONGEST_TTL:
        raise UsageError(
            f"--ttl {text}: give a name and its TTL in seconds, such as perdu.com=14400, "
            "with ,authoritative behind it if the name's own server said so"
        )
    return {
        "name": found["name"],
        "owner": found["name"],
        "ttl_original": int(found["seconds"]),
        "authoritative": found["authority"] is not None,
    }
