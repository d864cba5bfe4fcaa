"""Whose question runs next, and whose is cut off because nobody waits for it."""

from __future__ import annotations

from threading import Event, Thread, Timer

import duckdb
import pytest

from trackway.present.web.limit import Asker, DroppedError, Limit, OvertakenError, asker

ENDLESS = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a.range) = b.range"


def asking(limit: Limit, who: Asker, name: str, told: list[str], begun: Event) -> Thread:
    """Return a thread that asks, and tells when it is its turn."""

    def ask() -> None:
        asker.set(who)
        begun.set()
        with limit.held(30):
            told.append(name)

    return Thread(target=ask)


def test_who_is_gone_has_the_running_question_cut_off_and_the_next_one_is_answered() -> None:
    who = Asker()
    token = asker.set(who)
    with duckdb.connect() as db:
        limit, leaving = Limit(db), Timer(0.05, who.leave)
        leaving.start()
        with pytest.raises(DroppedError), limit.held(30):
            db.execute(ENDLESS)
        asker.reset(token)
        with limit.held(30):
            assert db.execute("SELECT 1").fetchone() == (1,)


def test_who_is_gone_before_the_turn_is_not_answered() -> None:
    who = Asker()
    who.leave()
    token = asker.set(who)
    with duckdb.connect() as db, pytest.raises(DroppedError), Limit(db).held(30):
        pytest.fail("it was answered")
    asker.reset(token)


def test_what_is_urgent_goes_before_what_waited_longer() -> None:
    with duckdb.connect() as db:
        limit, told = Limit(db), list[str]()
        threads = []
        with limit.held(30):
            for name, is_urgent in (("chart", False), ("groups", False), ("story", True)):
                begun = Event()
                threads.append(asking(limit, Asker(is_urgent=is_urgent), name, told, begun))
                threads[-1].start()
                begun.wait()
                while len(limit._waiting) < len(threads):
                    pass
        for thread in threads:
            thread.join()
    assert told == ["story", "chart", "groups"]


def test_what_is_urgent_cuts_off_what_is_not_and_only_so_often() -> None:
    chart = Asker(is_urgent=False)
    with duckdb.connect() as db:
        limit = Limit(db)
        for _ in range(chart.patience):
            told, urgent = list[str](), Asker()
            thread = asking(limit, urgent, "story", told, Event())
            token = asker.set(chart)
            coming = Timer(0.05, thread.start)
            coming.start()
            with pytest.raises(OvertakenError), limit.held(30):
                db.execute(ENDLESS)
            asker.reset(token)
            coming.join()
            thread.join()
            assert told == ["story"]
    chart.is_overtaken = False
    chart.give_way()
    assert not chart.is_overtaken
