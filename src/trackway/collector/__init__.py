"""The collector: a PowerShell script that gathers on a host what Trackway reads. Nothing here runs it."""

from __future__ import annotations

from importlib.resources import files


def script() -> str:
    """Return the script, in ASCII, for Windows PowerShell 5.1 and later."""
    return files(__package__).joinpath("collect.ps1").read_text(encoding="ascii")
