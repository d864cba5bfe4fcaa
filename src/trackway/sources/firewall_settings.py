"""Whether the Windows Firewall logs, for each of its three profiles: what, where, how much.

Source: Microsoft, "netsh advfirewall show", "Get-NetFirewallProfile" (GpoBoolean: 0 false, 1 true, 2 not configured),
"Configure Windows Firewall logging". Which profile held when, the NetworkProfile log tells.
"""

from __future__ import annotations

import re
from typing import Final

from trackway.formats.rows import records
from trackway.schema import FLAG, HOST_FACT, TEXT
from trackway.sources.source import Decoded, Source

_PROFILES: Final = (
    ("domain", re.compile("dom", re.I)),
    ("private", re.compile("priv|standard", re.I)),
    ("public", re.compile("p[uú]bl|[öo]ffent", re.I)),
)
_STORES: Final = (
    ("effective", re.compile("activestore|effective", re.I)),
    ("policy", re.compile("rsop|gpo|group|policy", re.I)),
)
YES: Final = frozenset(
    [
        *(
            "enable",
            "true",
            "1",
            "aktivieren",
            "activer",
            "habilitar",
            "abilita",
            "inschakelen",
            "włącz",
            "включить",
        ),
        *("启用", "啟用", "有効", "사용"),
    ]
)
NO: Final = frozenset(
    [
        *("disable", "false", "0", "deaktivieren", "désactiver", "deshabilitar", "desabilitar", "disabilita"),
        *("uitschakelen", "wyłącz", "отключить", "禁用", "停用", "無効", "사용 안 함"),
    ]
)
OPEN: Final = frozenset(["notconfigured", "2"])
"""Not said here: another store says it."""


def profile(text: str) -> str | None:
    """Return domain, private or public, by the first letters that they have in common in most languages."""
    return next((name for name, pattern in _PROFILES if pattern.search(text)), None)


def store(text: str) -> str:
    """Return whose setting it is: the effective one, a policy's, or else the host's own."""
    return next((name for name, pattern in _STORES if pattern.search(text)), "local")


def switch(text: str) -> bool | None:
    """Return whether a word means on or off, or null."""
    word = text.strip().lower()
    return True if word in YES else False if word in NO else None


def is_known(text: str) -> bool:
    """Return whether a word is understood."""
    return text.strip().lower() in YES | NO | OPEN


SOURCE = Source(
    name="firewall_settings",
    title="Windows Firewall, settings of its log",
    kinds=("firewall_settings",),
    shape=records(
        "firewall_settings",
        "firewall_settings",
        *("Profile", "Place", "Allowed", "Dropped", "Path", "MaxSize", "Store", "TimeBasis"),
    ),
    table=HOST_FACT,
    default_on=True,
    needs="somebody to print them",
    enable="netsh advfirewall show allprofiles > firewall.txt",
    proves="with this profile, the firewall logged what it allowed or dropped, or did not, to this file, at that "
    "moment",
    never="since when; which profile held; that the firewall could write there",
    decoded={
        "of_profile": Decoded(field="Profile", function=profile, type=TEXT),
        "is_allowed": Decoded(field="Allowed", function=switch, type=FLAG),
        "is_dropped": Decoded(field="Dropped", function=switch, type=FLAG),
        "allowed_known": Decoded(field="Allowed", function=is_known, type=FLAG),
        "dropped_known": Decoded(field="Dropped", function=is_known, type=FLAG),
        "kept_in": Decoded(field="Store", function=store, type=TEXT),
    },
)
