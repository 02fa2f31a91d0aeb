"""Transfers that are unknown for more than a day: the supervisor's list, its link, and how a person settles them."""

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


def make_unknown(agent: User, *, hours_ago: float, **overrides: Any) -> Transfer:
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


def test_list_shows_only_transfers_unknown_for_more_than_a_day(ada: User, ben: User, sue: User) -> None:
    old, older = make_unknown(ada, hours_ago=25), make_unknown(ben, hours_ago=80)
    make_unknown(ada, hours_ago=23)
    make_unknown(ada, hours_ago=25, state=TransferState.ACCEPTED)

    assert shown_ids(browser_of(sue)) == [old.pk, older.pk]
    assert shown_ids(browser_of(ada)) == [old.pk]


def test_filter_combines_with_other_filters(ada: User, ben: User, sue: User) -> None:
    make_unknown(ada, hours_ago=25)
    bens = make_unknown(ben, hours_ago=25)

    assert shown_ids(browser_of(sue), f"{UNRESOLVED}&agent={ben.pk}") == [bens.pk]


@pytest.mark.parametrize("address", [BOARD, HISTORY])
def test_supervisor_gets_a_link_with_the_number_on_every_page(ada: User, sue: User, address: str) -> None:
    browser = browser_of(sue)
    assert LINK not in page_of(browser, address)

    for _ in range(3):
        make_unknown(ada, hours_ago=25)

    page = page_of(browser, address)
    assert f'href="{UNRESOLVED}"' in page
    assert '<span class="unresolved-link__count">3</span>' in page


def test_agent_gets_no_link(ada: User) -> None:
    make_unknown(ada, hours_ago=25)

    assert LINK not in page_of(browser_of(ada), BOARD)


def test_empty_list_shows_a_message(sue: User) -> None:
    assert "Nothing is unresolved." in page_of(browser_of(sue), UNRESOLVED)


def test_list_and_page_say_that_the_records_are_no_longer_queried(ada: User, sue: User) -> None:
    old, young = make_unknown(ada, hours_ago=25), make_unknown(ada, hours_ago=2)
    browser = browser_of(sue)

    detail = [page_of(browser, reverse("transfers:transfer-detail", args=[each.pk])) for each in (old, young)]

    assert "call records are no longer queried" in page_of(browser, UNRESOLVED)
    assert ["call records are no longer queried" in page for page in detail] == [True, False]


def test_no_records_are_read_after_a_day(ada: User) -> None:
    class Records(TeniosClient):
        def call_records(self, **_: Any) -> Any:
            raise AssertionError("the records were asked")

    make_unknown(ada, hours_ago=24.01)

    outcomes.settle_from_call_records(client=Records(access_key="k" * 36, base_url="https://tenios.test"))


@pytest.mark.parametrize(("word", "state"), [("yes", TransferState.NOT_EXECUTED), ("no", TransferState.ACCEPTED)])
def test_supervisor_settles_a_transfer_and_it_leaves_the_list(ada: User, sue: User, word: str, state: str) -> None:
    transfer = make_unknown(ada, hours_ago=25)
    browser = browser_of(sue)

    answer = browser.post(reverse("transfers:transfer-resolve", args=[transfer.pk]), {"caller_still_here": word})

    transfer.refresh_from_db()
    entry = AuditEntry.objects.get(transfer_id=transfer.pk)
    assert answer.status_code == 302
    assert (transfer.state, transfer.resolved_by, entry.actor) == (state, ResolvedBy.PERSON, str(sue.pseudonym))
    assert shown_ids(browser) == []
    assert "once the call record is in" not in page_of(browser, answer["Location"])


def test_row_shows_that_evidence_contradicts_the_person(ada: User, sue: User) -> None:
    plain, doubtful = (
        make_unknown(ada, hours_ago=1, state=TransferState.NOT_EXECUTED, resolved_by=ResolvedBy.PERSON)
        for _ in range(2)
    )
    outcomes.contradict(doubtful, actor="tenios", detail={})

    page = page_of(browser_of(sue), HISTORY)

    assert AuditEntry.objects.get().action == AuditAction.TRANSFER_CONTRADICTED
    assert page.count("Evidence says otherwise") == 2  # its title, and for screen readers; once for the row
    assert plain.pk != doubtful.pk


def test_export_contains_the_unresolved_transfers(ada: User, sue: User) -> None:
    make_unknown(ada, hours_ago=25)

    answer = browser_of(sue).get(f"{reverse('transfers:transfer-export')}?outcome=unresolved")

    detail = AuditEntry.objects.get(action=AuditAction.HISTORY_EXPORTED).detail.payload
    assert answer.status_code == 200
    assert '"is_unresolved":true' in detail
    assert '"rows":1' in detail
