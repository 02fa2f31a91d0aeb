"""Whether the system works: heartbeats of worker and sweeper, health, metrics, and the connection to TENIOS.

    heartbeats         when worker and sweeper last worked
    health             whether transfers are sent now, and what people read about it
    metrics            totals and gauges for Prometheus
    connection_report  what administrators read about the connection to TENIOS

Each of the three packages names what other rooms use.
"""

from transfers.operations.heartbeats import HeartbeatTimer, LastHeartbeat, Part, last_heartbeats, record_heartbeat

__all__ = ["HeartbeatTimer", "LastHeartbeat", "Part", "last_heartbeats", "record_heartbeat"]
