"""EVTX as Windows writes it: chunks of 64 KiB, strings and templates once a chunk, checksums, a ring of chunks.

Sources: [MS-EVEN6] 2.2.12 and 2.2.17 for BinXml; the layout of real logs for file and chunk headers.
"""

from trackway.lab.write.evtx.damage import corrupt, cut, dirty
from trackway.lab.write.evtx.log_file import EvtxFile

__all__ = ["EvtxFile", "corrupt", "cut", "dirty"]
