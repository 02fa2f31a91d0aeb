"""What is unclear for more than a day: the supervisor's list, the way to it, and the person's word that ends it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.audit_log import AuditAction
from transfers.lifecycle import outcomes
from transfers.models import AuditEntry, ResolvedBy, Transfer, TransferState, User
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.django_db

BOARD = reverse("transfers:call-board")
HISTORY = reverse("transfers:transfer-history")
UNRESOLVED = f"{HISTORY}?outcome=unresolved"
LINK = "unresolved-link"


def make_unclear(agent: User, *, hours_ago: float, **overrides: Any) -> Transfer:
    at = timezone.now() - timedelta(hours=hours_ago)
    values = {"state": TransferState.UNKNOWN, "attempt": 1, "requested_at": at, "due_at": at, "sent_at": at}
    return make_transfer(agent=agent, call=make_call(agent=agent), **{**values, **overrides})


def browser_of(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def shown_ids(browser: Client, address: str = UNRESOLVED) -> list[int]:
    return [transfer.pk for transfer in browser.get(address).context["page"].transfers]


def page_of(browser: Client, address: str) -> str:
    return browser.get(address).content.decode()


def test_the_list_holds_what_is_unclear_for_more_than_a_day_and_nothing_else(ada: User, ben: User, sue: User) -> None:
    old, older = make_unclear(ada, hours_ago=25), make_unclear(ben, hours_ago=80)
    make_unclear(ada, hours_ago=23)
    make_unclear(ada, hours_ago=25, state=TransferState.ACCEPTED)

    assert shown_ids(browser_of(sue)) == [old.pk, older.pk]
    assert shown_ids(browser_of(ada)) == [old.pk]


def test_the_filter_goes_together_with_others(ada: User, ben: User, sue: User) -> None:
    make_unclear(ada, hours_ago=25)
    bens = make_unclear(ben, hours_ago=25)

    assert shown_ids(browser_of(sue), f"{UNRESOLVED}&agent={ben.pk}") == [bens.pk]


@pytest.mark.parametrize("address", [BOARD, HISTORY])
def test_a_supervisor_sees_on_every_page_how_many_there_are_and_gets_there(ada: User, sue: User, address: str) -> None:
    browser = browser_of(sue)
    assert LINK not in page_of(browser, address)

    for _ in range(3):
        make_unclear(ada, hours_ago=25)

    page = page_of(browser, address)
    assert f'href="{UNRESOLVED}"' in page
    assert '<span class="unresolved-link__count">3</span>' in page


def test_an_agent_is_not_sent_there(ada: User) -> None:
    make_unclear(ada, hours_ago=25)

    assert LINK not in page_of(browser_of(ada), BOARD)


def test_an_empty_list_says_that_nothing_is_unresolved(sue: User) -> None:
    assert "Nothing is unresolved." in page_of(browser_of(sue), UNRESOLVED)


def test_list_and_page_say_that_the_records_are_no_longer_queried(ada: User, sue: User) -> None:
    old, young = make_unclear(ada, hours_ago=25), make_unclear(ada, hours_ago=2)
    browser = browser_of(sue)

    detail = [page_of(browser, reverse("transfers:transfer-detail", args=[each.pk])) for each in (old, young)]

    assert "call records are no longer queried" in page_of(browser, UNRESOLVED)
    assert ["call records are no longer queried" in page for page in detail] == [True, False]


def test_what_the_page_says_is_so(ada: User) -> None:
    class Records(TeniosClient):
        def call_records(self, **_: Any) -> Any:
            raise AssertionError("the records were asked")

    make_unclear(ada, hours_ago=24.01)

    outcomes.settle_from_call_records(client=Records(access_key="k" * 36, base_url="https://tenios.test"))


@pytest.mark.parametrize(("word", "state"), [("yes", TransferState.NOT_EXECUTED), ("no", TransferState.ACCEPTED)])
def test_a_supervisors_word_ends_it_is_audited_as_theirs_and_leaves_the_list(
    ada: User, sue: User, word: str, state: str
) -> None:
    transfer = make_unclear(ada, hours_ago=25)
    browser = browser_of(sue)

    answer = browser.post(reverse("transfers:transfer-resolve", args=[transfer.pk]), {"caller_still_here": word})

    transfer.refresh_from_db()
    entry = AuditEntry.objects.get(transfer_id=transfer.pk)
    assert answer.status_code == 302
    assert (transfer.state, transfer.resolved_by, entry.actor) == (state, ResolvedBy.PERSON, str(sue.pseudonym))
    assert shown_ids(browser) == []
    assert "once the call record is in" not in page_of(browser, answer["Location"])


def test_a_row_whose_word_is_contradicted_says_so(ada: User, sue: User) -> None:
    plain, doubtful = (
        make_unclear(ada, hours_ago=1, state=TransferState.NOT_EXECUTED, resolved_by=ResolvedBy.PERSON)
        for _ in range(2)
    )
    outcomes.contradict(doubtful, actor="tenios", detail={})

    page = page_of(browser_of(sue), HISTORY)

    assert AuditEntry.objects.get().action == AuditAction.TRANSFER_CONTRADICTED
    assert page.count("Evidence says otherwise") == 2  # its title, and for screen readers; once for the row
    assert plain.pk != doubtful.pk


def test_the_export_of_the_list_is_the_list(ada: User, sue: User) -> None:
    make_unclear(ada, hours_ago=25)

    answer = browser_of(sue).get(f"{reverse('transfers:transfer-export')}?outcome=unresolved")

    detail = AuditEntry.objects.get(action=AuditAction.HISTORY_EXPORTED).detail.payload
    assert answer.status_code == 200
    assert '"is_unresolved":true' in detail
    assert '"rows":1' in detail
