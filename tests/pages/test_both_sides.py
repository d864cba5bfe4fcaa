"""What exists in Python and in TypeScript means the same: one list of examples, answered by both."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from trackway.errors import UsageError
from trackway.present.pages import line
from trackway.present.report import say
from trackway.present.visible import visible
from trackway.present.web.bench import bins

WEB = Path(__file__).parents[2] / "web"
EXAMPLES: dict[str, list[tuple[Any, Any]]] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)


def terms(text: str) -> object:
    """Return the terms of a line, or what is said of it up to the semicolon."""
    try:
        return [[term.word.replace("_", "-"), term.value, term.negated] for term in line.parse(text)]
    except UsageError as error:
        return str(error).split(";", maxsplit=1)[0]


def emphasised(given: list[str | None]) -> list[str]:
    """Return the pieces of a sentence, every second one set off."""
    sentence, image, name, address = given
    story = {
        "sentence": sentence,
        "process": {"image": image} if image else None,
        "names": [{"name": name}] if name else [],
        "remote_address": address,
    }
    return [unescape(piece) for piece in re.split("</?b>", str(say.emphasised(story)))]


PYTHON = {
    "lines": terms,
    "visible": visible,
    "spoken": say.spoken,
    "endpoint": lambda pair: say.endpoint({"a_address": pair[0], "a_port": pair[1]}, "a"),
    "emphasised": emphasised,
    "bins": lambda ends: list(bins(*ends)),
}


@pytest.fixture(scope="module")
def pages() -> dict[str, list[Any]]:
    """What the pages make of every example."""
    node = shutil.which("node")
    if node is None or not (WEB / "node_modules").exists():
        pytest.fail("no Node, or nothing installed: run `make pages`")
    given = json.dumps(EXAMPLES)
    run = subprocess.run(
        [node, "examples.mjs"], cwd=WEB, input=given, capture_output=True, encoding="utf-8", check=True
    )
    answers: dict[str, list[Any]] = json.loads(run.stdout)
    return answers


@pytest.mark.parametrize("kind", EXAMPLES)
def test_python_answers_the_examples(kind: str) -> None:
    assert [PYTHON[kind](given) for given, _ in EXAMPLES[kind]] == [wanted for _, wanted in EXAMPLES[kind]]


@pytest.mark.parametrize("kind", EXAMPLES)
def test_the_pages_answer_the_examples(kind: str, pages: dict[str, list[Any]]) -> None:
    assert pages[kind] == [wanted for _, wanted in EXAMPLES[kind]]
