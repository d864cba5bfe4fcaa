"""Commands that a user can paste into the shell at hand."""

from __future__ import annotations

import os
import re
import shlex

from trackway.present.visible import visible

_WINDOWS_PLAIN = re.compile(r"[\w@%+=:,./\\-]+")


def quoted(text: str, *, windows: bool = os.name == "nt") -> str:
    """Return one argument quoted for the shell: POSIX, or cmd.exe and PowerShell alike.

    Double quotes serve both Windows shells; a `"` cannot occur in a path there and is doubled elsewhere.
    """
    shown = visible(text)
    if not windows:
        return shlex.quote(shown)
    return shown if _WINDOWS_PLAIN.fullmatch(shown) else '"{}"'.format(shown.replace('"', '""'))
