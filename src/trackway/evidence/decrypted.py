"""Encrypted members of zip archives: ZipCrypto, and AES as WinZip, 7-Zip and collectors write it.

Sources: PKWARE, APPNOTE 6.3.10, 6.1 (traditional encryption); WinZip, "AES Encryption Information",
version 1.04. AES comes from pycryptodomex; without it such members are listed and left out. ZipCrypto is
slow here (some megabytes a second) and weak; collectors that care use AES.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
import zlib
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from trackway.evidence.limits import Damaged

AES_METHOD: Final = 99
AES_FIELD: Final = 0x9901

ASK: Final = "encrypted; give its password with --password"
WRONG: Final = "encrypted with another password than --password gives"
NO_AES: Final = "encrypted with AES; install the package pycryptodomex, or unpack it first"
BROKEN: Final = "the checksum differs: the encrypted content is not what was packed"

_KEY_BYTES: Final = {1: 16, 2: 24, 3: 32}
_VERIFIER, _SEAL, _HEAD = 2, 10, 12
_ROUNDS: Final = 1000
_TABLE: Final = tuple(zlib.crc32(bytes([byte]), 0xFFFFFFFF) ^ 0xFFFFFFFF for byte in range(256))

Read = Callable[[int], bytes]


class Sealed(NamedTuple):
    """What a header says of the encryption of a member.

    Attributes:
        packed: bytes of the member in the archive, with everything that encryption adds.
        check: the byte that ends the head of ZipCrypto.
        strength: 1 to 3 of AES; null for ZipCrypto.
    """

    packed: int
    check: int
    strength: int | None


def unsealed(read: Read, sealed: Sealed, password: str | None) -> Read | str:
    """Return what reads the plain content, or why it cannot be read.

    Args:
        read: reads the archive from the start of the member on.
        sealed: how it is encrypted.
        password: as the user gave it.
    """
    if password is None:
        return ASK
    secret = password.encode()
    return _zip_crypto(read, sealed, secret) if sealed.strength is None else _aes(read, sealed, secret)


def aes_field(field: bytes) -> tuple[int, int, int] | None:
    """Return version, strength and compression method of an AES extra field, or null where it is none."""
    if len(field) < 7:  # noqa: PLR2004  its length in the description
        return None
    version, vendor, strength, method = struct.unpack_from("<H2sBH", field)
    return (version, strength, method) if vendor == b"AE" and strength in _KEY_BYTES else None


def _zip_crypto(read: Read, sealed: Sealed, secret: bytes) -> Read | str:
    cipher = _ZipCipher(secret)
    head = cipher.plain(read(_HEAD))
    if len(head) < _HEAD or head[-1] != sealed.check:
        return WRONG
    left = sealed.packed - _HEAD

    def plain(count: int) -> bytes:
        nonlocal left
        found = read(max(min(count, left), 0))
        left -= len(found)
        return cipher.plain(found)

    return plain


class _ZipCipher:
    """Three keys that every plain byte turns."""

    def __init__(self, secret: bytes) -> None:
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        for byte in secret:
            self._keys = _turned(self._keys, byte)

    def plain(self, content: bytes) -> bytes:
        found = bytearray(len(content))
        keys = self._keys
        for place, byte in enumerate(content):
            mixed = keys[2] | 2
            found[place] = byte ^ ((mixed * (mixed ^ 1)) >> 8 & 0xFF)
            keys = _turned(keys, found[place])
        self._keys = keys
        return bytes(found)


def _turned(keys: tuple[int, int, int], byte: int) -> tuple[int, int, int]:
    first, second, third = keys
    first = first >> 8 ^ _TABLE[(first ^ byte) & 0xFF]
    second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
    return first, second, third >> 8 ^ _TABLE[(third ^ second >> 24) & 0xFF]


def _aes(read: Read, sealed: Sealed, secret: bytes) -> Read | str:
    try:
        from Cryptodome.Cipher import AES  # noqa: PLC0415  optional
        from Cryptodome.Util import Counter  # noqa: PLC0415
    except ImportError:
        return NO_AES
    size = _KEY_BYTES[sealed.strength or 1]
    salt, verifier = read(size // 2), read(_VERIFIER)
    keys = hashlib.pbkdf2_hmac("sha1", secret, salt, _ROUNDS, 2 * size + _VERIFIER)
    if len(verifier) < _VERIFIER or verifier != keys[-_VERIFIER:]:
        return WRONG
    counter = Counter.new(128, initial_value=1, little_endian=True)
    cipher = AES.new(keys[:size], AES.MODE_CTR, counter=counter)
    left = sealed.packed - size // 2 - _VERIFIER - _SEAL
    return _AesReader(read, cipher, keys[size : 2 * size], left).read


class _AesReader:
    """Reads up to the seal, and compares it once everything before it was read."""

    def __init__(self, read: Read, cipher: Any, key: bytes, left: int) -> None:
        self._read, self._cipher, self._left = read, cipher, left
        self._seal = hmac.new(key, digestmod=hashlib.sha1)
        self._compared = False

    def read(self, count: int) -> bytes:
        found = self._read(max(min(count, self._left), 0))
        self._left -= len(found)
        self._seal.update(found)
        if self._left <= 0 and not self._compared:
            self._compared = True
            if self._read(_SEAL) != self._seal.digest()[:_SEAL]:
                raise Damaged(BROKEN)
        plain: bytes = self._cipher.decrypt(found)
        return plain
