"""Event logs of the lab's events, and what happens to such files."""

from trackway.lab.write.evtx.damage import corrupt, cut, dirty
from trackway.lab.write.evtx.log_file import EvtxFile

__all__ = ["EvtxFile", "corrupt", "cut", "dirty"]
