"""The models themselves: their order, their form, and that each of them is alive."""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files

import duckdb
import pytest
import sqlglot
from sqlglot import exp

from trackway import correlate
from trackway.correlate import run
from trackway.correlate.run import MODELS, WORDS, Request
from trackway.correlate.tables import Tables, text
from trackway.errors import ModelError
from trackway.schema import ENTITIES, OBSERVATIONS

from .emptiness import is_empty, needs
from .given import (
    HOST,
    Observation,
    Row,
    block,
    created,
    ended,
    evidence,
    fact,
    permit,
    pipeline,
    queried,
    seen,
    started,
)

NOT_TABLES = {"macros", "moments", "told_timezone"}
"""Files that hold macros, not a model."""

MOST_ALTERNATIVES = 3
"""Of more tables one always has a row: it is not said that one of them must."""

EVIDENCE = {table.name for table in OBSERVATIONS} | {"file_zone", "log_held", "sysmon_verdict"} | set(WORDS)


@cache
def tree(model: str) -> exp.Expression:
    return sqlglot.parse_one(text("models", model), dialect="duckdb")


def reads(model: str) -> set[str]:
    """Return every table that a model reads, `moments('t')` as t and what the macro joins."""
    parsed = tree(model)
    steps = {step.alias for step in parsed.find_all(exp.CTE)}
    names = {table.name for table in parsed.find_all(exp.Table)} - {""} - steps
    for call in parsed.find_all(exp.Anonymous):
        if call.name == "moments":
            names |= {call.expressions[0].name, "zone_span"}
    return names - {"moments"}


def test_every_model_file_is_run_and_every_model_has_its_file():
    found = {path.name.removesuffix(".sql") for path in files(run.__package__).joinpath("models").iterdir()}
    assert found - NOT_TABLES == set(MODELS)
    assert len(MODELS) == len(set(MODELS))


@pytest.mark.parametrize("model", MODELS)
def test_a_model_reads_only_what_stands_above_it(model):
    assert reads(model) <= EVIDENCE | set(MODELS[: MODELS.index(model)])


def test_every_model_is_read_or_is_a_result():
    results = {table.name for table in ENTITIES} | {f"{table.name}_timed" for table in OBSERVATIONS}
    assert set(MODELS) - results == {name for model in MODELS for name in reads(model)} - EVIDENCE - results


@pytest.mark.parametrize("model", MODELS)
def test_a_model_ends_in_its_last_step_and_a_total_order(model):
    parsed = tree(model)
    steps = [step.alias for step in parsed.find(exp.With).expressions]
    assert steps[-1] == "final"
    assert parsed.args["from_"].this.name == "final"
    assert parsed.args["order"] is not None
    assert text("models", model).splitlines()[-2:][0].startswith("SELECT * ")


@pytest.mark.parametrize("model", MODELS)
def test_a_model_says_what_it_is_its_grain_and_what_it_reads(model):
    header = [line for line in text("models", model).splitlines() if line.startswith("--")]
    assert header[0].startswith(f"-- {model}: ")
    assert [line for line in header if line.startswith("-- grain:  ")]
    assert [line for line in header if line.startswith("-- reads:  ")]


def derived_needs(model: str) -> list[list[str]]:
    """Return what the syntax of a model proves that it needs, but what follows from the rest."""
    groups = needs(tree(model), sorted(reads(model) - set(WORDS)))
    groups = [group for group in groups if len(group) <= MOST_ALTERNATIVES]
    for group in tuple(groups):
        rest = [other for other in groups if other != group]
        if any(set(other) <= emptied(group) for other in rest):
            groups = rest
    return groups


def emptied(tables: list[str]) -> set[str]:
    """Return these tables, and every model that is empty where they are."""
    empty = dict.fromkeys(tables, True)
    for model in MODELS:
        empty[model] = empty.get(model, False) or is_empty(tree(model), empty)
    return {name for name, nothing in empty.items() if nothing}


@pytest.mark.parametrize("model", MODELS)
def test_a_model_says_what_it_needs_and_nothing_else(model):
    said = "; ".join(" or ".join(group) for group in derived_needs(model))
    assert re.findall("^-- needs:  (.*)$", text("models", model), flags=re.MULTILINE) == (
        [said] if said else []
    )


@pytest.mark.parametrize(
    "given",
    [
        [],
        [permit()],
        [permit(), seen()],
        [queried(-2), permit()],
        [created(), queried(-2), seen(), permit(), ended()],
        [block(), pipeline(), started()],
        [fact(-5, "system_12", "started"), permit()],
    ],
    ids=lambda given: "+".join(row.values["source"] for row in given) or "nothing",
)
def test_what_is_not_planned_has_the_rows_and_columns_that_it_has_where_all_is_planned(given, monkeypatch):
    planned_again = made(given), made(given)
    monkeypatch.setattr("trackway.correlate.tables.needs", lambda _: ())
    everything = made(given)
    assert planned_again == (everything, everything)


def made(given: list[Observation]) -> dict[str, tuple[str, list[Row]]]:
    """Return columns and rows of every model."""
    with evidence(given) as db:
        run._prepare(db, Request(host=HOST))
        tables = Tables(db)
        for model in MODELS:
            tables.make(model)
        return {
            model: (
                str(list(zip(found.columns, found.types, strict=True))),
                found.to_arrow_table().to_pylist(),
            )
            for model in MODELS
            for found in (db.table(model),)
        }


def test_every_model_can_be_explained_and_is_ordered_as_it_says():
    with evidence([]) as db:
        run._prepare(db, Request(host="WS7"))
        tables = Tables(db)
        for model in MODELS:
            assert db.execute(f"EXPLAIN {text('models', model)}").fetchall(), model
            tables.make(model)


def test_nothing_depends_on_an_order_that_nobody_gave():
    """A list says ORDER BY, or is sorted where it is made."""
    taken_apart_again = ("lookup_member", "ARRAY_AGG(query_type)")
    bare = []
    for model in MODELS:
        for call in tree(model).find_all(exp.ArrayAgg, exp.GroupConcat, exp.First, exp.Last, exp.AnyValue):
            outer, text = call.parent, ""
            while isinstance(outer, exp.Func):
                outer, text = outer.parent, outer.sql("duckdb")
            if not call.find(exp.Order) and not text.upper().startswith(("LIST_SORT", "COALESCE(LIST_SORT")):
                bare.append((model, call.sql("duckdb")))
    assert set(bare) <= {taken_apart_again}


def test_a_model_that_breaks_names_itself():
    with duckdb.connect() as db, pytest.raises(ModelError, match=r"^story\.sql: "):
        Tables(db).make("story")


def test_the_words_are_read_with_their_number(monkeypatch):
    assert {"status": 9003, "text": "NXDOMAIN: the name does not exist"} in run._words(
        "status_text"
    ).to_pylist()
    assert set(WORDS) == {
        path.name.removesuffix(".csv") for path in files(correlate).joinpath("words").iterdir()
    }


def test_every_reason_that_owner_gives_has_a_measured_confidence():
    reasons = {str(found.this) for found in tree("owner").find_all(exp.Literal) if " " in str(found.this)}
    assert {situation for kind, situation in situations() if kind == "connection"} == reasons


def situations() -> set[tuple[str, str]]:
    words = files(run.__package__).joinpath("words", "process_confidence.csv").read_text(encoding="utf-8")
    return {(row["kind"], row["situation"]) for row in csv.DictReader(words.splitlines())}
