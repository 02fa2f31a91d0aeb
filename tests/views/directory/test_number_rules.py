import pytest
from django.test import Client

from transfers.audit_log import AuditAction
from transfers.models import AuditEntry, NumberRule, User

pytestmark = pytest.mark.django_db


def test_an_administrator_adds_a_rule_in_any_spelling_and_removes_it(client: Client, root_admin: User) -> None:
    client.force_login(root_admin)

    added = client.post(
        "/number-rules/", {"starts_with": "0049 (900)", "verdict": "deny", "reason": "Teuer"}, follow=True
    )
    rule = NumberRule.objects.get()
    removed = client.post(f"/number-rules/{rule.pk}/remove/", follow=True)

    assert (rule.starts_with, rule.verdict, rule.reason) == ("+49900", "deny", "Teuer")
    assert "+49900" in added.content.decode()
    assert "There are no rules yet" in removed.content.decode()
    assert list(AuditEntry.objects.order_by("seq").values_list("action", flat=True)) == [
        AuditAction.NUMBER_RULE_SET,
        AuditAction.NUMBER_RULE_REMOVED,
    ]


@pytest.mark.parametrize("text", ["", "49900", "+0900", "+49x", "+" + "1" * 16, "+49\x00"])
def test_an_invalid_beginning_is_refused_and_stays_in_the_form(client: Client, root_admin: User, text: str) -> None:
    client.force_login(root_admin)

    answer = client.post("/number-rules/", {"starts_with": text, "verdict": "deny", "reason": "Behalten"})

    assert answer.status_code in (400, 422)
    assert answer.status_code == 400 or 'value="Behalten"' in answer.content.decode()
    assert not NumberRule.objects.exists()


def test_a_second_rule_for_the_same_beginning_is_refused(client: Client, root_admin: User) -> None:
    NumberRule.objects.create(starts_with="+49900", verdict="deny")
    client.force_login(root_admin)

    answer = client.post("/number-rules/", {"starts_with": "+49 900", "verdict": "allow"})

    assert answer.status_code == 422
    assert "There is a rule for this beginning already." in answer.content.decode()


@pytest.mark.parametrize("who", ["ada", "sue", "stranger"])
def test_only_administrators_manage_number_rules(client: Client, request: pytest.FixtureRequest, who: str) -> None:
    rule = NumberRule.objects.create(starts_with="+49900", verdict="deny")
    client.force_login(request.getfixturevalue(who))

    answers = [
        client.get("/number-rules/"),
        client.post("/number-rules/", {"starts_with": "+44", "verdict": "allow"}),
        client.post(f"/number-rules/{rule.pk}/remove/"),
    ]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert NumberRule.objects.get() == rule
