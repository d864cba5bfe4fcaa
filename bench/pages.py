"""How long the pages take in a real browser: the report at 100,000 stories, the workbench at 1,000,000.

    python bench/pages.py [STORIES_OF_THE_REPORT STORIES_OF_THE_WORKBENCH]

The stories are those of the demo's recording, repeated an hour later each time. Needs Chromium and built pages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import duckdb
from playwright.sync_api import Browser, Page, sync_playwright

import trackway
from trackway.case import Case
from trackway.lab import demo
from trackway.present.report import write_report

LINES: Final = (
    "process:browser",
    "name:*.example.com port:443",
    "not:protocol:udp confidence:>=0.9",
    "contains:invoice",
)
FLAGS: Final = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--enable-precise-memory-info",
)

COPY: Final = {
    "story": """
        SELECT s.* REPLACE (
            story || '-' || k AS story, time_from + to_hours(k) AS time_from, time_to + to_hours(k) AS time_to,
            process || '-' || k AS process,
            list_transform(names, LAMBDA n: struct_update(n, lookup := n.lookup || '-' || k)) AS names
        ) FROM story AS s, copy ORDER BY host, time_from, time_to, story
    """,
    "process": """
        SELECT p.* REPLACE (
            process || '-' || k AS process, started + to_hours(k) AS started, parent || '-' || k AS parent,
            list_transform(ancestors, LAMBDA a: a || '-' || k) AS ancestors
        ) FROM process AS p, copy ORDER BY host, started, process
    """,
    "lookup": """
        SELECT l.* REPLACE (
            lookup || '-' || k AS lookup, time_from + to_hours(k) AS time_from, time_to + to_hours(k) AS time_to,
            process || '-' || k AS process
        ) FROM lookup AS l, copy ORDER BY host, time_from, lookup
    """,
}
"""A table repeated, by name; `copy` holds the numbers of the copies."""

SCROLL: Final = """
    () => new Promise((done) => {
        const element = document.querySelector(".rows");
        const frames = [];
        let last = performance.now();
        let left = 120;
        const step = (now) => {
            frames.push(now - last);
            last = now;
            element.scrollTop += element.scrollHeight / 240;
            if (--left) requestAnimationFrame(step);
            else done(frames.sort((a, b) => a - b));
        };
        requestAnimationFrame(step);
    })
"""


def main(report: int, workbench: int) -> None:
    """Measure both pages and print what each step took."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        base = trackway.trace(demo.write(Path(folder) / "evidence"), Path(folder) / "base")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        _report(browser, repeated(base, Path(folder) / "report", report), Path(folder) / "report.html")
        _workbench(browser, repeated(base, Path(folder) / "workbench", workbench))


def repeated(base: Case, path: Path, stories: int) -> Case:
    """Return a case with as many stories, made of another one."""
    shutil.copytree(base.path, path)
    with base.connect() as db:
        row = db.execute("SELECT count(*) FROM story").fetchone()
        copies = stories // (row[0] if row else 1) + 1
        db.execute("CREATE TABLE copy AS SELECT range AS k FROM range($1)", [copies])
        for table, statement in COPY.items():
            (file,) = (path / table).glob("host=*/part.parquet")
            db.execute(f"COPY ({statement}) TO '{file}' (FORMAT parquet, COMPRESSION zstd)")
    return Case(path)


def _report(browser: Browser, case: Case, path: Path) -> None:
    took = timed(lambda: write_report(case, path))
    print(f"report: written in {took:.1f} s, {path.stat().st_size / 1e6:.1f} MB")
    page = browser.new_page(viewport={"width": 1440, "height": 900})

    def opened() -> None:
        page.goto(path.as_uri())
        page.wait_for_selector(".canvas .row")

    print(f"report: opened in {timed(opened):.2f} s, {page.inner_text('.total b')} stories")
    _filters(page)
    print(f"report: a story opened in {timed(lambda: _open(page)):.2f} s")
    _around(page)
    _scrolling(page)
    _heap(page)
    page.close()


def _workbench(browser: Browser, case: Case) -> None:
    command = [sys.executable, "-m", "trackway", "serve", str(case.path), "--no-browser"]
    begun = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            line = server.stderr.readline() if server.stderr else ""
            found = re.search(r"http://\S+[^;\s]", line)
            assert found, line  # noqa: S101  a server that says nothing is no measurement
            print(
                f"workbench: ready in {time.perf_counter() - begun:.1f} s, "
                f"{_processor(server.pid):.1f} s of processor, {_memory(server.pid, 'VmHWM'):.0f} MB at most"
            )
            page = browser.new_page(viewport={"width": 1440, "height": 900})

            def opened() -> None:
                page.goto(found[0])
                page.wait_for_selector(".first button")

            print(f"workbench: first screen in {timed(opened):.2f} s")
            page.click(".top nav a:text-is('Stories')")
            page.wait_for_selector(".canvas .row", timeout=60_000)
            print(f"workbench: {page.inner_text('.total b')} stories")
            _filters(page)
            print(f"workbench: a story opened in {timed(lambda: _open(page)):.2f} s")
            _around(page)
            _table(page)
            _scrolling(page)
            _heap(page)
            print(
                f"workbench: server {_memory(server.pid, 'VmRSS'):.0f} MB, {_memory(server.pid, 'VmHWM'):.0f} at most"
            )
        finally:
            server.terminate()


