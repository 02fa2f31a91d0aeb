"""`make bench`: what the product costs, each figure beside a baseline of the same run.

One module per row of the table. Rows alternate baseline and product, and compare medians: on a machine that others use
as well, the ratio is what lasts. Needs no network but loopback, except for `demo`, which installs packages.
"""
