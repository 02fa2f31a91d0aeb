"""The company's own rules on beginnings of numbers: the longest one that fits decides."""

from transfers.models import NumberRule


def rule_for(number: str) -> NumberRule | None:
    """Return the rule for a number in E.164, or None where there is none."""
    beginnings = [number[:length] for length in range(2, len(number) + 1)]
    fitting = NumberRule.objects.filter(starts_with__in=beginnings)
    return max(fitting, key=lambda rule: len(rule.starts_with), default=None)
