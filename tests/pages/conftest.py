"""A real browser, cases to show in it, and reports of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, Page, sync_playwright

import trackway
from tests.once import once
from trackway.case import Case
from trackway.lab import demo as recording
from trackway.present.report import write_report

from .watch import Watch

FLAGS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
SHARED = Path(__file__).parents[2] / "../shared/data/otrf"


def chromium() -> str | None:
    """Return the browser of the machine; null leaves the choice to Playwright's own."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        try:
            started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        except Error as error:
            pytest.fail(
                "no browser: `apt-get install chromium` (or `playwright install chromium`), "
                f"or name one in CHROMIUM: {error.message.splitlines()[0]}"
            )
        yield started
        started.close()


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    yield context.new_page()
    context.close()


@pytest.fixture
def watch(page: Page) -> Watch:
    return Watch(page)


def reported(folder: Path, evidence: list[Path]) -> None:
    """Make a case and its report."""
    write_report(trackway.trace(evidence, folder / "case", workers=1), folder / "report.html")


@pytest.fixture(scope="session")
def demo_case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    def make(folder: Path) -> None:
        reported(folder, recording.write(folder / "evidence"))

    return Case(once(tmp_path_factory, "demo", make) / "case")


@pytest.fixture(scope="session")
def excel_case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    evidence = SHARED / "covenant_dcom_executeexcel4macro_allowed.zip"
    if not evidence.exists():
        pytest.skip(f"{evidence.name} is not in ../shared")
    return Case(once(tmp_path_factory, "excel", lambda folder: reported(folder, [evidence])) / "case")


@pytest.fixture(scope="session")
def demo_report(demo_case: Case) -> Path:
    return demo_case.path.parent / "report.html"


@pytest.fixture(scope="session")
def excel_report(excel_case: Case) -> Path:
    return excel_case.path.parent / "report.html"


@pytest.fixture(scope="session")
def artefacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pictures are kept: the folder that TRACKWAY_ARTEFACTS names, else a temporary one."""
    named = os.environ.get("TRACKWAY_ARTEFACTS")
    folder = Path(named) if named else tmp_path_factory.mktemp("pages")
    folder.mkdir(parents=True, exist_ok=True)
    return folder