def _filters(page: Page) -> None:
    """Time from Enter to the new number; the page's own clock, without the driver's."""
    for line in (*LINES, ""):
        before = page.inner_text(".total b")
        page.fill("#query-line", line)
        page.evaluate("window.begun = performance.now()")
        page.press("#query-line", "Enter")
        page.wait_for_function(
            "(before) => document.querySelector('.total b')?.textContent !== before"
            " && ((window.took = performance.now() - window.begun), true)",
            arg=before,
            timeout=60_000,
        )
        took = page.evaluate("window.took")
        print(f"  filter {line or 'nothing'!r}: {took:.0f} ms, {page.inner_text('.total b')} stories")


def _open(page: Page) -> None:
    page.locator(".canvas .row").nth(3).click()
    page.wait_for_selector(".open .tree", timeout=60_000)
    page.click(".open .close")


def _around(page: Page) -> None:
    """Time of what stands around the stories: look-ups and stories over time, groups, and the stories of one."""
    names = "[...document.querySelectorAll('.legend bdi')].map((name) => name.textContent).join()"
    before = page.evaluate(names)

    def coloured() -> None:
        page.get_by_label("Coloured by").select_option("destination")
        page.wait_for_function(f"(before) => {names} !== before", arg=before, timeout=60_000)

    def grouped() -> None:
        page.get_by_label("Group by").select_option("process")
        page.wait_for_selector(".row.heading", timeout=60_000)

    def unfolded() -> None:
        page.locator(".row.heading").first.click()
        page.wait_for_selector(".canvas .row:not(.heading)", timeout=60_000)

    print(f"  stories and look-ups over time: {timed(coloured):.2f} s")
    print(f"  in groups: {timed(grouped):.2f} s, the stories of the largest one: {timed(unfolded):.2f} s")
    page.get_by_label("Group by").select_option("none")
    page.wait_for_selector(".canvas .row:not(.heading)")


def _table(page: Page) -> None:
    """Time of a long table, and of its order by a column."""

    def shown() -> None:
        page.click(".top nav a:text-is('Tables')")
        page.wait_for_selector(
            "[role=grid][aria-label='lookups'] .canvas .cell bdi:not(:empty)", timeout=60_000
        )

    first = "(document.querySelector('[role=grid] .canvas .row')?.textContent ?? '')"

    def sorted_() -> None:
        before = page.evaluate(first)
        page.click("[role=columnheader] button:has-text('name')")
        page.wait_for_function(f"(before) => ![before, ''].includes({first})", arg=before, timeout=60_000)

    print(f"  the table of look-ups: {timed(shown):.2f} s, by name: {timed(sorted_):.2f} s")
    page.click(".top nav a:text-is('Stories')")
    page.wait_for_selector(".canvas .row", timeout=60_000)


def _scrolling(page: Page) -> None:
    frames: list[float] = page.evaluate(SCROLL)
    median, late = frames[len(frames) // 2], frames[int(len(frames) * 0.95)]
    print(f"  scroll: {median:.0f} ms a frame, 95 % within {late:.0f} ms, longest {frames[-1]:.0f} ms")


def _heap(page: Page) -> None:
    print(f"  page heap: {page.evaluate('performance.memory.usedJSHeapSize') / 1e6:.0f} MB")


def _memory(pid: int, kind: str) -> float:
    """Return memory of a process in megabytes, now or at most; NaN where the system does not tell it."""
    status = Path(f"/proc/{pid}/status")
    found = re.search(rf"{kind}:\s+(\d+) kB", status.read_text(encoding="utf-8")) if status.exists() else None
    return int(found[1]) / 1e3 if found else float("nan")


def _processor(pid: int) -> float:
    """Return the seconds that a process had a processor, which other programs change little; else NaN."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return float("nan")
    ticks = status.read_text(encoding="utf-8").rpartition(")")[2].split()[11:13]
    return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


def timed(action: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun


if __name__ == "__main__":
    print(f"duckdb {duckdb.__version__}, {os.cpu_count()} processors")
    main(*(map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (100_000, 1_000_000)))
