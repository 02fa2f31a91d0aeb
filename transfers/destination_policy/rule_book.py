"""Changes of the company's number rules, each with its audit entry."""

from django.db import transaction

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.models import NumberRule, User


def list_rules() -> list[NumberRule]:
    """Return all rules in the order of their beginnings."""
    return list(NumberRule.objects.all())


def add_rule(rule: NumberRule, *, user: User) -> None:
    """Keep a new, validated rule. Raises `IntegrityError` when another one for the same beginning came first."""
    with transaction.atomic():
        rule.save(force_insert=True)
        _record(rule, AuditAction.NUMBER_RULE_SET, user)


def remove_rule(rule_id: int, *, user: User) -> bool:
    """Throw a rule away; return False when it was gone already."""
    with transaction.atomic():
        rule = NumberRule.objects.filter(pk=rule_id).first()
        if rule is None or not NumberRule.objects.filter(pk=rule_id).delete()[0]:
            return False
        _record(rule, AuditAction.NUMBER_RULE_REMOVED, user)
    return True


def _record(rule: NumberRule, action: AuditAction, user: User) -> None:
    told = {"starts_with": rule.starts_with, "verdict": rule.verdict, "note": rule.reason}
    audit_log.record(actor=str(user.pseudonym), action=action, detail={"actor_name": user.display_name, **told})
