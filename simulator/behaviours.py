"""The behaviours: the ways in which a transfer can be answered, documented or not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import answers
from .answers import Answer

HUGE_BYTES = 5 * 1024 * 1024

_HTML = "text/html; charset=utf-8"
_ERROR_PAGE = b"<!DOCTYPE html><html><head><title>Error</title></head><body><h1>%s</h1></body></html>"


class Delivery(Enum):
    """How an answer is sent."""

    PLAIN = "plain"
    DROP = "drop"
    CUT_OFF = "cut_off"
    DRIP = "drip"


class Wait(Enum):
    """Whether the answer waits `seconds`, before or after the call is moved."""

    NONE = "none"
    BEFORE_ACT = "before_act"
    AFTER_ACT = "after_act"


MakeAnswer = Callable[[Answer, str, float], Answer]
"""The documented answer, the request's call_uuid and the ordered seconds -> the answer instead."""


@dataclass(frozen=True)
class Behaviour:
    """One way to answer.

    `acts`: whether a correct request really moves the call. `answer` None: the documented answer is sent.
    """

    label: str | Promise
    acts: bool
    answer: MakeAnswer | None = None
    delivery: Delivery = Delivery.PLAIN
    wait: Wait = Wait.NONE


def _fixed(answer: Answer) -> MakeAnswer:
    return lambda _documented, _call_uuid, _seconds: answer


def _instead_of_success(answer: Answer) -> MakeAnswer:
    return lambda documented, _call_uuid, _seconds: answer if documented.status == 200 else documented


def _invalid_call_uuid(_documented: Answer, call_uuid: str, _seconds: float) -> Answer:
    return answers.invalid_field("call_uuid", call_uuid)


def _too_many(_documented: Answer, _call_uuid: str, seconds: float) -> Answer:
    return Answer(429, b"", headers=(("Retry-After", str(round(seconds))),))


def _page(status: int, title: bytes, headers: tuple[tuple[str, str], ...] = ()) -> MakeAnswer:
    return _fixed(Answer(status, _ERROR_PAGE % title, _HTML, headers))


_GARBAGE = _fixed(Answer(200, b'\x00\xff\xfe{"success": tru\xc3(('))
_HUGE = _fixed(Answer(200, b'{"success":true,"padding":"' + b"x" * HUGE_BYTES + b'"}'))
_EMPTY = _fixed(Answer(200, b""))
_REDIRECT = _page(302, b"Found", (("Location", "/elsewhere"),))
_DOUBLED = _fixed(Answer(400, b"{" + answers.call_not_found().body))

BEHAVIOURS: dict[str, Behaviour] = {
    "normal": Behaviour(_("As documented"), True),
    # Documented errors
    "invalid_value": Behaviour(_("Error INVALID_VALUE"), False, _fixed(answers.invalid_value("destination_type"))),
    "invalid_field": Behaviour(
        _("Error INVALID_FIELD"),
        False,
        _invalid_call_uuid,
    ),
    "invalid_json": Behaviour(_("Error INVALID_JSON"), False, _fixed(answers.invalid_json())),
    "call_uuid_not_found": Behaviour(_("Error CALL_UUID_NOT_FOUND"), False, _fixed(answers.call_not_found())),
    "bad_key_403": Behaviour(_("Wrong access key, 403"), False, _fixed(answers.bad_credentials(status=403))),
    "bad_credentials_400": Behaviour(
        _("Wrong access key, 400 BAD_CREDENTIALS"), False, _fixed(answers.bad_credentials(status=400))
    ),
    # Refusals that are not documented
    "unauthorized_401": Behaviour(_("401 without a body"), False, _fixed(Answer(401, b""))),
    "made_up_code": Behaviour(
        _("Error with an unknown code"),
        False,
        _fixed(answers.undocumented_refusal("CALL_IN_UNEXPECTED_STATE", "The call is in an unexpected state")),
    ),
    "doubled_brace": Behaviour(_("Error with a doubled brace"), False, _DOUBLED),
    "http_404": Behaviour(_("404 Not Found"), False, _fixed(answers.not_found())),
    "http_429": Behaviour(_("429 with Retry-After"), False, _too_many),
    "success_false": Behaviour(_("200 with success false"), False, _fixed(answers.answer_json({"success": False}))),
    # Ambiguous answers: one variant for each truth
    "success_string": Behaviour(
        _("200 with success as text"), True, _instead_of_success(answers.answer_json({"success": "true"}))
    ),
    "accepted_not_acted": Behaviour(_("200, and nothing happens"), False),
    "http_201_acted": Behaviour(_("201, moved"), True, _fixed(answers.answer_json({"success": True}, status=201))),
    "redirect_302": Behaviour(_("302, not moved"), False, _REDIRECT),
    "http_408": Behaviour(_("408, not moved"), False, _page(408, b"Request Timeout")),
    "http_408_acted": Behaviour(_("408, moved"), True, _page(408, b"Request Timeout")),
    "http_500": Behaviour(_("500 with HTML, not moved"), False, _page(500, b"Internal Server Error")),
    "http_500_acted": Behaviour(_("500 with HTML, moved"), True, _page(500, b"Internal Server Error")),
    "http_503": Behaviour(_("503 with HTML, not moved"), False, _page(503, b"Service Unavailable")),
    "garbage": Behaviour(_("200 with garbage, not moved"), False, _GARBAGE),
    "garbage_acted": Behaviour(_("200 with garbage, moved"), True, _GARBAGE),
    "empty": Behaviour(_("200 with nothing, not moved"), False, _EMPTY),
    "empty_acted": Behaviour(_("200 with nothing, moved"), True, _EMPTY),
    "huge": Behaviour(_("200 with 5 MiB, not moved"), False, _HUGE),
    "huge_acted": Behaviour(_("200 with 5 MiB, moved"), True, _HUGE),
    # Time and the connection
    "slow": Behaviour(_("Moves at once, answers late"), True, wait=Wait.AFTER_ACT),
    "slow_acts_late": Behaviour(_("Moves late, answers then"), True, wait=Wait.BEFORE_ACT),
    "slow_not_acted": Behaviour(_("Waits, then drops, not moved"), False, delivery=Delivery.DROP, wait=Wait.BEFORE_ACT),
    "drop": Behaviour(_("Connection dropped, not moved"), False, delivery=Delivery.DROP),
    "drop_acted": Behaviour(_("Connection dropped, moved"), True, delivery=Delivery.DROP),
    "cut_off": Behaviour(_("Answer cut off, not moved"), False, delivery=Delivery.CUT_OFF),
    "cut_off_acted": Behaviour(_("Answer cut off, moved"), True, delivery=Delivery.CUT_OFF),
    "drip": Behaviour(_("A byte a second, not moved"), False, delivery=Delivery.DRIP),
    "drip_acted": Behaviour(_("A byte a second, moved"), True, delivery=Delivery.DRIP),
}
