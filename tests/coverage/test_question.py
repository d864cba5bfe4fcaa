"""The questions that are understood, and the one line that all others get."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from trackway.coverage import Question
from trackway.errors import UsageError

AT = datetime(2021, 11, 27, 3, 17, 39, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "about", "name", "address", "port"),
    [
        ("which process connected to 1.2.3.4:443", "process", None, "1.2.3.4", 443),
        ("Which process  connected to 1.2.3.4?", "process", None, "1.2.3.4", None),
        ("which process connected to [2001:db8::1]:80", "process", None, "2001:db8::1", 80),
        ("which process connected to 2001:DB8::1", "process", None, "2001:db8::1", None),
        ("who asked for Perdu.com.", "name", "perdu.com", None, None),
        ("who asked for name perdu.com", "name", "perdu.com", None, None),
        ("did anything connect", "connection", None, None, None),
        ("did anything connect out to 1.2.3.4", "connection", None, "1.2.3.4", None),
    ],
)
def test_a_question_is_about_a_process_a_name_or_any_connection(text, about, name, address, port):
    found = Question.parse(text)
    assert (found.about, found.name, found.address, found.port) == (about, name, address, port)
    assert not found.is_timed


@pytest.mark.parametrize(
    ("when", "since", "until"),
    [
        ("at 2021-11-27T03:17:39Z", AT - timedelta(seconds=30), AT + timedelta(seconds=30)),
        ("between 2021-11-27T03:17:39Z and 2021-11-27T04:17:39+01:00", AT, AT),
        ("since 2021-11-27T03:17:39Z", AT, datetime(9999, 1, 1, tzinfo=UTC)),
        ("until 2021-11-27T03:17:39Z", datetime(1601, 1, 1, tzinfo=UTC), AT),
    ],
)
def test_a_time_is_a_moment_a_span_or_one_of_its_ends(when, since, until):
    found = Question.parse(f"did anything connect out {when}?")
    assert (found.since, found.until, found.is_timed) == (since, until, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "which process connected",
        "which process connected to perdu.com",
        "which process connected to 1.2.3.4:70000",
        "who asked for",
        "did anything connect out at noon",
        "did anything connect between 2021-11-28 and 2021-11-27",
        "drop table story",
    ],
)
def test_what_is_not_understood_is_refused_and_not_guessed(text):
    with pytest.raises(UsageError, match=r"question|understood|between"):
        Question.parse(text)
