"""What `make` calls: it starts, tests and checks the project. Only `procfile` and `run_process` are used in production.

- demo, take_screenshots: run a whole `stack/` for people.
- bench/, chaos/: measure the product, and inject faults into it.
- messages/, gather_places: keep generated files in line with the sources.
- embedded_redis, embedded_postgres, chromium: servers and browser from what the machine has.
- child_process, run_child, net, procfile, scratch_database, sessions: shared by the others.
"""
