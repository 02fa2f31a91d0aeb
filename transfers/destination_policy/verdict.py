"""What the policy answers: a checked destination, or a refusal with its reason."""

from dataclasses import dataclass

Identity = tuple[str, str]
"""Type and address. Two destinations with the same identity are the same destination."""

SUPERVISOR_MAY_AGREE = frozenset({"country", "number_type", "worldwide"})
"""The codes of refusals that a supervisor may overrule for one transfer. All others are final."""


class DestinationRefused(Exception):
    """The policy does not allow a destination. `reason` is for the agent, in their language; `code` for programs."""

    def __init__(self, reason: str, *, code: str) -> None:
        super().__init__(code)
        self.reason = reason
        self.code = code

    @property
    def may_be_agreed_to(self) -> bool:
        """Whether a supervisor may allow this one transfer all the same."""
        return self.code in SUPERVISOR_MAY_AGREE


@dataclass(frozen=True)
class CheckedDestination:
    """A destination that the policy allows, and what is read back to the agent. SIP has type and address only.

    `address` is E.164, or the SIP name as it was typed; `place` is a city in the reader's language; `region` is ISO
    3166 ("DE"); `number_type` is "fixed_line", "mobile", "fixed_line_or_mobile", "voip", "toll_free" or "uan";
    `national` and `international` are the grouped spellings.
    """

    destination_type: str
    address: str
    place: str = ""
    region: str = ""
    number_type: str = ""
    national: str = ""
    international: str = ""

    @property
    def identity(self) -> Identity:
        """Type and address."""
        return (self.destination_type, self.address)
