"""The factory: worlds by scenario and seed, and the truth beside them."""

from __future__ import annotations

import errno
import json
import re
import zipfile
from ipaddress import ip_address, ip_network
from pathlib import Path

import duckdb
import pytest

from trackway.errors import CaseError, UsageError
from trackway.lab import truth
from trackway.lab.make import World, make
from trackway.lab.policy import FORMS, SOURCES, Policy
from trackway.lab.scenario import SCENARIOS
from trackway.lab.write.evtx import EvtxFile

HOUR = 1 / 24


def rows(folder: Path, table: str, question: str = "SELECT * FROM t") -> list[dict[str, object]]:
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        db.read_parquet(str(folder / "truth" / table / "*.parquet")).create_view("t")
        return db.sql(question).to_arrow_table().to_pylist()


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(World(scenario="everything", days=2 * HOUR), tmp_path_factory.mktemp("lab") / "world")


def test_the_same_seed_gives_the_same_bytes_and_another_gives_others(tmp_path: Path) -> None:
    first = files(make(World(scenario="quiet", days=HOUR / 4), tmp_path / "a"))
    assert files(make(World(scenario="quiet", days=HOUR / 4), tmp_path / "b")) == first
    other = files(make(World(scenario="quiet", days=HOUR / 4, seed=2), tmp_path / "c"))
    assert other.keys() == first.keys()
    assert other["evidence/WS-0001/Security.evtx"] != first["evidence/WS-0001/Security.evtx"]


def test_a_host_does_not_depend_on_how_many_there_are_or_who_makes_them(tmp_path: Path) -> None:
    one = files(make(World(scenario="quiet", days=HOUR / 8), tmp_path / "one"))
    two = files(make(World(scenario="quiet", days=HOUR / 8, hosts=2), tmp_path / "two", workers=2))
    assert {name: two[name] for name in one if name != "truth/truth.json"} == {
        name: content for name, content in one.items() if name != "truth/truth.json"
    }


def test_the_truth_has_every_table_in_its_own_schema(world: Path) -> None:
    for table in truth.TABLES:
        assert rows(world, table.name) or table.name == "absence"
        with duckdb.connect() as db:
            read = db.read_parquet(str(world / "truth" / table.name / "*.parquet")).to_arrow_table()
        assert read.schema.names == [column.name for column in table.columns]


def test_every_link_of_the_truth_leads_somewhere(world: Path) -> None:
    processes = {row["process"] for row in rows(world, "process")}
    lookups = {row["lookup"] for row in rows(world, "lookup")}
    for row in rows(world, "connection"):
        assert row["process"] in processes
        assert row["lookup"] is None or row["lookup"] in lookups
        assert row["requester"] is None or row["requester"] in processes
    assert all(row["process"] in processes for row in rows(world, "lookup"))
    assert all(row["parent"] is None or row["parent"] in processes for row in rows(world, "process"))


def test_every_record_of_a_log_is_in_the_truth_in_order(world: Path) -> None:
    found = rows(world, "record", "SELECT record FROM t WHERE file LIKE '%Security.evtx' ORDER BY record")
    numbers = [row["record"] for row in found]
    assert numbers == list(range(1, len(numbers) + 1))


def test_no_two_processes_hold_a_pid_at_once(world: Path) -> None:
    overlaps = rows(
        world,
        "process",
        "SELECT count(*) AS n FROM t a JOIN t b ON a.host = b.host AND a.pid = b.pid AND a.process < b.process "
        "AND a.started < coalesce(b.ended, 'infinity') AND b.started < coalesce(a.ended, 'infinity')",
    )
    assert overlaps == [{"n": 0}]


def test_a_connection_comes_after_the_answer_it_uses(world: Path) -> None:
    lookups = {row["lookup"]: row for row in rows(world, "lookup")}
    used = [row for row in rows(world, "connection") if row["lookup"]]
    assert len(used) > 100
    for row in used:
        assert lookups[row["lookup"]]["finished"] <= row["time"]
        assert row["remote_address"] in lookups[row["lookup"]]["addresses"]


def test_every_attack_leaves_traces_that_carry_its_name(world: Path) -> None:
    attacks = {row["attack"] for table in ("connection", "lookup") for row in rows(world, table)} - {None}
    assert attacks >= {
        "macro",
        "beacon",
        "short_beacon",
        "tunnel",
        "literal",
        "fronting",
        "squiblydoo",
        "pipe",
    }


def test_only_reserved_names_and_documentation_addresses_occur(world: Path) -> None:
    allowed = [ip_network(net) for net in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "10.0.0.0/8")]
    allowed += [
        ip_network(net) for net in ("2001:db8::/32", "127.0.0.0/8", "224.0.0.0/4", "255.255.255.255/32")
    ]
    for row in rows(world, "connection"):
        address = ip_address(str(row["remote_address"]))
        assert str(address) == "208.97.177.124" or any(
            address in net for net in allowed if net.version == address.version
        )
    for row in rows(world, "lookup"):
        assert re.search(r"(\.example\.(com|net|org|test)|^wpad|^perdu\.com)$", str(row["name"])), row["name"]


@pytest.mark.parametrize("form", FORMS)
def test_every_form_holds_the_same_records(tmp_path: Path, form: str) -> None:
    folder = make(World(scenario="quiet", days=HOUR / 8, policy=Policy(form=form)), tmp_path / form)
    evtx = make(World(scenario="quiet", days=HOUR / 8), tmp_path / "other")
    question = "SELECT source, count(*) AS n FROM t GROUP BY ALL ORDER BY ALL"
    assert rows(folder, "record", question) == rows(evtx, "record", question)
    if form not in ("evtx", "xml", "csv"):
        lines = (folder / "evidence/WS-0001/Security.json").read_bytes().splitlines()
        assert all(json.loads(line)["winlog" if form == "winlogbeat" else "EventID"] for line in lines)


