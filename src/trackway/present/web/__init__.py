"""The workbench: one case, answered to one browser on this machine."""
