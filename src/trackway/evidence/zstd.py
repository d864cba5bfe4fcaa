"""Zstandard, through Python's own module (3.14) or `backports.zstd`; without them a file is left out.

Source: RFC 8878. A frame that asks for more than 128 MiB of memory is refused, as the command `zstd` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any, Final

from trackway.evidence.inflate import TRUNCATED
from trackway.evidence.limits import Damaged, Limits

MISSING: Final = "zstd-compressed; install the package backports.zstd, or unpack it first"
_WINDOW_LOG: Final = 27
_BLOCK: Final = 64 * 1024
_PIECE: Final = 1 << 20


def unzstd(stream: IO[bytes], limits: Limits) -> Iterator[bytes]:
    """Yield what a file of zstd frames holds.

    Raises:
        Damaged: it ends early or is broken, after all that was readable; or nothing here can read it.
        LimitReached: it is a bomb.
    """
    zstd = _module()
    options = {zstd.DecompressionParameter.window_log_max: _WINDOW_LOG}
    unpacked, pending = 0, stream.read(_BLOCK)
    while pending:
        frame = zstd.ZstdDecompressor(options=options)
        while not frame.eof:
            if frame.needs_input and not pending and not (pending := stream.read(_BLOCK)):
                raise Damaged(TRUNCATED)
            try:
                piece = frame.decompress(pending, _PIECE)
            except zstd.ZstdError as error:
                raise Damaged(f"the compressed content is broken: {error}") from error
            pending = b""
            unpacked += len(piece)
            limits.require_ratio(stream.tell(), unpacked)
            yield piece
        pending = frame.unused_data or stream.read(_BLOCK)


def _module() -> Any:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415  Python 3.14
    except ImportError:
        try:
            from backports import zstd  # type: ignore[no-redef, unused-ignore]  # noqa: PLC0415  optional
        except ImportError as error:
            raise Damaged(MISSING) from error
    return zstd
