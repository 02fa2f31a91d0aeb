"""The company's own rules about beginnings of numbers. The longest beginning that fits decides."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings

from transfers.models import NumberRule

_cache: ContextVar[dict[str, NumberRule] | None] = ContextVar("cached number rules", default=None)


def rule_for(number: str) -> NumberRule | None:
    """Return the rule for a number in E.164, or None where there is none."""
    beginnings = [number[:length] for length in range(2, len(number) + 1)]
    return max(_rules_for(beginnings), key=lambda rule: len(rule.starts_with), default=None)


@contextmanager
def cached_rules() -> Iterator[None]:
    """Read the rules once for all numbers that are judged inside. For imports only: a call needs the current rules."""
    token = _cache.set({rule.starts_with: rule for rule in NumberRule.objects.all()})
    try:
        yield
    finally:
        _cache.reset(token)


def rules_fingerprint() -> str:
    """Return a short text that changes whenever a rule or `TRANSFER_REGIONS` changes.

    An import compares it to know whether the numbers that it judged earlier would be judged alike now.
    """
    rules = sorted(NumberRule.objects.values_list("starts_with", "verdict"))
    return hashlib.sha256(json.dumps([rules, settings.TRANSFER_REGIONS]).encode()).hexdigest()[:16]


def _rules_for(beginnings: list[str]) -> Iterable[NumberRule]:
    if (rules := _cache.get()) is not None:
        return [rules[beginning] for beginning in beginnings if beginning in rules]
    return NumberRule.objects.filter(starts_with__in=beginnings)
