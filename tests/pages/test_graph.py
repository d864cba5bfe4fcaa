"""The graph of who talked to whom: legible whatever its size, unfolded, folded and pinned by mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from trackway.case import Case

from ..query.small_case import at, process, story, written
from .serving import served
from .test_workbench import enter, go
from .watch import Watch

_SPACE = """
    () => {
        const canvas = document.querySelector(".drawing canvas[data-id=layer2-node]");
        return [canvas.clientWidth, canvas.clientHeight];
    }
"""


@pytest.fixture(scope="module")
def crowd(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """The graph of a host on which eight launchers started forty programs, each calling ten addresses."""
    tables = {
        "process": [process(f"launcher{k}", image=rf"C:\Apps\launcher{k}.exe", pid=100 + k) for k in range(8)]
        + [
            process(
                f"worker{k}",
                image=rf"C:\Apps\worker{k}.exe",
                pid=1000 + k,
                parent=f"launcher{k % 8}",
                parent_confidence=0.9,
                ancestors=[f"launcher{k % 8}"],
            )
            for k in range(40)
        ],
        "story": [
            story(
                f"{k:04x}",
                process=f"worker{k % 40}",
                remote_address=f"203.0.{k % 40}.{k // 40}",
                time_from=at(k),
                time_to=at(k),
            )
            for k in range(400)
        ],
    }
    with served(written(tmp_path_factory.mktemp("crowd") / "case", tables)) as server:
        page = enter(browser.new_page(viewport={"width": 1440, "height": 900}), server)
        go(page, "Graph")
        page.wait_for_selector(".drawing canvas")
        yield page
        page.close()


@pytest.fixture(scope="module")
def seed(browser: Browser, demo_case: Case) -> Iterator[Page]:
    with served(demo_case) as server:
        page = enter(browser.new_page(viewport={"width": 1440, "height": 900}), server)
        go(page, "Graph")
        page.wait_for_selector(".drawing canvas")
        yield page
        page.close()


def walk(page: Page, *keys: str) -> str:
    """Press keys in the drawing; return what is said of the node chosen."""
    page.focus(".drawing")
    for key in keys:
        page.keyboard.press(key)
    return page.inner_text(".chosen-node")


def test_the_chain_of_the_seed_stands_on_top_with_what_started_it(seed: Page) -> None:
    for _ in range(50):  # what started it is drawn when it is known
        if "explorer.exe" in walk(seed, "Escape", "ArrowDown"):
            break
        seed.wait_for_timeout(100)
    for name in ("OUTLOOK.EXE", "EXCEL.EXE", "powershell.exe", "perdu.com", "208.97.177.124"):
        assert name in walk(seed, "ArrowRight")
    assert "powershell.exe" in walk(seed, "ArrowLeft", "ArrowLeft")


def test_enter_keeps_the_stories_of_a_node(seed: Page) -> None:
    assert "perdu.com" in walk(seed, "Escape", "ArrowDown", *["ArrowRight"] * 4)
    seed.keyboard.press("Enter")
    expect(seed.locator("#query-line")).to_have_value("name:perdu.com")
    seed.click("button:text-is('Clear')")


def test_four_hundred_links_are_folded_until_they_are_legible_and_unfold(crowd: Page) -> None:
    said = walk(crowd, "Escape", "ArrowDown")
    assert "launcher" in said
    assert "Unfold" in said
    assert crowd.evaluate(_SPACE)[1] <= 0.8 * 900
    assert "Fold" in walk(crowd, " ").split("\n")
    assert "worker" in walk(crowd, "ArrowRight")
    assert "Fold" in walk(crowd, " ").split("\n")
    assert "203.0." in walk(crowd, "ArrowRight")


def test_everything_unfolds_at_once_and_folds_again(crowd: Page) -> None:
    button = crowd.locator("button:text-is('Unfold all')")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    assert "203.0." in walk(crowd, "Escape", "ArrowDown", "ArrowRight", "ArrowRight")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")


def test_no_graph_says_so(watch: Watch, tmp_path: Path) -> None:
    with served(written(tmp_path / "case", {})) as server:
        page = enter(watch.page, server)
        go(page, "Graph")
        expect(page.get_by_text("Nothing to draw.")).to_be_visible()
        assert watch.misdeeds(server.origin) == []
