"""The commands whose answer is a page: `report` writes one, `serve` answers one."""

from __future__ import annotations

from pathlib import Path

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


PAGES = (report,)
"""The commands, for `trackway.cli`."""
