"""Answers about small worlds of the lab, in each of which one thing befell one witness."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from blindness import Judged
from fates import FATES, Fate
from trackway.coverage import Question, answers

DAYS = 0.008


TRIED = ("nothing", "Security cleared", "slept through", "DNS-Client not collected", "Sysmon, lists by and")
"""Of all fates, which `bench/blindness.py` judges, some of each sort: a world costs many seconds."""

WORLDS = [fate for fate in FATES if fate.name in TRIED and "5156" in fate.sources]


@pytest.mark.parametrize("fate", WORLDS, ids=lambda fate: fate.name)
def test_every_answer_and_every_open_question_agrees_with_what_the_witness_was(
    fate: Fate, tmp_path: Path
) -> None:
    counts = Judged(tmp_path, fate, 5, DAYS).run()
    assert not counts["happened: did_not_happen"]
    assert not counts["visible: could_not_have_been_seen"]
    assert not counts["blind: seen"]
    assert not {what: number for what, number in counts.items() if "truly" in what}
    assert _asked(counts, "happened") > 0


def _asked(counts: Counter[str], sort: str) -> int:
    return sum(number for what, number in counts.items() if what.startswith(sort))


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    return Judged(tmp_path_factory.mktemp("answers"), FATES[0], 5, DAYS)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        (
            "did anything connect out to 198.18.0.1 between 2024-03-04T07:02Z and 2024-03-04T07:05Z",
            "did_not_happen",
        ),
        (
            "did anything connect out to 198.18.0.1 between 2024-03-04T06:00Z and 2024-03-04T07:05Z",
            "could_not_have_been_seen",
        ),
        ("did anything connect out to 198.18.0.1 at 2023-01-01", "could_not_have_been_seen"),
        ("did anything connect out to 198.18.0.1", "could_not_have_been_seen"),
        ("did anything connect out", "seen"),
    ],
    ids=["within", "begins before", "outside of all evidence", "whole time", "anything"],
)
def test_a_silence_proves_something_only_from_the_first_to_the_last_moment_of_the_question(
    judged, text, answer
):
    with judged.case.connect() as db:
        (found,) = answers(db, Question.parse(text))
    assert found.answer == answer
    assert (found.confidence is None) == (answer != "did_not_happen")
    assert found.reason


def test_a_case_that_left_connections_out_proves_nothing_about_them(judged):
    text = "did anything connect out to 198.18.0.1 between 2024-03-04T07:02Z and 2024-03-04T07:05Z"
    with judged.case.connect() as db:
        (found,) = answers(db, Question.parse(text), ("2024-03-04T07:03:00+00:00", None))
    assert found.answer == "could_not_have_been_seen"
    assert "--since" in found.reason
