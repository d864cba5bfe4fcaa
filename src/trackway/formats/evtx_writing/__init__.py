"""EVTX as Windows writes it: chunks of 64 KiB, strings and templates once a chunk, checksums, a ring of chunks.

Sources: [MS-EVEN6] 2.2.12 and 2.2.17 for BinXml; the layout of real logs for file and chunk headers.
"""

from trackway.formats.evtx_writing.chunk import Chunk, start_of_content
from trackway.formats.evtx_writing.log_file import LogFile, header
from trackway.formats.evtx_writing.template import (
    END_OF_STREAM,
    FRAGMENT,
    Content,
    Element,
    Hole,
    Template,
)
from trackway.formats.evtx_writing.values import BINXML

__all__ = [
    "BINXML",
    "END_OF_STREAM",
    "FRAGMENT",
    "Chunk",
    "Content",
    "Element",
    "Hole",
    "LogFile",
    "Template",
    "header",
    "start_of_content",
]
