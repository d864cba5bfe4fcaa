from __future__ import annotations

import pytest

from trackway.evidence.places import Named, nearest, owner


def named(*files: tuple[str, str], collector: str | None = None) -> list[Named]:
    return [Named(file, frozenset([host]), file == collector) for file, host in files]


def found(file: str, *files: tuple[str, str], collector: str | None = None) -> str | None:
    answer = owner(file, named(*files, collector=collector))
    return answer and answer.host


LOG = "case/C/Windows/System32/LogFiles/Firewall/pfirewall.log"
SECURITY = "case/C/Windows/System32/winevt/Logs/Security.evtx"


def test_a_file_is_of_the_one_host_that_its_folder_names():
    assert found("case/pfirewall.log", ("case/Security.evtx", "WS7")) == "WS7"
    assert found("case/pfirewall.log", ("other/Security.evtx", "WS7")) is None


def test_a_file_is_of_the_one_host_that_its_collection_names_however_deep():
    assert found(LOG, (SECURITY, "WS7")) == "WS7"


def test_several_hosts_in_the_nearest_place_that_names_any_leave_it_unknown():
    assert found("case/pfirewall.log", ("case/a.evtx", "WS7"), ("case/b.evtx", "WS8")) is None
    assert found("case/x/pfirewall.log", ("case/x/a.evtx", "WS7"), ("case/y/b.evtx", "WS8")) == "WS7"


def test_the_collectors_own_word_counts_before_what_forwarded_logs_name():
    files = (("c.zip!client_info.json", "WS7"), ("c.zip!ForwardedEvents.evtx", "WS8"))
    assert found("c.zip!pfirewall.log", *files, collector="c.zip!client_info.json") == "WS7"
    assert found("c.zip!pfirewall.log", *files) is None


def test_a_folder_beside_one_that_is_called_after_its_host_is_another_hosts():
    assert found("case/WS8/pfirewall.log", ("case/WS7/Security.evtx", "WS7.corp.example")) is None
    assert (
        found("case/firewall/pfirewall.log", ("case/logs/Security.evtx", "WS7.corp.example"))
        == "WS7.corp.example"
    )


def test_what_is_outside_an_archive_says_nothing_about_its_content():
    assert found("case/b.zip!pfirewall.log", ("case/a.zip!Security.evtx", "WS7")) is None
    assert found("case/pfirewall.log.gz!pfirewall.log", ("case/Security.evtx", "WS7")) == "WS7"


def test_files_given_together_are_one_place_and_folders_given_together_are_not():
    assert found("pfirewall.log", ("Security.evtx", "WS7")) == "WS7"
    assert found("a/pfirewall.log", ("b/Security.evtx", "WS7")) is None


@pytest.mark.parametrize(
    ("place", "host"),
    [
        ("Collection-WS7.corp.example-2021-11-27T03_17_39Z.zip!", "WS7.corp.example"),
        ("Collection-WS7-2021-11-27T03_17_39Z/", "WS7"),
        ("2021-11-27T031739_WS7.zip!", "WS7"),
        ("WS7.zip!C/Windows/", "WS7"),
        ("evidence.zip!C/Windows/", None),
        ("WS7.zip!", None),
    ],
)
def test_the_name_that_a_collector_gave_is_the_last_word(place, host):
    assert found(f"{place}pfirewall.log") == host


def test_of_two_times_the_nearer_place_counts_and_a_quarrel_is_no_answer():
    assert nearest("c.zip!results/x.json", {"c.zip!collection_context.json": "1"}) == "1"
    assert nearest("c.zip!results/x.json", {"c.zip!a": "1", "c.zip!results/b": "2"}) == "2"
    assert nearest("c.zip!x.json", {"c.zip!a": "1", "c.zip!b": "2"}) is None
