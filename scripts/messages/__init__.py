"""Translations without gettext's own tools: the package Babel reads, writes and compiles the catalogue.

`catalogue` collects the texts (those in Python by `python_texts`), `faults` finds what is missing or wrong.
"""
