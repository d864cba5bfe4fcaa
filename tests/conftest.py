"""How the tests are run."""

from __future__ import annotations

import os

import pytest


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are processors: whoever waits for a browser leaves one idle."""
    return (os.cpu_count() or 1) + 1
