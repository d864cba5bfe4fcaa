"""`trackway advise`: what to switch on next time, as text, as a script, for a group policy."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from trackway.coverage.advice import (
    FIREWALL_LOG,
    GOALS,
    MEGABYTE,
    SYSMON_CONFIGURATION,
    Step,
    advice,
    log_bytes,
)
from trackway.errors import CaseError
from trackway.present.console import console, said
from trackway.present.coverage import opened
from trackway.present.options import common
from trackway.present.streams import Manner, binary_output, note


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
    "--budget", type=click.FloatRange(min=0), metavar="MB", help="Most megabytes a day on one host."
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
    type=click.Choice(["text", "powershell", "audit-csv", "lgpo", "sysmon"]),
    default="text",
    show_default=True,
    help="How to write it.",
)
@click.option("-o", "--output", metavar="FILE", help="File to write; standard output by default.")
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
      trackway advise case --format audit-csv -o audit.csv
      trackway advise case --format lgpo -o lgpo.txt
      trackway advise case --format sysmon -o trackway-sysmon.xml
    """
    path = Path(output) if output else None
    if path and path.exists() and not force:
        raise CaseError(f"{path}: is there already; use --force to replace it, or -o for another name")
    with opened(evidence) as case, case.connect() as connection:
        steps = list(advice(connection, goal, budget))
    written = {
        "powershell": _script,
        "audit-csv": _audit_csv,
        "lgpo": _lgpo,
        "sysmon": _sysmon,
        "text": _text,
    }[form]
    lines = list(written(steps, days))
    content = "\n".join(lines) + "\n"
    if path:
        path.write_text(content, encoding="utf-8", newline="\r\n")
        note(f"{path}: written; nothing was run")
    elif form == "text":
        out = console(sys.stdout, color=manner.color)
        for line in lines:
            out.print(said(line), soft_wrap=True)
    else:
        binary_output().write(content.encode())
    return 0


def _text(steps: Sequence[Step], days: float) -> Iterator[str]:
    for step in steps:
        cost = "volume unknown" if step.megabytes is None else f"{step.megabytes:,.1f} MB a day"
        yield f"{'switch on' if step.is_advised else 'leave'}: {step.means.name} ({cost}; {step.why})"
        if step.is_advised:
            yield from (f"    {command}" for command in step.means.enable)
            yield f"    group policy: {step.means.policy}"
            yield from (f"    undo: {command}" for command in step.means.revert)
    for log, size in log_bytes(steps, days).items():
        yield f"size of {log} for {days:g} days: {size:,} bytes"
        yield f"    {_resize(log, size)}"
    yield from _firewall(steps)
    yield "a log that is larger already is best left so: wevtutil gl NAME shows it"
    yield "as files: --format powershell, audit-csv, lgpo (LGPO.exe /t), sysmon (trackway-sysmon.xml)"


def _firewall(steps: Sequence[Step]) -> Iterator[str]:
    """Say how long pfirewall.log lasts: it cannot be larger."""
    for step in steps:
        if step.means.kind == "firewall_log" and (step.is_on or step.is_advised) and step.megabytes:
            days = FIREWALL_LOG / MEGABYTE / step.megabytes
            yield f"pfirewall.log holds {FIREWALL_LOG:,} bytes at most: {days:,.1f} days, and as much in .old"


def _resize(log: str, size: int) -> str:
    return f'wevtutil sl "{log}" /ms:{size}'


def _script(steps: Sequence[Step], days: float) -> Iterator[str]:
    yield "# Switches on what Trackway advises; with -Revert it switches the same off. Run it as administrator."
    yield "# What was on before it is run is not remembered: look at `auditpol /get /category:*` first."
    yield "[CmdletBinding()]"
    yield "param([switch]$Revert)"
    yield "$ErrorActionPreference = 'Stop'"
    yield "if ($Revert) {"
    yield "    # The sizes of the logs stay: a smaller one would lose records."
    for step in _advised(steps):
        yield f"    # {step.means.name}"
        yield from (f"    {command}" for command in step.means.revert)
    yield "} else {"
    for step in _advised(steps):
        cost = "volume unknown" if step.megabytes is None else f"about {step.megabytes:,.1f} MB a day here"
        yield f"    # {step.means.name}: {cost}"
        yield from (f"    {command}" for command in step.means.enable)
    yield from (f"    {_resize(log, size)}" for log, size in log_bytes(steps, days).items())
    yield "}"


def _audit_csv(steps: Sequence[Step], days: float) -> Iterator[str]:
    """Write Machine\\Microsoft\\Windows NT\\Audit\\audit.csv of a group policy."""
    del days
    yield "Machine Name,Policy Target,Subcategory,Subcategory GUID,Inclusion Setting,Exclusion Setting,Setting Value"
    words = {1: "Success", 2: "Failure", 3: "Success and Failure"}
    for step in _advised(steps):
        for line in step.means.audit:
            yield f",System,{line.name},{line.guid.lower()},{words[line.setting]},,{line.setting}"


def _lgpo(steps: Sequence[Step], days: float) -> Iterator[str]:
    """Write the registry values of a group policy as the text that Microsoft's LGPO.exe reads with /t."""
    sizes = log_bytes(steps, days)
    values = [value for step in _advised(steps) for value in step.means.registry]
    if "Security" in sizes:
        values.append(
            ("SOFTWARE\\Policies\\Microsoft\\Windows\\EventLog\\Security", "MaxSize", sizes["Security"] >> 10)
        )
    yield "; LGPO.exe /t lgpo.txt; to undo: the same with DELETE in place of each DWORD"
    for key, name, number in values:
        yield from ("", "Computer", key, name, f"DWORD:{number}")


def _sysmon(steps: Sequence[Step], days: float) -> Iterator[str]:
    del steps, days
    yield SYSMON_CONFIGURATION.rstrip("\n")


def _advised(steps: Sequence[Step]) -> Iterator[Step]:
    return (step for step in steps if step.is_advised)
