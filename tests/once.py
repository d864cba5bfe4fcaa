"""What is made once for all processes of a test run."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

LONGEST = 300.0
"""Seconds after which whoever makes it is taken for gone."""


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that is made by the first process that asks; the others wait for it.

    Args:
        factory: of this process; the folder lies beside those of the other processes.
        name: of the folder.
        make: makes it, in the empty folder that it is given.
    """
    base = factory.getbasetemp()
    root = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    made, lock, begun = root / name, root / f"{name}.lock", time.monotonic()
    while not made.exists():
        try:
            lock.touch(exist_ok=False)
        except FileExistsError:
            if time.monotonic() - begun > LONGEST:
                pytest.fail(f"{name} was not made by the process that began it")
            time.sleep(0.05)
            continue
        making = factory.mktemp(name)
        try:
            make(making)
            making.rename(made)
        finally:
            lock.unlink()
    return made
