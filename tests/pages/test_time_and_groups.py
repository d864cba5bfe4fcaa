"""The chart over time and the table in groups: what they count, what they say, and that the keyboard gets there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from trackway.case import Case
from trackway.present.web.bench import GROUPINGS, Bench, bins

from ..query.small_case import at, finance, lookup, written
from .serving import served
from .test_workbench import enter, go
from .watch import Watch

LINES = (
    "",
    "process:browser",
    "name:perdu.com",
    "not:process:svchost contains:excel",
    "address:10.0.0.53",
    "port:80",
)


@pytest.fixture(scope="module")
def bench(demo_case: Case) -> Iterator[Bench]:
    opened = Bench(demo_case)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def reported(browser: Browser, demo_report: Path) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    yield Watch(page).open(demo_report)
    page.close()


@pytest.fixture(scope="module")
def stories(browser: Browser, demo_case: Case) -> Iterator[Page]:
    with served(demo_case) as server:
        page = enter(browser.new_page(viewport={"width": 1440, "height": 900}), server)
        go(page, "Stories")
        yield page
        page.close()


@pytest.fixture
def desk(stories: Page) -> Page:
    """The stories without a filter and not in groups."""
    stories.fill("#query-line", "")
    stories.press("#query-line", "Enter")
    stories.get_by_label("Group by").select_option("none")
    expect(stories.locator(".total b")).to_have_text("723")
    stories.wait_for_selector(".canvas .row:not(.heading)")
    return stories


def charted(bench: Bench, line: str) -> str:
    """Return what the chart of a line says of itself, counted by the server."""
    found = bench.histogram(line, "process")
    stories = sum(sum(series["counts"]) for series in found["series"])
    lookups = sum(sum(series["asked"]) for series in found["series"])
    said = f"{stories:,} {'story' if stories == 1 else 'stories'}"
    return said if found["asked"] is None else f"{said}|{lookups:,} look-up{'' if lookups == 1 else 's'}"


@pytest.mark.parametrize("line", LINES)
def test_the_chart_of_a_report_counts_what_the_workbench_counts(
    reported: Page, bench: Bench, line: str
) -> None:
    stories, _, lookups = charted(bench, line).partition("|")
    reported.fill("#query-line", line)
    reported.press("#query-line", "Enter")
    chart = reported.locator(".chart")
    expect(chart).to_have_attribute("aria-label", re.compile(f" UTC: {stories} .*{lookups}$"))
    assert ("look-up" in (chart.get_attribute("aria-label") or "").split("UTC:")[1]) == bool(lookups)


def test_look_ups_are_counted_where_a_record_states_their_moment_and_the_others_are_named(
    tmp_path: Path,
) -> None:
    tables = finance()
    tables["lookup"] = [
        lookup("l1", time_from=at(-60), time_to=at(-60)),
        lookup("l2", time_from=at(-86400), time_to=at(0), time_reason="in the cache then"),
    ]
    bench = Bench(written(tmp_path / "case", tables))
    found = bench.histogram("", "process")
    assert (found["asked"], found["unplaced"]) == (2, 1)
    assert sum(sum(series["asked"]) for series in found["series"]) == 1
    assert bench.histogram("port:80", "process")["asked"] is None
    assert bench.histogram("since:2021-11-27T03:17:00", "process")["asked"] == 1
    bench.close()


def test_no_time_gives_no_bin() -> None:
    assert bins(None, None)[2] == 0
    assert bins(5e6, 5e6) == (5e6, 1e6, 1)


@pytest.mark.parametrize("by", sorted(GROUPINGS))
def test_a_group_holds_the_stories_that_it_counts(bench: Bench, by: str) -> None:
    for group in bench.groups("protocol:udp", by, 3):
        members = bench.rows("protocol:udp", "time", 0, 2_000, descending=True, group=(by, group["value"]))
        times = members["time_from"].to_pylist()
        assert members.num_rows == group["stories"]
        assert times == sorted(times, reverse=True)


def test_the_keyboard_unfolds_a_group_walks_into_it_and_folds_it(desk: Page, bench: Bench) -> None:
    groups = bench.groups("", "process", 50)
    desk.get_by_label("Group by").select_option("process")
    heading = desk.locator(".row.heading").nth(1)
    expect(heading).to_have_attribute("aria-label", f"{groups[1]['value']}, {groups[1]['stories']} stories")
    desk.focus(".rows")
    desk.keyboard.press("j")
    desk.keyboard.press("ArrowRight")
    expect(heading).to_have_attribute("aria-expanded", "true")
    expect(desk.locator(".rows")).to_have_attribute(
        "aria-rowcount", str(len(groups) + groups[1]["stories"] + 1)
    )
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".open .tree")
    assert desk.locator(".canvas .row.is-open").get_attribute("aria-level") == "2"
    desk.keyboard.press("Escape")
    desk.focus(".rows")
    desk.keyboard.press("ArrowLeft")
    desk.keyboard.press("ArrowLeft")
    expect(heading).to_have_attribute("aria-expanded", "false")


def test_the_groups_of_a_report_unfold_too(reported: Page, bench: Bench) -> None:
    (first, *_) = bench.groups("", "user", 1)
    reported.fill("#query-line", "")
    reported.press("#query-line", "Enter")
    reported.get_by_label("Group by").select_option("user")
    heading = reported.locator(".row.heading").first
    expect(heading).to_contain_text(f"{first['stories']}")
    heading.click()
    expect(heading).to_have_attribute("aria-expanded", "true")
    expect(reported.locator(".canvas .row:not(.heading)").first).to_be_visible()
    reported.get_by_label("Group by").select_option("none")


def test_the_keyboard_keeps_a_span_of_time_and_all_again(desk: Page) -> None:
    desk.focus(".chart")
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowRight"):
        desk.keyboard.press(key)
    said = re.search(r": ([\d,]+) stor", desk.inner_text(".reading"))
    assert said
    desk.keyboard.press("Enter")
    expect(desk.locator(".total b")).to_have_text(said[1])
    desk.focus(".chart")
    desk.keyboard.press("Backspace")
    expect(desk.locator(".total b")).to_have_text("723")


def test_a_strip_says_who_was_not_awake_and_why_and_its_span_can_be_kept(desk: Page) -> None:
    band = desk.locator(".band.filtered").first
    band.focus()
    for said in ("sysmon_1", "writes only what it is configured for", "to 2021-11-27 03:25:45.592 UTC"):
        expect(desk.locator(".reading")).to_contain_text(said)
    expect(desk.locator(".band.unknown").nth(1)).to_be_visible()
    desk.locator(".band.unknown").first.click()
    expect(desk.locator("#query-line")).to_have_value(re.compile("since:2021-11-27T02:24:00"))
