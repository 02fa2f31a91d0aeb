"""The audit log: a chain of entries that shows later changes, with a personal part that can be erased.

See docs/audit.md. An entry holds pseudonyms, ids and outcome words; numbers, names and what
TENIOS said stand in its detail. The entry commits to its detail by a salted hash and to its predecessor by hash.
Inside, a module imports only from those below it:

    verification       proves that nothing was changed, and names the first entry that was
    erasure, anchors   deletes details and says so in the chain; the chain's head as one line to keep elsewhere
    writer, trail      `record`, the only writer; the entries of one transfer
    actions, detail    what can happen; what may stand in a detail
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
