"""The options of both databases: a committed claim is kept, and no process waits for a lock for long (decision 11)."""

from typing import Any

from tenios_dashboard.environment import BASE_DIR

SQLITE_LOCK_SECONDS = 8
"""Less than the 10 s after which the picker gives up. SQLite cannot end the transaction of a process that hangs."""
CONNECTION_KEPT_SECONDS = 60


def database_from_url(url: dict[str, Any]) -> dict[str, Any]:
    """Return the Django settings of a database, given what its URL says.

    Threads keep their connection for a while, and test it before each request or task.
    """
    kept = {**url, "CONN_MAX_AGE": CONNECTION_KEPT_SECONDS, "CONN_HEALTH_CHECKS": True}
    if not url["ENGINE"].endswith("sqlite3"):
        return {**kept, "OPTIONS": _postgresql_options(url.get("OPTIONS", {}))}
    name = BASE_DIR / url["NAME"]
    name.parent.mkdir(parents=True, exist_ok=True)
    return {**kept, "ENGINE": "tenios_dashboard.sqlite3", "NAME": str(name), "OPTIONS": _sqlite_options()}


def _sqlite_options() -> dict[str, Any]:
    """Return options with which a commit survives a power failure, and a transaction takes its write lock first.

    A transaction that reads first and writes later cannot wait for the lock: SQLite refuses it at once.
    """
    return {
        "transaction_mode": "IMMEDIATE",
        "timeout": SQLITE_LOCK_SECONDS,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }


def _postgresql_options(given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a connection; what the URL says wins.

    A process that hangs inside a transaction loses its session after 2 s, and others wait 5 s at most for its locks, so
    they succeed. Statements have no timeout: export, verification and migration may take long, and block nobody. The
    TCP options end a connection to a server that is gone or hangs after some seconds.
    """
    timeouts = "-c lock_timeout=5s -c idle_in_transaction_session_timeout=2s"
    return {
        "application_name": "transferdesk",
        "connect_timeout": 3,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
        **given,
        "options": f"{timeouts} {given.get('options', '')}".strip(),
    }
