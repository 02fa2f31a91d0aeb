"""Which destinations a call may be sent to, and how phone numbers are read. `check_destination` judges.

policy           judges a destination; `verdict` is what it answers
number_policy    judges a number: company rules (`number_rules`), region, type (`number_types`)
number_reading   finds the one number in a text; `number_spelling`: how it is written
number_checks    whether a number is complete; `number_places`: its country and place
sip_names        judges a SIP name
rule_book        lists, adds and removes the company's rules
"""

from transfers.destination_policy.number_places import country_name
from transfers.destination_policy.number_rules import cached_rules, rules_fingerprint
from transfers.destination_policy.policy import check_destination
from transfers.destination_policy.rule_book import add_rule, list_rules, remove_rule
from transfers.destination_policy.verdict import CheckedDestination, DestinationRefused, Identity

__all__ = [
    "CheckedDestination",
    "DestinationRefused",
    "Identity",
    "add_rule",
    "cached_rules",
    "check_destination",
    "country_name",
    "list_rules",
    "remove_rule",
    "rules_fingerprint",
]
