"""Interpret: one module for each evidence source, found by itself.

A source is a module that ends in `SOURCE = Source(...)` and an SQL file of the same name. Nothing has
to be registered: `installed` imports every module of this package.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from trackway.sources.source import Source

__all__ = ["Source", "installed"]


@cache
def installed() -> Mapping[str, Source]:
    """Return every source by name, in alphabetical order."""
    modules = (
        importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__)
    )
    sources = (module.SOURCE for module in modules if hasattr(module, "SOURCE"))
    return MappingProxyType(
        {source.name: source for source in sorted(sources, key=lambda source: source.name)}
    )
