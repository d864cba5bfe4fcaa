"""Find: which files there are, what they are by content, and what their containers hold."""
