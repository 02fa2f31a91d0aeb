"""The live push: changes are published on Redis, and each web process streams them to the boards open there."""
