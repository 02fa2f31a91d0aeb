"""The only writer of the audit chain."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.sql import InsertQuery
from django.utils import timezone

from transfers.audit_log.actions import AuditAction
from transfers.audit_log.chain import GENESIS_HASH, canonical_json, hash_detail, hash_entry
from transfers.audit_log.detail import storable_detail
from transfers.models import AuditDetail, AuditEntry

_READ_HEAD = "SELECT seq, hash FROM transfers_auditentry ORDER BY seq DESC LIMIT 1"
# Both statements in one round trip; the second takes its snapshot only after the first has the lock.
_LOCK_AND_READ_HEAD = f"SELECT pg_advisory_xact_lock(4827310569); {_READ_HEAD}"


class NotInTransactionError(Exception):
    """`record` was called outside of a transaction."""


def record(
    *,
    actor: str,
    action: AuditAction,
    transfer_id: int | None = None,
    call_id: int | None = None,
    outcome: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry to the chain, in the transaction of the change that it records, so that both commit or neither.

    `actor` is a person's pseudonym or the name of a part (`worker`, `sweeper`, `tenios`, `beat`). `outcome` is the
    new state of the transfer, or empty if the entry changes none. Everything personal goes into `detail`; access keys
    are removed from it. An entry without a detail gets an empty one, so that all entries are read, verified and erased
    in the same way.

    No other process can record until the transaction ends, so change rows first and record last.

    Raises NotInTransactionError.
    """
    facts = {"actor": actor, "action": action.value, "transfer_id": transfer_id, "call_id": call_id}
    return _append({**facts, "outcome": str(outcome)}, payload=canonical_json(storable_detail(detail or {})))


def _append(facts: Mapping[str, Any], *, payload: str) -> AuditEntry:
    seq, prev_hash = lock_head()
    salt = secrets.token_hex(32)
    fields: dict[str, Any] = {
        **facts,
        "seq": seq + 1,
        # Read after the lock, so that the chain is in the order of time.
        "recorded_at": timezone.now(),
        "detail_commit": hash_detail(salt=salt, payload=payload),
        "prev_hash": prev_hash,
    }
    entry = AuditEntry(**fields, hash=hash_entry(fields))
    _insert(entry, AuditDetail(entry=entry, salt=salt, payload=payload))
    return entry


def _insert(*rows: Model) -> None:
    """Insert rows, in one round trip if the database accepts several statements: other processes wait for the lock."""
    inserts = [InsertQuery(type(row)) for row in rows]
    statements = []
    for query, row in zip(inserts, rows, strict=True):
        query.insert_values(row._meta.concrete_fields, [row])
        statements += query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "; ".join(sql for sql, _ in statements), [value for _, values in statements for value in values]
            )
        else:
            for sql, values in statements:
                cursor.execute(sql, values)


def chain_head() -> AuditEntry | None:
    """Return the last entry; None if there is none."""
    return AuditEntry.objects.order_by("-seq").first()


def lock_head() -> tuple[int, str]:
    """Lock the chain until this transaction ends, and return seq and hash of its last entry.

    On SQLite the transaction itself is the lock: it began IMMEDIATE. Raises NotInTransactionError.
    """
    if not connection.in_atomic_block:
        raise NotInTransactionError("Record an audit entry in the transaction of the change that it records.")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_LOCK_AND_READ_HEAD)
            cursor.nextset()
        else:
            cursor.execute(_READ_HEAD)
        head = cursor.fetchone()
    return (head[0], head[1]) if head else (0, GENESIS_HASH)
