"""What holds for any evidence: order, completeness, separation, citation."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.strategies import ROW, ROWS
from trackway.correlate.load import Evidence, load
from trackway.correlate.run import Request, correlate
from trackway.schema import OBSERVATIONS

from .given import HOST, Observation, Row, but, evidence

FEW = settings(max_examples=8, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
"""Few examples of many records each: an example costs a third of a second."""


def numbered(rows: list[Observation]) -> list[Observation]:
    """Give every record a number of its own, which it keeps wherever it stands."""
    return [but(row, record=number) for number, row in enumerate(rows)]


def correlated(rows: list[Observation]) -> dict[str, list[Row]]:
    """Return every table of the host."""
    with evidence(rows) as db:
        return {
            table.name: reader.read_all().to_pylist() for table, reader in correlate(db, Request(host=HOST))
        }


def cited(rows: list[Row]) -> Counter[int]:
    return Counter(citation["record"] for row in rows for citation in row["evidence"])


def records(rows: list[Observation], *tables: str, connected: bool = False) -> Counter[int]:
    return Counter(
        row.values["record"]
        for row in rows
        if row.table in tables and not (connected and row.values["destination_address"] is None)
    )


@FEW
@given(ROWS)
def test_every_statement_is_used_once_and_every_derived_row_cites_what_exists(rows):
    rows = numbered(rows)
    tables = correlated(rows)
    _every_statement_is_used_exactly_once(rows, tables)
    _every_derived_row_cites_existing_evidence_and_existing_rows(rows, tables)
    _every_observation_comes_out_as_it_went_in_with_a_time(rows, tables)


def _every_statement_is_used_exactly_once(rows: list[Observation], tables: dict[str, list[Row]]) -> None:
    binds = records(rows, "connection_observation") - records(rows, "connection_observation", connected=True)
    stories = cited(tables["story"])
    assert {number: count for number, count in stories.items() if number not in binds} == dict(
        records(rows, "connection_observation", connected=True)
    )
    assert cited(tables["lookup"]) == records(rows, "dns_observation")
    assert cited(tables["process"]) == records(rows, "process_observation")
    assert cited(tables["script"]) == records(rows, "script_observation")


def _every_derived_row_cites_existing_evidence_and_existing_rows(
    rows: list[Observation], tables: dict[str, list[Row]]
) -> None:
    place = {row.values["record"]: (row.values["source"], line) for line, row in enumerate(rows, 1)}
    for name in ("story", "lookup", "process", "script"):
        for row in tables[name]:
            assert name == "process" or row["evidence"], f"a {name} without evidence"
            for citation in row["evidence"]:
                assert place[citation["record"]] == (citation["source"], citation["line"])
                assert citation["file"] == "log.json"
    known = {name: {row[name] for row in tables[name]} for name in ("story", "lookup", "process", "script")}
    for name, identifiers in known.items():
        assert len(identifiers) == len(tables[name]), f"two {name} rows of one identifier"
    assert _mentioned(tables, "process") <= known["process"] | {None}
    assert {entry["lookup"] for row in tables["story"] for entry in row["names"]} <= known["lookup"]
    assert {entry["script"] for row in tables["story"] for entry in row["scripts"]} <= known["script"]
    everything = set().union(*known.values())
    assert {link[end] for link in tables["link"] for end in ("subject", "object")} <= everything


def _mentioned(tables: dict[str, list[Row]], column: str) -> set[str | None]:
    """Return every process that some row names."""
    found = {row[column] for name in ("story", "lookup", "script") for row in tables[name]}
    found |= {row["parent"] for row in tables["process"]}
    found |= {above for row in tables["process"] for above in row["ancestors"]}
    found |= {row["requester"]["process"] for row in tables["story"] if row["requester"]}
    return found | {choice["process"] for row in tables["story"] for choice in row["process_candidates"]}


def _every_observation_comes_out_as_it_went_in_with_a_time(
    rows: list[Observation], tables: dict[str, list[Row]]
) -> None:
    for table in OBSERVATIONS:
        given_rows = [row for row in rows if row.table == table.name]
        assert len(tables[table.name]) == len(given_rows)
        assert all(row["time_from"] <= row["time_to"] for row in tables[table.name])


def _moment(row: Observation) -> object:
    return row.values["stated"] or row.values["recorded"].replace(tzinfo=UTC)


@FEW
@given(st.lists(ROW, min_size=5, max_size=40, unique_by=_moment), st.integers(0, 999))
def test_the_order_of_evidence_does_not_matter(rows, seed):
    """Records of one moment may overtake each other; of these the evidence's order decides."""
    rows = numbered(rows)
    moved = random.Random(seed).sample(rows, len(rows))  # noqa: S311  no secret
    first, second = correlated(rows), correlated(moved)
    for name in ("story", "lookup", "process", "script", "link", "clock", "coverage"):
        assert [_by_record(row) for row in first[name]] == [_by_record(row) for row in second[name]], name


def _by_record(row: Row) -> Row:
    """Return a row whose citations are sets of records, wherever they stand."""
    if "not_seen" in row:
        row = {**row, "not_seen": [_by_record(gap) for gap in row["not_seen"]]}
    if "evidence" not in row:
        return row
    return {**row, "evidence": sorted(citation["record"] for citation in row["evidence"])}


@settings(FEW, max_examples=3)
@given(st.tuples(ROWS, ROWS))
def test_hosts_apart_equal_hosts_together(tmp_path_factory, drawn):
    """The records of all hosts in one part, and those of each in a part of its own."""
    rows = [but(row, host=f"H{host}") for host, given_rows in enumerate(drawn) for row in given_rows]
    rows = [but(row, line=line) for line, row in enumerate(rows, 1)]
    every = part(tmp_path_factory.mktemp("together"), rows)
    for host in (f"H{number}" for number in range(len(drawn))):
        own = part(tmp_path_factory.mktemp("apart"), [row for row in rows if row.values["host"] == host])
        assert of_host(every, host) == of_host(own, host)


def part(folder: Path, rows: list[Observation]) -> Path:
    """Write the observations as a reader leaves them."""
    for table in OBSERVATIONS:
        values = [row.values for row in rows if row.table == table.name]
        pq.write_table(pa.Table.from_pylist(values, schema=table.arrow()), folder / f"{table.name}.parquet")
    return folder


def of_host(folder: Path, host: str) -> dict[str, list[Row]]:
    request = Request(host=host)
    with duckdb.connect(config={"threads": 1}) as db:
        load(db, Evidence(request=request, spellings=(host,), folders=[folder]))
        return {table.name: reader.read_all().to_pylist() for table, reader in correlate(db, request)}
