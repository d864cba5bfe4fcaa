"""What a program gets: typed functions that say the same as the commands."""

from __future__ import annotations

import inspect
from pathlib import Path

import pyarrow as pa
import pytest

import trackway
from trackway import cli
from trackway.errors import CaseError, EvidenceError, UsageError
from trackway.filters import WORDS
from trackway.schema import TABLES

from .exports import LOGS, export, records


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> trackway.Case:
    folder = tmp_path_factory.mktemp("python")
    return trackway.trace([export(folder / "e.jsonl", *records())], folder / "case")


def test_everything_that_is_offered_is_there_and_documented() -> None:
    for name in trackway.__all__:
        offered = getattr(trackway, name)
        assert name == "__version__" or inspect.getdoc(offered), name
    assert (Path(trackway.__file__).parent / "py.typed").exists()


@pytest.mark.parametrize("name", ["stories", "connections", "lookups", "processes"])
def test_a_table_is_an_arrow_table_and_takes_a_limit(case: trackway.Case, name: str) -> None:
    table = getattr(case, name)()
    assert isinstance(table, pa.Table)
    assert table.num_rows > 1
    assert getattr(case, name)(limit=1).num_rows == 1


def test_times_are_utc_in_microseconds(case: trackway.Case) -> None:
    assert case.stories().schema.field("time_from").type == pa.timestamp("us", tz="UTC")


def test_filters_are_words_as_on_the_command_line(case: trackway.Case) -> None:
    found = case.stories(port=80, process="svchost*", direction="outbound")
    assert 0 < found.num_rows < case.stories().num_rows
    assert set(found["remote_port"].to_pylist()) == {80}
    options = {parameter.name for parameter in cli.commands.commands["show"].params}
    assert set(WORDS) <= options


def test_python_says_the_same_as_the_command(case: trackway.Case, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["show", str(case.path), "lookups", "--name", "perdu.com", "--format", "jsonl"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == case.lookups(name="perdu.com").num_rows


@pytest.mark.parametrize(
    "asked", [{"prot": 80}, {"port": "http"}, {"address": "300.1.1.1"}, {"since": "soon"}]
)
def test_a_filter_that_makes_no_sense_is_refused(case: trackway.Case, asked: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        case.stories(**asked)


def test_any_table_can_be_asked_in_sql_with_parameters(case: trackway.Case) -> None:
    found = case.sql("SELECT count(*) AS n FROM story WHERE remote_port = $port", {"port": 80})
    assert found.to_pylist() == [{"n": case.stories(port=80).num_rows}]
    for name in TABLES:
        assert case.sql(f'SELECT * FROM "{name}" LIMIT 1').schema.names == TABLES[name].arrow().names  # noqa: S608


def test_wrong_sql_is_an_error_of_ours_that_names_the_case(case: trackway.Case) -> None:
    with pytest.raises(CaseError, match="case: "):
        case.sql("SELECT nonsense FROM story")


def test_a_case_can_be_opened_again_and_by_text(case: trackway.Case) -> None:
    again = trackway.open(str(case.path))
    assert again.stories() == case.stories()
    assert again.manifest == case.manifest
    assert again.path == case.path


def test_a_case_is_the_same_whether_it_was_traced_or_opened(tmp_path: Path) -> None:
    file = export(tmp_path / "e.jsonl", *records(logs=LOGS[:1]))
    traced = trackway.trace([str(file)], str(tmp_path / "case"))
    assert traced.stories() == trackway.open(tmp_path / "case").stories()


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda folder: trackway.trace([folder / "nowhere"], folder / "case"), EvidenceError),
        (lambda folder: trackway.trace([folder], folder / "case", timezones=["Moon"]), UsageError),
        (lambda folder: trackway.open(folder / "nowhere"), CaseError),
        (trackway.open, CaseError),
    ],
)
def test_every_error_is_one_of_ours(tmp_path: Path, call, error) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error) as raised:
        call(tmp_path)
    assert isinstance(raised.value, trackway.TrackwayError)
    assert "\n" not in str(raised.value)
