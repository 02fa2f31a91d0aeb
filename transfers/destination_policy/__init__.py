"""What a call may be sent to. The judge is `check_destination`; the other modules read and judge the numbers for it."""

from transfers.destination_policy.number_places import country_name
from transfers.destination_policy.number_rules import rules_at_hand, rules_mark
from transfers.destination_policy.policy import CheckedDestination, DestinationRefused, Identity, check_destination
from transfers.destination_policy.rule_book import add_rule, list_rules, remove_rule

__all__ = [
    "CheckedDestination",
    "DestinationRefused",
    "Identity",
    "add_rule",
    "check_destination",
    "country_name",
    "list_rules",
    "remove_rule",
    "rules_at_hand",
    "rules_mark",
]