@pytest.mark.parametrize("scenario", sorted(SCENARIOS))
def test_every_scenario_can_be_made(tmp_path: Path, scenario: str) -> None:
    folder = make(World(scenario=scenario, days=HOUR / 4), tmp_path / "w")
    assert len(rows(folder, "connection")) > 20


def test_a_source_that_is_off_writes_nothing(tmp_path: Path) -> None:
    policy = Policy(sources=frozenset({"4688", "pfirewall"}))
    folder = make(World(scenario="quiet", days=HOUR / 8, policy=policy), tmp_path / "w")
    found = {row["source"] for row in rows(folder, "record")}
    assert found == {"security_4688", "security_4689", "firewall_log"}


def test_a_small_log_forgets_and_the_truth_says_from_where_on_it_holds(tmp_path: Path) -> None:
    policy = Policy(limit=4096 + 65536 * 3)
    folder = make(World(scenario="quiet", days=HOUR, policy=policy), tmp_path / "w")
    (log,) = rows(folder, "log", "SELECT * FROM t WHERE file LIKE '%Security.evtx'")
    assert (folder / "evidence/WS-0001/Security.evtx").stat().st_size == policy.limit
    assert 1 < int(str(log["first"])) < int(str(log["last"]))


def test_lost_records_are_told_as_absent(tmp_path: Path) -> None:
    folder = make(World(scenario="quiet", days=HOUR / 4, policy=Policy(loss=0.2)), tmp_path / "w")
    assert {row["reason"] for row in rows(folder, "absence")} == {"lost"}


def test_names_that_a_configuration_leaves_out_are_told_as_absent(tmp_path: Path) -> None:
    policy = Policy(sysmon_excludes=("browser.exe",))
    folder = make(World(scenario="quiet", days=HOUR / 4, policy=policy), tmp_path / "w")
    assert {row["reason"] for row in rows(folder, "absence")} == {"excluded"}


def test_a_cleared_log_begins_with_the_record_that_says_so(tmp_path: Path) -> None:
    folder = make(World(scenario="cleared", days=2 * HOUR), tmp_path / "w")
    (log,) = rows(folder, "log", "SELECT * FROM t WHERE file LIKE '%Security.evtx'")
    assert int(str(log["first"])) > 1000


@pytest.mark.parametrize("tree", ["kape", "velociraptor"])
def test_a_collector_lays_the_files_in_its_own_tree(tmp_path: Path, tree: str) -> None:
    folder = (
        make(World(scenario="quiet", days=HOUR / 8, policy=Policy(tree=tree)), tmp_path / "w") / "evidence"
    )
    if tree == "kape":
        assert (folder / "WS-0001/C/Windows/System32/winevt/Logs/Security.evtx").exists()
        return
    with zipfile.ZipFile(folder / "Collection-WS-0001.zip") as archive:
        names = archive.namelist()
    sysmon = "uploads/auto/C%3A/Windows/System32/winevt/Logs/Microsoft-Windows-Sysmon%254Operational.evtx"
    assert {sysmon, "client_info.json"} <= set(names)


@pytest.mark.parametrize(
    ("world", "says"),
    [
        (World(scenario="nothing"), "there is no scenario nothing; there are: office"),
        (World(scenario="seed", hosts=0), "0 hosts cannot be made"),
        (World(scenario="seed", days=0), "0 days cannot be made"),
        (World(scenario="seed", days=float("nan")), "nan days cannot be made"),
        (
            World(scenario="seed", policy=Policy(sources=frozenset({"x"}))),
            "there is no source x; there are: 4688",
        ),
        (World(scenario="seed", policy=Policy(form="paper")), "there is no form paper"),
    ],
)
def test_what_cannot_be_made_is_told_in_one_line(tmp_path: Path, world: World, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        make(world, tmp_path / "w")
    assert not (tmp_path / "w").exists()


def test_a_world_is_never_written_over_without_force(tmp_path: Path) -> None:
    make(World(scenario="quiet", days=HOUR / 60), tmp_path / "w")
    with pytest.raises(CaseError, match="use --force"):
        make(World(scenario="quiet", days=HOUR / 60), tmp_path / "w")
    make(World(scenario="quiet", days=HOUR / 60), tmp_path / "w", force=True)


def test_force_never_replaces_a_folder_that_is_no_world(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    with pytest.raises(CaseError, match="is there already"):
        make(World(scenario="quiet", days=HOUR / 60), tmp_path, force=True)
    assert (tmp_path / "letters.txt").read_text() == "mine"


def test_every_source_of_the_policy_can_be_on_alone(tmp_path: Path) -> None:
    for source in SOURCES:
        policy = Policy(sources=frozenset({source}))
        make(World(scenario="bits", days=HOUR / 20, policy=policy), tmp_path / source)
        assert any((tmp_path / source / "evidence").iterdir())


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(CaseError, match="give another folder with -o"):
        make(World(scenario="quiet", days=HOUR / 60), tmp_path / "file" / "w")


def test_a_full_disk_is_told_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(EvtxFile, "write", full)
    with pytest.raises(CaseError, match="No space left on device"):
        make(World(scenario="quiet", days=HOUR / 60), tmp_path / "w")
