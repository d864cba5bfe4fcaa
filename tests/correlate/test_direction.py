"""Which end is this host's: decided by its own addresses, never by a column's name."""

from __future__ import annotations

import pytest

from .given import OWN, SITE, at, bound, dropped, expect, fact, inbound, only, permit, seen, served

PEER = "203.0.113.9"
TURNED = {"source_address": OWN, "source_port": 3389, "destination_address": PEER, "destination_port": 61000}
"""An inbound record as older logs write it: the local side is called source."""

ELSEWHERE = {"source_address": "198.51.100.1", "destination_address": "198.51.100.2"}
"""An inbound record between two addresses that nothing else names."""


def ends(*rows):
    """Return direction and both ends of the last of the rows."""
    row = max(expect("oriented", *rows), key=lambda row: row["observation"])
    return (
        row["direction"],
        row["local_address"],
        row["local_port"],
        row["remote_address"],
        row["remote_port"],
    )


def inbound_number(number, **columns):
    """Return one of several inbound records, each from another client."""
    return inbound(number, **{"source_address": f"203.0.113.{number + 1}", **columns})


@pytest.mark.parametrize(("seconds", "is_own"), [(-1, False), (0, True), (3600, True), (3601, False)])
def test_a_leased_address_is_the_host_s_while_the_lease_runs(seconds, is_own):
    lease = [
        fact(9, "registry", "leased_address", subject="{a}", value=OWN),
        fact(9, "registry", "lease_obtained", subject="{a}", value=f"{at(0):%Y-%m-%dT%H:%M:%S.%fZ}"),
        fact(9, "registry", "lease_terminates", subject="{a}", value=f"{at(3600):%Y-%m-%dT%H:%M:%S.%fZ}"),
    ]
    assert (ends(inbound(seconds), *lease)[0] == "inbound") is is_own
    # half a lease says nothing
    assert ends(inbound(seconds), *lease[:2])[0] == "unknown"


@pytest.mark.parametrize("seconds", [-1e6, 0, 1e6])
def test_an_address_given_by_hand_is_the_host_s_at_all_times(seconds):
    assert ends(inbound(seconds), fact(9, "registry", "address", value=OWN))[0] == "inbound"


def test_an_outbound_connection_is_made_by_its_source():
    assert ends(permit()) == ("outbound", OWN, 50638, SITE, 80)


@pytest.mark.parametrize(
    "record", [inbound(), inbound(**TURNED)], ids=["remote is source", "local is source"]
)
def test_both_conventions_of_inbound_records_give_the_same_ends(record):
    assert ends(permit(), record) == ("inbound", OWN, 3389, PEER, 61000)


@pytest.mark.parametrize(
    "witness",
    [
        permit(),
        bound(source_address=OWN),
        bound(source_address=OWN, stage="listening", source="security_5154"),
        served(number=3009, local_addresses=[OWN, "fe80::1"]),
        seen(),
    ],
    ids=["outbound", "bound", "listening", "interface", "sysmon"],
)
def test_every_way_to_learn_an_own_address_decides_the_side(witness):
    rows = expect("oriented", witness, inbound())
    assert rows[-1]["local_address"] == OWN


@pytest.mark.parametrize(
    "witness",
    [
        inbound(),
        seen(protocol=17),
        bound(),
        permit(source_address="127.0.0.1"),
        permit(source_address="224.0.0.9"),
    ],
)
def test_what_proves_no_address_teaches_none(witness):
    assert expect("own_address", witness) == []


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "::", "127.0.0.1", "::1", "239.255.255.250", "ff02::fb", "255.255.255.255"],  # noqa: S104
)
def test_nobody_owns_the_unspecified_the_loopback_and_the_groups(address):
    assert expect("own_address", bound(source_address=address)) == []


def test_a_side_that_nothing_decides_is_unknown_and_the_ends_stand_as_written():
    assert ends(inbound(**ELSEWHERE)) == ("unknown", "198.51.100.1", 61000, "198.51.100.2", 3389)


@pytest.mark.parametrize(("others", "direction"), [(2, "unknown"), (3, "inbound")])
def test_three_inbound_records_show_the_convention_of_their_log(others, direction):
    rows = [inbound_number(number) for number in range(others)]
    assert ends(permit(), *rows, inbound(50, **ELSEWHERE))[0] == direction


@pytest.mark.parametrize(("others", "direction"), [(18, "unknown"), (19, "inbound")])
def test_nineteen_of_twenty_make_a_convention(others, direction):
    rows = [inbound_number(number) for number in range(others)]
    found = ends(permit(), *rows, inbound(30, **TURNED), inbound(50, **ELSEWHERE))
    assert found[:2] == (direction, "198.51.100.2" if direction == "inbound" else "198.51.100.1")


def test_a_convention_of_the_older_kind_turns_nothing():
    rows = [inbound(number, **{**TURNED, "destination_port": 61000 + number}) for number in range(3)]
    assert ends(permit(), *rows, inbound(50, **ELSEWHERE)) == (
        "inbound",
        "198.51.100.1",
        61000,
        "198.51.100.2",
        3389,
    )


