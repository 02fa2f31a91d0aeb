"""`make bench`: what the product costs, each figure beside a baseline of the same run.

- `benchmarks/` has a module for each benchmark; its `__init__` is the catalogue that `ONLY=` chooses from.
- `baselines/` has the servers that the product is compared with.
- `data/` fills the database of a system that is measured.
- The rest is what the benchmarks share: `options`, `figures` (arithmetic and table), `system` (the processes),
  `client`, `events` and `open_streams` (the load), `stub_tenios`, `machine`.

Rounds alternate between baseline and product, and medians are compared: on a machine that others use as well, the ratio
is more stable than each figure. The network is not needed, except for `demo`, which installs packages.
"""
