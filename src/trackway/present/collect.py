"""`trackway collect`: the script for the host. Trackway itself runs nothing anywhere."""

from __future__ import annotations

import sys

import click

from trackway.collector import script
from trackway.errors import UsageError
from trackway.present.options import common
from trackway.present.streams import Manner


@click.command()
@click.option("--print", "is_printed", is_flag=True, help="Print the script.")
@common
@click.pass_obj
def collect(_manner: Manner, /, is_printed: bool) -> int:
    """Print the PowerShell script that gathers on a host what Trackway reads.

    It needs nothing but Windows PowerShell 5.1, changes nothing, sends nothing, and writes one zip.

    \b
    Examples:
      trackway collect --print
    """
    if not is_printed:
        raise UsageError("trackway collect runs nothing by itself; --print prints the script for the host")
    sys.stdout.write(script())
    return 0
