"""`make chaos`: transfers under attack. A generator clicks, a nemesis breaks things, a checker compares what was said.

The oracle is the simulator's own ledger, which the product cannot see. Needs no network but loopback.
"""
