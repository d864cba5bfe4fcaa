"""The report: one case as one file that opens anywhere and asks nobody for anything."""

from trackway.present.report.write import write_report

__all__ = ["write_report"]
