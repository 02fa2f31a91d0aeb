"""The hashes of the chain: how an entry commits to its detail, its fields and its predecessor. Touches no database."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC
from typing import Any

GENESIS_HASH = "0" * 64
"""What the first entry has in place of a predecessor's hash."""

HASHED_FIELDS = (
    "seq",
    "recorded_at",
    "actor",
    "action",
    "transfer_id",
    "call_id",
    "outcome",
    "detail_commit",
    "prev_hash",
)
"""Every field of an entry but its hash."""

_VERSION = b"transferdesk audit entry 1\n"
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def canonical_json(value: Mapping[str, Any]) -> str:
    """Return the one JSON text of this value: keys sorted, no spaces, letters as they are."""
    return _ENCODER.encode(value)


def hash_detail(*, salt: str, payload: str) -> str:
    """Return an entry's commitment to its detail, 64 hex digits, from the detail's two columns as they are stored."""
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def hash_entry(fields: Mapping[str, Any]) -> str:
    """Return an entry's hash, 64 hex digits, over `HASHED_FIELDS` as the model gives them.

    The time is hashed as UTC with six decimals, which both databases give back as they got it.
    """
    recorded_at = fields["recorded_at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(_VERSION + canonical_json({**fields, "recorded_at": recorded_at}).encode()).hexdigest()
