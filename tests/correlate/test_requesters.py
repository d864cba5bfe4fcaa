"""Who asked a service for the connection that it made."""

from __future__ import annotations

import pytest

from .given import SITE, SVCHOST, block, completed, expect, fact, inbound, only, permit, started, sure

BITS = 4696
SERVICE = started(
    -5000, pid=BITS, image=SVCHOST, command_line="svchost.exe -k netsvcs -p -s BITS", parent_pid=600
)
ADMIN = r"C:\Windows\System32\bitsadmin.exe"


def carried(seconds=0.0, **columns):
    return permit(seconds, **{"pid": BITS, "image": SVCHOST, **columns})


def admin(seconds=-5.0, command_line=r"bitsadmin /transfer job http://perdu.com/a c:\a", **columns):
    return started(seconds, **{"pid": 9260, "image": ADMIN, "command_line": command_line, **columns})


def requester(*rows):
    return only("story", SERVICE, *rows)["requester"]


def process(pid, *rows):
    (found,) = [row for row in expect("process", SERVICE, *rows) if row["pid"] == pid]
    return found["process"]


def test_a_transfer_names_its_requester_and_the_socket_stays_the_service_s():
    rows = [completed(-1), admin(), carried()]
    found = requester(*rows)
    assert (found["process"], found["via"], found["confidence"]) == (
        process(9260, *rows),
        "bits",
        sure("requester", "name+time, minutes"),
    )
    assert only("story", SERVICE, *rows)["process"] == process(BITS, *rows)
    assert found["basis"] == "name+time"


@pytest.mark.parametrize(
    ("command_line", "asks"),
    [
        ("bitsadmin /transfer x http://a/ b", True),
        ("bitsadmin.exe /AddFile x http://a/ b", True),
        ("bitsadmin /create x", True),
        ("bitsadmin /resume x", True),
        ("bitsadmin /list", False),
        ("bitsadmin /transferred", False),
        (None, False),
    ],
)
def test_a_bitsadmin_asks_only_if_it_starts_a_transfer(command_line, asks):
    assert (requester(admin(command_line=command_line), carried()) is not None) == asks


@pytest.mark.parametrize(("before", "asks"), [(3600, True), (3600.001, False), (0, True), (-0.001, False)])
def test_a_requester_asked_before_the_connection_and_not_over_an_hour_before(before, asks):
    assert (requester(admin(-before), carried()) is not None) == asks


@pytest.mark.parametrize(("before", "ago"), [(300, "minutes"), (300.001, "hour")])
def test_a_requester_is_judged_by_how_long_ago_it_asked(before, ago):
    found = requester(admin(-before), completed(-1), carried())
    assert (found["confidence"], found["basis"]) == (sure("requester", f"name+time, {ago}"), "name+time")


@pytest.mark.parametrize(("before", "ago"), [(300, "minutes"), (300.001, "hour")])
@pytest.mark.parametrize(("names", "known"), [([], ", no name"), ([completed(-1, pid=BITS)], "")])
def test_one_that_names_no_destination_also_by_whether_it_could_have(before, ago, names, known):
    found = requester(admin(-before, command_line="bitsadmin /resume x"), *names, carried())
    assert (found["confidence"], found["basis"]) == (sure("requester", f"time, {ago}{known}"), "time")


def test_one_that_names_the_destination_comes_before_a_nearer_one():
    other = admin(-1, command_line="bitsadmin /transfer x http://other.example/ b", pid=9264)
    rows = [completed(-1, pid=BITS), admin(-60), other, carried()]
    assert requester(*rows)["process"] == process(9260, *rows)


def test_one_that_names_a_less_likely_name_of_the_address_asked_by_time_alone():
    other = admin(-1, command_line="bitsadmin /transfer x http://other.example/ b", pid=9264)
    told = [completed(-100, pid=BITS, name="other.example"), completed(-1, pid=BITS)]
    assert requester(*told, other, carried())["basis"] == "time"


def test_of_two_that_name_nothing_the_nearer_comes_first():
    rows = [admin(-60, "bitsadmin /resume x"), admin(-1, "bitsadmin /resume y", pid=9264), carried()]
    assert requester(*rows)["process"] == process(9264, *rows)


def test_the_address_in_the_command_line_is_enough():
    assert (
        requester(admin(command_line=f"bitsadmin /transfer x http://{SITE}/ b"), carried())["basis"]
        == "name+time"
    )


