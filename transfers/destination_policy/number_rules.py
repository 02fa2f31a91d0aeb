"""The company's own rules on beginnings of numbers: the longest one that fits decides."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from transfers.models import NumberRule

_at_hand: ContextVar[dict[str, NumberRule] | None] = ContextVar("number rules at hand", default=None)


def rule_for(number: str) -> NumberRule | None:
    """Return the rule for a number in E.164, or None where there is none."""
    beginnings = [number[:length] for length in range(2, len(number) + 1)]
    return max(_fitting(beginnings), key=lambda rule: len(rule.starts_with), default=None)


@contextmanager
def rules_at_hand() -> Iterator[None]:
    """Read the rules once for all numbers that are judged inside: for many of them, in a moment, never for a call."""
    token = _at_hand.set({rule.starts_with: rule for rule in NumberRule.objects.all()})
    try:
        yield
    finally:
        _at_hand.reset(token)


def rules_mark() -> str:
    """Return a short text that is another one as soon as a rule or `TRANSFER_REGIONS` is.

    Who judges many numbers and writes them later learns by it whether the judgement still holds.
    """
    rules = sorted(NumberRule.objects.values_list("starts_with", "verdict"))
    return hashlib.sha256(json.dumps([rules, settings.TRANSFER_REGIONS]).encode()).hexdigest()[:16]


def _fitting(beginnings: list[str]) -> Iterable[NumberRule]:
    if (rules := _at_hand.get()) is not None:
        return [rules[beginning] for beginning in beginnings if beginning in rules]
    return NumberRule.objects.filter(starts_with__in=beginnings)
