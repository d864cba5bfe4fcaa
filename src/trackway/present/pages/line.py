"""The query line of the pages: the words of the command line's filters, `not:` before one, and plain text.

    process:powershell name:*.com port:80 not:source:sysmon_3 confidence:<0.8 "any text"

`web/src/line.ts` reads the same language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from trackway.errors import UsageError
from trackway.filters import WORDS, Filters

LONGEST: Final = 4_000
"""Letters of a line."""

_PIECE: Final = re.compile(r'(not:|-)?(?:([\w-]+):)?(?:"([^"]*)"?|([^\s"]+))', re.IGNORECASE)
_CONFIDENCE: Final = re.compile(r"(<|>=)?([\d.]+)")


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a line with its value; `negated` turns its meaning round."""

    word: str
    value: str
    negated: bool


def parse(line: str) -> list[Term]:
    """Read a line.

    Raises:
        UsageError: a word does not exist, a value is missing, or the line is too long.
    """
    if len(line) > LONGEST:
        raise UsageError(f"the line has {len(line):,} letters; {LONGEST:,} are the most")
    return [_term(found) for found in _PIECE.finditer(line)]


def filters(terms: list[Term]) -> Iterator[tuple[Filters, bool]]:
    """Yield what to ask the case, one after the other, and whether its stories are wanted or not.

    Different words that must all hold are one question; a word said twice or negated is one of its own.

    Raises:
        UsageError: a value is not one of its word's forms.
    """
    together: dict[str, object] = {}
    alone: list[Term] = []
    for term in terms:
        if term.negated or term.word in together:
            alone.append(term)
        else:
            together[term.word] = term.value
    if together:
        yield Filters.parse(**together), True
    for term in alone:
        yield Filters.parse(**{term.word: term.value}), not term.negated


def _term(found: re.Match[str]) -> Term:
    negation, word, quoted, bare = found.groups()
    value = quoted if quoted is not None else bare
    if word is None:
        return Term("contains", value, negation is not None)
    word = word.lower().replace("-", "_")
    if not value:
        raise UsageError(f"{word}: give a value")
    if word == "seen":
        return Term("source", f"*{value}*", negation is not None)
    if word == "confidence":
        return _confidence(value, is_negated=negation is not None)
    if word not in WORDS:
        raise UsageError(
            f"{word}: there is no such word; there are {', '.join(WORDS)}, seen, confidence, not"
        )
    return Term(word, value, negation is not None)


def _confidence(value: str, *, is_negated: bool) -> Term:
    """`confidence:<0.8` is not at least 0.8; `confidence:>=0.8` and `confidence:0.8` are."""
    found = _CONFIDENCE.fullmatch(value)
    if not found:
        raise UsageError(f"confidence:{value}: give a number from 0 to 1, with < or >= before it")
    return Term("min_confidence", found[2], (found[1] == "<") != is_negated)
