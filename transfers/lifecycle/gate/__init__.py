"""Whether requests may leave for TENIOS: a breaker for refused keys, a pause for 429, and the check that opens it.

The gate is one row, and no row means open. Who closes or opens it writes an audit entry in the same transaction and
tells all boards. Lock order: the audit log's lock first, the gate's row under it, so that no two processes wait for
each other; only the lease of a check is taken without, in a statement of its own. Nobody locks the row to read it.
Why, and what stays open between looking and sending: docs/decisions/0009-one-harmless-read-opens-the-gate.md.

    key_check    `check_access_key`: one at a time, by a harmless read
    changes      `stop_sending`, `pause_sending`, `end_pause`, `update_gate_from`, `closes_gate`
    state        `read_gate`, `closed`: what anybody may read
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
