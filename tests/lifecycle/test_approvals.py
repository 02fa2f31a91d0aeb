import uuid
from datetime import timedelta

import httpx
import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.factories import make_call, make_transfer
from transfers.audit_log import AuditAction
from transfers.destination_policy import DestinationRefused, check_destination
from transfers.lifecycle import approvals, requests
from transfers.lifecycle.execution import execute_transfer
from transfers.lifecycle.open_questions import open_questions
from transfers.lifecycle.refusals import CallNotConnected, TooManyTransfers
from transfers.models import Approval, ApprovalState, AuditEntry, Call, NumberRule, Transfer, TransferState, User
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.django_db

LONDON = "+442079460123"
COLOGNE = "+492215540030"


def ask(user: User, call: Call, address: str = LONDON, **overrides: object) -> Approval:
    values = {"destination_type": "external_number", "note": "", "request_key": uuid.uuid4(), **overrides}
    return approvals.ask_supervisors(user=user, call_uuid=call.call_uuid, address=address, **values)  # type: ignore[arg-type]


def request(user: User, call: Call, address: str) -> Transfer:
    return requests.request_transfer(
        user=user,
        call_uuid=call.call_uuid,
        destination_type="external_number",
        address=address,
        note="",
        request_key=uuid.uuid4(),
    )


class CountingTenios:
    """Answers every transfer with success, and remembers what came."""

    def __init__(self) -> None:
        self.destinations: list[str] = []
        transport = httpx.MockTransport(self._answer)
        self.client = TeniosClient(access_key="key", base_url="http://127.0.0.1", transport=transport)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.destinations.append(request.read().decode())
        return httpx.Response(200, json={"success": True})

    def send(self, transfer: Transfer) -> Transfer:
        Transfer.objects.filter(pk=transfer.pk).update(due_at=timezone.now())
        execute_transfer(transfer.pk, actor="worker", client=self.client)
        return Transfer.objects.get(pk=transfer.pk)


