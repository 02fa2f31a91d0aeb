"""The workload: `generator` lets several agents play scenarios at the same time, an `administrator` checks the key.

A `client` is a signed-in user who submits forms and reads pages over HTTP, and records both in the history.
"""
