"""`--timezone [HOST=]ZONE`: the user's word on the zone in which records were written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from zoneinfo import available_timezones

from trackway.correlate.run import offset_seconds
from trackway.errors import UsageError


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
