"""One meaning for each column: whoever writes the end of a transfer writes to the column of its meaning alone."""

from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.factories import make_call, make_transfer
from tests.lifecycle.gate.asking import KEY, digest_of
from tests.lifecycle.wire import Meanwhile, Wire, answering, failing, make_due
from tests.posts import apply_post
from transfers.lifecycle import actions, deadlines, execution, gate, outcomes, waiting
from transfers.models import CallState, SendingGate, Transfer, TransferState, User
from transfers.tenios import CallRecord

pytestmark = pytest.mark.django_db

TO = "+4922147105630"
Write = Callable[[User], Transfer]


def send(transfer: Transfer, wire: Wire) -> Transfer:
    execution.execute_transfer(transfer.pk, actor="worker", client=wire.client)
    return transfer


def make_unknown(ada: User, **overrides: object) -> Transfer:
    sent_at = timezone.now() - timedelta(minutes=1)
    values = {"destination_type": "external_number", "destination": TO, "attempt": 1, **overrides}
    return make_transfer(
        agent=ada, call=make_call(agent=ada), state=TransferState.UNKNOWN, sent_at=sent_at, problem="timeout", **values
    )


def send_without_right(ada: User) -> Transfer:
    ada.groups.clear()
    return send(make_due(ada), answering(200, {}))


def send_to_refused_country(ada: User) -> Transfer:
    return send(make_due(ada, destination_type="external_number", destination="+12125550123"), answering(200, {}))


def send_for_ended_call(ada: User) -> Transfer:
    return send(make_due(ada, call=make_call(agent=ada, state=CallState.ENDED)), answering(200, {}))


def send_for_answered_caller(ada: User) -> Transfer:
    call = make_call(agent=ada)
    make_transfer(call=call, agent=ada, state=TransferState.ANSWERED, settled_at=timezone.now())
    return send(make_due(ada, call=call), answering(200, {}))


def wait_while_stopped(ada: User) -> Transfer:
    transfer = make_due(ada)
    gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(KEY), actor="worker")
    waiting.cancel_stopped_requests(actor="sweeper")
    return transfer


def wait_for_longer_than_a_pause_allows(ada: User) -> Transfer:
    transfer = make_due(ada, due_at=timezone.now() - timedelta(seconds=6))
    SendingGate.objects.create(pk=1, paused_until_at=timezone.now() + timedelta(seconds=5))
    deadlines.close_overdue(actor="sweeper")
    return transfer


def lose_its_sender(ada: User) -> Transfer:
    past = timezone.now() - timedelta(seconds=1)
    lost = make_due(ada, state=TransferState.SENDING, attempt=1, lease_until_at=past)
    deadlines.close_overdue(actor="sweeper")
    return lost


def answer_late(ada: User, wire: Wire) -> Transfer:
    transfer = make_due(ada)
    lease_is_over = Transfer.objects.filter(pk=transfer.pk)
    client = Meanwhile(wire, lambda: lease_is_over.update(state=TransferState.UNKNOWN, problem="no_report"))
    execution.execute_transfer(transfer.pk, actor="worker", client=client)
    return transfer


def resolve_by_post(ada: User) -> Transfer:
    transfer = make_unknown(ada)
    for request_type in ("INITIATE_FORWARD", "FORWARD_ANSWER"):
        apply_post(request_type, call_uuid=transfer.call.call_uuid, forward_destination=TO)
    return transfer


def resolve_by_record(transfer: Transfer) -> Transfer:
    assert transfer.sent_at
    record = CallRecord(
        leg_uuid="leg",
        main_leg_uuid=transfer.call.call_uuid,
        destination_type="external_number",
        is_inbound=False,
        destination=TO,
        started_at=transfer.sent_at + timedelta(seconds=1),
        answered_at=transfer.sent_at + timedelta(seconds=2),
        ended_at=None,
        hangup_cause="",
    )
    transfer.refresh_from_db()
    outcomes.settle_from_legs(transfer, [record])
    return transfer


