"""How the pages look and read: pictures of every view, nothing cut or sideways, nothing axe calls serious."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from trackway.case import Case

from .looks import changes, pictured
from .serving import Served, served
from .test_workbench import VIEWS, enter, go
from .watch import READY, settled

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
_FOUND = """
    async (options) => (await axe.run(document, options)).violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .flatMap(({ id, nodes }) => nodes.slice(0, 3).map((node) =>
            ({ id, target: String(node.target), summary: node.failureSummary })))
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


def serious(page: Page, scheme: str) -> list[str]:
    """Return what axe finds that keeps people out.

    In the dark only colours can be otherwise than in the light, and a table's thirtieth row is as its first.
    """
    if not AXE.exists():
        pytest.fail("axe is not there: run `npm ci` in web/")
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    page.evaluate("document.querySelectorAll('tbody tr:nth-child(n+30)').forEach((row) => row.remove())")
    colours = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}
    found: list[dict[str, Any]] = page.evaluate(_FOUND, {"resultTypes": ["violations"], **colours})
    return [f"{row['id']}: {row['target']} {row['summary'][:200]}" for row in found]


def opened(browser: Browser, scheme: str) -> Page:
    """Return a page of a desk's size into which axe may be put."""
    size = {"width": 1440, "height": 900}
    context = browser.new_context(color_scheme=scheme, viewport=size, bypass_csp=True)  # type: ignore[arg-type]
    return context.new_page()


@pytest.mark.parametrize("name", ["demo_report", "excel_report"])
def test_axe_finds_nothing_serious_in_a_report(
    request: pytest.FixtureRequest, browser: Browser, scheme: Any, name: str
) -> None:
    path: Path = request.getfixturevalue(name)
    page = opened(browser, scheme)
    page.goto(path.as_uri())
    page.wait_for_selector(READY)
    settled(page)
    assert serious(page, scheme) == []
    page.context.close()


def test_every_view_looks_as_it_did_and_axe_finds_nothing_serious(
    browser: Browser, demo: Served, artefacts: Path, sheet: Page, scheme: Any
) -> None:
    page = enter(opened(browser, scheme), demo)
    found, pictures = {}, {}
    for view in (*VIEWS, "Story"):
        if view == "Story":
            go(page, "Stories")
            page.locator(".canvas .row").first.click()
            page.wait_for_selector(".open .tree")
        else:
            go(page, view)
        settled(page)
        name = f"{view.lower()}-{scheme}"
        page.screenshot(path=artefacts / f"demo-{name}.png")
        pictures[name] = pictured(page)
        found[view] = serious(page, scheme)
    page.context.close()
    seen = [changes(sheet, name, picture) for name, picture in pictures.items()]
    assert "\n".join(filter(None, seen)) == ""
    assert {view: rows for view, rows in found.items() if rows} == {}


def test_a_part_that_is_gone_shows_in_the_small_picture(browser: Browser, demo: Served, sheet: Page) -> None:
    page = enter(browser.new_page(color_scheme="light", viewport={"width": 1440, "height": 900}), demo)
    go(page, "Stories")
    settled(page)
    seen = [changes(sheet, "stories-light", pictured(page))]
    for part in (".timeline", ".facets", ".canvas"):
        style = f"document.querySelector('{part}').style"
        page.evaluate(f"{style}.visibility = 'hidden'")
        seen.append(changes(sheet, "stories-light", pictured(page)))
        page.evaluate(f"{style}.visibility = ''")
    page.close()
    assert seen[0] is None
    assert all(gone and "#" in gone for gone in seen[1:])


def pictures_of(page: Page, path: Path, *, full: bool = False) -> None:
    """Keep a picture of a page in the light and one in the dark, of which only colours differ."""
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        settled(page)
        page.screenshot(path=path.with_name(f"{path.name}-{scheme}.png"), full_page=full)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_a_report_fits_every_screen(
    browser: Browser, reports: tuple[Path, Path], artefacts: Path, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 900})
    for path in reports:
        page.goto(path.as_uri())
        page.wait_for_selector(READY)
        pictures_of(page, artefacts / f"{path.parent.name}-report-{width}", full=width <= WIDTHS["desk"])
        assert page.evaluate(_SIDEWAYS) <= 0
        assert page.evaluate(_CUT) == []
        assert not page.evaluate(_OVERLAPPING, ".glance div, .report h2, .first > li")
    page.close()


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
def test_every_view_fits_every_screen(browser: Browser, excel: Served, artefacts: Path, width: int) -> None:
    page = enter(browser.new_page(viewport={"width": width, "height": 900}), excel)
    for view in VIEWS:
        go(page, view)
        pictures_of(page, artefacts / f"{view.lower()}-{width}")
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
