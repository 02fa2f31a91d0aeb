"""Helpers that know nothing of calls: database errors, Redis queue, leases, phone numbers, durations, CSV cells, ASGI.

The public face is the functions of each module.
"""
