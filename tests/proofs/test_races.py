"""Concurrent requests through the real view: one form makes one transfer, one call has one open transfer."""

import threading
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http.cookies import SimpleCookie
from statistics import median
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from simulator.server import Simulator
from tests.factories import make_call, make_user
from tests.proofs.crowd import all_at_once
from tests.proofs.figures import how_many, report
from transfers.audit_log import AuditAction
from transfers.audit_log.verification import verify
from transfers.lifecycle import execution, requests, transferable
from transfers.lifecycle.refusals import TransferAlreadyOpen
from transfers.models import AuditEntry, Call, Transfer, User

POSTS = 50
ROUNDS_OF_ONE_FORM = how_many(usual=5, full=20)
AGENTS = 10
WAITS_IN_VAIN_SECONDS = 1.0
ROUNDS_OF_ONE_CALL = how_many(usual=15, full=50)


def session_of(user: User) -> str:
    """Sign a person in and return the session cookie, as of one browser with many tabs."""
    client = Client()
    client.force_login(user)
    return client.cookies[settings.SESSION_COOKIE_NAME].value


class Answer(NamedTuple):
    """The answer to a form: the status, the redirect, the page, and the duration."""

    status: int
    location: str | None
    page: str
    seconds: float


def post_form(call: Call, *, session: str, request_key: uuid.UUID) -> Callable[[], Answer]:
    """Return the action that posts the form of a call."""
    client = Client(raise_request_exception=False)
    client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session})
    path = reverse("transfers:transfer-panel", args=[call.call_uuid])
    form = {"destination_type": "SIP_USER", "destination": "specialist", "note": "", "request_key": str(request_key)}

    def post() -> Answer:
        begin = time.monotonic()
        answer = client.post(path, form)
        seconds = time.monotonic() - begin
        return Answer(answer.status_code, answer.headers.get("Location"), answer.content.decode(), seconds)

    return post


def request(call: Call, user: User) -> Transfer:
    return requests.request_transfer(
        user=user,
        call_uuid=call.call_uuid,
        destination_type="sip_user",
        address="specialist",
        note="",
        request_key=uuid.uuid4(),
    )


def request_and_send(call: Call, user: User) -> None:
    """Request a transfer and send it at once, in its own thread. Ignore a refusal."""
    try:
        with suppress(TransferAlreadyOpen):
            execution.execute_transfer(request(call, user).pk, actor="worker")
    finally:
        connection.close()


def test_one_form_posted_fifty_times_at_once_makes_one_transfer(committed_db: None, ada: User) -> None:
    session = session_of(ada)

    for _ in range(ROUNDS_OF_ONE_FORM):
        call = make_call(agent=ada)
        request_key = uuid.uuid4()
        answers = all_at_once([post_form(call, session=session, request_key=request_key) for _ in range(POSTS)])
        transfer = Transfer.objects.get(call=call)
        own_page = reverse("transfers:transfer-detail", args=[transfer.pk])
        assert {(answer.status, answer.location) for answer in answers} == {(303, own_page)}
        assert AuditEntry.objects.filter(transfer_id=transfer.pk).count() == 1

    assert AuditEntry.objects.filter(action=AuditAction.TRANSFER_REQUESTED).count() == ROUNDS_OF_ONE_FORM
    assert verify().is_clean
    report(f"{POSTS} posts of one form at once, {ROUNDS_OF_ONE_FORM} times: 1 transfer each")


def test_one_of_ten_concurrent_agents_transfers_the_call_and_the_others_read_who(committed_db: None) -> None:
    agents = [
        make_user(role="agent", username=f"agent{n}", first_name="Agent", last_name=f"N{n}") for n in range(AGENTS)
    ]
    sessions = [session_of(agent) for agent in agents]
    told_after = []

    for _ in range(ROUNDS_OF_ONE_CALL):
        call = make_call()
        answers = all_at_once([post_form(call, session=session, request_key=uuid.uuid4()) for session in sessions])
        winner = Transfer.objects.get(call=call).agent
        assert winner is not None
        refused = [answer for answer in answers if answer.status == 409]
        assert sorted(answer.status for answer in answers) == [303] + [409] * (AGENTS - 1)
        assert answers[agents.index(winner)].status == 303
        assert all(winner.display_name in answer.page for answer in refused)
        told_after += [answer.seconds for answer in refused]

    assert verify().is_clean
    seconds = f"median {median(told_after):.2f} s, longest {max(told_after):.2f} s"
    report(
        f"{AGENTS} agents on one call at once, {ROUNDS_OF_ONE_CALL} times: 1 open transfer each, 9 told who ({seconds})"
    )


def test_no_other_transfer_starts_between_reading_a_call_and_the_commit(
    committed_db: None, ada: User, sue: User, tenios: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise another transfer could be requested, sent and accepted in that moment, and the caller moved twice."""
    call = make_call(call_uuid=tenios.account.start_call(agent="ada", answered=True).call_uuid, agent=ada)
    require_free = transferable.require_free
    quick = threading.Thread(target=partial(request_and_send, call, sue))

    def look_and_be_overtaken(*given: Any) -> None:
        require_free(*given)
        if threading.current_thread() is threading.main_thread() and not quick.ident:
            quick.start()
            quick.join(timeout=WAITS_IN_VAIN_SECONDS)

    monkeypatch.setattr(transferable, "require_free", look_and_be_overtaken)
    with suppress(TransferAlreadyOpen):
        request(call, ada)
    quick.join()

    assert Transfer.objects.count() == 1
