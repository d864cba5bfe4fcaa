"""Whatever a user can meet is named in the docs. A failure says what is missing and on which page."""

from __future__ import annotations

import inspect
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import click
import pytest

import trackway
from tests.docs.commands import commands, options
from tests.docs.made import parts
from tests.docs.pages import ROOT, Page, page, pages
from trackway import cli, query
from trackway.correlate.run import MODELS
from trackway.correlate.tables import text
from trackway.filters import WORDS, option
from trackway.present import streams
from trackway.schema import TABLES
from trackway.sources import Source, installed

COMMANDS = dict(commands())
EXIT_CODES = sorted({cli.DONE, cli.DONE_IN_PART, streams.FAILED, streams.WRONG_USAGE, streams.INTERRUPTED})


def _explained(name: str) -> str:
    """Return every text that explains a command: its sections, the opening of commands.md, the filters."""
    everywhere = page("docs/commands.md").prose
    opening = everywhere.split("\n## ")[0]
    of_its_own = [
        below
        for each in pages()
        for heading, below in each.sections()
        if re.search(rf"`{re.escape(name)}\b(?! [a-z])", heading)
    ]
    filters = next(below for heading, below in page("docs/commands.md").sections() if heading == "Filters")
    return "\n".join([opening, filters, *of_its_own])


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "trackway"])
def test_every_command_has_a_heading_of_its_own(name: str) -> None:
    headings = [heading for each in pages() for heading, _ in each.sections()]

    found = [heading for heading in headings if re.search(rf"`{re.escape(name)}\b(?! [a-z])", heading)]
    assert found, (
        f"no page has a heading with `{name} …`; docs/commands.md is its place, or docs/{name.split()[1]}.md"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_explained_where_its_command_is(name: str) -> None:
    explained = _explained(name)

    missing = [
        spellings[-1]
        for spellings in options(COMMANDS[name])
        if not any(re.search(rf"`{re.escape(spelling)}\b", explained) for spelling in spellings)
    ]
    assert missing == [], f"below the heading `{name}` nothing explains {', '.join(missing)}"


@pytest.mark.parametrize("name", [name for name in COMMANDS if name.count(" ") == 1])
def test_every_command_is_named_in_the_readme_or_the_page_of_commands(name: str) -> None:
    assert any(f"`{name}" in page(where).prose for where in ("README.md", "docs/commands.md")), (
        f"neither README.md nor docs/commands.md mentions `{name}`"
    )


@pytest.mark.parametrize("where", ["README.md", "docs/commands.md"])
@pytest.mark.parametrize("code", EXIT_CODES)
def test_every_exit_code_is_explained(where: str, code: int) -> None:
    assert f"\n| {code} | " in page(where).text, f"{where}: no row explains exit code {code}"


def test_no_exit_code_is_explained_that_there_is_not() -> None:
    rows = re.findall(r"^\| (\d+) \| ", page("docs/commands.md").text, re.MULTILINE)

    assert sorted(map(int, rows)) == EXIT_CODES


@pytest.mark.parametrize("view", query.VIEWS)
def test_every_table_that_users_see_is_listed(view: str) -> None:
    assert f"| `{view}`" in page("docs/commands.md").text, f"docs/commands.md: no row for the table {view}"


@pytest.mark.parametrize("word", WORDS)
def test_every_filter_is_explained_on_the_command_line_and_in_python(word: str) -> None:
    assert f"\n| `{option(word)}" in page("docs/commands.md").text, (
        f"docs/commands.md: no row for {option(word)}"
    )
    assert f"`{word}`" in page("docs/python.md").prose, f"docs/python.md does not name the filter {word}"


def test_everything_that_python_offers_is_on_its_page() -> None:
    told = page("docs/python.md").text
    methods = [name for name, _ in inspect.getmembers(trackway.Case, inspect.isfunction) if name[0] != "_"]
    offered = {*trackway.__all__, *inspect.signature(trackway.trace).parameters, *methods}

    missing = sorted(name for name in offered if not re.search(rf"\b{name}\b", told))
    assert missing == [], "docs/python.md does not name them"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_its_columns_on_the_page_of_tables(table: str) -> None:
    assert f"## `{table}`" in page("docs/tables.md").text


@pytest.mark.parametrize("source", installed().values(), ids=lambda source: source.name)
def test_every_source_has_a_page_that_states_its_facts(source: Source) -> None:
    told = page(f"docs/sources/{source.name}.md").text

    facts = {*source.kinds, source.enable.replace("|", "\\|"), f"`{source.table.name}`"}
    missing = sorted(fact for fact in facts if fact not in told)
    assert missing == [], f"docs/sources/{source.name}.md does not say {missing}"


@pytest.mark.parametrize("source", installed().values(), ids=lambda source: source.name)
def test_every_event_of_a_source_is_explained_on_its_page(source: Source) -> None:
    told = page(f"docs/sources/{source.name}.md").text
    without_facts = re.sub(r"<!-- made.*?<!-- end -->", "", told, flags=re.DOTALL)

    missing = [
        str(event) for event in sorted(source.shape.events) if not re.search(rf"\b{event}\b", without_facts)
    ]
    assert missing == [], f"docs/sources/{source.name}.md does not explain {', '.join(missing)}"


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_explained(model: str) -> None:
    explained = page("docs/how-it-decides.md").text

    assert f"`{model}`" in explained, f"docs/how-it-decides.md does not explain the model {model}"


def test_every_confidence_on_the_page_is_the_one_in_the_model_it_names() -> None:
    wrong = [
        (model, number)
        for model, numbers in _confidences().items()
        for number in numbers
        if number not in _literals(model)
    ]
    assert wrong == [], "docs/how-it-decides.md, Confidences: not in the model"


def test_every_confidence_in_a_model_is_on_the_page() -> None:
    told = _confidences()
    models = [
        model for model in MODELS if re.search(r"AS confidence|'confidence': \d", text("models", model))
    ]

    missing = [
        (model, number)
        for model in models
        for number in sorted(_literals(model) - {"0", "1"} - told.get(model, set()))
    ]
    assert models
    assert missing == [], "docs/how-it-decides.md, Confidences: not on the page"


def _confidences() -> dict[str, set[str]]:
    """Return the numbers that the page gives for each model."""
    below = next(
        text for heading, text in page("docs/how-it-decides.md").sections() if heading == "Confidences"
    )
    found: dict[str, set[str]] = {}
    for numbers, models in re.findall(r"\| ([\d.; ]+) \| ([`\w, ]+) \|$", below, re.MULTILINE):
        for model in re.findall(r"`(\w+)`", models):
            found.setdefault(model, set()).update(numbers.split("; "))
    assert found, "docs/how-it-decides.md has no table of confidences"
    return found


def _literals(model: str) -> set[str]:
    """Return the numbers that a model's cases give and that can be probabilities."""
    cases = re.findall(r"(?:THEN|ELSE|'confidence':) (\d(?:\.\d+)?)\b", text("models", model))
    return {number for number in cases if float(number) <= 1}


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_what_is_made_from_the_code_is_what_the_code_says(each: Page) -> None:
    stale = [name for name, present, wanted in parts(each) if present != wanted]

    assert stale == [], f"{each.name}: run `python -m tests.docs.made`"


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("README.md", "sources docs/sources/"),
        ("docs/tables.md", "tables"),
        ("docs/sources/README.md", "events"),
    ],
)
def test_the_pages_that_users_look_at_first_are_made_from_the_code(name: str, part: str) -> None:
    assert part in [made for made, _, _ in parts(page(name))]


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set(), {"README.md"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        paths = [(page(name).path.parent / link.split("#")[0]).resolve() for link in page(name).links()]
        found = {
            path.relative_to(ROOT).as_posix() for path in paths if path.suffix == ".md" and path.exists()
        }
        waiting |= found - reached

    missing = sorted({each.name for each in pages()} - reached)
    assert missing == [], f"no page that README.md leads to links {', '.join(missing)}"


def test_every_make_target_that_the_docs_name_is_there() -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for each in pages()
        for target in re.findall(r"(?:`|^)make (\w+)(?:`|$)", each.text, re.MULTILINE)
    }

    assert named - targets == set()
    assert {"demo", "test"} <= named


