"""The files: event logs, exports and text logs, byte for byte the same for the same seed."""
