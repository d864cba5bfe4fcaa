"""Texts of witnesses that are no event logs, recognised by what their first lines say.

Sources: the header that the Windows Firewall writes into its log, and the order of its columns from
Windows XP to 11. Labels in human languages are never relied on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

_FIREWALL_FIELDS: Final = re.compile(r"^#Fields:.*\bsrc-ip\b.*\bdst-ip\b", re.MULTILINE)
# 2021-11-27 3:17:39 ALLOW UDP 192.168.0.107 8.8.8.8 …, a log whose beginning is cut off
_FIREWALL_LINE: Final = re.compile(
    r"\d{4}-\d\d-\d\d \d{1,2}:\d\d:\d\d (?:ALLOW|DROP|OPEN|OPEN-INBOUND|CLOSE|INFO-EVENTS-LOST) [\w-]+ \S+ \S+ "
)


def witness_kind(text: str) -> str | None:
    """Return the kind of a text that some witness wrote, or null.

    Args:
        text: its beginning, without byte order mark.
    """
    return next((kind for kind, is_it in _KINDS.items() if is_it(text)), None)


def _is_firewall_log(text: str) -> bool:
    return bool(_FIREWALL_FIELDS.search(text) or _FIREWALL_LINE.match(text.lstrip()))


_KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "firewall_log": _is_firewall_log,
}
