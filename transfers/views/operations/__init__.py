"""The Connection page, the system bar, and the addresses for monitoring."""
