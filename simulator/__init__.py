"""A faithful TENIOS for demos and tests: its HTTP interface, its posts, and a page that steers both.

An independent oracle: it is written from the documentation of TENIOS alone and imports nothing of the application it
is there to test. Start it with `manage.py simulate_tenios`, or in a test with `server.Simulator`.
"""
