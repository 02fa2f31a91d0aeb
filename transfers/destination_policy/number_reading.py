"""Reads the phone number in what a person typed or pasted: in any German spelling, and without guessing.

A text that cannot be read as exactly one number is refused with a reason in words for the person. `phonenumbers` gets
nothing but ASCII digits and a leading plus: everything else is converted to these, or refused.
"""

import re

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber

from transfers.destination_policy.number_checks import (
    HOME_REGION,
    MOST_DIGITS,
    NumberUnreadable,
    no_area_code,
    too_long,
    too_short,
)
from transfers.destination_policy.number_spelling import RUN, digits_of, has_prefix, tidy

LONGEST_TEXT = 500
FEWEST_DIGITS_IN_TEXT = 5

_TOUCHING = re.compile(r"[-./]*[^\s\-./,;:!?)\]\"'’”“«»>|…]")
_MORE_TO_DIAL = re.compile(
    r"[ \t]*(?:[,;#*+/&]+|[,;]?[ \t]*(?:durchwahl|dw|nebenstelle|nst|apparat|app|klappe|kl|extension|ext|isub|postd"
    r"|bis|oder|und|or|to|and|x|p|w)(?![a-z])\.?)[ \t]*[:=]?[ \t]*[-+]?[ \t]*[0-9]",
    re.IGNORECASE,
)


def read_number(text: str) -> PhoneNumber:
    """Return the one number in a text. It may be incomplete: see `number_checks.require_complete`.

    Reads `0221/55 40 03-0`, `+49 (0)221 …`, `0049…`, `tel:` links, sentences with one number in them, and digits of
    every script. Raises `NumberUnreadable`.
    """
    if len(text) > LONGEST_TEXT:
        raise NumberUnreadable(_("This text is too long. Enter one number."), code="too_much_text")
    spelt = tidy(text)
    if not spelt:
        raise NumberUnreadable(_("Enter a number."), code="empty")
    run = _find_number(spelt)
    _refuse_surroundings(spelt[: run.start()], spelt[run.end() :])
    _refuse_two_by_slash(run.group())
    return _parse(run.group())


def _find_number(spelt: str) -> re.Match[str]:
    """Find the run of digits that is the number: the whole text, or the only run in it that can be a number."""
    if alone := RUN.fullmatch(spelt):
        return alone
    candidates = _candidates(spelt)
    if not candidates:
        raise _service_code() if set("*#") & set(spelt) else _no_number()
    if len({digits_of(run.group()) for run in candidates}) > 1:
        raise NumberUnreadable(_("There is more than one number in this text. Enter one."), code="several_numbers")
    return candidates[0]


def _candidates(spelt: str) -> list[re.Match[str]]:
    """Return the runs of digits that can be a number. Of several, only the valid ones count: not dates or postcodes."""
    runs = [run for run in RUN.finditer(spelt) if _is_candidate(run.group())]
    return [run for run in runs if _is_valid(run.group())] if len(runs) > 1 else runs


def _is_candidate(run: str) -> bool:
    return has_prefix(run) and len(digits_of(run)) >= FEWEST_DIGITS_IN_TEXT


def _no_number() -> NumberUnreadable:
    return NumberUnreadable(_("No phone number was found. Enter digits, beginning with 0 or +."), code="not_a_number")


def _service_code() -> NumberUnreadable:
    return NumberUnreadable(_("A transfer cannot dial codes with * or #."), code="service_code")


def _is_valid(run: str) -> bool:
    try:
        return phonenumbers.is_valid_number(_parse(run))
    except NumberUnreadable:
        return False


def _refuse_surroundings(before: str, after: str) -> None:
    """Refuse codes, extensions and letters around the number: without them TENIOS would dial another number."""
    if before.rstrip().endswith(("*", "#")):
        raise _service_code()
    if _MORE_TO_DIAL.match(after):
        raise NumberUnreadable(
            _("A transfer cannot dial an extension or a second number. Enter the one full number."), code="extension"
        )
    if _TOUCHING.match(after) or before[-1:].isalnum():
        raise NumberUnreadable(_("Letters and signs cannot be dialled. Enter digits only."), code="letters")


def _refuse_two_by_slash(run: str) -> None:
    """Tell `0221/554003-30/31`, two direct numbers in one, from `0221/554003`, area code and number."""
    if not has_prefix(run):
        return  # `_parse` refuses it for its missing area code
    head, slash, tail = run.rpartition("/")
    longest_head = 8 if "+" in head else 10 if digits_of(head).startswith("00") else 6
    if slash and (len(digits_of(tail)) < 3 or len(digits_of(head)) > longest_head + head.count("(0)")):
        raise NumberUnreadable(_("A slash seems to stand between two numbers. Enter one."), code="several_numbers")


def _parse(run: str) -> PhoneNumber:
    digits = digits_of(run)
    if not has_prefix(run):
        raise no_area_code(digits)
    if len(digits) > MOST_DIGITS + 3:  # more than "00" and a "(0)" can explain
        raise too_long()
    try:
        return phonenumbers.parse(("+" if "+" in run else "") + digits, HOME_REGION)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE and len(digits) > 3:
            raise NumberUnreadable(_("There is no country with this country code."), code="no_such_country") from None
        raise too_short() from None
