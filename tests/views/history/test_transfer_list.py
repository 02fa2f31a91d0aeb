import csv
import io
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.audit_log import AuditAction
from transfers.calls import digest_caller
from transfers.models import AuditEntry, DestinationType, Transfer, TransferState, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
HISTORY = reverse("transfers:transfer-history")
FIND_CALLER = reverse("transfers:find-caller")
EXPORT = reverse("transfers:transfer-export")


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user, BACKEND)
    return client


def make_row(agent: User, **overrides: Any) -> Transfer:
    return make_transfer(agent=agent, **{"state": TransferState.ANSWERED, "ring_seconds": 7, **overrides})


def make_pages(agent: User) -> list[Transfer]:
    """120 transfers, newest first."""
    call, now = make_call(), timezone.now()
    return [make_row(agent, call=call, requested_at=now - timedelta(seconds=number)) for number in range(120)]


def path_to(transfer: Transfer) -> str:
    return reverse("transfers:transfer-detail", args=[transfer.pk])


def download(user: User, query: str = "") -> tuple[Any, str]:
    """Return the export's response, and the whole file as an ASGI server sends it."""

    @async_to_sync
    async def fetch() -> tuple[Any, str]:
        client = AsyncClient()
        await client.aforce_login(user, BACKEND)
        response: Any = await client.get(f"{EXPORT}?{query}")
        return response, b"".join([piece async for piece in response.streaming_content]).decode()

    return fetch()


def test_agent_sees_own_transfers_without_agent_filter_and_export(ada: User, ben: User) -> None:
    adas, bens = make_row(ada, destination_name="Störungsdienst Gas"), make_row(ben)

    html = browser_of(ada).get(HISTORY).content.decode()

    assert '<h1 class="page__title">My transfers</h1>' in html
    assert path_to(adas) in html
    assert path_to(bens) not in html
    assert 'name="agent"' not in html
    assert EXPORT not in html


def test_supervisor_sees_all_transfers_with_agent_filter_and_export(sue: User, ada: User, ben: User) -> None:
    rows = [make_row(ada), make_row(ben)]

    html = browser_of(sue).get(HISTORY).content.decode()

    assert '<h1 class="page__title">Transfers</h1>' in html
    assert all(path_to(row) in html for row in rows)
    assert 'name="agent"' in html
    assert f'href="{EXPORT}"' in html


@pytest.mark.parametrize("path", [HISTORY, FIND_CALLER, EXPORT])
@pytest.mark.parametrize("role", ["stranger", "root_admin"])
def test_user_without_permission_gets_no_history(request: pytest.FixtureRequest, role: str, path: str) -> None:
    user = request.getfixturevalue(role)

    assert browser_of(user).get(path).status_code == 403


@pytest.mark.parametrize("path", [HISTORY, FIND_CALLER, EXPORT])
def test_anonymous_user_is_redirected_to_the_sign_in(client: Client, db: None, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_page_shows_fifty_transfers_and_links_the_next(sue: User, ada: User) -> None:
    rows = make_pages(ada)
    browser = browser_of(sue)

    first = browser.get(HISTORY)
    second = browser.get(f"{HISTORY}?cursor={first.context['page'].older}")

    assert [row.pk for row in first.context["page"].transfers] == [row.pk for row in rows[:50]]
    assert [row.pk for row in second.context["page"].transfers] == [row.pk for row in rows[50:100]]
    assert "120 transfers" in second.content.decode()


def test_htmx_gets_the_table_and_a_browser_the_page(sue: User, ada: User) -> None:
    make_row(ada)
    browser = browser_of(sue)

    part = browser.get(HISTORY, headers={"HX-Request": "true"}).content.decode()
    restored = browser.get(HISTORY, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})

    assert 'id="history-table"' in part
    assert "<html" not in part
    assert "<html" in restored.content.decode()


def test_links_between_pages_keep_the_filter(sue: User, ada: User) -> None:
    make_pages(ada)

    html = browser_of(sue).get(f"{HISTORY}?outcome=answered").content.decode()

    assert f"{HISTORY}?outcome=answered&amp;cursor=older-" in html


@pytest.mark.parametrize("cursor", ["x", "older-1", "newer-999999999999999999-1", "%01", "older-1-2%27"])
def test_invalid_cursor_shows_the_first_page_and_a_message(sue: User, ada: User, cursor: str) -> None:
    rows = make_pages(ada)

    response = browser_of(sue).get(f"{HISTORY}?cursor={cursor}")

    assert response.status_code == 200
    assert "The address of this page was not complete." in response.content.decode()
    assert response.context["page"].transfers[0] == rows[0]


@pytest.mark.parametrize(
    "query",
    [
        "agent=99999999999999999999",
        "from=0001-01-01&to=9999-12-31",
        "from=2026-11-23&to=2026-11-22",
        "q=%01",
        "q=%ED%A0%80",
        "destination=d1",
        "period=x",
        "caller=x",
        "outcome=x",
        "destination_type=x",
        "cursor=older-0-0",
    ],
)
def test_no_value_in_the_address_breaks_the_page(sue: User, ada: User, query: str) -> None:
    make_row(ada)

    assert browser_of(sue).get(f"{HISTORY}?{query}").status_code == 200
    assert download(sue, query)[0].status_code == 200


