"""Zeek's conn.log: every connection that passed its sensor.

Source: Zeek, "conn.log". `ts` is the first packet; `orig` is whoever sent it; the bytes are of the payload. The
sensor sees addresses as they are where it stands: behind address translation it sees another client. `conn_state`
is computed from what both sides were seen to send (base/protocols/conn/main.zeek): SF needs both ends' FIN.
"""

from __future__ import annotations

from trackway.formats.rows import records
from trackway.schema import CONNECTION_OBSERVATION
from trackway.sources.source import Source, address_in

SOURCE = Source(
    name="zeek_conn",
    title="Zeek, connections (conn.log)",
    kinds=("zeek_conn",),
    shape=records(
        "zeek_conn",
        "zeek_conn",
        "OrigHost",
        "OrigPort",
        "RespHost",
        "RespPort",
        "Proto",
        "State",
        "OrigBytes",
        "RespBytes",
        of_clients=True,
    ),
    table=CONNECTION_OBSERVATION,
    default_on=False,
    built_in=False,
    needs="a sensor that sees the network between the host and the other side",
    enable="zeek -i eth0 local",
    proves="this address sent the first packet to that one at this moment, whether it was answered, and how many "
    "bytes went each way",
    never="the process, the user, or which host had the address; what went another way than by the sensor",
    decoded={
        "client": address_in("OrigHost"),
        "server": address_in("RespHost"),
    },
)
