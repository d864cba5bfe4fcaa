"""The audit policy: which records the Security log is asked to hold.

Source: Microsoft, "auditpol", MS-GPAC 2.2.1 (GUIDs and names of the subcategories; Setting Value 0 to 3), audit.csv;
printed lists in English, German and French. A name or a word in a language not listed here is skipped and said, never
guessed: a report (`/r`) has the GUID.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from trackway.formats.rows import records
from trackway.schema import HOST_FACT, TEXT
from trackway.sources.source import Decoded, Source

SETTINGS: Final = {
    "none": ("no auditing", "keine überwachung", "pas d'audit", "pas d\u2019audit"),
    "success": ("success", "erfolg", "succès"),
    "failure": ("failure", "fehler", "échec", "echec"),
    "success+failure": (
        "success and failure",
        "erfolg und fehler",
        "succès et échec",
        "succès et echec",
    ),
}
"""What a setting is called."""

_WORDS: Final = {word: setting for setting, words in SETTINGS.items() for word in words}


@cache
def subcategories() -> Mapping[str, str]:
    """Return the GUID of each subcategory by its name, in lower case."""
    table = files(__package__).joinpath("audit_subcategories.csv").read_text(encoding="utf-8")
    rows = (line.split(",") for line in table.splitlines()[1:])
    return MappingProxyType({name.lower(): guid(number) for number, name in rows})


def guid(number: str) -> str:
    """Return the GUID of a subcategory from the two digits in which they differ."""
    return f"{{0cce92{number.lower()}-69ae-11d9-bed3-505054503030}}"


def _named(name: str) -> str | None:
    return subcategories().get(name.strip().lower())


def _setting(word: str) -> str | None:
    return _WORDS.get(word.strip().lower())


SOURCE = Source(
    name="audit_policy",
    title="Audit policy",
    kinds=("audit_policy",),
    shape=records("audit_policy", "audit_policy", "Subcategory", "Name", "Inclusion", "Number", "TimeBasis"),
    table=HOST_FACT,
    default_on=True,
    needs="somebody to print it",
    enable="auditpol /get /category:* /r > auditpol.csv",
    proves="the host was told to write, or not to write, this sort of record when it was printed",
    never="since when; that the log still holds what was written; what a domain's policy sets a moment later",
    decoded={
        "named": Decoded(field="Name", function=_named, type=TEXT),
        "worded": Decoded(field="Inclusion", function=_setting, type=TEXT),
    },
)
