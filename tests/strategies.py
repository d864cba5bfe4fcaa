"""Evidence as Hypothesis draws it: few values, so that records meet each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hypothesis import strategies as st

from .correlate import given as g
from .correlate.given import Observation

PIDS: Final = st.sampled_from([4, 8, g.PID])
IMAGES: Final = st.sampled_from([g.POWERSHELL, g.SVCHOST, None])
SITES: Final = st.sampled_from([g.SITE, "203.0.113.9", "239.255.255.250", "127.0.0.1"])
NAMES: Final = st.sampled_from(["perdu.com", "example.com"])
ANSWERS: Final = st.lists(SITES, max_size=2, unique=True)
MOMENTS: Final = st.one_of(
    st.integers(-8, 8).map(lambda number: number * 5.0),
    st.integers(-40_000, 40_000).map(lambda milliseconds: milliseconds / 1000),
)
STARTS: Final = st.sampled_from([-30.0, -10.0, 0.0, 10.0])
GUIDS: Final = st.one_of(st.none(), STARTS.map(g.guid))
WIDTHS: Final = st.sampled_from([1000, 1_000_000])


def _row(
    make: Callable[..., Observation], **columns: st.SearchStrategy[object]
) -> st.SearchStrategy[Observation]:
    """Draw a record of one kind with these columns, at some moment."""
    drawn = st.fixed_dictionaries({"recorded_width": WIDTHS, **columns})
    return st.builds(lambda moment, values: make(moment, **values), MOMENTS, drawn)


CONNECTIONS: Final = [
    _row(
        make,
        pid=st.one_of(PIDS, st.none()),
        image=IMAGES,
        destination_address=SITES,
        protocol=st.sampled_from([6, 17]),
    )
    for make in (g.permit, g.blocked, g.dropped)
]
OTHERS: Final = [
    _row(g.inbound, pid=PIDS, source_address=SITES),
    _row(g.seen, pid=PIDS, image=IMAGES, destination_address=SITES, process_guid=GUIDS),
    _row(g.bound, pid=PIDS, source_address=st.sampled_from(["0.0.0.0", g.OWN])),  # noqa: S104  as the log writes it
    _row(g.asked, pid=PIDS, name=NAMES, query_type=st.sampled_from([1, 28])),
    _row(g.completed, pid=PIDS, name=NAMES, addresses=ANSWERS, status=st.sampled_from([0, 87, 9003])),
    _row(g.queried, pid=PIDS, name=NAMES, addresses=ANSWERS, process_guid=GUIDS),
    _row(
        g.served, name=NAMES, number=st.sampled_from([3016, 3018, 3019, 3020]), pid=st.one_of(PIDS, st.none())
    ),
    _row(g.started, pid=PIDS, image=IMAGES, parent_pid=st.just(8)),
    _row(g.created, pid=PIDS, image=IMAGES, parent_pid=PIDS, parent_guid=GUIDS),
    _row(g.ended, pid=PIDS, image=IMAGES),
    _row(g.terminated, pid=PIDS, process_guid=GUIDS),
    _row(g.block, pid=PIDS, part=st.integers(1, 3), parts=st.just(3), block=st.sampled_from(["b1", "b2"])),
    _row(g.pipeline, pid=PIDS),
]

ROW: Final = st.one_of(CONNECTIONS + OTHERS)
"""One record of any kind."""

ROWS: Final = st.lists(ROW, min_size=5, max_size=40)
"""The records of one host, in the order of its evidence."""