def test_the_dependencies_explained_are_those_declared() -> None:
    explained = set(re.findall(r"^\| \[`([\w.-]+)`\]", page("docs/dependencies.md").text, re.MULTILINE))

    assert sorted(_declared() - explained) == [], "docs/dependencies.md does not explain them"
    assert sorted(explained - _declared() - _imported("src", "tests")) == [], "explained, but not depended on"


def test_every_package_that_is_imported_is_declared() -> None:
    assert sorted(_imported("src", "tests") - _declared()) == [], "pyproject.toml does not declare them"


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    optional = project["project"].get("optional-dependencies", {}).values()
    groups = project["dependency-groups"].values()
    return {
        re.split(r"[<>=!~;\[ ]", requirement)[0]
        for requirements in (project["project"]["dependencies"], *optional, *groups)
        for requirement in requirements
    }


def _imported(*folders: str) -> set[str]:
    """Return the distributions whose modules are imported, tests' `importorskip` included."""
    found = re.compile(r"^\s*(?:from|import) (\w+)|importorskip\(\"(\w+)", re.MULTILINE)
    names = {
        first or second
        for folder in folders
        for path in (ROOT / folder).rglob("*.py")
        for first, second in found.findall(path.read_text(encoding="utf-8"))
    }
    owners = packages_distributions()
    own = {"trackway", "tests"}
    return {owners[name][0].lower() for name in names - own - sys.stdlib_module_names if name in owners}


def test_the_command_line_is_a_group_of_commands() -> None:
    assert isinstance(COMMANDS["trackway"], click.Group)
    assert {"trackway trace", "trackway show", "trackway demo"} <= set(COMMANDS)