def test_number_of_queries_does_not_grow_with_the_rows(sue: User, ada: User, ben: User) -> None:
    browser = browser_of(sue)
    counts = []

    for agents in ([ada], [ada, ben] * 20):
        for agent in agents:
            make_row(agent)
        with CaptureQueriesContext(connection) as queries:
            browser.get(HISTORY)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_count_stops_at_the_limit(sue: User, ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("transfers.history.pages.COUNT_LIMIT", "transfers.history.COUNT_LIMIT"):
        monkeypatch.setattr(place, 100)
    make_pages(ada)

    assert "100+ transfers" in browser_of(sue).get(HISTORY).content.decode()


def test_empty_history_and_empty_result_have_different_texts(sue: User, ada: User) -> None:
    browser = browser_of(sue)
    before = browser.get(HISTORY).content.decode()
    make_row(ada)

    without_match = browser.get(f"{HISTORY}?outcome=rejected").content.decode()

    assert "No transfers yet." in before
    assert "No transfer matches this filter." in without_match
    assert f'<a class="btn" href="{HISTORY}">Reset</a>' in without_match


def test_posted_number_shows_the_transfers_of_that_caller(sue: User, ada: User) -> None:
    number = "+496990009552"
    wanted = make_row(ada, call=make_call(caller_number=number, caller_digest=digest_caller(number)))
    make_row(ada, call=make_call(caller_number="+493023125001", caller_digest=digest_caller("+493023125001")))
    browser = browser_of(sue)

    response = browser.post(FIND_CALLER, {"number": "069 / 90009-552", "outcome": "answered", "agent": ""})
    found = browser.get(response["Location"])

    assert response.status_code == 303
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query == {"caller": [digest_caller(number)], "outcome": ["answered"]}
    assert "90009" not in response["Location"]
    assert found.context["page"].transfers == [wanted]


def test_unreadable_number_shows_the_form_with_all_typed_values(sue: User) -> None:
    response = browser_of(sue).post(FIND_CALLER, {"number": "069 / 90", "q": "Störung", "outcome": "rejected"})

    html = response.content.decode()
    assert response.status_code == 422
    assert 'value="069 / 90"' in html
    assert 'value="Störung"' in html
    assert '<option value="rejected" selected>' in html


def test_form_without_a_number_applies_the_filter(sue: User) -> None:
    posted = {"number": "", "period": ["dates", "7d"], "q": "Gas", "from": "2026-11-01"}

    response = browser_of(sue).post(FIND_CALLER, posted)

    assert response.status_code == 303
    assert response["Location"] == f"{HISTORY}?q=Gas&period=7d"


def test_get_request_to_find_caller_redirects_to_the_history(sue: User) -> None:
    response = browser_of(sue).get(f"{FIND_CALLER}?outcome=rejected")

    assert (response.status_code, response["Location"]) == (303, f"{HISTORY}?outcome=rejected")


def test_withheld_number_is_shown_as_withheld(sue: User, ada: User) -> None:
    make_row(ada, call=make_call(caller_number=""))

    assert "Number withheld" in browser_of(sue).get(HISTORY).content.decode()


def test_typed_text_is_escaped(sue: User, ada: User) -> None:
    make_row(ada, destination_name="<script>alert(1)</script>")

    html = browser_of(sue).get(f"{HISTORY}?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").content.decode()

    assert "<script>alert" not in html


def test_export_contains_exactly_the_filtered_transfers(sue: User, ada: User) -> None:
    wanted = make_row(
        ada,
        state=TransferState.REJECTED,
        destination_type=DestinationType.EXTERNAL_NUMBER,
        destination="+491713920012",
        destination_name="Störungsdienst Gas",
        note="=1+1",
    )
    make_row(ada)

    response, text = download(sue, "outcome=rejected")

    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="transfers-{timezone.localdate():%Y-%m-%d}.csv"'
    assert [row["transfer_id"] for row in rows] == [str(wanted.pk)]
    assert (rows[0]["destination"], rows[0]["destination_name"]) == ("+491713920012", "Störungsdienst Gas")
    assert (rows[0]["agent"], rows[0]["note"]) == ("Ada Keller", "'=1+1")


def test_export_is_recorded_in_the_audit_log(sue: User, ada: User) -> None:
    for _ in range(3):
        make_row(ada)

    download(sue, f"outcome=answered&agent={ada.pk}&from=2026-11-01")

    entry = AuditEntry.objects.get(action=AuditAction.HISTORY_EXPORTED)
    assert entry.actor == str(sue.pseudonym)
    assert '"rows":3' in entry.detail.payload
    assert f'"agent_id":{ada.pk}' in entry.detail.payload
    assert '"from_at":"2026-11-01T00:00:00+01:00"' in entry.detail.payload
    assert '"outcome":"answered"' in entry.detail.payload
    assert "Sue Brandt" in entry.detail.payload


def test_agent_cannot_export_and_leaves_no_audit_entry(ada: User) -> None:
    make_row(ada)

    response = browser_of(ada).get(EXPORT)

    assert response.status_code == 403
    assert not AuditEntry.objects.exists()
