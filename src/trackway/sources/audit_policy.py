"""The audit policy: which records the Security log is asked to hold.

Source: Microsoft, "auditpol", MS-GPAC 2.2.1 (GUIDs and names of the subcategories; Setting Value 0 to 3), audit.csv;
printed lists in English, German and French, and the words that other languages have for success, failure and none. What
is in a language not known here counts where the build of the list tells it (`formats.audit_list`); else it is skipped
and said, never guessed: a report (`/r`) has the GUID.
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

_NONE: Final = (
    *(
        "no auditing",
        "keine überwachung",
        "pas d'audit",
        "pas d\u2019audit",
        "sin auditoría",
        "sem auditoria",
    ),
    *(
        "nessun controllo",
        "geen controle",
        "нет аудита",
        "без аудита",
        "无审核",
        "沒有稽核",
        "監査なし",
        "감사 안 함",
    ),
)
_SUCCESS: Final = (
    *(
        "success",
        "erfolg",
        "succès",
        "aciertos",
        "correcto",
        "éxito",
        "êxito",
        "sucesso",
        "operazioni riuscite",
    ),
    *("geslaagd", "успех", "成功", "성공"),
)
_FAILURE: Final = (
    *(
        "failure",
        "fehler",
        "échec",
        "echec",
        "errores",
        "error",
        "erróneo",
        "falha",
        "operazioni non riuscite",
    ),
    *("mislukt", "сбой", "отказ", "失败", "失敗", "실패"),
)


def setting(word: str) -> str | None:
    """Return what a setting is called here: none, success, failure, or both with a plus between; null if not known."""
    word = word.strip().lower()
    if word in _NONE:
        return "none"
    begins, ends = word.startswith(_SUCCESS), word.endswith(_FAILURE)
    if word in _SUCCESS or word in _FAILURE:
        return "success" if word in _SUCCESS else "failure"
    return "success+failure" if begins and ends else None


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


def _placed(number: str) -> str | None:
    return guid(number) if number else None


SOURCE = Source(
    name="audit_policy",
    title="Audit policy",
    kinds=("audit_policy",),
    shape=records(
        "audit_policy", "audit_policy", "Subcategory", "Name", "Inclusion", "Number", "Place", "TimeBasis"
    ),
    table=HOST_FACT,
    default_on=True,
    needs="somebody to print it",
    enable="auditpol /get /category:* /r > auditpol.csv",
    proves="the host was told to write, or not to write, this sort of record when it was printed",
    never="since when; that the log still holds what was written; what a domain's policy sets a moment later",
    decoded={
        "named": Decoded(field="Name", function=_named, type=TEXT),
        "placed": Decoded(field="Place", function=_placed, type=TEXT),
        "worded": Decoded(field="Inclusion", function=setting, type=TEXT),
    },
)
