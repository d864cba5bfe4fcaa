"""What the report and the workbench share: rows for their lists, sentences, the overview, the query line."""
