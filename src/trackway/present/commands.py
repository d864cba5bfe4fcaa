"""The commands whose answer is a page: `report` writes one, `serve` answers one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from trackway import case as cases
from trackway.errors import CaseError
from trackway.present.options import common
from trackway.present.streams import Manner, note


@click.command()
@click.argument("case")
@click.option(
    "-o", "--output", metavar="FILE", default="report.html", show_default=True, help="File to write."
)
@click.option("--redact", is_flag=True, help="Replace users, hosts and internal addresses by pseudonyms.")
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@common
@click.pass_obj
def report(manner: Manner, /, case: str, output: str, *, redact: bool, force: bool) -> int:
    """Write a CASE as one HTML file that opens anywhere, with the network off.

    \b
    Examples:
      trackway report case -o report.html
      trackway report case -o for-the-vendor.html --redact
    """
    from trackway.present.report import write_report  # noqa: PLC0415  only this command needs its libraries

    path = Path(output)
    if path.exists() and not force:
        raise CaseError(f"{path}: is there already; use --force to replace it, or -o for another name")
    written = write_report(cases.open(case), path, redact=redact)
    if not manner.quiet:
        note(f"{path}: {written.stories:,} stories, {path.stat().st_size:,} bytes")
    if written.left_out:
        note(f"{written.left_out:,} less relevant stories were left out; the report says so")
    return 0


@click.command()
@click.argument("case")
@click.option(
    "--evidence", multiple=True, metavar="PATH", help="Where the evidence is now, to show raw records."
)
@click.option("--compare", "other", metavar="CASE", help="A second case to compare it with.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="Port; a free one by default."
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Address to listen on; another one needs a password in TRACKWAY_PASSWORD.",
)
@click.option("--no-browser", is_flag=True, help="Open no browser.")
@common
@click.pass_obj
def serve(manner: Manner, /, case: str, *, no_browser: bool, **asked: Any) -> int:
    """Look into a CASE in the browser of this machine.

    \b
    Examples:
      trackway serve case
      trackway serve case --evidence /mnt/evidence --no-browser
      trackway serve today --compare yesterday
    """
    from trackway.present.web import serve as server  # noqa: PLC0415  only this command needs its libraries

    place = server.Place(
        host=asked["host"],
        port=asked["port"],
        password=os.environ.get("TRACKWAY_PASSWORD") or None,
        opens_browser=not no_browser,
    )
    other = cases.open(asked["other"]) if asked["other"] else None
    server.serve(cases.open(case), place, asked["evidence"], other, note)
    if not manner.quiet:
        note("the workbench is closed")
    return 0


PAGES = (report, serve)
"""The commands, for `trackway.cli`."""
