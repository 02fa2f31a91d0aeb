"""`make chaos`: transfers while everything around them fails. A run on one seed has four parts.

- `workload/`: agents who request transfers, each by a scenario, and an administrator.
- `faults/`: fault injection into processes, Redis, the database and TENIOS.
- `history`: what was submitted, displayed and stored, with times (`state_watch` reads the database during the run).
- `checker/`: compares the history with the `final_state`, and finds each broken promise.

`run` puts them together; `system` starts the processes. The truth is the ledger of the simulator, which the product
cannot read. The network is not needed.
"""
