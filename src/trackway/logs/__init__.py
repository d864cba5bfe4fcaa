"""Into the logs: whole records as Event Viewer shows them, asked before anything is interpreted.

`trackway.query` asks a case; this package asks the evidence itself, record by record.
"""
