"""Reads what people type: one form per module. A form checks types and lengths; the rooms below judge the rest."""
