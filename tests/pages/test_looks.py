"""How the pages look and read: pictures of every view, nothing cut or sideways, nothing axe calls serious."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from trackway.case import Case

from .looks import changes, pictured
from .serving import Served, served
from .test_workbench import VIEWS, enter, go
from .watch import READY

AXE = Path(__file__).parents[2] / "web/node_modules/axe-core/axe.min.js"
WIDTHS = {"phone": 390, "small": 1024, "desk": 1440, "4k": 3840}

_SIDEWAYS = "document.documentElement.scrollWidth - window.innerWidth"
_CUT = """
    () => [...document.querySelectorAll("h1, h2, h3, nav a, .glance *, .cell.port, .cell.remote bdi, button")]
        .filter((element) => element.offsetParent && !element.matches(".unseen")
            && element.scrollWidth > element.clientWidth + 1
            && getComputedStyle(element).overflowX === "hidden")
        .map((element) => element.textContent)
"""
_OVERLAPPING = """
    (selector) => {
        const boxes = [...document.querySelectorAll(selector)].map((element) => element.getBoundingClientRect());
        return boxes.some((one, place) => boxes.slice(place + 1).some((other) =>
            one.width && other.width && one.left < other.right - 1 && other.left < one.right - 1
            && one.top < other.bottom - 1 && other.top < one.bottom - 1));
    }
"""
_RIGHT_EDGES = """
    () => [...document.querySelectorAll(".canvas .cell.port bdi")]
        .map((element) => Math.round(element.getBoundingClientRect().right))
"""


@pytest.fixture(scope="module")
def excel(excel_case: Case) -> Iterator[Served]:
    with served(excel_case) as server:
        yield server


@pytest.fixture(scope="module")
def demo(demo_case: Case) -> Iterator[Served]:
    with served(demo_case) as server:
        yield server


@pytest.fixture(scope="module")
def sheet(browser: Browser) -> Iterator[Page]:
    """A page of no site, to work on pictures with."""
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture(scope="module")
def reports(demo_report: Path, excel_report: Path) -> tuple[Path, Path]:
    return demo_report, excel_report


def serious(page: Page, look: Callable[[], None] = lambda: None) -> list[str]:
    """Return what axe finds that keeps people out; `look` comes between."""
    if not AXE.exists():
        pytest.fail("axe is not there: run `npm ci` in web/")
    page.context.new_cdp_session(page).send("Page.setBypassCSP", {"enabled": True})
    page.reload(wait_until="networkidle")
    page.wait_for_timeout(700)  # the graph is laid out after all else
    look()
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run(document).then((result) => result.violations)")
    return [
        f"{row['id']}: {node['target']} {node['failureSummary'][:200]}"
        for row in found
        if row["impact"] in ("serious", "critical")
        for node in row["nodes"][:3]
    ]


@pytest.mark.parametrize("name", ["demo_report", "excel_report"])
def test_axe_finds_nothing_serious_in_a_report(
    request: pytest.FixtureRequest, browser: Browser, scheme: Any, name: str
) -> None:
    path: Path = request.getfixturevalue(name)
    page = browser.new_page(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page.goto(path.as_uri())
    page.wait_for_selector(READY)
    assert serious(page) == []
    page.close()


def test_every_view_looks_as_it_did_and_axe_finds_nothing_serious(
    browser: Browser, demo: Served, artefacts: Path, sheet: Page, scheme: Any
) -> None:
    page = enter(browser.new_page(color_scheme=scheme, viewport={"width": 1440, "height": 900}), demo)
    found, pictures = {}, {}

    def look(view: str) -> None:
        page.screenshot(path=artefacts / f"demo-{view}-{scheme}.png")
        pictures[f"{view}-{scheme}"] = pictured(page)

    for view in VIEWS:
        go(page, view)
        found[view] = serious(page, partial(look, view.lower()))
    page.locator(".top nav a").nth(1).click()
    page.locator(".canvas .row").first.click()
    page.wait_for_selector(".open .tree")
    found["story"] = serious(page, partial(look, "story"))
    page.close()
    seen = [changes(sheet, name, picture) for name, picture in pictures.items()]
    assert "\n".join(filter(None, seen)) == ""
    assert {view: rows for view, rows in found.items() if rows} == {}


def test_a_part_that_is_gone_shows_in_the_small_picture(browser: Browser, demo: Served, sheet: Page) -> None:
    page = enter(browser.new_page(color_scheme="light", viewport={"width": 1440, "height": 900}), demo)
    go(page, "Stories")
    page.wait_for_selector(".canvas .row")
    page.wait_for_selector(".u-over")
    page.wait_for_timeout(500)
    seen = [changes(sheet, "stories-light", pictured(page))]
    for part in (".timeline", ".facets", ".canvas"):
        style = f"document.querySelector('{part}').style"
        page.evaluate(f"{style}.visibility = 'hidden'")
        seen.append(changes(sheet, "stories-light", pictured(page)))
        page.evaluate(f"{style}.visibility = ''")
    page.close()
    assert seen[0] is None
    assert all(gone and "#" in gone for gone in seen[1:])


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_report_fits_every_screen(
    browser: Browser, reports: tuple[Path, Path], artefacts: Path, scheme: Any, width: int
) -> None:
    for path in reports:
        page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})
        page.goto(path.as_uri())
        page.wait_for_selector(READY)
        page.wait_for_timeout(500)
        page.screenshot(path=artefacts / f"{path.stem}-{width}-{scheme}.png", full_page=width <= 1440)
        assert page.evaluate(_SIDEWAYS) <= 0
        assert page.evaluate(_CUT) == []
        assert not page.evaluate(_OVERLAPPING, ".glance div, .report h2, .first > li")
        page.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_view_fits_every_screen(
    browser: Browser, excel: Served, artefacts: Path, scheme: Any, width: int
) -> None:
    page = enter(browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900}), excel)
    for view in VIEWS:
        go(page, view)
        page.wait_for_timeout(600)
        page.screenshot(path=artefacts / f"{view.lower()}-{width}-{scheme}.png")
        assert page.evaluate(_SIDEWAYS) <= 0, view
        assert page.evaluate(_CUT) == [], view
        assert not page.evaluate(_OVERLAPPING, ".top nav a, .top .brand, main > *"), view
    page.close()


def test_numbers_line_up(browser: Browser, excel: Served) -> None:
    page = enter(browser.new_page(viewport={"width": 1440, "height": 900}), excel)
    go(page, "Stories")
    page.wait_for_selector(".canvas .row")
    edges = page.evaluate(_RIGHT_EDGES)
    page.close()
    assert len(edges) > 10
    assert len(set(edges)) == 1


def test_light_and_dark_differ(browser: Browser, demo_report: Path) -> None:
    colors = set()
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(demo_report.as_uri())
        colors.add(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
        page.close()
    assert len(colors) == 2


def test_a_report_prints_with_its_stories_unfolded(
    browser: Browser, demo_report: Path, artefacts: Path
) -> None:
    page = browser.new_page()
    page.goto(demo_report.as_uri())
    page.wait_for_selector(READY)
    page.emulate_media(media="print")
    assert page.locator(".first .tree").last.is_visible()
    assert not page.locator(".bar").is_visible()
    printed = page.pdf(path=artefacts / "report.pdf", format="A4")
    page.close()
    assert printed.startswith(b"%PDF")
