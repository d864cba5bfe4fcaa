r"""Which drive letter each volume has, as `fltmc volumes` prints it; the headings are in the host's language.

    Dos Name                        Volume Name                              FileSystem      Status
    ------------------------------  ---------------------------------------  ----------  -----------
    C:                              \Device\HarddiskVolume3                  NTFS
                                    \Device\Mup                              Remote

Source: the output of Windows 10; Microsoft, "Filter Manager".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO, Final

from trackway.formats.rows import Ledger, RowStream, Shape
from trackway.formats.small import Found, gathered
from trackway.formats.whole_text import whole_text

KIND: Final = "volume_map"

_LINE: Final = re.compile(r"\s*(?P<drive>[A-Za-z]:)?\s*(?P<device>\\Device\\\S+)(?:\s.*)?")


def rows(stream: IO[bytes], shapes: Sequence[Shape], ledger: Ledger) -> RowStream:
    """Yield each volume; see `formats.read`."""
    yield from gathered(_volumes(whole_text(stream, ledger)), shapes, ledger)


def _volumes(text: str) -> Iterator[Found]:
    for number, line in enumerate(text.split("\n"), start=1):
        if found := _LINE.fullmatch(line):
            yield KIND, number, {"Drive": found["drive"], "Device": found["device"]}