def test_a_convention_of_one_log_is_not_that_of_another():
    rows = [inbound_number(number) for number in range(3)]
    assert ends(permit(), *rows, seen(50, direction="inbound", **ELSEWHERE))[0] == "unknown"


def test_an_outbound_record_follows_no_convention():
    rows = [inbound_number(number) for number in range(3)]
    assert ends(permit(), *rows, permit(50, source_address="198.51.100.1"))[1] == "198.51.100.1"


LOOPBACK = {"source_address": "127.0.0.1", "destination_address": "127.0.0.1"}


def accepting(**columns):
    """Return the accepting end of a loopback connection, whose log calls the client source."""
    return inbound(0.001, **{**LOOPBACK, "source_port": 50638, "destination_port": 80, "pid": 4, **columns})


def test_both_ends_of_a_loopback_connection_are_local_and_told_apart():
    rows = expect("oriented", permit(**LOOPBACK), accepting())
    assert [(row["direction"], row["pid"], row["local_port"], row["remote_port"]) for row in rows] == [
        ("local", 20220, 50638, 80),
        ("local", 4, 80, 50638),
    ]
    assert [row["is_accepting"] for row in rows] == [False, True]


def test_the_accepting_end_is_found_also_where_the_log_calls_it_source():
    turned = accepting(source_port=80, destination_port=50638)
    assert ends(permit(**LOOPBACK), turned) == ("local", "127.0.0.1", 80, "127.0.0.1", 50638)


def test_without_the_connecting_end_the_port_that_the_process_listens_on_decides():
    listening = bound(pid=4, source_port=80, stage="listening", source="security_5154")
    assert ends(listening, accepting())[2] == 80
    assert ends(listening, accepting(source_port=80, destination_port=50638))[2] == 80


def test_a_connection_between_two_addresses_of_the_host_is_local():
    other = bound(source_address="10.0.0.5", source_port=1)
    assert ends(other, permit(destination_address="10.0.0.5"))[0] == "local"


def test_a_multicast_group_is_the_receiving_side():
    group = inbound(
        source_address=PEER, destination_address="239.255.255.250", destination_port=1900, protocol=17
    )
    assert ends(group)[:3] == ("inbound", "239.255.255.250", 1900)
    turned = inbound(
        source_address="239.255.255.250", source_port=1900, destination_address=PEER, destination_port=61000
    )
    assert ends(turned)[:3] == ("inbound", "239.255.255.250", 1900)


def test_a_multicast_that_came_from_this_host_is_local():
    group = {"destination_address": "239.255.255.250", "destination_port": 1900, "protocol": 17}
    assert ends(inbound(source_address="127.0.0.1", **group))[0] == "local"


def test_what_goes_to_a_group_is_outbound():
    assert ends(permit(destination_address="224.0.0.251", protocol=17))[:2] == ("outbound", OWN)


def udp(**columns):
    """Return a Sysmon 3 of a datagram whose answer may have been seen first."""
    return seen(
        **{"protocol": 17, "direction": None, "source_port": 52144, "destination_port": 53, **columns}
    )


def test_a_datagram_to_a_group_is_outbound_from_this_host_and_unknown_from_nobody_known():
    group = {"destination_address": "224.0.0.251", "source_port": 5353, "destination_port": 5353}
    own = bound(source_address=OWN, source_port=1)
    assert ends(own, udp(**group))[:2] == ("outbound", OWN)
    assert ends(own, udp(**group, source_address=PEER))[0] == "unknown"


@pytest.mark.parametrize(
    ("source_port", "destination_port", "direction"),
    [
        (49152, 1023, "outbound"),
        (49151, 1023, "unknown"),
        (49152, 1024, "unknown"),
        (53, 49152, "inbound"),
        (1024, 49152, "unknown"),
    ],
)
def test_a_datagram_from_a_dynamic_port_to_a_service_is_outbound(source_port, destination_port, direction):
    row = udp(source_port=source_port, destination_port=destination_port)
    assert ends(permit(), row)[0] == direction


def test_a_datagram_whose_answer_was_seen_first_is_turned():
    answer = udp(
        direction="outbound",
        source_address=SITE,
        source_port=53,
        destination_address=OWN,
        destination_port=52144,
    )
    assert ends(permit(), answer)[1:] == (OWN, 52144, SITE, 53)


def test_type_and_code_of_icmp_are_no_ports():
    echo = permit(protocol=1, source_port=None, destination_port=None, icmp_type=8, icmp_code=0)
    story = only("story", echo)
    assert (story["local_port"], story["remote_port"]) == (None, None)
    assert (story["icmp_type"], story["icmp_code"], story["protocol"]) == (8, 0, "icmp")


def test_an_incoming_packet_that_was_dropped_is_inbound_and_blocked():
    packet = dropped(direction="inbound", source_address=PEER, destination_address=OWN, destination_port=445)
    stories = expect("story", permit(), packet)
    story = next(row for row in stories if row["action"] == "blocked")
    assert (story["direction"], story["local_port"], story["process"]) == ("inbound", 445, None)


def test_a_record_without_direction_between_strangers_is_unknown():
    assert ends(seen(direction=None, protocol=17, **ELSEWHERE))[0] == "unknown"


def test_a_record_without_a_second_end_is_no_connection():
    assert expect("oriented", bound(), bound(stage="listening")) == []
