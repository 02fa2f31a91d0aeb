"""The options: times, probabilities, and everything that TENIOS does not document.

The defaults are the most probable reading of the documentation. The product has to work with every other value as well.
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
    """The name or the value of an option is invalid; the message says which and is for people."""


@dataclass
class Options:
    """All options. Seconds are floats, shares are numbers from 0 to 1, choices are listed in CHOICES.

    - key_refused: the right access key is refused, as if it had been changed or locked.
    - bad_key_answer: the HTTP status for a wrong access key (both are documented).
    - not_connected_answer: the answer to a transfer of a call without a connected agent.
    - forward_answer_type: the requestType of the post about an answered forward; "none": it is not posted.
    - forward_destination_number: whether destination_number in forward posts is the dialled number or the target.
    - forward_target_variable, forward_leg_variable: whether these posts have forward_destination, leg_uuid.
    - forward_posts_after_transfer: whether the leg of a transfer causes forward posts as well.
    - failed_transfer: the call ends, or the caller is connected with the agent again, without or with forward posts.
    - call_end_after_transfer: CALL_END comes when the talk ends, or at once, because the routing plan has ended.
    - second_transfer: the answer to a transfer while the destination of another one still rings.
    - bad_destination: an invalid number or an unknown trunk is accepted (and its leg fails), or refused.
    - list_answer: the answer to requests for the list of SIP users and for an agent's state.
    - sip_user_changes: user name -> fields that differ from the invented ones, or null for a user who is not listed.
    - destination_outcomes: destination -> one of LEG_OUTCOMES; for all others chance decides.
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
        """Apply all changes or, if one is invalid, none of them. Raises InvalidSetting."""
        checked = {name: _checked(name, value) for name, value in changes.items()}
        low = checked.get("ring_seconds_min", self.ring_seconds_min)
        if low > checked.get("ring_seconds_max", self.ring_seconds_max):
            raise InvalidSetting(_("ring_seconds_min must not be above ring_seconds_max."))
        for name, value in checked.items():
            setattr(self, name, value)

    def as_json(self) -> dict[str, Any]:
        """Return all options by name."""
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
    """Return `value` if it is one of `choices`. Raises InvalidSetting."""
    if isinstance(value, str) and value in choices:
        return value
    raise InvalidSetting(_("%(name)s must be one of: %(choices)s.") % {"name": name, "choices": ", ".join(choices)})


def checked_switch(name: str, value: Any) -> bool:
    """Return a boolean, given as such or in the text of a form ("on", "true", "off", ""). Raises InvalidSetting."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"on", "true", "1", "off", "false", "0", ""}:
        return value.lower() in {"on", "true", "1"}
    raise InvalidSetting(_("%(name)s must be true or false.") % {"name": name})


def checked_number(name: str, value: Any, *, most: float) -> float:
    """Return a number from 0 to `most`, given as a number or as text. Raises InvalidSetting."""
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else -1.0
    except (ValueError, OverflowError):
        number = -1.0
    if not 0 <= number <= most:
        raise InvalidSetting(_("%(name)s must be a number from 0 to %(most)s.") % {"name": name, "most": f"{most:g}"})
    return number
