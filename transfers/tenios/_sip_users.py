"""Reads the SIP users of the Cloud PBX (page api-pbx-config), and whether an agent is ready (page api-acd).

TENIOS documents the fields of an answer and that pages begin at 1. It does not document the largest page, the order,
the errors of the list, how often both may be read, or whether every Cloud PBX user is an agent of the call
distribution. A missing field is empty. An item without a usable name makes the list not whole, and a list that is not
whole never proves that a user was removed.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from ._answers import MOST_ANSWER_BYTES, read_answer
from ._bodies import read_whole_object
from ._exchange import Exchange
from ._text import scalar_text

_MOST_NAME = 128
_MOST_TEXT = 160


class ReadProblem(StrEnum):
    """Why a read failed. `error_answer` is any refusal or error that says nothing about the key."""

    UNREACHABLE = "unreachable"
    KEY_REFUSED = "key_refused"
    ASKED_TO_WAIT = "asked_to_wait"
    ERROR_ANSWER = "error_answer"
    NOT_UNDERSTOOD = "not_understood"
    TOO_MUCH = "too_much"


class SipUsersUnavailable(Exception):
    """The list could not be read completely. `detail` is TENIOS' error code or the status ("HTTP 500"), or ""."""

    def __init__(self, problem: ReadProblem, detail: str = "") -> None:
        super().__init__(f"SIP users: {problem} {detail}".strip())
        self.problem = problem
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class SipUser:
    """One user of the Cloud PBX. `user_name` is verbatim and can be a destination. The other texts may be empty."""

    user_name: str
    first_name: str = ""
    last_name: str = ""
    extension: str = ""
    email: str = field(default="", repr=False)


class SipUsers(NamedTuple):
    """All users, each name once, in TENIOS' order. If not `is_whole`, some may be missing, which proves nothing."""

    users: list[SipUser]
    is_whole: bool


class AgentState(StrEnum):
    """The state of an agent. `unknown`: TENIOS does not know the agent, or sent a state that it does not document."""

    READY = "ready"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


_STATES = {"READY": AgentState.READY, "NOT_READY": AgentState.NOT_READY}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStateAnswer:
    """The result of a query for one agent. With a `problem`, nothing is known about the agent.

    `retry_after_seconds` (at most 300) is the pause that a 429 asks for, or None.
    """

    state: AgentState = AgentState.UNKNOWN
    problem: ReadProblem | None = None
    detail: str = ""
    retry_after_seconds: int | None = None


def read_sip_user(item: object) -> SipUser | None:
    """Return the user of one item, or None without a name that can be stored verbatim."""
    if not isinstance(item, Mapping):
        return None
    user_name = scalar_text(item.get("user_name")).strip()
    # U+FFFD replaces characters that cannot be stored, so the name would be a different one.
    if not user_name or len(user_name) > _MOST_NAME or not user_name.isprintable() or "\ufffd" in user_name:
        return None
    first_name, last_name, extension, email = (
        scalar_text(item.get(name)).strip()[:_MOST_TEXT]
        for name in ("first_name", "last_name", "internal_extension", "email")
    )
    return SipUser(user_name=user_name, first_name=first_name, last_name=last_name, extension=extension, email=email)


def read_agent_state(exchange: Exchange, *, access_key: str) -> AgentStateAnswer:
    """Return the state of the agent. A 400 that names the agent or the e-mail means that TENIOS does not know them."""
    if refusal := refusal_of(exchange, access_key=access_key):
        if refusal.is_about_agent:
            return AgentStateAnswer()
        return AgentStateAnswer(
            problem=refusal.problem, detail=refusal.detail, retry_after_seconds=refusal.retry_after_seconds
        )
    answer = read_whole_object(exchange, most_bytes=MOST_ANSWER_BYTES)
    if answer is None or "state" not in answer:
        return AgentStateAnswer(problem=ReadProblem.NOT_UNDERSTOOD)
    return AgentStateAnswer(state=_STATES.get(scalar_text(answer["state"]).strip().upper(), AgentState.UNKNOWN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why an exchange has no readable answer. `is_about_agent`: TENIOS does not know the agent."""

    problem: ReadProblem
    detail: str = ""
    retry_after_seconds: int | None = None
    is_about_agent: bool = False


def refusal_of(exchange: Exchange, *, access_key: str) -> Refusal | None:
    """Return why the answer cannot be used, or None for a complete 200 without an error."""
    answer = read_answer(exchange, access_key=access_key)
    detail = answer.error_code or (f"HTTP {exchange.status}" if exchange.status else "")
    if answer.is_key_refused:
        return Refusal(problem=ReadProblem.KEY_REFUSED, detail=detail)
    if exchange.status is None:
        return Refusal(problem=ReadProblem.UNREACHABLE)
    if exchange.status == 429:
        wait = answer.retry_after_seconds
        return Refusal(problem=ReadProblem.ASKED_TO_WAIT, detail=detail, retry_after_seconds=wait)
    if exchange.status != 200 or answer.error_code:
        is_about_agent = answer.error_code == "AGENT_NOT_FOUND" or "email" in answer.error_fields
        return Refusal(problem=ReadProblem.ERROR_ANSWER, detail=detail, is_about_agent=is_about_agent)
    if exchange.problem == "too_large":
        return Refusal(problem=ReadProblem.TOO_MUCH)
    return None if exchange.is_complete else Refusal(problem=ReadProblem.UNREACHABLE)
