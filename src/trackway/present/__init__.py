"""How a case is shown: text for people, JSON and CSV for machines. Nothing here decides anything."""