def resolve_by_person(ada: User, *, is_caller_still_here: bool) -> Transfer:
    transfer = make_unknown(ada)
    actions.resolve_transfer(user=ada, transfer_id=transfer.pk, is_caller_still_here=is_caller_still_here)
    return transfer


def take_back(ada: User) -> Transfer:
    transfer = make_transfer(agent=ada)
    actions.cancel_transfer(user=ada, transfer_id=transfer.pk)
    return transfer


REFUSED = answering(400, {"success": False, "error_code": "INVALID_VALUE"})
ACCEPTED = answering(200, {"success": True})


@pytest.mark.parametrize(
    ("write", "columns"),
    [
        # state, error_code, problem, cancel_reason, resolved_by
        (take_back, ("cancelled", "", "", "", "")),
        (send_without_right, ("cancelled", "", "", "right_lost", "")),
        (send_to_refused_country, ("cancelled", "", "", "destination_refused", "")),
        (send_for_ended_call, ("cancelled", "", "", "call_ended", "")),
        (send_for_answered_caller, ("cancelled", "", "", "answered_meanwhile", "")),
        (wait_while_stopped, ("cancelled", "", "", "sending_stopped", "")),
        (wait_for_longer_than_a_pause_allows, ("expired", "", "", "sending_paused", "")),
        (lambda ada: send(make_due(ada), ACCEPTED), ("accepted", "", "", "", "")),
        (lambda ada: send(make_due(ada), REFUSED), ("rejected", "INVALID_VALUE", "", "", "")),
        (lambda ada: send(make_due(ada), failing(httpx.ConnectError)), ("not_sent", "", "connect", "", "")),
        (lambda ada: send(make_due(ada), failing(httpx.ReadTimeout)), ("unknown", "", "timeout", "", "")),
        (lose_its_sender, ("unknown", "", "no_report", "", "")),
        (lambda ada: answer_late(ada, ACCEPTED), ("accepted", "", "", "", "answer")),
        (lambda ada: answer_late(ada, REFUSED), ("not_executed", "INVALID_VALUE", "", "", "answer")),
        (resolve_by_post, ("answered", "", "timeout", "", "call_event")),
        (lambda ada: resolve_by_record(make_unknown(ada)), ("answered", "", "timeout", "", "call_record")),
        (
            lambda ada: resolve_by_person(ada, is_caller_still_here=True),
            ("not_executed", "", "timeout", "", "person"),
        ),
        (
            lambda ada: resolve_by_person(ada, is_caller_still_here=False),
            ("accepted", "", "timeout", "", "person"),
        ),
        (
            lambda ada: resolve_by_record(resolve_by_person(ada, is_caller_still_here=False)),
            ("answered", "", "timeout", "", "person"),
        ),
    ],
)
def test_each_writer_writes_to_the_column_of_its_meaning(ada: User, write: Write, columns: tuple[str, ...]) -> None:
    transfer = write(ada)

    transfer.refresh_from_db()
    said = (transfer.error_code, transfer.problem, transfer.cancel_reason, transfer.resolved_by)
    assert (transfer.state, *said) == columns


def test_a_sender_that_was_frozen_has_a_problem(ada: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execution, "MAX_SECONDS_AFTER_CLAIM", -1.0)

    transfer = send(make_due(ada), ACCEPTED)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.problem) == ("not_sent", "too_late")


def test_too_many_transfers_are_a_reason_to_cancel(ada: User, settings: object) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 1  # type: ignore[attr-defined]
    sent = {"sent_at": timezone.now(), "state": TransferState.ACCEPTED}
    make_transfer(agent=ada, destination_type="external_number", destination=TO, **sent)

    transfer = send(make_due(ada, destination_type="external_number", destination=TO), ACCEPTED)

    transfer.refresh_from_db()
    assert (transfer.state, transfer.cancel_reason) == ("cancelled", "too_many")
