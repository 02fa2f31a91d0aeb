"""The audit log: a chain of entries that shows later changes, with a personal part that can be erased.

See docs/audit.md. An entry contains pseudonyms, ids and states only; numbers, names and the answers of TENIOS are in
its detail. The entry commits to its detail by a salted hash, and to its predecessor by hash.
Inside, a module imports only from those below it:

    verification       verifies the chain, and names the first entry that was changed
    erasure, anchors   deletes details and records that; the head of the chain as one line to keep elsewhere
    writer, trail      `record`, the only writer; reads the entries of one transfer
    actions, detail    the kinds of facts; what a detail may contain
    chain, guard       the hashes; the triggers that refuse changes
"""

from transfers.audit_log.actions import AuditAction
from transfers.audit_log.erasure import erase_details
from transfers.audit_log.trail import TrailEntry, contradicted_transfers, latest_entries, trail_of_transfer
from transfers.audit_log.writer import NotInTransactionError, chain_head, record

__all__ = [
    "AuditAction",
    "NotInTransactionError",
    "TrailEntry",
    "chain_head",
    "contradicted_transfers",
    "erase_details",
    "latest_entries",
    "record",
    "trail_of_transfer",
]
