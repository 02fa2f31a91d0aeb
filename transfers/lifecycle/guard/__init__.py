"""Triggers that make the database refuse every change of a transfer that the table of transitions does not allow.

Both databases refuse: a step that is not in the table, so that a settled state is final; a smaller `attempt`; another
claim token; another call, form, agent or destination; deleting a transfer that is queued or being sent. Allowed for
retention: deleting any other transfer, or emptying its destination. Deleting an account empties `agent`.

An INSERT may set any state, because restored and demonstration data have no steps. SQLite's `INSERT OR REPLACE`
deletes without firing the delete trigger, so on SQLite an insert over an existing row is refused.

A migration installs the triggers with the steps of its time. A new transition needs a migration that installs them
again. So does a migration that rebuilds the table on SQLite, because that drops them. A test and `audit_verify` report
triggers that differ from the table.

    rules       what each trigger refuses, as SQL conditions
    triggers    `install`, `remove`, `missing_triggers`
"""

from transfers.lifecycle.guard.rules import Step, steps_of_table
from transfers.lifecycle.guard.triggers import install, missing_triggers, remove

__all__ = ["Step", "install", "missing_triggers", "remove", "steps_of_table"]
