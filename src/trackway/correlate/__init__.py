"""Correlate: the observations of one host to processes, look-ups, connections and what ties them."""
