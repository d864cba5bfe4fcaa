"""`trackway advise`: what to switch on next time, as text, as a script, for a group policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from trackway.coverage import group_policy
from trackway.coverage.advice import GOALS, MEGABYTE, Size, Step, advice, log_sizes
from trackway.coverage.means import FIREWALL_LOG, SYSMON_CONFIGURATION
from trackway.errors import CaseError, UsageError
from trackway.present.console import console, said
from trackway.present.coverage import opened
from trackway.present.options import common
from trackway.present.streams import Manner, binary_output, note

_POWERSHELL: Final = ("Set-", "if ")
"""Commands that stop the script by themselves where they fail; a program only leaves its exit code."""

_CHECK: Final = 'if ($LASTEXITCODE) { throw "exit code $LASTEXITCODE" }'


@click.command()
@click.argument("evidence", nargs=-1, required=True, metavar="CASE|EVIDENCE...")
@click.option(
    "--goal",
    type=click.Choice(GOALS),
    default="both",
    show_default=True,
    help="What shall be seen next time.",
)
@click.option(
    "--budget",
    type=click.FloatRange(min=0),
    metavar="MB",
    help="Most megabytes a day that is switched on may write on one host.",
)
@click.option(
    "--days",
    type=click.FloatRange(min=0.1),
    default=7.0,
    show_default=True,
    metavar="N",
    help="Days that the logs shall hold.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "powershell", "gpo", "audit-csv", "lgpo", "sysmon"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option(
    "-o", "--output", metavar="FILE", help="File to write (of gpo the folder); standard output by default."
)
@click.option("--force", is_flag=True, help="Replace a file that is already there.")
@common
@click.pass_obj
def advise(
    manner: Manner,
    /,
    evidence: tuple[str, ...],
    *,
    goal: str,
    budget: float | None,
    days: float,
    form: str,
    output: str | None,
    force: bool,
) -> int:
    """Say which witnesses to switch on, measured on a CASE (or EVIDENCE). Nothing is ever run.

    \b
    Examples:
      trackway advise case
      trackway advise case --goal names --budget 50
      trackway advise case --format powershell -o enable.ps1
      trackway advise case --format gpo -o policy
      trackway advise case --format audit-csv -o audit.csv
      trackway advise case --format lgpo -o lgpo.txt
      trackway advise case --format sysmon -o trackway-sysmon.xml
    """
    path = Path(output) if output else None
    if path and path.exists() and not force:
        raise CaseError(f"{path}: is there already; use --force to replace it, or -o for another name")
    if form == "gpo" and not path:
        raise UsageError("--format gpo makes a folder; name it with -o")
    with opened(evidence) as case, case.connect() as connection:
        steps = list(advice(connection, goal, budget))
        sizes = log_sizes(connection, steps, days)
    if path and form == "gpo":
        _gpo(path, steps, sizes)
        note(f"{path}: written; nothing was run")
        return 0
    lines = {
        "powershell": lambda: _script(steps, sizes),
        "audit-csv": lambda: group_policy.audit_csv(steps),
        "lgpo": lambda: group_policy.lgpo(group_policy.values(steps, sizes)),
        "sysmon": lambda: iter(SYSMON_CONFIGURATION.splitlines()),
        "text": lambda: _text(steps, sizes, days),
    }[form]()
    if path:
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\r\n")
        note(f"{path}: written; nothing was run")
    elif form == "text":
        out = console(sys.stdout, color=manner.color)
        for line in lines:
            out.print(said(line), soft_wrap=True)
    else:
        binary_output().write("".join(f"{line}\n" for line in lines).encode())
    return 0


def _gpo(folder: Path, steps: Sequence[Step], sizes: Sequence[Size]) -> None:
    """Write the machine's part of a group policy, as it lies below a policy's folder in SYSVOL."""
    audit, registry = folder / group_policy.AUDIT, folder / group_policy.REGISTRY
    audit.parent.mkdir(parents=True, exist_ok=True)
    audit.write_text("\n".join(group_policy.audit_csv(steps)) + "\n", encoding="utf-8", newline="\r\n")
    registry.write_bytes(group_policy.registry_pol(group_policy.values(steps, sizes)))


def _text(steps: Sequence[Step], sizes: Sequence[Size], days: float) -> Iterator[str]:
    for step in steps:
        cost = "volume unknown" if step.megabytes is None else f"{step.megabytes:,.1f} MB a day"
        yield f"{'switch on' if step.is_advised else 'leave'}: {step.means.name} ({cost}; {step.why})"
        if step.is_advised:
            yield from (f"    {command}" for command in step.means.enable)
            yield from (f"    or: {command}" for command in step.means.otherwise)
            yield f"    group policy: {step.means.policy}"
            words = "back to what it was here" if step.is_restored else "undo"
            yield from (f"    {words}: {command}" for command in step.revert)
    for each in sizes:
        known = "" if each.before is None else f", has {each.before:,}"
        yield f"size of {each.log} for {days:g} days: {each.size:,} bytes{known}"
        if each.is_larger:
            yield f"    {_resize(each.log, each.size)}"
            if each.before:
                yield f"    back to what it was here: {_resize(each.log, each.before)}"
        else:
            yield "    leave it as it is"
    yield from _firewall(steps)
    if any(each.before is None for each in sizes):
        yield "a log that is larger already is best left so: wevtutil gl NAME shows it"
    yield "as files: --format powershell, gpo (audit.csv and Registry.pol), lgpo (LGPO.exe /t), sysmon"


def _firewall(steps: Sequence[Step]) -> Iterator[str]:
    """Say how long pfirewall.log lasts: it cannot be larger."""
    for step in steps:
        if step.means.kind == "firewall_log" and (step.is_on or step.is_advised) and step.megabytes:
            days = FIREWALL_LOG / MEGABYTE / step.megabytes
            yield f"pfirewall.log holds {FIREWALL_LOG:,} bytes at most: {days:,.1f} days, and as much in .old"


def _resize(log: str, size: int) -> str:
    return f'wevtutil sl "{log}" /ms:{size}'


def _script(steps: Sequence[Step], sizes: Sequence[Size]) -> Iterator[str]:
    advised = [step for step in steps if step.is_advised]
    grown = [each for each in sizes if each.is_larger]
    yield "#Requires -RunAsAdministrator"
    yield "# Switches on what Trackway advises; with -Revert it brings back what the evidence says was before."
    yield "# What the evidence does not say is switched off by it, and says so; look at it before you run this."
    yield "[CmdletBinding()]"
    yield "param([switch]$Revert)"
    yield "$ErrorActionPreference = 'Stop'"
    yield "if ($Revert) {"
    for step in advised:
        told = "as it was here" if step.is_restored else "what was before is not known; off"
        yield f"    # {step.means.name}: {told}"
        yield from (f"    {command}" for command in step.revert)
    for each in grown:
        if each.before:
            yield f"    {_resize(each.log, each.before)}"
        else:
            yield f"    # {each.log}: its size before is not known and stays; a smaller one would lose records"
    yield "} else {"
    for step in advised:
        cost = "volume unknown" if step.megabytes is None else f"about {step.megabytes:,.1f} MB a day here"
        yield f"    # {step.means.name}: {cost}"
        for command in step.means.enable:
            yield f"    {command}"
            if not command.startswith(_POWERSHELL):
                yield f"    {_CHECK}"
    for each in grown:
        yield from (f"    {_resize(each.log, each.size)}", f"    {_CHECK}")
    yield "}"
