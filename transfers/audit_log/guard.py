"""Triggers that make both databases refuse changes of recorded entries.

Refused: UPDATE, DELETE and, on PostgreSQL, TRUNCATE of entries; UPDATE and TRUNCATE of details. SQLite's
`INSERT OR REPLACE` deletes without firing the delete trigger, so on SQLite an insert over an existing row is refused
as well. Deleting single details is allowed, because that is how personal data is erased, and a trigger cannot know who
does it and why. `audit_verify` checks that an entry names each detail that is missing.

The owner of the database can drop the triggers; `audit_verify` reports that, and the chain shows what was changed.
A migration that rebuilds these tables on SQLite drops the triggers as well and must call `install` again.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES = "transfers_auditentry"
DETAILS = "transfers_auditdetail"

_FUNCTION = "transfers_refuse_audit_change"
_FUNCTION_BODY = """
BEGIN
    RAISE EXCEPTION '% of % is refused: the audit log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END
"""
# name: (table, events, pg_trigger.tgtype: 2 before + 8 delete + 16 update + 32 truncate, for each statement)
_POSTGRESQL = {
    "audit_entry_guard": (ENTRIES, "UPDATE OR DELETE OR TRUNCATE", 58),
    "audit_detail_guard": (DETAILS, "UPDATE OR TRUNCATE", 50),
}
# name: (table, event, condition)
_SQLITE = {
    "audit_entry_no_update": (ENTRIES, "UPDATE", "1"),
    "audit_entry_no_delete": (ENTRIES, "DELETE", "1"),
    "audit_entry_no_replace": (
        ENTRIES,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {ENTRIES} WHERE seq = NEW.seq OR rowid = NEW.rowid)",  # noqa: S608
    ),
    "audit_detail_no_update": (DETAILS, "UPDATE", "1"),
    "audit_detail_no_replace": (
        DETAILS,
        "INSERT",
        f"EXISTS (SELECT 1 FROM {DETAILS} WHERE entry_id = NEW.entry_id OR rowid = NEW.rowid)",  # noqa: S608
    ),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """Install all triggers; replace those that exist."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_FUNCTION_BODY}$$")
            for name, (table, events, _) in _POSTGRESQL.items():
                execute = f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {events} ON {table} {execute}")
        else:
            for name in _SQLITE:
                cursor.execute(_sqlite_trigger(name))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers that exist."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name, (table, _, _) in _POSTGRESQL.items():
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
            cursor.execute(f"DROP FUNCTION IF EXISTS {_FUNCTION}()")
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are missing, disabled, or different from those that `install` creates."""
    is_postgresql = connection.vendor == "postgresql"
    in_force = _in_force_on_postgresql(connection) if is_postgresql else _in_force_on_sqlite(connection)
    return [name for name in (_POSTGRESQL if is_postgresql else _SQLITE) if name not in in_force]


def _sqlite_trigger(name: str) -> str:
    table, event, condition = _SQLITE[name]
    refusal = f"{event} of {table} is refused: the audit log is append-only"
    return (
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _in_force_on_sqlite(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        return {name for name, sql in cursor.fetchall() if name in _SQLITE and sql == _sqlite_trigger(name)}


def _in_force_on_postgresql(connection: BaseDatabaseWrapper) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgrelid::regclass::text, tgtype FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled IN ('O', 'A') AND tgqual IS NULL AND prosrc = %s",
            [_FUNCTION_BODY],
        )
        found = {name: (table, kind) for name, table, kind in cursor.fetchall()}
    return {name for name, (table, _, kind) in _POSTGRESQL.items() if found.get(name) == (table, kind)}
