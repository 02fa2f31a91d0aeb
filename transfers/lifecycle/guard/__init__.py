"""The triggers that hold a transfer to the table of transitions, whoever writes and by whatever statement.

Refused on both databases: a step that is not in the table, so that a settled state stays; an attempt taken back; a
claim given away; another call, form, agent or destination; and deleting what is queued or on its way. The rest may be
deleted, or its destination made empty, as retention has to; an agent may become nobody when their account is deleted.

Who inserts a row says how it stands: a restored or demonstrated past has no steps. SQLite's `INSERT OR REPLACE` deletes
without asking the delete trigger, so there an insert over an existing row is refused.

The migration that installs the guard carries the steps as they were then. A new transition needs a migration that
installs it again, and so does one that rebuilds the table on SQLite, which drops the triggers; a test and
`audit_verify` tell when they differ.
"""

from transfers.lifecycle.guard.rules import Step, steps_of_table
from transfers.lifecycle.guard.triggers import install, missing_triggers, remove

__all__ = ["Step", "install", "missing_triggers", "remove", "steps_of_table"]
