"""Which spellings mean one host, and which stay apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trackway.hosts import Rename, ambiguous, canonical_hosts, joined, spelled

NAMES = st.text("aAbB.-1é", min_size=1, max_size=6)


@pytest.mark.parametrize(
    ("spellings", "hosts"),
    [
        (["WS7"], {"WS7": ["WS7"]}),
        (["ws7", "WS7"], {"WS7": ["WS7", "ws7"]}),
        (["WS7", "ws7.corp.example"], {"ws7.corp.example": ["WS7", "ws7.corp.example"]}),
        (
            ["WS7.corp.example", "ws7.CORP.example"],
            {"WS7.corp.example": ["WS7.corp.example", "ws7.CORP.example"]},
        ),
        (["WS7", "WS8"], {"WS7": ["WS7"], "WS8": ["WS8"]}),
        ([], {}),
    ],
)
def test_letter_case_and_domain_do_not_make_another_host(spellings, hosts):
    assert canonical_hosts(spellings) == hosts


def test_two_full_names_that_share_a_short_one_are_kept_apart():
    assert canonical_hosts(["WS7", "ws7.a.example", "ws7.b.example"]) == {
        "WS7": ["WS7"],
        "ws7.a.example": ["ws7.a.example"],
        "ws7.b.example": ["ws7.b.example"],
    }


def test_an_address_is_a_name_of_its_own():
    assert set(canonical_hosts(["192.168.0.1", "192.168.0.2", "192"])) == {
        "192",
        "192.168.0.1",
        "192.168.0.2",
    }


@given(st.lists(NAMES, max_size=8))
def test_every_spelling_is_in_exactly_one_host_whatever_the_order(spellings):
    hosts = canonical_hosts(spellings)
    assert sorted(name for names in hosts.values() for name in names) == sorted(set(spellings))
    assert all(host in names for host, names in hosts.items() if len(names) == 1)
    assert canonical_hosts(spellings[::-1]) == hosts


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("ws7", "WS7.corp.example"),
        ("WS7.CORP.EXAMPLE", "WS7.corp.example"),
        ("dc1", "dc1"),
        ("dc1.a.example", "dc1.a.example"),
        ("nobody", "nobody"),
    ],
)
def test_a_name_means_a_host_only_if_it_is_one(asked, meant):
    assert spelled(asked, ["WS7.corp.example", "dc1.a.example", "dc1.b.example"]) == meant


RENAMED = Rename(datetime(2021, 11, 27, 3, tzinfo=UTC), "WS7", "WIN-1", "WS7")


@pytest.mark.parametrize(
    ("hosts", "renames", "hours", "found"),
    [
        (["WIN-1", "ws7.corp.example"], [RENAMED], -1, {"ws7.corp.example": ["WIN-1", "ws7.corp.example"]}),
        (["WIN-1", "WS7"], [RENAMED], 27, None),
        (["WIN-1", "ws7.a.example", "ws7.b.example"], [RENAMED], -1, None),
        (["WIN-1"], [RENAMED], -1, None),
        (["WS7"], [RENAMED], -1, None),
        (["WIN-1", "WS7", "SRV"], [RENAMED._replace(host="SRV")], -1, None),
        (
            ["WIN-1", "WS7", "a-name-of-twenty-letters"],
            [
                RENAMED,
                RENAMED._replace(moment=datetime(2021, 11, 28, tzinfo=UTC), old="WS7", new="A-NAME-OF-TWENT"),
            ],
            -1,
            {"a-name-of-twenty-letters": ["WIN-1", "WS7", "a-name-of-twenty-letters"]},
        ),
    ],
)
def test_a_host_that_was_renamed_is_one_host_unless_the_old_name_goes_on(hosts, renames, hours, found):
    before = canonical_hosts(hosts)
    after, said = joined(before, renames[::-1], {"WIN-1": RENAMED.moment + timedelta(hours=hours)})
    assert after == (found or before)
    assert bool(said) == (found is not None or hours > 26)


def test_a_short_name_that_two_full_ones_share_is_ambiguous():
    assert ambiguous(canonical_hosts(["WS7", "ws7.a.example", "ws7.b.example", "WS8", "ws8.a.example"])) == {
        "WS7": ["ws7.a.example", "ws7.b.example"]
    }
