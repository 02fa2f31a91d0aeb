"""The connection page, the system bars, and the answers for monitoring."""