def test_a_command_line_or_a_script_with_start_bitstransfer_asks():
    line = started(-5, pid=3284, command_line=f"powershell Start-BitsTransfer http://{SITE}/a")
    assert requester(line, carried())["basis"] == "name+time"
    rows = [
        started(-5, pid=3284),
        block(-3, pid=3284, text=f"start-bitstransfer -source http://{SITE}/a"),
        carried(),
    ]
    assert requester(*rows)["process"] == process(3284, *rows)


@pytest.mark.parametrize(
    "connection",
    [
        carried(destination_address="239.255.255.250", protocol=17),
        inbound(0, pid=BITS, destination_address="192.168.0.107"),
        permit(0),
    ],
    ids=["group", "inbound", "another process"],
)
def test_nothing_else_that_a_service_does_was_asked_by_bitsadmin(connection):
    stories = expect("story", SERVICE, admin(), permit(-4000, source_port=1), connection)
    assert [story["requester"] for story in stories] == [None, None]


def test_another_service_has_no_requester():
    other = started(-5000, pid=BITS, image=SVCHOST, command_line="svchost.exe -k netsvcs -p -s wuauserv")
    assert only("story", other, admin(), carried())["requester"] is None


def test_a_requester_is_a_link_of_its_own():
    rows = [SERVICE, admin(), carried()]
    (link,) = [row for row in expect("link", *rows) if row["kind"] == "connection_requester"]
    story = only("story", *rows)
    assert (link["subject"], link["object"]) == (story["story"], story["requester"]["process"])


JOB = "d3a3f0b2-1c7e-4f1a-9c7d-0a1b2c3d4e5f"
EDGE = r"C:\Program Files\Edge\msedge.exe"


def job(seconds=-20.0, **columns):
    return fact(seconds, "bits_3", "bits_job", **{"subject": JOB, "value": "a job", "pid": 7000, **columns})


def transfer(seconds=-1.0, url="https://perdu.com/a", **columns):
    return fact(seconds, "bits_59", "bits_started", **{"subject": JOB, "value": url, **columns})


def edge(seconds=-60.0, **columns):
    return started(seconds, **{"pid": 7000, "image": EDGE, "command_line": "msedge.exe", **columns})


def test_the_log_of_bits_names_the_requester_before_any_command_line():
    rows = [completed(-2), edge(), admin(), job(), transfer(), carried()]
    found = requester(*rows)
    assert (found["process"], found["via"], found["confidence"]) == (
        process(7000, *rows),
        "bits",
        sure("requester", "job+name+time"),
    )
    assert found["basis"] == "job+name+time"
    assert found["reason"] == (
        "the log of BITS names it for a transfer from this destination, started 1.0 s before the service connected"
    )


@pytest.mark.parametrize("url", [f"http://{SITE}/a", f"https://u:p@{SITE}:80/a?b"])
def test_a_transfer_from_an_address_is_the_connection_to_it(url):
    assert requester(edge(), job(), transfer(url=url), carried())["basis"] == "job+name+time"


def test_a_file_that_is_added_to_a_job_names_the_requester_too():
    added = fact(-20, "bits_16403", "bits_file", subject=JOB, value="https://perdu.com/a -> C:\\a", pid=7000)
    assert requester(completed(-2), edge(), added, transfer(), carried())["basis"] == "job+name+time"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([edge(), job(), transfer(url="https://other.example/a")], "another destination"),
        ([edge(), job(), transfer(subject="another")], "another job"),
        ([edge(), job(pid=None), transfer()], "no process in the job's record"),
        ([job(), transfer()], "a process that nobody saw start"),
        ([edge(), job(), transfer(-300.001)], "over five minutes before"),
        ([edge(), job(), transfer(2.001)], "over two seconds after"),
        ([edge(-10), job(-20), transfer()], "the PID was another's when the job was made"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_the_log_of_bits_is_no_witness_of(rows, why):
    assert requester(completed(-2), *rows, carried()) is None


@pytest.mark.parametrize("seconds", [-300, -299, 0, 1.999])
def test_a_transfer_may_start_up_to_five_minutes_before_its_connection(seconds):
    assert requester(completed(-301), edge(-900), job(-800), transfer(seconds), carried()) is not None
