"""`trackway events`: what the events of a provider mean, and what evidence tells of them."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from trackway.evidence.discover import discover
from trackway.logs import choice, definitions
from trackway.logs.definitions import Asked
from trackway.logs.evidence import Account
from trackway.logs.learn import learn
from trackway.present import streams
from trackway.present.console import console
from trackway.present.logs.shown import DEFINITIONS, LEARNED, PARAMETERS
from trackway.present.logs.spoken import DONE, DONE_IN_PART, TABLES, filled, unread
from trackway.present.options import common, expanded
from trackway.present.streams import Manner, note
from trackway.present.terminal import write_columns


@click.command()
@click.argument("provider", required=False)
@click.option("--id", "ids", metavar="N,N-N", help="Event ids.")
@click.option("--search", "text", metavar="TEXT", help="Text anywhere in a definition.")
@click.option(
    "--from",
    "evidence",
    multiple=True,
    metavar="EVIDENCE",
    help="Learn from evidence in place of the catalogue.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", *TABLES)),
    default="text",
    show_default=True,
    help="How to print.",
)
@click.option("--password", metavar="WORD", help="Opens encrypted archives; it is kept nowhere.")
@common
@click.pass_obj
def events(
    manner: Manner,
    /,
    *,
    provider: str | None,
    ids: str | None,
    text: str | None,
    evidence: tuple[str, ...],
    form: str,
    password: str | None,
) -> int:
    """Show what the events of a PROVIDER mean: id, versions, parameters, and what each says of a connection.

    \b
    Examples:
      trackway events DNS-Client
      trackway events Microsoft-Windows-DNS-Client --id 3006,3020
      trackway events --search ClientPID --format csv
      trackway events --from logs/ --from provider.man
    """
    asked = Asked(provider=provider, events=choice.events(ids) if ids else frozenset(), text=text)
    if evidence:
        return _learned(manner, expanded(evidence), asked, form, password)
    known = definitions.wanted(asked)
    if form != "text":
        TABLES[form](definitions.known_rows(known), streams.binary_output())
        return DONE
    out = console(sys.stdout, color=manner.color)
    write_columns(DEFINITIONS, filled(definitions.known_rows(known)), out)
    if asked.events:
        write_columns(PARAMETERS, filled(definitions.parameter_rows(known)), out)
    if not known and not manner.quiet:
        note("no event of the catalogue matches")
    return DONE


def _learned(manner: Manner, evidence: list[str], asked: Asked, form: str, password: str | None) -> int:
    """Print what evidence tells, and how it differs from the catalogue."""
    account = Account()
    found = learn(discover([Path(path) for path in evidence]), account, password)
    rows = definitions.learned_rows(each for each in found if asked.fits(each.described))
    if form == "text":
        write_columns(LEARNED, filled(rows), console(sys.stdout, color=manner.color))
    else:
        TABLES[form](rows, streams.binary_output())
    unread(account, manner)
    if not any(asked.fits(each.described) for each in found) and not manner.quiet:
        note("nothing in the evidence describes such an event")
    return DONE if account.is_whole else DONE_IN_PART
