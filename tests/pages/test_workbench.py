"""The workbench in a real browser: every view by the path that a hand takes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from trackway import query
from trackway.case import Case
from trackway.filters import Filters
from trackway.present.pages import notes, told
from trackway.present.report import write_report
from trackway.present.web.bench import Bench

from ..query.small_case import finance, written
from .poison import TOGETHER, UNSEEN, huge, poisoned
from .serving import Served, served
from .test_report import LINES
from .watch import Watch, settled

VIEWS = (
    "Overview",
    "Stories",
    "Graph",
    "Coverage",
    "Clocks",
    "Sources",
    "Tables",
    "Events",
    "Notes",
    "Compare",
)


@pytest.fixture
def small(tmp_path: Path) -> Iterator[tuple[Case, Served]]:
    case = written(tmp_path / "case", finance())
    with served(case) as server:
        yield case, server


@pytest.fixture(scope="module")
def demo(demo_case: Case) -> Iterator[Served]:
    with served(demo_case, evidence=[demo_case.path.parent / "evidence"]) as server:
        yield server


@pytest.fixture(scope="module")
def bench(demo_case: Case) -> Iterator[Bench]:
    opened = Bench(demo_case)
    yield opened
    opened.close()


def enter(page: Page, server: Served) -> Page:
    page.goto(server.entry)
    page.wait_for_selector("#workbench[data-state=ready]")
    return page


def go(page: Page, view: str) -> None:
    page.click(f".top nav a:text-is('{view}')")
    page.wait_for_selector(f"main[data-place='{view.lower()}']")


def total(page: Page, line: str) -> int:
    before = page.inner_text(".total b")
    with page.expect_response(re.compile("/api/count")):
        page.fill("#query-line", line)
        page.press("#query-line", "Enter")
    for _ in range(20):  # an answer may be drawn late, and may be what stood there before
        page.wait_for_timeout(100)
        if page.inner_text(".total b") != before:
            break
    return int(page.inner_text(".total b").replace(",", ""))


def test_the_first_screen_says_what_called_perdu_com_when_and_started_by_what(
    watch: Watch, demo: Served
) -> None:
    sentence = enter(watch.page, demo).locator(".first .sentence").first
    box = sentence.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900
    for said in (
        "03:17:39 UTC",
        "powershell.exe",
        "started by EXCEL.EXE",
        "asked for perdu.com",
        "208.97.177.124",
    ):
        assert said in sentence.inner_text()
    assert watch.misdeeds(demo.origin) == []


def test_the_key_does_not_stay_in_the_address(page: Page, demo: Served) -> None:
    assert "token" not in enter(page, demo).url


def test_a_story_of_the_overview_opens_with_its_tree_and_its_raw_records(watch: Watch, demo: Served) -> None:
    page = enter(watch.page, demo)
    page.locator(".first button").first.click()
    page.wait_for_selector(".open .tree")
    tree = page.inner_text(".open .tree")
    for said in ("EXCEL.EXE", "powershell.exe", "perdu.com", "Security.evtx#", "pfirewall.log:"):
        assert said in tree
    page.click("button:text-is('Raw records')")
    expect(page.locator(".raws pre").first).to_contain_text("<Event", timeout=60_000)
    page.click("button:text-is('Around that time')")
    expect(page.locator(".near .is-open")).to_have_count(1)
    assert watch.misdeeds(demo.origin) == []


@pytest.mark.parametrize("line", LINES)
def test_the_query_line_means_what_the_command_line_means(demo_case: Case, bench: Bench, line: str) -> None:
    with demo_case.connect() as connection:
        expected = query.ask(connection, "stories", Filters.parse(**LINES[line])).total
    assert bench.count(line, "relevance", descending=False) == expected


def test_a_story_is_told_from_its_own_rows_as_from_the_whole_case(demo_case: Case, bench: Bench) -> None:
    stories = bench.rows("", "relevance", 0, 10, descending=False)["story"].to_pylist()
    with demo_case.connect() as connection:
        query.prepare(connection)
        whole = told.stories(connection, stories)
    assert [bench.story(story) for story in stories] == whole
    assert bench.sentences(stories) == {story["story"]: story["sentence"] for story in whole}
    assert bench.sentences([]) == {}


def test_not_and_a_word_said_twice_narrow_down(bench: Bench) -> None:
    def count(line: str) -> int:
        return bench.count(line, "relevance", descending=False)

    assert count("protocol:udp") + count("not:protocol:udp") == count("")
    assert count("confidence:<0.95") + count("confidence:>=0.95") == count("")
    assert count("source:sysmon_3 source:security_5156") < count("source:security_5156")
    assert count("seen:5156") == count("source:*5156*")


def test_typing_filters_and_the_address_keeps_the_filter(watch: Watch, demo: Served) -> None:
    page = enter(watch.page, demo)
    go(page, "Stories")
    assert total(page, "name:perdu.com") == 1
    page.reload()
    page.wait_for_selector(".total b")
    assert page.inner_text(".total b") == "1"
    page.click("button:text-is('Clear')")
    expect(page.locator(".total b")).not_to_have_text("1")


def test_the_line_completes_words_and_values(page: Page, demo: Served) -> None:
    go(enter(page, demo), "Stories")
    page.press("body", "/")
    page.keyboard.type("proc")
    page.wait_for_selector("[role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.type("powersh")
    option = page.locator("[role=option]:has-text('powershell.exe')")
    option.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator(".total b")).to_have_text("1")


def test_dragging_over_the_chart_keeps_that_span(page: Page, demo: Served) -> None:
    go(enter(page, demo), "Stories")
    page.wait_for_selector(".u-over")
    box = page.locator(".u-over").bounding_box()
    assert box is not None
    before = page.inner_text(".total b")
    page.mouse.move(box["x"] + box["width"] * 0.8, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + 40, steps=4)
    page.mouse.up()
    expect(page.locator(".total b")).not_to_have_text(before)
    assert re.search(r"since:\S+ until:\S+", page.input_value("#query-line"))


def test_a_click_on_a_group_keeps_it_and_its_cross_drops_it(page: Page, demo: Served) -> None:
    go(enter(page, demo), "Stories")
    first = page.locator(".facet").first.locator("li").first
    number = first.locator(".number").inner_text()
    name = first.locator("bdi").inner_text()
    first.locator(".value").click()
    expect(page.locator(".total b")).to_have_text(number)
    assert page.input_value("#query-line") == f"process:{name}"
    page.click("button:text-is('Clear')")
    expect(page.locator(".total b")).not_to_have_text(number)
    first.hover()
    first.locator(".drop").click()
    expect(page.locator("#query-line")).to_have_value(f"not:process:{name}")


def test_the_keyboard_walks_the_table_opens_and_closes(page: Page, demo: Served) -> None:
    go(enter(page, demo), "Stories")
    page.wait_for_selector(".canvas .row")
    page.focus(".rows")
    for key in ("j", "j", "k", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector(".open .tree")
    assert page.get_attribute(".canvas .row.is-open", "aria-rowindex") == "3"
    page.keyboard.press("Escape")
    expect(page.locator(".open")).to_have_count(0)
    page.keyboard.press("End")
    expect(page.locator(".canvas .row.is-cursor")).to_have_count(1)
    page.keyboard.press("?")
    expect(page.locator("dialog.help")).to_be_visible()


def test_every_column_sorts_and_columns_go_and_come(page: Page, demo: Served) -> None:
    go(enter(page, demo), "Stories")
    page.wait_for_selector(".canvas .row")
    heads = page.locator(".row.head button")
    for number in range(heads.count()):
        heads.nth(number).click()
        expect(page.locator(".row.head [aria-sort=ascending]")).to_have_count(1)
        expect(page.locator(".canvas .row").first).to_be_visible()
    page.click(".columns summary")
    page.get_by_role("checkbox", name="Port", exact=True).uncheck()
    expect(page.locator(".row.head .port")).to_have_count(0)


def test_a_folded_node_of_the_graph_unfolds(watch: Watch, demo: Served) -> None:
    page = enter(watch.page, demo)
    go(page, "Graph")
    page.wait_for_selector(".graph canvas")
    words = page.get_attribute(".drawing", "aria-label")
    assert words is not None
    assert "perdu.com" in words
    assert watch.misdeeds(demo.origin) == []


def test_notes_are_kept_shown_undone_and_reported(watch: Watch, small: tuple[Case, Served]) -> None:
    case, server = small
    page = enter(watch.page, server)
    page.locator(".first button").first.click()
    page.wait_for_selector(".noting")
    page.click(".noting button:has-text('Star')")
    page.locator(".noting select").select_option("malicious")
    for text in ("#c2", "the macro's first call"):
        page.fill(".noting input", text)
        page.press(".noting input", "Enter")
    expect(page.locator(".comment")).to_have_count(1)
    page.fill("#query-line", "name:perdu.com")
    page.press("#query-line", "Enter")
    page.fill("[placeholder='Name of the view']", "first contact")
    page.press("[placeholder='Name of the view']", "Enter")
    go(page, "Notes")
    expect(page.get_by_text("first contact")).to_be_visible()
    text = page.inner_text("main")
    for said in ("malicious", "#c2", "the macro's first call", "asked for perdu.com", "first contact"):
        assert said in text
    write_report(case, case.path.parent / "report.html")
    assert "the macro&#39;s first call" in (case.path.parent / "report.html").read_text(encoding="utf-8")
    page.click("button:text-is('Undo the last note')")
    expect(page.get_by_text("No view is saved yet")).to_be_visible()
    assert watch.misdeeds(server.origin) == []


def test_what_another_window_notes_arrives(browser: Browser, small: tuple[Case, Served]) -> None:
    case, server = small
    page = browser.new_page()
    page.clock.install()
    go(enter(page, server), "Notes")
    expect(page.get_by_text("No story has a note yet")).to_be_visible()
    notes.add(case.path, "star", "aa00", "")
    page.clock.fast_forward(10_000)
    expect(page.get_by_text("asked for perdu.com")).to_be_visible()
    page.close()


def test_two_hosts_stand_side_by_side(watch: Watch, small: tuple[Case, Served]) -> None:
    page = enter(watch.page, small[1])
    go(page, "Compare")
    expect(page.locator("tbody tr").first).to_be_visible()
    assert "perdu.com" in page.inner_text("table")
    assert watch.misdeeds(small[1].origin) == []


def test_two_cases_stand_side_by_side_what_is_new_first(watch: Watch, tmp_path: Path) -> None:
    tables = finance()
    tables["story"] = tables["story"][1:]
    with served(written(tmp_path / "now", finance()), other=written(tmp_path / "then", tables)) as server:
        page = enter(watch.page, server)
        go(page, "Compare")
        row = page.locator("tbody tr").first
        expect(row).to_contain_text("perdu.com")
        expect(row).to_contain_text("now")


def test_every_table_shows(watch: Watch, demo: Served) -> None:
    page = enter(watch.page, demo)
    go(page, "Tables")
    for view in ("processes", "scripts", "links", "clocks", "coverage", "files"):
        page.locator(".noting-row select").select_option(view)
        page.wait_for_selector(f"[aria-label='{view}'] tbody tr")
    page.locator(".noting-row select").select_option("lookups")
    page.get_by_label("Contains").fill("perdu.com")
    expect(page.locator("[role=status]")).to_have_text("2 rows")  # witnessed, and in the resolver's cache
    assert watch.misdeeds(demo.origin) == []


def test_a_long_table_is_fetched_where_it_is_scrolled_to(watch: Watch, tmp_path: Path) -> None:
    tables = finance()
    tables["skipped"] = [
        {"file": "a.evtx", "line": number, "record": None, "reason": f"fault {number}"}
        for number in range(1, 701)
    ]
    with served(written(tmp_path / "case", tables)) as server:
        page = enter(watch.page, server)
        go(page, "Tables")
        page.locator(".noting-row select").select_option("skipped")
        table = page.locator("[role=grid][aria-label='skipped']")
        expect(table).to_have_attribute("aria-rowcount", "701")
        expect(table).to_contain_text("fault 1")
        table.evaluate("(element) => { element.scrollTop = element.scrollHeight; }")
        expect(table).to_contain_text("fault 700")
        assert table.locator("[role=row]").count() < 60
        assert watch.misdeeds(server.origin) == []


def test_a_case_without_anything_shows_every_view(watch: Watch, tmp_path: Path) -> None:
    with served(written(tmp_path / "case", {})) as server:
        page = enter(watch.page, server)
        for view in VIEWS:
            go(page, view)
            settled(page, 50)
        assert watch.misdeeds(server.origin) == []


def visit(page: Page) -> str:
    """Open everything that a workbench can open; return all its text."""
    texts = []
    for view in VIEWS:
        go(page, view)
        settled(page)
        texts.append(page.inner_text("body"))
    go(page, "Tables")
    for view in ("processes", "scripts", "links", "files", "skipped"):
        page.locator(".noting-row select").select_option(view)
        page.wait_for_selector(f"[aria-label='{view}'] tbody tr")
        texts.append(page.inner_text("main"))
    go(page, "Stories")
    page.wait_for_selector(".canvas .row")
    for number in range(page.locator(".canvas .row").count()):
        page.locator(".canvas .row").nth(number).click()
        page.wait_for_selector(".open .tree")
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        texts.append(page.inner_text(".open"))
        page.click(".open .close")
    page.locator(".facet .value:enabled").first.click()
    page.wait_for_timeout(300)
    page.fill("#query-line", "name:")
    page.wait_for_timeout(300)
    texts.append(page.inner_text("main"))
    return "\n".join(texts)


@pytest.mark.parametrize("poison", TOGETHER.values(), ids=TOGETHER)
def test_no_text_of_a_log_acts_in_the_workbench(watch: Watch, tmp_path: Path, poison: str) -> None:
    case = poisoned(tmp_path / "case", poison)
    for kind, value in (("comment", poison), ("tag", poison), ("view", f"{poison}=name:perdu.com")):
        notes.add(case.path, kind, None if kind == "view" else "aa00", value)
    with served(case) as server:
        page = enter(watch.page, server)
        text = visit(page)
        assert watch.misdeeds(server.origin) == []
        assert page.evaluate("window.pwned") is None
        assert page.locator("x-poison, img, iframe, object, embed, base").count() == 0
        assert page.locator("a:not([href^='#'])").count() == 0
        assert not set(UNSEEN) & set(text)
        assert "perdu.com" in text


def test_texts_of_a_megabyte_are_shown_without_harm(watch: Watch, tmp_path: Path) -> None:
    with served(huge(tmp_path / "case")) as server:
        page = enter(watch.page, server)
        for view in VIEWS:
            go(page, view)
            settled(page, 50)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), view
        assert watch.misdeeds(server.origin) == []
