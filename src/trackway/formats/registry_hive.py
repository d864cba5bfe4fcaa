"""A registry hive: the settings in SYSTEM, SOFTWARE and SECURITY that say what the host kept, and who it is.

Read with `regipy`, along the paths of `registry_keys` only, each key and value against a budget: a hive of an
attacker's making ends in one skip. What stands in the transaction logs that lie beside a hive is written into the copy
that is read.
"""

from __future__ import annotations

import logging
import shutil
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import IO, Any, Final

from construct import ConstructError  # type: ignore[import-untyped]  # ships no types
from regipy.exceptions import RegipyException
from regipy.registry import NKRecord, RegistryHive

from trackway.evidence.hives import BASE, is_dirty, is_log
from trackway.formats import registry_log
from trackway.formats.registry_keys import KEYS, KIND, OFF_WHERE_ABSENT, Value, Wanted, rows_of
from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered

LONGEST: Final = 512 << 20
"""Bytes of a hive; SOFTWARE reaches 200 MiB."""

_MOST: Final = 200_000
"""Keys and values that are looked at."""

_DAMAGE: Final = (
    RegipyException, ConstructError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, OSError,
    RuntimeError, StopIteration, struct.error,
)  # fmt: skip
"""What the library raises over a hive that is none."""

logging.getLogger("regipy").setLevel(logging.CRITICAL + 1)  # what it leaves out is counted here, and said

_DIRTY: Final = (
    "was being written when it was copied: what stands in its transaction logs is missing; in one folder or "
    "archive with it, .LOG1 and .LOG2 of Windows 8.1 and later are applied"
)
_APPLIED: Final = (
    "was being written when it was copied; {} entries of its transaction logs were applied to a copy"
)
_LOG: Final = "a transaction log of a hive; applied where the hive lies beside it and was being written"


class Hive:
    """The keys of a hive by their path, letter case apart."""

    def __init__(self, path: Path) -> None:
        """Open a hive.

        Raises:
            ValueError: or any other of `_DAMAGE`: it is damaged.
        """
        self._hive, self._left = RegistryHive(str(path)), _MOST
        self.name = self._name()
        self.control = self._control()

    def _name(self) -> str | None:
        """Return which hive it is, by what it holds."""
        names = {key.name.lower() for key in self._below(self._hive.root)}
        signs = {"SYSTEM": {"select"}, "SOFTWARE": {"microsoft", "classes"}, "SECURITY": {"policy", "cache"}}
        return next((name for name, sign in signs.items() if sign <= names), None)

    def _control(self) -> str:
        select = self.find("Select")
        current = self.values(select).get("Current", "1") if select else "1"
        return f"ControlSet{int(str(current)):03d}"

    def find(self, path: str) -> NKRecord | None:
        """Return the key at a path, or null."""
        return self._follow(self._hive.root, path)

    def under(self, path: str) -> Iterator[tuple[str, NKRecord]]:
        """Yield the keys that a path with at most one `*` means, each with its own path."""
        before, star, after = path.partition("\\*")
        key = self.find(before.replace("CurrentControlSet", self.control))
        if key is None or not star:
            yield from [(path, key)] if key is not None else []
            return
        for each in sorted(self._below(key), key=lambda each: str(each.name)):
            if (found := self._follow(each, after.removeprefix("\\"))) is not None:
                yield f"{before}\\{each.name}{after}", found

    def _follow(self, key: NKRecord, path: str) -> NKRecord | None:
        for step in filter(None, path.split("\\")):
            found = (each for each in self._below(key) if each.name.lower() == step.lower())
            if (below := next(found, None)) is None:
                return None
            key = below
        return key

    def values(self, key: NKRecord) -> dict[str, Value]:
        """Return the values of a key by name."""
        found: dict[str, Value] = {}
        for each in key.iter_values(trim_values=False):
            self._spend()
            found[each.name] = _value(each.value)
        if len(found) < key.values_count:
            raise ValueError(f"values of the key {key.name} cannot be read")
        return found

    def _below(self, key: NKRecord) -> Iterator[NKRecord]:
        for each in key.iter_subkeys():
            self._spend()
            yield each

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise ValueError(f"more than {_MOST:,} keys and values on the way")


def _value(value: Any) -> Value:
    if isinstance(value, list):
        return [str(each) for each in value]
    return value if isinstance(value, bytes) else str(value)


def rows(
    stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger, logs: Sequence[IO[bytes]] = ()
) -> RowStream:
    """Yield the settings of a hive, with what its transaction logs hold beyond it; see `formats.read`."""
    yield from gathered(_settings(stream, ledger, logs), shapes, ledger)


def _settings(stream: IO[bytes], ledger: Ledger, logs: Sequence[IO[bytes]]) -> Iterator[Found]:
    """Yield the settings; what comes after damage is lost and said."""
    with _on_disk(stream) as path:
        if path is None:
            yield KIND, 1, f"a hive longer than {LONGEST:,} bytes"
            return
        try:
            ledger.note = _state(path, logs)
            if ledger.note == _LOG:
                return
            hive = Hive(path)
            yield from _of_hive(hive, ledger)
        except _DAMAGE as reason:
            ledger.damaged = True
            yield KIND, 1, f"the hive is damaged: {type(reason).__name__} {reason}"[:300]


def _state(path: Path, logs: Sequence[IO[bytes]]) -> str | None:
    """Write into a copy what its transaction logs hold beyond it, and return what is to be said of the hive."""
    with path.open("r+b") as copy:
        base = copy.read(BASE)
        if is_log(base):
            return _LOG
        if not is_dirty(base):
            return None
        count = registry_log.applied(copy, logs, LONGEST)
        return _APPLIED.format(count) if count else _DIRTY


@contextmanager
def _on_disk(stream: IO[bytes]) -> Iterator[Path | None]:
    """Give a copy on disk, which the library wants; null where it is too long."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hive"
        with path.open("wb") as copy:
            shutil.copyfileobj(stream, copy)
        yield path if path.stat().st_size <= LONGEST else None


def _of_hive(hive: Hive, ledger: Ledger) -> Iterator[Found]:
    if hive.name is None:
        ledger.note = "a registry hive, but neither SYSTEM nor SOFTWARE nor SECURITY; nothing in it is read"
        return
    computer, numbers = _computer(hive), count(1)
    for each in (each for each in KEYS if each.hive == hive.name):
        values: Mapping[str, Value] = {}
        for path, key in hive.under(each.path):
            values = hive.values(key)
            yield from rows_of(each, path, values, lambda _: next(numbers), computer)
        if each in OFF_WHERE_ABSENT and each.values[0] not in values:
            yield from rows_of(each, each.path, {each.values[0]: "0"}, lambda _: next(numbers), computer)


def _computer(hive: Hive) -> str | None:
    """Return the name of the host: with its domain where the hive has it, else the short one."""
    told = {name: value for path in _NAMES for name, value in _said(hive, path).items()}
    short, name, domain = (str(told.get(each) or "") for each in ("ComputerName", "NV Hostname", "Domain"))
    long = name if name.lower().startswith(short.lower()) else short
    return ".".join(filter(None, (long, domain))) or None


_NAMES: Final = tuple(each for each in KEYS if {"ComputerName", "NV Hostname"} & set(each.values))


def _said(hive: Hive, each: Wanted) -> dict[str, Value]:
    found = hive.under(each.path) if hive.name == each.hive else iter(())
    return {name: value for _, key in found for name, value in hive.values(key).items()}
