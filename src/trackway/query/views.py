"""The tables that users see, and the words that each can be asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_COMMON: Final = ("host", "contains")
_ABOUT_PROCESS: Final = ("process", "pid", "user")
_IN_TIME: Final = ("since", "until")
_KEYED: Final = ("source", "min_confidence", *_IN_TIME, *_ABOUT_PROCESS, *_COMMON)
_CONNECTION: Final = ("name", "address", "port", "protocol", "direction", "action", *_KEYED)


@dataclass(frozen=True, slots=True)
class View:
    """One table that users see.

    Attributes:
        meaning: what a row is.
        filters: words of `filters.WORDS` that it can be asked with.
        chosen: the query that chooses identifiers; null where the view is one query.
        addresses: the query that lists the addresses that `address` is about.
    """

    meaning: str
    filters: tuple[str, ...]
    chosen: str | None = None
    addresses: str | None = None


VIEWS: Final = {
    "stories": View(
        "connections, with all that explains them", _CONNECTION, "story_chosen", "story_addresses"
    ),
    "lookups": View("name resolutions", ("name", "address", *_KEYED), "lookup_chosen", "lookup_addresses"),
    "connections": View("connections, on one line each", _CONNECTION, "story_chosen", "story_addresses"),
    "processes": View("process instances", _KEYED, "process_chosen"),
    "links": View("links between connections, look-ups, processes and scripts", ("min_confidence", *_COMMON)),
    "scripts": View("script blocks, pipelines and engine starts of PowerShell", _KEYED, "script_chosen"),
    "facts": View(
        "what records say of the host itself: logons, boots, cleared logs, files, transfers",
        ("source", *_IN_TIME, *_ABOUT_PROCESS, *_COMMON),
    ),
    "clocks": View("offsets between clocks", ("source", *_COMMON)),
    "coverage": View(
        "from when to when each kind of record was on, and what says so", ("source", *_IN_TIME, *_COMMON)
    ),
    "files": View("evidence files and what became of them", _COMMON),
    "skipped": View("records and files that could not be used", ("contains",)),
}
"""Every table that users see, in the order in which they are listed."""
