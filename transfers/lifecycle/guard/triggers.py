"""Installs and removes the triggers, and compares those in the database with the rules."""

from collections.abc import Mapping, Sequence

from django.db.backends.base.base import BaseDatabaseWrapper

from transfers.lifecycle.guard.rules import TABLE, Rule, Step, rules_for, steps_of_table

_POSTGRESQL_TYPES = {"UPDATE": 19, "DELETE": 11}
"""pg_trigger.tgtype: 1 for each row + 2 before + 8 delete + 16 update."""


def install(connection: BaseDatabaseWrapper, steps: Sequence[Step]) -> None:
    """Install all triggers for these steps; replace those that exist."""
    remove(connection)
    with connection.cursor() as cursor:
        for name, rule in rules_for(connection.vendor, steps).items():
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $${_function_body(rule)}$$"
                )
                execute = f"FOR EACH ROW EXECUTE FUNCTION {name}()"
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {rule.event} ON {TABLE} {execute}")
            else:
                cursor.execute(_sqlite_trigger(name, rule))


def remove(connection: BaseDatabaseWrapper) -> None:
    """Remove the triggers that exist."""
    with connection.cursor() as cursor:
        for name in rules_for(connection.vendor, ()):
            if connection.vendor == "postgresql":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {TABLE}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
            else:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def missing_triggers(connection: BaseDatabaseWrapper) -> list[str]:
    """Return the names of triggers that are missing, disabled, or different from the table of transitions."""
    rules = rules_for(connection.vendor, steps_of_table())
    in_force: Mapping[str, object]
    wanted: Mapping[str, object]
    if connection.vendor == "postgresql":
        in_force = _in_force_on_postgresql(connection)
        wanted = {name: (_function_body(rule), _POSTGRESQL_TYPES[rule.event]) for name, rule in rules.items()}
    else:
        in_force = _in_force_on_sqlite(connection)
        wanted = {name: _sqlite_trigger(name, rule) for name, rule in rules.items()}
    return [name for name in rules if in_force.get(name) != wanted[name]]


def _function_body(rule: Rule) -> str:
    return f"""
BEGIN
    IF {rule.condition} THEN
        RAISE EXCEPTION '% of transfer % is refused: {rule.refusal}', TG_OP, OLD.id
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END
"""


def _sqlite_trigger(name: str, rule: Rule) -> str:
    refusal = f"{rule.event} of a transfer is refused: {rule.refusal}"
    return (
        f"CREATE TRIGGER {name} BEFORE {rule.event} ON {TABLE} WHEN {rule.condition}"
        f" BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
    )


def _in_force_on_sqlite(connection: BaseDatabaseWrapper) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = %s", [TABLE])
        return dict(cursor.fetchall())


def _in_force_on_postgresql(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, prosrc, tgtype FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE tgenabled IN ('O', 'A') AND tgqual IS NULL AND tgattr = '' AND tgrelid = %s::regclass",
            [TABLE],
        )
        return {name: (body, kind) for name, body, kind in cursor.fetchall()}
