"""The benchmark of the native reader; `python -m reader` with `bench` on the path."""
