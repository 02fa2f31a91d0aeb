"""Fills the database of a measured system. Its functions are called by name, through `python -m scripts.bench.data`."""
