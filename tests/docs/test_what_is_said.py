"""What the docs say is so: links resolve, commands parse, those of the README run, Python runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import trackway
from tests.docs import excerpts
from tests.docs.commands import commands, examples, parse, typed
from tests.docs.pages import ROOT, Page, page, pages
from trackway import cli
from trackway.lab import demo
from trackway.sources import Source, installed

SHELL = ("", "sh", "console", "bat", "powershell")
EXAMPLES = [(name, line) for name, command in commands() for line in examples(command)]
TYPED = [
    (each.name, line)
    for each in pages()
    for language in SHELL
    for block in each.blocks(language)
    for line in typed(block)
]
BESIDES = ("Makefile", "pyproject.toml", "requirements/dev.txt")
REGISTRIES = r"pypi\.org|pythonhosted|crates\.io|npmjs|rubygems|docker\.io|ghcr\.io|debian\.org|proxy\.golang"
MACHINES = (
    r"(?<![\w.])/(?:home|root|work|Users|tmp|mnt|workspace)/|\b[A-Z]:\\Users\\(?!anna\b|Public\b|\.\.\.)"
)


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_every_relative_link_leads_somewhere(each: Page) -> None:
    dead = [
        link for link in each.links() if not re.match(r"https?://|mailto:", link) and not _leads(each, link)
    ]

    assert dead == [], f"{each.name}: nothing there"


def _leads(each: Page, link: str) -> bool:
    where, _, anchor = link.partition("#")
    target = (each.path.parent / where).resolve() if where else each.path
    if not target.exists() or not anchor:
        return target.exists()
    return anchor in Page(target.relative_to(ROOT).as_posix()).anchors()


@pytest.mark.parametrize("each", [*pages(), *map(Page, BESIDES)], ids=lambda each: each.name)
def test_no_page_names_a_registry_s_host_or_a_path_of_somebody_s_machine(each: Page) -> None:
    found = re.findall(f"(?i:{REGISTRIES})|{MACHINES}", each.text)

    assert found == []


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_no_block_of_code_is_left_open(each: Page) -> None:
    assert len(re.findall(r"^```", each.text, re.MULTILINE)) % 2 == 0


@pytest.mark.parametrize(("name", "line"), EXAMPLES)
def test_every_example_in_a_help_text_is_accepted(name: str, line: str) -> None:
    parse(line)


@pytest.mark.parametrize(("name", "line"), TYPED)
def test_every_command_line_in_the_docs_is_accepted(name: str, line: str) -> None:
    parse(line)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the demo's recording as `evidence` and as `collection.zip`."""
    folder = tmp_path_factory.mktemp("docs")
    demo.write(folder / "evidence")
    shutil.make_archive(str(folder / "collection"), "zip", folder, "evidence")
    return folder


def test_the_commands_of_the_readme_run_one_after_the_other(
    recording: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(recording)
    failed = []
    for line in (line for block in page("README.md").blocks("sh") for line in typed(block)):
        code = cli.main(_words(line))
        out, err = capfd.readouterr()
        if code or not out:
            failed.append((line, code, err))

    assert failed == []


def _words(line: str) -> list[str]:
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)][1:]


@pytest.fixture(scope="module")
def printed() -> list[str]:
    return excerpts.printed()


def test_the_demo_gives_the_same_every_time(printed: list[str]) -> None:
    times = re.findall(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z", "\n".join(printed))

    later = sorted({time for time in times if not time.startswith("2021-11-2")})
    assert len(times) > 50
    assert later == [], "the demo is of 2021-11-27; these come from the clock of this machine"


def test_the_readme_shows_what_the_demo_prints(printed: list[str]) -> None:
    lines = printed
    blocks = page("README.md").blocks("text")
    shown = [excerpts.bare(line) for block in blocks for line in block.splitlines()]

    invented = [
        line for line in shown if line != "…" and not any(excerpts.is_excerpt(line, whole) for whole in lines)
    ]
    assert len(shown) > 20
    assert invented == [], (
        "README.md: the demo does not print this; `python -m tests.docs.made` takes its numbers"
    )


def test_the_python_of_the_docs_runs_from_top_to_bottom(
    recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(recording)
    shutil.rmtree("case", ignore_errors=True)
    namespace: dict[str, object] = {"__name__": "__main__"}
    for number, block in enumerate(page("docs/python.md").blocks("python"), 1):
        exec(compile(block, f"docs/python.md, block {number}", "exec"), namespace)  # noqa: S102  our own page

    assert [len(namespace[name]) > 0 for name in ("stories", "lookups", "flat", "running", "clocks")] == [
        True
    ] * 5  # type: ignore[arg-type]
    assert [len(namespace[name]) > 0 for name in ("busiest", "evidence", "silent")] == [True] * 3  # type: ignore[arg-type]


def _is_sampled(source: Source) -> bool:
    told = Page(f"docs/sources/{source.name}.md")
    return told.path.exists() and bool(told.blocks("json"))


SAMPLED = [source for source in installed().values() if _is_sampled(source)]


@pytest.mark.parametrize("source", SAMPLED, ids=lambda source: source.name)
def test_the_sample_record_of_a_source_becomes_an_observation(source: Source, tmp_path: Path) -> None:
    samples = page(f"docs/sources/{source.name}.md").blocks("json")
    log = tmp_path / "log.json"
    log.write_text("\n".join(json.dumps(json.loads(sample)) for sample in samples), encoding="utf-8")

    case = trackway.trace([log], tmp_path / "case")
    kinds = case.sql(f"SELECT DISTINCT source FROM {source.table.name}")["source"].to_pylist()  # noqa: S608  our own names
    assert case.sql("FROM skipped").to_pylist() == []
    assert set(kinds) & set(source.kinds)
    assert set(kinds) <= {*source.kinds, *source.further}


def test_the_pages_of_the_sources_show_samples() -> None:
    assert len(SAMPLED) >= 7


def test_the_source_that_contributing_adds_passes_its_test(tmp_path: Path) -> None:
    told = page("CONTRIBUTING.md")
    (declaration,), (model,), (evidence, expected) = (
        told.blocks("python"),
        told.blocks("sql"),
        told.blocks("json"),
    )
    shutil.copytree(
        ROOT / "src/trackway", tmp_path / "trackway", ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copy(ROOT / "tests/sources/test_sources.py", tmp_path)
    for path, text in {
        "trackway/sources/wireless.py": declaration,
        "trackway/sources/wireless.sql": model,
        "samples/wireless/evidence.jsonl": evidence,
        "samples/wireless/expected.jsonl": expected,
    }.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_sources.py", "-k", "wireless"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert "........" in done.stdout
