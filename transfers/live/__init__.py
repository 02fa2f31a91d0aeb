"""The live push: changes are published on Redis, and each web process streams them to the boards that are open there.

Publish with `publishing`. A web process puts together `OpenStreams` (streams), `LiveHub` (hub), `PermissionWatch`
(permissions) and `HealthWatch` (health); transfers/views/board/live.py does so.
"""
