"""The report in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from trackway import query
from trackway.case import Case
from trackway.filters import Filters
from trackway.present.pages import embedded
from trackway.present.pages.embedded import packed
from trackway.present.report import write_report

from ..query.small_case import finance, story, written
from .watch import Watch

LINES = {
    "": {},
    "process:powershell": {"process": "powershell"},
    "process:*.exe port:443": {"process": "*.exe", "port": 443},
    r"process:*\System32\*": {"process": r"*\System32\*"},
    "name:*.example.com": {"name": "*.example.com"},
    "user:anna": {"user": "anna"},
    r'user:"NT AUTHORITY\*"': {"user": r"NT AUTHORITY\*"},
    "address:10.0.0.0/8": {"address": "10.0.0.0/8"},
    "address:208.97.177.124": {"address": "208.97.177.124"},
    "protocol:udp": {"protocol": "udp"},
    "direction:inbound": {"direction": "inbound"},
    "action:blocked": {"action": "blocked"},
    "source:sysmon_*": {"source": "sysmon_*"},
    "since:2021-11-27T03:00 until:2021-11-27T03:20": {
        "since": "2021-11-27T03:00",
        "until": "2021-11-27T03:20",
    },
    "min-confidence:0.95": {"min_confidence": 0.95},
    "contains:invoice": {"contains": "invoice"},
    "host:fin-*": {"host": "fin-*"},
    "pid:4": {"pid": 4},
}


def total(page: Page, line: str) -> int:
    page.fill("#query-line", line)
    page.press("#query-line", "Enter")
    page.wait_for_timeout(150)
    return int(page.inner_text(".total b").replace(",", ""))


def test_the_first_screen_says_what_called_perdu_com_when_and_started_by_what(
    watch: Watch, demo_report: Path
) -> None:
    sentence = watch.open(demo_report).locator(".first .sentence").first
    box = sentence.bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 900
    assert sentence.inner_text() == (
        "At 03:17:39 UTC powershell.exe, started by EXCEL.EXE for FINANCE\\anna, asked for perdu.com, was told "
        "208.97.177.124 and was allowed to connect to its port 80. A script that it ran names perdu.com."
    )


def test_opening_filtering_and_reading_ask_nobody_for_anything(watch: Watch, demo_report: Path) -> None:
    page = watch.open(demo_report)
    assert total(page, "name:perdu.com") == 1
    page.click(".canvas .row")
    page.wait_for_selector(".open .sentence")
    assert "perdu.com" in page.inner_text(".open .sentence")
    page.wait_for_selector(".graph canvas")
    assert watch.misdeeds() == []


@pytest.mark.parametrize("line", LINES)
def test_the_query_line_means_what_the_command_line_means(
    browser: Browser, demo_case: Case, demo_page: Page, line: str
) -> None:
    with demo_case.connect() as connection:
        expected = query.ask(connection, "stories", Filters.parse(**LINES[line])).total
    assert total(demo_page, line) == expected


@pytest.fixture(scope="module")
def demo_page(browser: Browser, demo_report: Path) -> Page:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    return Watch(page).open(demo_report)


def test_not_turns_a_word_round(demo_page: Page) -> None:
    everything = total(demo_page, "")
    assert total(demo_page, "protocol:udp") + total(demo_page, "not:protocol:udp") == everything
    assert total(demo_page, "confidence:<0.95") + total(demo_page, "confidence:>=0.95") == everything


def test_a_wrong_word_is_said_in_one_line_and_changes_nothing(demo_page: Page) -> None:
    before = total(demo_page, "protocol:udp")
    assert total(demo_page, "colour:red") == before
    assert "there is no such word" in demo_page.inner_text(".fault")


def test_without_scripts_the_summary_and_the_first_stories_read(browser: Browser, demo_report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(demo_report.as_uri())
    text = page.inner_text("main")
    context.close()
    for said in ("asked for perdu.com", "EXCEL.EXE", "Security.evtx", "need scripts", "Not seen", "SHA-256"):
        assert said in text


def test_a_story_reads_the_same_in_the_summary_and_in_the_list(watch: Watch, demo_report: Path) -> None:
    page = watch.open(demo_report)
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    for place in range(4):
        page.locator(".canvas .row").nth(place).click()
        page.wait_for_selector(".open .story >> nth=0")
        page.evaluate(
            "document.querySelectorAll('.open details').forEach((details) => { details.open = true; })"
        )
        summary, opened = (
            re.sub(r"\s+", " ", page.locator(where).inner_text()).strip()
            for where in (f".first > li:nth-child({place + 1}) .more", ".open .story")
        )
        assert summary in opened
        assert "Why this process" in summary
        page.keyboard.press("Escape")


def test_equal_cases_give_equal_bytes(demo_case: Case, tmp_path: Path) -> None:
    write_report(demo_case, tmp_path / "one.html")
    write_report(Case(demo_case.path), tmp_path / "two.html")
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "two.html").read_bytes()


def test_packing_depends_on_content_alone() -> None:
    assert packed(b"a") == packed(b"a")
    assert packed(b"a") != packed(b"b")


def test_a_page_without_stories_is_at_most_one_megabyte(tmp_path: Path) -> None:
    write_report(written(tmp_path / "case", {}), tmp_path / "report.html")
    assert (tmp_path / "report.html").stat().st_size <= 1_000_000


def test_an_empty_case_says_that_nothing_is_on_record(watch: Watch, tmp_path: Path) -> None:
    write_report(written(tmp_path / "case", {}), tmp_path / "report.html")
    page = watch.open(tmp_path / "report.html")
    assert "No connection is on record" in page.inner_text(".first")
    assert watch.misdeeds() == []


def test_of_more_stories_than_fit_every_group_keeps_one_and_the_rest_is_counted(
    watch: Watch, tmp_path: Path
) -> None:
    tables = finance()
    tables["story"] += [story(f"{number:04x}", names=[]) for number in range(0x100, 0x120)]
    left = write_report(written(tmp_path / "case", tables), tmp_path / "report.html", most=5).left_out
    page = watch.open(tmp_path / "report.html")
    assert left == len(tables["story"]) - 5
    assert f"the 5 most relevant stories of {len(tables['story'])}; {left} were left out" in page.inner_text(
        "header"
    )
    assert page.inner_text(".total b") == "5"
    assert {"perdu.com", "203.0.113.9", "fe80::1"} <= set(
        page.locator(".facet:nth-child(2) bdi").all_inner_texts()
    ) | {*page.locator(".cell.remote bdi").all_inner_texts()}


def test_every_story_opens_also_behind_the_first_chunk(
    watch: Watch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "CHUNK", 2)
    write_report(written(tmp_path / "case", finance()), tmp_path / "report.html")
    page = watch.open(tmp_path / "report.html")
    for number in range(3):
        page.locator(".canvas .row").nth(number).click()
        page.wait_for_selector(".open .story")
        opened = page.get_attribute(".open .story", "aria-label")
        assert opened
        page.keyboard.press("Escape")
    assert watch.misdeeds() == []


def test_a_redacted_report_names_no_user_host_or_internal_address(demo_case: Case, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_report(demo_case, path, redact=True)
    text = path.read_text(encoding="utf-8") + embedded_text(path)
    for secret in ("anna", "FIN-WS-07", "finance.example.com", "192.168.0.107", "10.0.0.53"):
        assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text, re.IGNORECASE), secret
    assert "208.97.177.124" in text
    assert "user-1" in text


def embedded_text(path: Path) -> str:
    """Return the data of a report as text."""
    import gzip
    from base64 import b64decode

    blocks = re.findall(r'octet-stream" id="[\w-]+">([^<]+)<', path.read_text(encoding="utf-8"))
    assert blocks
    return "".join(gzip.decompress(b64decode(block)).decode("utf-8", "replace") for block in blocks)
