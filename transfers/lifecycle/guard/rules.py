"""What the triggers refuse, as SQL conditions that both databases understand."""

from collections.abc import Sequence
from dataclasses import dataclass

from transfers.lifecycle import states
from transfers.lifecycle.states import Transition

TABLE = "transfers_transfer"

Step = tuple[str, str]
"""The state before and the state after."""


@dataclass(frozen=True)
class Rule:
    """What one trigger refuses: `event` is UPDATE, DELETE or INSERT; `condition` is SQL about the rows OLD and NEW."""

    event: str
    condition: str
    refusal: str


_ON_ITS_WAY = "OLD.state IN ('requested', 'sending')"
_REPLACE_RULE = Rule(
    "INSERT",
    f"EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id"  # noqa: S608
    " OR (agent_id = NEW.agent_id AND request_key = NEW.request_key) OR (call_id = NEW.call_id"
    " AND state IN ('requested', 'sending', 'unknown') AND NEW.state IN ('requested', 'sending', 'unknown')))",
    "it would replace another one",
)


def steps_of_table() -> list[Step]:
    """Return the steps that the table of transitions allows, sorted, without those that keep the state."""
    transitions = [value for value in vars(states).values() if isinstance(value, Transition)]
    steps = {(source.value, each.target.value) for each in transitions for source in each.sources}
    return sorted(step for step in steps if step[0] != step[1])


def rules_for(vendor: str, steps: Sequence[Step]) -> dict[str, Rule]:
    """Return the rules by trigger name. `vendor` is Django's name of the database."""
    rules = {
        "transfer_step_guard": Rule(
            "UPDATE",
            f"NEW.state <> OLD.state AND (OLD.state || ' ' || NEW.state) NOT IN ({_in_sql(steps)})",
            "the table of transitions has no such step",
        ),
        "transfer_claim_guard": Rule(
            "UPDATE",
            "NEW.attempt < OLD.attempt OR (OLD.claim_token IS NOT NULL"
            " AND (NEW.claim_token IS NULL OR NEW.claim_token <> OLD.claim_token))",
            "an attempt and its claim are never taken back",
        ),
        "transfer_identity_guard": Rule(
            "UPDATE",
            "NEW.id <> OLD.id OR NEW.call_id <> OLD.call_id OR NEW.request_key <> OLD.request_key"
            " OR (NEW.agent_id IS NOT NULL AND (OLD.agent_id IS NULL OR NEW.agent_id <> OLD.agent_id))",
            "its call, form and agent are those it was requested with",
        ),
        "transfer_destination_guard": Rule(
            "UPDATE",
            "(NEW.destination <> OLD.destination OR NEW.destination_type <> OLD.destination_type)"
            f" AND (NEW.destination <> '' OR {_ON_ITS_WAY})",
            "its destination is the one it was requested with",
        ),
        "transfer_delete_guard": Rule("DELETE", _ON_ITS_WAY, "what is queued or on its way cannot be deleted"),
    }
    return rules if vendor == "postgresql" else {**rules, "transfer_replace_guard": _REPLACE_RULE}


def _in_sql(steps: Sequence[Step]) -> str:
    return ", ".join(f"'{before} {after}'" for before, after in steps)