def test_what_the_policy_leaves_to_a_supervisor_goes_out_after_their_click_and_not_before(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    tenios = CountingTenios()

    approval = ask(ada, call, note="Kunde in London")
    assert not Transfer.objects.exists()
    transfer = approvals.grant(user=sue, approval_id=approval.pk)

    assert (transfer.agent, transfer.destination, transfer.note) == (ada, LONDON, "Kunde in London")
    assert transfer.approval == approval
    assert tenios.send(transfer).state == TransferState.ACCEPTED
    assert len(tenios.destinations) == 1


def test_the_worker_refuses_what_nobody_agreed_to(ada: User) -> None:
    transfer = make_transfer(agent=ada, destination_type="external_number", destination=LONDON)
    tenios = CountingTenios()

    sent = tenios.send(transfer)

    assert (sent.state, sent.cancel_reason) == (TransferState.CANCELLED, "destination_refused")
    assert tenios.destinations == []


def test_agreeing_twice_makes_one_transfer(ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    approvals.grant(user=sue, approval_id=approval.pk)

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert Transfer.objects.count() == 1


def test_the_same_form_asks_once_and_a_new_one_withdraws_the_older(ada: User) -> None:
    call, key = make_call(agent=ada), uuid.uuid4()

    first = ask(ada, call, request_key=key)
    again = ask(ada, call, request_key=key)
    other = ask(ada, call, address="+33142685300")

    assert again == first
    first.refresh_from_db()
    assert (first.state, other.state) == (ApprovalState.WITHDRAWN, ApprovalState.ASKED)


@pytest.mark.parametrize("answer", ["refuse", "withdraw"])
def test_what_was_refused_or_withdrawn_moves_nobody(ada: User, sue: User, answer: str) -> None:
    approval = ask(ada, make_call(agent=ada))
    if answer == "refuse":
        approvals.refuse(user=sue, approval_id=approval.pk)
    else:
        approvals.withdraw(user=ada, approval_id=approval.pk)

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert not Transfer.objects.exists()


def test_a_question_older_than_two_minutes_can_no_longer_be_answered(ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    Approval.objects.update(asked_at=timezone.now() - timedelta(seconds=121))

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.grant(user=sue, approval_id=approval.pk)

    assert not open_questions().exists()


def test_a_call_that_ended_meanwhile_leaves_the_question_undecided(ada: User, sue: User) -> None:
    call = make_call(agent=ada)
    approval = ask(ada, call)
    Call.objects.update(state="ended", ended_at=timezone.now())

    with pytest.raises(CallNotConnected):
        approvals.grant(user=sue, approval_id=approval.pk)

    approval.refresh_from_db()
    assert approval.state == ApprovalState.ASKED


def test_only_who_asked_withdraws(ada: User, ben: User) -> None:
    approval = ask(ada, make_call(agent=ada))

    with pytest.raises(approvals.ApprovalNotPending):
        approvals.withdraw(user=ben, approval_id=approval.pk)


@pytest.mark.parametrize("address", ["110", "0221", "+4922155"])
def test_nobody_is_asked_about_what_cannot_ring(ada: User, address: str) -> None:
    with pytest.raises(DestinationRefused):
        ask(ada, make_call(agent=ada), address=address)


def test_every_step_is_in_the_audit_log(ada: User, sue: User) -> None:
    approvals.refuse(user=sue, approval_id=ask(ada, make_call(agent=ada)).pk)
    approvals.grant(user=sue, approval_id=ask(ada, make_call(agent=ada)).pk)

    actions = list(AuditEntry.objects.order_by("seq").values_list("action", "actor"))

    assert actions == [
        (AuditAction.APPROVAL_ASKED, str(ada.pseudonym)),
        (AuditAction.APPROVAL_REFUSED, str(sue.pseudonym)),
        (AuditAction.APPROVAL_ASKED, str(ada.pseudonym)),
        (AuditAction.APPROVAL_GRANTED, str(sue.pseudonym)),
        (AuditAction.TRANSFER_REQUESTED, str(ada.pseudonym)),
    ]


# --- number rules


def test_a_denied_beginning_is_refused_in_form_and_worker_and_no_supervisor_may_agree(ada: User) -> None:
    NumberRule.objects.create(starts_with="+49221", verdict="deny", reason="Own switchboard only.")
    transfer = make_transfer(agent=ada, destination_type="external_number", destination=COLOGNE)

    with pytest.raises(DestinationRefused) as refusal:
        check_destination(destination_type="external_number", address="0221 5540030")
    with pytest.raises(DestinationRefused):
        ask(ada, make_call(agent=ada), address=COLOGNE)

    assert (refusal.value.code, "Own switchboard only." in refusal.value.reason) == ("denied", True)
    assert CountingTenios().send(transfer).state == TransferState.CANCELLED


def test_an_allowed_beginning_passes_whatever_its_country(ada: User) -> None:
    NumberRule.objects.create(starts_with="+4420", verdict="allow")

    checked = check_destination(destination_type="external_number", address="+44 20 7946 0123")

    assert (checked.address, checked.region) == (LONDON, "GB")


def test_the_longest_rule_decides() -> None:
    NumberRule.objects.create(starts_with="+44", verdict="allow")
    NumberRule.objects.create(starts_with="+44207", verdict="deny")
    NumberRule.objects.create(starts_with="+442079", verdict="allow")

    assert check_destination(destination_type="external_number", address=LONDON).address == LONDON


# --- limits


def test_one_transfer_too_many_is_refused_and_leaves_no_trace(ada: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 2
    for _ in range(2):
        request(ada, make_call(agent=ada), COLOGNE)
    entries = AuditEntry.objects.count()

    with pytest.raises(TooManyTransfers):
        request(ada, make_call(agent=ada), COLOGNE)

    assert (Transfer.objects.count(), AuditEntry.objects.count()) == (2, entries)


def test_the_limit_of_all_counts_everybody(ada: User, ben: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_IN_ALL = 1
    request(ada, make_call(agent=ada), COLOGNE)

    with pytest.raises(TooManyTransfers) as refusal:
        request(ben, make_call(agent=ben), COLOGNE)

    assert refusal.value.whose == "all"


@pytest.mark.parametrize(
    "overrides",
    [
        {"destination_type": "sip_user", "destination": "weber.j"},
        {"state": TransferState.CANCELLED},
        {"state": TransferState.EXPIRED},
        {"minutes_ago": 6},
    ],
)
def test_what_costs_nothing_or_is_long_past_does_not_count(
    ada: User, settings: Settings, overrides: dict[str, object]
) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 1
    asked_at = timezone.now() - timedelta(minutes=int(str(overrides.pop("minutes_ago", 0))))
    values = {"destination_type": "external_number", "destination": COLOGNE, "requested_at": asked_at, **overrides}
    make_transfer(agent=ada, **values)

    assert request(ada, make_call(agent=ada), COLOGNE).state == TransferState.REQUESTED


def test_beyond_the_limit_a_supervisor_may_let_one_pass(ada: User, sue: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 1
    request(ada, make_call(agent=ada), COLOGNE)
    approval = ask(ada, make_call(agent=ada), address=COLOGNE)

    transfer = approvals.grant(user=sue, approval_id=approval.pk)

    assert approval.reason_code == "too_many"
    assert CountingTenios().send(transfer).state == TransferState.ACCEPTED


def test_the_worker_counts_once_more(ada: User, settings: Settings) -> None:
    settings.TRANSFER_LIMIT_PER_AGENT = 3
    tenios = CountingTenios()
    waiting = [
        make_transfer(agent=ada, destination_type="external_number", destination=COLOGNE) for _number in range(6)
    ]

    states = [tenios.send(transfer).state for transfer in waiting]

    assert states.count(TransferState.ACCEPTED) == 3
    assert states.count(TransferState.CANCELLED) == 3
    assert len(tenios.destinations) == 3


# --- pages


def test_the_picker_offers_to_ask_and_the_card_says_that_it_waits(client: Client, ada: User) -> None:
    call = make_call(agent=ada)
    client.force_login(ada)

    options = client.post(
        f"/calls/{call.call_uuid}/transfer/options/", {"q": "+44 20 7946 0123"}, headers={"hx-request": "true"}
    )
    asked = client.post(
        f"/calls/{call.call_uuid}/ask/",
        {"asked_destination": LONDON, "note": "x", "request_key": str(uuid.uuid4())},
        headers={"hx-request": "true"},
    )

    assert f'value="{LONDON}"' in options.content.decode()
    assert "A supervisor was asked about +44 20 7946 0123" in asked.content.decode().replace("\N{NO-BREAK SPACE}", " ")


def test_the_supervisor_reads_the_question_and_agrees(client: Client, ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada, caller_number="+493023125001"), note="Kunde <b>in</b> London")
    client.force_login(sue)

    board = client.get("/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    answer = client.post(f"/approvals/{approval.pk}/decide/", {"answer": "agree"}, headers={"hx-request": "true"})

    assert "asks: may a caller be transferred to +44 20 7946 0123?" in board
    assert "Kunde &lt;b&gt;in&lt;/b&gt; London" in board
    assert answer.status_code == 200
    assert Transfer.objects.get().approval == approval


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("ada", "/approvals/", 403),
        ("ada", "/approvals/1/decide/", 403),
        ("stranger", "/approvals/", 403),
        ("root_admin", "/approvals/", 403),
        ("sue", "/approvals/", 200),
    ],
)
def test_only_supervisors_decide(
    client: Client, request: pytest.FixtureRequest, who: str, path: str, status: int
) -> None:
    client.force_login(request.getfixturevalue(who))

    answer = client.post(path, {"answer": "agree"}) if "decide" in path else client.get(path)

    assert answer.status_code == status


@pytest.mark.parametrize(
    "posted",
    [{}, {"asked_destination": LONDON}, {"asked_destination": "110", "request_key": str(uuid.uuid4())}],
)
def test_a_question_that_makes_no_sense_is_refused_in_words(client: Client, ada: User, posted: dict[str, str]) -> None:
    call = make_call(agent=ada)
    client.force_login(ada)

    answer = client.post(f"/calls/{call.call_uuid}/ask/", posted, headers={"hx-request": "true"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Approval.objects.exists()


def test_a_stale_answer_is_told_to_the_supervisor(client: Client, ada: User, sue: User) -> None:
    approval = ask(ada, make_call(agent=ada))
    approvals.withdraw(user=ada, approval_id=approval.pk)
    client.force_login(sue)

    answer = client.post(f"/approvals/{approval.pk}/decide/", {"answer": "agree"}, headers={"hx-request": "true"})

    assert answer.status_code == 409
    assert "not open any more" in answer.content.decode()
