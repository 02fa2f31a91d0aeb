"""The fault injection in its short measure; `make test` runs it beside the rest, `make proofs` in full."""
