"""Commands that a user can paste into the shell at hand."""

from __future__ import annotations

import os
import re
import shlex

from trackway.present.visible import visible

_WINDOWS_PLAIN = re.compile(r"[\w@%+=:,./\\-]+")


def quoted(text: str, *, windows: bool = os.name == "nt") -> str:
    """Return one argument quoted for the shell: POSIX, or cmd.exe and PowerShell alike.

    Double quotes serve both Windows shells, but PowerShell expands `$` and a backtick in them; what holds
    one is quoted for PowerShell alone.
    """
    shown = visible(text)
    if not windows:
        return shlex.quote(shown)
    if _WINDOWS_PLAIN.fullmatch(shown):
        return shown
    if "$" in shown or "`" in shown:
        return "'{}'".format(shown.replace("'", "''"))
    return '"{}"'.format(shown.replace('"', '""'))
