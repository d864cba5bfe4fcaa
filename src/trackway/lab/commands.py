"""The commands of the lab: `lab make`, `lab score`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from trackway.errors import CaseError, UsageError
from trackway.lab.make import World, make
from trackway.lab.policy import FORMS, SOURCES, SYSMON_SCHEMAS, TREES, Policy
from trackway.lab.scenario import SCENARIOS
from trackway.lab.score import score
from trackway.lab.score.picture import picture
from trackway.lab.score.text import write_result
from trackway.lab.world.machine import VERSIONS
from trackway.present.console import console
from trackway.present.options import common
from trackway.present.streams import Manner, note

DONE = 0


@click.group()
@common
def lab() -> None:
    """Make evidence with a known truth, and score answers by it.

    \b
    Examples:
      trackway lab make seed -o world --seed 7 --days 1
      trackway trace world/evidence -o case
      trackway lab score case world
    """


@lab.command("make")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "-o", "--output", metavar="DIR", required=True, help="Folder to write: DIR/evidence, DIR/truth."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Equal seeds make equal bytes.")
@click.option("--hosts", type=int, default=1, show_default=True, metavar="H", help="How many hosts.")
@click.option(
    "--days", type=float, default=1.0, show_default=True, metavar="D", help="How many days, or a part of one."
)
@click.option(
    "--sources",
    metavar="NAMES",
    help=f"Sources that are on, by commas: {', '.join(SOURCES)}. All by default.",
)
@click.option(
    "--form", type=click.Choice(FORMS), default="evtx", show_default=True, help="Of the event logs."
)
@click.option(
    "--tree", type=click.Choice(TREES), default="plain", show_default=True, help="How the files lie."
)
@click.option(
    "--windows",
    type=click.Choice(tuple(VERSIONS)),
    help="Version of the hosts; by default drawn from the seed.",
)
@click.option(
    "--sysmon", type=click.Choice(SYSMON_SCHEMAS), default="4.22", show_default=True, help="Schema of Sysmon."
)
@click.option(
    "--limit",
    metavar="BYTES",
    help="Size at which a log writes over its oldest records; `windows`: as installed.",
)
@click.option(
    "--loss", type=click.FloatRange(0, 1), default=0.0, metavar="SHARE", help="Records lost on the way."
)
@click.option(
    "--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Processes at work."
)
@click.option("--force", is_flag=True, help="Replace a world that is already there.")
@common
@click.pass_obj
def make_command(
    manner: Manner,
    /,
    scenario: str,
    *,
    output: str,
    seed: int,
    hosts: int,
    days: float,
    sources: str | None,
    form: str,
    tree: str,
    windows: str | None,
    sysmon: str,
    limit: str | None,
    loss: float,
    workers: int,
    force: bool,
) -> int:
    """Simulate hosts and write the evidence their sources keep, with the truth beside it.

    SCENARIO is one of those that `trackway lab scenarios` lists.

    \b
    Examples:
      trackway lab make seed -o world
      trackway lab make beacon -o fleet --hosts 50 --days 5 --workers 4
      trackway lab make office -o dc --sources 4688,pfirewall --seed 3
    """
    on = frozenset(SOURCES) if sources is None else frozenset(filter(None, sources.lower().split(",")))
    size, as_installed = _size(limit)
    policy = Policy(
        sources=on, form=form, tree=tree, sysmon_schema=sysmon, limit=size, windows_sizes=as_installed, loss=loss,
    )  # fmt: skip
    world = World(scenario=scenario, seed=seed, hosts=hosts, days=days, windows=windows, policy=policy)
    folder = make(world, Path(output), workers=workers, force=force)
    if not manner.quiet:
        size = sum(path.stat().st_size for path in (folder / "evidence").rglob("*") if path.is_file())
        note(
            f"{folder}: {hosts:,} hosts, {size:,} bytes of evidence; trackway trace {folder / 'evidence'} reads it"
        )
    return DONE


def _size(limit: str | None) -> tuple[int | None, bool]:
    """Return how large logs may become, and whether as Windows lets them."""
    if limit is None or limit == "windows":
        return None, limit is not None
    if not limit.isdecimal() or not limit.isascii():
        raise UsageError(f"--limit {limit}: give a number of bytes, or windows")
    return int(limit), False


@lab.command()
@common
@click.pass_obj
def scenarios(manner: Manner, /) -> int:
    """List the scenarios there are.

    \b
    Examples:
      trackway lab scenarios
    """
    out = console(sys.stdout, color=manner.color)
    for scenario in SCENARIOS.values():
        out.print(f"{scenario.name:12}{scenario.text}", markup=False, highlight=False)
    return DONE


@lab.command("score")
@click.argument("answers", metavar="CASE")
@click.argument("truth")
@click.option(
    "--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True, help="How."
)
@click.option("--picture", "drawing", metavar="FILE", help="Draw the reliability diagram (SVG).")
@click.option("--force", is_flag=True, help="Replace a picture that is already there.")
@common
@click.pass_obj
def score_command(
    manner: Manner, /, answers: str, truth: str, *, form: str, drawing: str | None, force: bool
) -> int:
    """Score a CASE by a TRUTH: right, wrong, unknown and missing, and how far confidences can be believed.

    CASE may also be a folder with the answers of another tool: stories.jsonl and lookups.jsonl.

    \b
    Examples:
      trackway lab score case world
      trackway lab score case world --picture reliability.svg
      trackway lab score their-answers world --format json
    """
    result = score(Path(answers), Path(truth))
    if drawing is not None:
        _draw(Path(drawing), result.reliability, force=force)
    if form == "json":
        click.echo(json.dumps(asdict(result), indent=1))
    else:
        write_result(result, console(sys.stdout, color=manner.color))
    return DONE


def _draw(path: Path, reliability: Sequence[dict[str, object]], *, force: bool) -> None:
    if path.exists() and not force:
        raise CaseError(f"{path}: is there already; use --force to replace it, or give another name")
    try:
        path.write_text(picture(reliability), encoding="utf-8", newline="\n")
    except OSError as error:
        raise CaseError(f"{path}: {error.strerror or error}") from error
