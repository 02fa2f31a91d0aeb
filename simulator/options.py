"""What can be set: times, chances, and every behaviour that TENIOS does not document.

The defaults are the likeliest reading of the documentation; each other value is one the application has to survive.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _

LEG_OUTCOMES = ("answered", "busy", "no_answer", "rejected", "caller_hangs_up")

CHOICES: dict[str, tuple[str, ...]] = {
    "bad_key_answer": ("403", "400"),
    "not_connected_answer": ("call_uuid_not_found", "made_up_code"),
    "forward_answer_type": (
        "FORWARD_ANSWER",
        "ANSWER_FORWARD",
        "FORWARD_ANSWERED",
        "CALL_FORWARD_ANSWER",
        "none",
    ),
    "forward_destination_number": ("service", "target"),
    "forward_posts_after_transfer": ("both", "none"),
    "failed_transfer": ("drop", "return", "return_with_posts"),
    "call_end_after_transfer": ("at_end", "at_once"),
    "second_transfer": ("accept", "refuse"),
    "bad_destination": ("accept", "refuse"),
    "list_answer": ("normal", "http_429", "http_500", "garbage"),
}
_SWITCHES = ("forward_target_variable", "forward_leg_variable", "extra_fields", "key_refused")
_SECONDS = ("ring_seconds_min", "ring_seconds_max", "no_answer_seconds", "cdr_delay_seconds", "api_delay_seconds")
_EVENT_SECONDS = ("event_delay_seconds",)
_SHARES = ("answered_share", "event_duplicate_share", "event_lost_share", "event_reorder_share")


class InvalidSetting(ValueError):
    """A setting's name or value makes no sense; the message says which and is meant for people."""


@dataclass
class Options:
    """All settings. Seconds are floats, shares run from 0 to 1, choices are listed in CHOICES.

    - key_refused: the right access key counts as a wrong one, as if it had been changed or locked.
    - bad_key_answer: HTTP status of a wrong access key (both are documented).
    - not_connected_answer: what a transfer of a call without a connected agent gets.
    - forward_answer_type: requestType of the fifth post; "none" means that its switch is off.
    - forward_destination_number: whether destination_number of the forward posts stays the number dialled.
    - forward_target_variable, forward_leg_variable: also forward_destination, leg_uuid in these posts.
    - forward_posts_after_transfer: whether a transfer's leg causes forward posts as well.
    - failed_transfer: the caller is dropped, or gets the agent back without or with forward posts for that.
    - call_end_after_transfer: CALL_END when the talk ends, or at once because the call left the routing plan.
    - second_transfer: what a transfer gets while another one's destination is still ringing.
    - bad_destination: a number out of form or an unknown trunk is accepted (and the leg fails), or refused.
    - list_answer: how the list of SIP users and the question for an agent's state are answered.
    - sip_user_changes: user name -> fields that differ from the made-up ones, or null for one that is not listed.
    - destination_outcomes: destination -> one of LEG_OUTCOMES, before chance decides.
    """

    key_refused: bool = False
    bad_key_answer: str = "403"
    not_connected_answer: str = "call_uuid_not_found"
    forward_answer_type: str = "FORWARD_ANSWER"
    forward_destination_number: str = "service"
    forward_target_variable: bool = True
    forward_leg_variable: bool = False
    forward_posts_after_transfer: str = "both"
    failed_transfer: str = "drop"
    call_end_after_transfer: str = "at_end"
    second_transfer: str = "accept"
    bad_destination: str = "accept"
    extra_fields: bool = False
    ring_seconds_min: float = 2.0
    ring_seconds_max: float = 9.0
    no_answer_seconds: float = 30.0
    cdr_delay_seconds: float = 5.0
    api_delay_seconds: float = 0.0
    event_delay_seconds: float = 0.0
    event_duplicate_share: float = 0.0
    event_lost_share: float = 0.0
    event_reorder_share: float = 0.0
    answered_share: float = 0.75
    list_answer: str = "normal"
    sip_user_changes: dict[str, dict[str, Any] | None] = field(default_factory=dict)
    destination_outcomes: dict[str, str] = field(default_factory=dict)

    def change(self, changes: Mapping[str, Any]) -> None:
        """Take all changes or, when one is wrong, none of them (InvalidSetting)."""
        checked = {name: _checked(name, value) for name, value in changes.items()}
        low = checked.get("ring_seconds_min", self.ring_seconds_min)
        if low > checked.get("ring_seconds_max", self.ring_seconds_max):
            raise InvalidSetting(_("ring_seconds_min must not be above ring_seconds_max."))
        for name, value in checked.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """Return all settings by name."""
        return asdict(self)


def _checked(name: str, value: Any) -> Any:
    if name in CHOICES:
        return checked_choice(name, value, CHOICES[name])
    if name in _SWITCHES:
        return checked_switch(name, value)
    if name in _SECONDS or name in _EVENT_SECONDS:
        return checked_number(name, value, most=3600)
    if name in _SHARES:
        return checked_number(name, value, most=1)
    if name == "destination_outcomes" and isinstance(value, Mapping):
        return {str(key): checked_choice(name, outcome, LEG_OUTCOMES) for key, outcome in value.items()}
    if name == "sip_user_changes" and isinstance(value, Mapping):
        return {str(key): _checked_fields(name, fields) for key, fields in value.items()}
    raise InvalidSetting(_("There is no setting “%(name)s” that takes this value.") % {"name": name})


def _checked_fields(name: str, fields: Any) -> dict[str, Any] | None:
    if fields is None or isinstance(fields, dict):
        return fields
    raise InvalidSetting(_("%(name)s must name fields, or be null for a user that is not listed.") % {"name": name})


def checked_choice(name: str, value: Any, choices: tuple[str, ...]) -> str:
    """Return `value` when it is one of `choices`, else raise InvalidSetting naming them."""
    if isinstance(value, str) and value in choices:
        return value
    raise InvalidSetting(_("%(name)s must be one of: %(choices)s.") % {"name": name, "choices": ", ".join(choices)})


def checked_switch(name: str, value: Any) -> bool:
    """Return a boolean; the words of a form ("on", "true", "off", "false", "") count as well."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"on", "true", "1", "off", "false", "0", ""}:
        return value.lower() in {"on", "true", "1"}
    raise InvalidSetting(_("%(name)s must be true or false.") % {"name": name})


def checked_number(name: str, value: Any, *, most: float) -> float:
    """Return a number from 0 to `most`, given as a number or as text."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= most:
        raise InvalidSetting(_("%(name)s must be a number from 0 to %(most)s.") % {"name": name, "most": f"{most:g}"})
    return number
