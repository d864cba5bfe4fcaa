"""Trackway reconstructs every network connection a Windows host made, from the evidence it kept."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("trackway")
except PackageNotFoundError:  # run from a source tree that is not installed
    __version__ = "0+source"
