"""The bars of a trace: one at a time, gone at the end, safe with any name."""

from __future__ import annotations

import io

import pytest

from trackway.present.console import console
from trackway.present.progress import Bars

_CURSOR_SHOWN = "\x1b[?25h"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "160")
    return Terminal()


def test_both_stages_are_shown_one_after_the_other(terminal: Terminal) -> None:
    with Bars(console(terminal)) as bars:
        bars.reading("a.evtx", 1_000, 2_000)
        bars.reading("b.evtx", 2_000, 2_000)
        bars.correlating("H1", 1, 1)
    shown = terminal.getvalue()

    assert shown.index("reading") < shown.index("correlating")
    assert "2.0/2.0 kB" in shown
    assert "1/1" in shown


def test_a_hostile_file_name_steers_nothing(terminal: Terminal) -> None:
    with Bars(console(terminal, color=False)) as bars:
        bars.reading("[red]\x1b[2J\u202e.evtx", 1, 1)
    shown = terminal.getvalue()

    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert "[red]" in shown


def test_the_cursor_comes_back_at_the_end(terminal: Terminal) -> None:
    with Bars(console(terminal)) as bars:
        bars.reading("a.evtx", 1, 2)
        assert _CURSOR_SHOWN not in terminal.getvalue()

    assert _CURSOR_SHOWN in terminal.getvalue()


def test_nothing_told_is_nothing_drawn(terminal: Terminal) -> None:
    with Bars(console(terminal)):
        pass

    assert terminal.getvalue() == ""
