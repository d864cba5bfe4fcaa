"""What nobody could see is written out, and nothing else is touched."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.present.visible import escaped, visible


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("\x9b31m", r"\x9b31m"),
        ("a\x00b\x7f", r"a\x00b\x7f"),
        ("a\nb\r\tc", r"a\nb\r\tc"),
        ("cod\u202etxt.exe", r"cod\u202etxt.exe"),
        ("\u2066x\u2069", r"\u2066x\u2069"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("soft\u00adhyphen", r"soft\xadhyphen"),
        ("nbsp\u00a0", r"nbsp\xa0"),
        ("hangul\u3164", r"hangul\u3164"),
        ("vs\ufe0f\U000e0101", r"vs\ufe0f\U000e0101"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("line\u2028end\u2029", r"line\u2028end\u2029"),
        ("lone\ud800", r"lone\ud800"),
        ("private\ue000", r"private\ue000"),
    ],
)
def test_what_would_not_be_seen_is_written_out(text: str, expected: str) -> None:
    assert visible(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", " ", r"C:\Windows\x1b.exe", "Straße 東京 Ωμέγα", "emoji 🐾", "[red]x[/red]", "=1+1", "quote \" ' `"],
)
def test_what_can_be_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.characters(exclude_categories=())))
def test_no_text_keeps_a_character_that_steers_a_terminal(text: str) -> None:
    shown = visible(text)

    assert not [
        letter
        for letter in shown
        if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp", "Co", "Cn"}
    ]
    assert visible(shown) == shown


@given(st.text())
def test_escaped_json_still_means_the_same(text: str) -> None:
    line = escaped(json.dumps({"text": text}, ensure_ascii=False))

    assert json.loads(line) == {"text": text}
    assert visible(line) == line
