"""Fetching over a real socket: requested, due, one at a time, refused. Nothing is applied by itself."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from simulator.server import Simulator
from tests.directory.sip_users.asking import anna, client_of, fetch, item_of, list_only
from tests.factories import make_destination
from transfers.directory.sip_users import Kind, ask_for_fetch, fetch_if_wanted, read_fetch_state
from transfers.lifecycle import gate
from transfers.models import AuditEntry, DirectoryEntry, SipUser, SipUserFetch
from transfers.tenios import SipUsers, TeniosClient

pytestmark = pytest.mark.django_db


def test_a_fetch_stores_the_users_and_changes_nothing_else(simulator: Simulator) -> None:
    fetch(simulator)

    row = SipUser.objects.get()
    assert (row.user_name, row.email) == ("anna", "anna@example.org")
    assert row.remote == {"name": "Anna Arndt", "label": "12", "is_there": True}
    assert not DirectoryEntry.objects.exists()
    assert not AuditEntry.objects.exists()
    state = read_fetch_state()
    assert (state.is_under_way, state.read_count, state.waiting_count, state.problem) == (False, 1, 1, "")
    assert state.fetched_at is not None


@pytest.mark.parametrize(
    ("hours", "age_hours", "problem", "is_due"),
    [
        (24, None, "", True),
        (24, 23, "", False),
        (24, 25, "", True),
        (24, 2, "unreachable", True),
        (24, 0.5, "unreachable", False),
        (0, None, "", False),
        (0, 1000, "", False),
    ],
)
def test_a_scheduled_fetch_runs_when_it_is_due(
    simulator: Simulator,
    settings: Settings,
    hours: int,
    age_hours: float | None,
    problem: str,
    is_due: bool,
) -> None:
    settings.SIP_USER_FETCH_HOURS = hours
    if age_hours is not None:
        started_at = timezone.now() - timedelta(hours=age_hours)
        SipUserFetch.objects.create(pk=1, started_at=started_at, problem=problem)

    assert fetch_if_wanted(client=client_of(simulator)) == is_due
    assert SipUser.objects.exists() == is_due


def test_while_the_gate_is_closed_only_a_person_can_request_a_fetch(simulator: Simulator) -> None:
    gate.stop_sending(code="HTTP 403", key_digest="x" * 64, actor="worker")

    by_clock = fetch_if_wanted(client=client_of(simulator))
    ask_for_fetch()
    by_person = fetch_if_wanted(client=client_of(simulator))

    assert (by_clock, by_person) == (False, True)
    assert gate.read_gate().is_stopped


def test_only_one_fetch_runs_at_a_time(simulator: Simulator) -> None:
    ask_for_fetch()
    SipUserFetch.objects.update(running_until_at=timezone.now() + timedelta(seconds=60))

    while_running = fetch_if_wanted(client=client_of(simulator))
    SipUserFetch.objects.update(running_until_at=timezone.now() - timedelta(seconds=1))
    state = read_fetch_state()
    afterwards = fetch_if_wanted(client=client_of(simulator))

    assert (while_running, afterwards) == (False, True)
    assert state.is_broken_off
    assert not read_fetch_state().is_broken_off


@pytest.mark.parametrize(
    ("options", "problem", "detail"),
    [
        ({"key_refused": True}, "key_refused", "BAD_CREDENTIALS"),
        ({"list_answer": "http_429"}, "asked_to_wait", "HTTP 429"),
        ({"list_answer": "http_500"}, "error_answer", "HTTP 500"),
        ({"list_answer": "garbage"}, "not_understood", ""),
    ],
)
def test_a_failed_fetch_is_reported_keeps_the_old_list_and_stops_no_transfer(
    simulator: Simulator, options: dict[str, Any], problem: str, detail: str
) -> None:
    fetch(simulator)
    before = read_fetch_state().fetched_at
    simulator.account.options.change(options)

    fetch(simulator)

    state = read_fetch_state()
    assert (state.problem, state.detail, state.fetched_at) == (problem, detail, before)
    assert SipUser.objects.get().gone_at is None
    assert gate.read_gate().is_open


def test_tenios_is_asked_outside_of_every_transaction(transactional_db: None, simulator: Simulator) -> None:
    inside: list[bool] = []

    class WatchedClient(TeniosClient):
        def sip_users(self, **kwargs: Any) -> SipUsers:
            inside.append(connection.in_atomic_block)
            return super().sip_users(**kwargs)

    ask_for_fetch()
    fetch_if_wanted(client=WatchedClient(access_key="wrong", base_url=simulator.url))

    assert inside == [False]


def test_a_user_missing_from_a_whole_list_is_gone_until_listed_again(simulator: Simulator) -> None:
    make_destination(name="Anna Arndt", address="anna", label="12")
    fetch(simulator)
    list_only(simulator, {})

    fetch(simulator)
    kind_without = item_of("anna").kind
    list_only(simulator, anna())
    fetch(simulator)

    assert kind_without == Kind.GONE
    assert item_of("anna").kind == Kind.SAME


def test_an_incomplete_list_makes_nobody_gone(simulator: Simulator) -> None:
    make_destination(name="Anna Arndt", address="anna", label="12")
    fetch(simulator)
    list_only(simulator, {"broken": {"user_name": ""}})

    fetch(simulator)

    assert not read_fetch_state().is_whole
    assert item_of("anna").kind == Kind.SAME


def test_a_gone_user_without_an_entry_is_deleted(simulator: Simulator) -> None:
    fetch(simulator)
    list_only(simulator, {})

    fetch(simulator)

    assert not SipUser.objects.exists()


def test_an_entry_that_existed_before_keeps_its_texts(simulator: Simulator) -> None:
    make_destination(name="Frau Arndt", address="anna")

    fetch(simulator)

    item = item_of("anna")
    assert item.kind == Kind.KEPT
    assert [each.field for each in item.finding.kept] == ["name", "label"]


def test_a_personal_entry_is_not_linked(simulator: Simulator, ada: Any) -> None:
    make_destination(name="Mine", address="anna", owner=ada)

    fetch(simulator)

    assert item_of("anna").kind == Kind.NEW


def test_names_that_do_not_fit_into_an_entry_are_tidied(simulator: Simulator) -> None:
    odd = {"first_name": "An\x00na\u200b", "last_name": "x" * 200, "internal_extension": "1\n2"}
    list_only(simulator, anna(**odd) | {"+49221000001": {"first_name": "", "last_name": ""}})

    fetch(simulator)

    remote = {row.user_name: row.remote for row in SipUser.objects.all()}
    assert len(remote["anna"]["name"]) == 120
    assert remote["anna"]["label"] == "1 2"
    assert remote["+49221000001"]["name"] == "+49221000001"
