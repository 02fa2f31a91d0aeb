"""Whether requests may be sent to TENIOS: a circuit breaker for refused keys, a pause for HTTP 429.

The gate is one row; no row means open. Whatever closes or opens it writes an audit entry in the same transaction and
notifies all boards. Lock order: the lock of the audit log first, then the row of the gate, so that no two processes
wait for each other. Only the lease of a key check is taken without that lock, in a statement of its own. Reading the
gate locks nothing. Why, and what can happen between reading and sending:
docs/decisions/0009-one-harmless-read-opens-the-gate.md.

    key_check    `check_access_key`: checks the key by a harmless read; an accepted key opens the gate
    changes      `stop_sending`, `pause_sending`, `end_pause`, `update_gate_from`, `closes_gate`
    state        `read_gate`; `closed` and `stopped` for conditions of other updates
"""

from transfers.lifecycle.gate.changes import closes_gate, end_pause, pause_sending, stop_sending, update_gate_from
from transfers.lifecycle.gate.key_check import CheckAlreadyRunning, check_access_key, is_key_changed
from transfers.lifecycle.gate.state import GateState, closed, read_gate, stopped

__all__ = [
    "CheckAlreadyRunning",
    "GateState",
    "check_access_key",
    "closed",
    "closes_gate",
    "end_pause",
    "is_key_changed",
    "pause_sending",
    "read_gate",
    "stop_sending",
    "stopped",
    "update_gate_from",
]
