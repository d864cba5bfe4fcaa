"""What was set on a host before anything is switched on, as its evidence says, and the commands that bring it back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import duckdb

from trackway.coverage.asked import rows
from trackway.coverage.means import Means, audit_command

_FLAGS: Final = {
    "ProcessCreationIncludeCmdLine_Enabled": "command_line_logging",
    "EnableScriptBlockLogging": "script_block_logging",
}
_PROFILES: Final = ("Domain", "Private", "Public")


@dataclass(frozen=True, slots=True)
class Before:
    """Settings by kind and subject, lower case; only what is known of every host, and is the same on all."""

    settings: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> Before:
        """Return what the evidence of a case says."""
        return cls({(row["kind"], row["subject"]): row["value"] for row in rows(connection, "before")})

    def size(self, log: str) -> int | None:
        """Return the bytes that a log may hold."""
        size = self._parsed("channel", log.lower()).get("max_size")
        return int(size) if size else None

    def lacks(self, means: Means) -> bool:
        """True where a value of the registry that a witness needs is known to be off."""
        return any(self.settings.get((_FLAGS.get(name, ""), "")) == "off" for _, name, _ in means.registry)

    def undone(self, means: Means) -> tuple[tuple[str, ...], bool]:
        """Return the commands that undo a witness, and whether they bring back all that was, or switch it off."""
        if means.kind == "firewall_log":
            profiles = tuple(self._profiles())
            return (profiles, True) if len(profiles) == len(_PROFILES) else (means.revert, False)
        found = [self._undone(means, command) for command in means.revert]
        return tuple(command for command, _ in found if command), all(is_known for _, is_known in found)

    def _undone(self, means: Means, command: str) -> tuple[str | None, bool]:
        """Return a command as it brings back what was, null if that is on already, and whether it is known."""
        for each in means.audit:
            if each.guid in command:
                was = self.settings.get(("audit_policy", each.guid.lower()))
                return (_audited(each.guid, was) if was else command), was is not None
        for _, name, _ in means.registry:
            if name in command:
                was = self.settings.get((_FLAGS[name], ""))
                return (None if was == "on" else command), was is not None
        if means.log and means.log in command:
            is_on = self._parsed("channel", means.log.lower()).get("enabled")
            return (None if is_on else command), is_on is not None
        return command, False

    def _profiles(self) -> Iterator[str]:
        for profile in _PROFILES:
            was = self._parsed("firewall_logging", profile.lower())
            if was.get("allowed") is None or was.get("dropped") is None:
                return
            size = f" -LogMaxSizeKilobytes {int(was['max_size'])}" if was.get("max_size") else ""
            yield (
                f"Set-NetFirewallProfile -Profile {profile} -LogAllowed {was['allowed']} "
                f"-LogBlocked {was['dropped']}{size}"
            )

    def _parsed(self, kind: str, subject: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.settings.get((kind, subject), "{}"))
        return found


def _audited(guid: str, value: str) -> str:
    return audit_command(guid, success="success" in value, failure="failure" in value)
