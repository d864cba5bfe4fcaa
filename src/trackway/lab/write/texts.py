"""Values of records as text, the way Windows renders them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from trackway.lab.witness.record import Type
from trackway.lab.world.schedule import SECOND


@lru_cache(maxsize=65536)
def guid_text(value: bytes) -> str:
    """Return a GUID as `{3f6c14a8-…}`."""
    return f"{{{UUID(bytes_le=value)}}}"


TEXT: Final[dict[Type, Callable[[Any], str]]] = {
    "text": str,
    "sid": str,
    "u8": str,
    "u16": str,
    "u32": str,
    "u64": str,
    "hex32": hex,
    "hex64": hex,
    "pointer": hex,
    "guid": guid_text,
    "flag": lambda value: "true" if value else "false",
    "time": str,
}


@lru_cache(maxsize=4096)
def _second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


def iso(time: int, digits: int = 3) -> str:
    """Return a moment as `2021-11-27T03:17:39.123Z`, with so many digits after the point."""
    second, micro = divmod(time, SECOND)
    fraction = f".{micro:06d}"[: digits + 1] if digits else ""
    return f"{_second(second)}{fraction}Z"


def local(time: int) -> str:
    """Return a moment as `2021-11-27 03:17:39`, whole seconds and no zone."""
    return _second(time // SECOND).replace("T", " ")
