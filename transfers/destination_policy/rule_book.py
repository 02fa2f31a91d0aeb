"""Lists and changes the company's number rules; each change has its audit entry."""

from django.db import transaction

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.models import NumberRule, User


def list_rules() -> list[NumberRule]:
    """Return all rules in the order of their beginnings."""
    return list(NumberRule.objects.all())


def add_rule(rule: NumberRule, *, user: User) -> None:
    """Save a new, validated rule. Raises `IntegrityError` if there is a rule for the same beginning by now."""
    with transaction.atomic():
        rule.save(force_insert=True)
        _record(rule, AuditAction.NUMBER_RULE_SET, user)


def remove_rule(rule_id: int, *, user: User) -> bool:
    """Delete a rule; return False if it was deleted already."""
    with transaction.atomic():
        rule = NumberRule.objects.filter(pk=rule_id).first()
        if rule is None or not NumberRule.objects.filter(pk=rule_id).delete()[0]:
            return False
        _record(rule, AuditAction.NUMBER_RULE_REMOVED, user)
    return True


def _record(rule: NumberRule, action: AuditAction, user: User) -> None:
    detail = {
        "actor_name": user.display_name,
        "starts_with": rule.starts_with,
        "verdict": rule.verdict,
        "note": rule.reason,
    }
    audit_log.record(actor=str(user.pseudonym), action=action, detail=detail)
