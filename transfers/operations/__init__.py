"""How the system fares: heartbeats, health, metrics and the connection to TENIOS."""
