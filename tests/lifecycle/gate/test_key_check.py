import time
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.utils import timezone

from tests.lifecycle.gate.asking import (
    KEY,
    NEW_KEY,
    RECORDS,
    accepting,
    answering,
    asking,
    digest_of,
    gate_entries,
    refusing,
)
from tests.proofs.crowd import all_at_once
from transfers.audit_log import AuditAction
from transfers.lifecycle import gate as sending_gate
from transfers.lifecycle.gate import CheckAlreadyRunning, key_check
from transfers.models import SendingGate
from transfers.tenios import KeyCheck, KeyVerdict, TeniosClient

pytestmark = pytest.mark.django_db


def check(client: TeniosClient) -> KeyCheck:
    return sending_gate.check_access_key(client=client, actor="3f2b8c1e", actor_name="Root")


def stop(key: str = KEY) -> None:
    sending_gate.stop_sending(code="BAD_CREDENTIALS", key_digest=digest_of(key), actor="worker")


def actions() -> list[str]:
    return [action for action, _actor, _detail in gate_entries()]


def unclear() -> httpx.Response:
    raise httpx.ReadTimeout("as told")


def test_an_accepted_key_opens_the_gate() -> None:
    stop()

    answer = check(accepting())

    assert answer.verdict is KeyVerdict.ACCEPTED
    assert sending_gate.read_gate().is_open
    assert SendingGate.objects.values_list("stop_code", "refused_key_digest", "checking_until_at").get() == (
        "",
        "",
        None,
    )
    [_stopped, (checked, who, detail), (resumed, _who, reason)] = gate_entries()
    assert (checked, who) == (AuditAction.ACCESS_KEY_CHECKED, "3f2b8c1e")
    assert (detail["result"], detail["actor_name"], detail["answer"]["http_status"]) == ("accepted", "Root", 200)
    assert (resumed, reason) == (AuditAction.SENDING_RESUMED, {"reason": "key_accepted"})


def test_a_refused_key_keeps_the_gate_closed_and_is_remembered() -> None:
    stop(KEY)
    stopped_at = sending_gate.read_gate().stopped_at

    answer = check(refusing(key=NEW_KEY))

    gate = sending_gate.read_gate()
    assert answer.verdict is KeyVerdict.REFUSED
    assert (gate.stopped_at, gate.refused_key_digest) == (stopped_at, digest_of(NEW_KEY))
    assert actions() == [AuditAction.SENDING_STOPPED, AuditAction.ACCESS_KEY_CHECKED]


@pytest.mark.parametrize("client", [asking(unclear), answering(500, {}), answering(200, {}), answering(429, {})])
def test_an_unclear_answer_leaves_the_gate_as_it_was(client: TeniosClient) -> None:
    stop()

    answer = check(client)

    gate = sending_gate.read_gate()
    assert answer.verdict is KeyVerdict.UNCLEAR
    assert gate.is_stopped
    assert gate.refused_key_digest == digest_of(KEY)
    assert gate_entries()[-1][2]["result"] == "unclear"


@pytest.mark.parametrize("client", [accepting(), refusing(), asking(unclear)])
def test_a_check_while_the_gate_is_open_leaves_it_open(client: TeniosClient) -> None:
    check(client)

    assert sending_gate.read_gate().is_open
    assert actions() == [AuditAction.ACCESS_KEY_CHECKED]


def test_a_pause_outlasts_a_check() -> None:
    sending_gate.pause_sending(30, actor="worker")

    check(accepting())

    assert sending_gate.read_gate().is_paused


def test_each_check_releases_its_lease() -> None:
    answers = [check(refusing()), check(asking(unclear)), check(accepting())]

    assert [answer.verdict for answer in answers] == ["refused", "unclear", "accepted"]


def test_only_one_check_runs_at_a_time() -> None:
    asked: list[str] = []
    SendingGate.objects.create(pk=1, checking_until_at=timezone.now() + timedelta(seconds=5))

    with pytest.raises(CheckAlreadyRunning):
        check(accepting(asked=asked))

    assert asked == []
    assert gate_entries() == []


@pytest.mark.parametrize("ends_in", [timedelta(seconds=-1), timedelta(hours=1)], ids=["ran out", "from a jumped clock"])
def test_a_lease_that_was_never_released_runs_out(ends_in: timedelta) -> None:
    SendingGate.objects.create(pk=1, checking_until_at=timezone.now() + ends_in)

    assert check(accepting()).verdict is KeyVerdict.ACCEPTED


@pytest.mark.django_db(transaction=True)
def test_many_checks_at_once_send_one_request() -> None:
    stop()
    asked: list[str] = []

    def slow() -> httpx.Response:
        time.sleep(0.5)
        return httpx.Response(200, json=RECORDS)

    client = asking(slow, asked=asked)

    def try_to_check() -> str:
        try:
            return check(client).verdict
        except CheckAlreadyRunning:
            return "busy"

    results = all_at_once([try_to_check] * 8)

    assert sorted(results) == ["accepted"] + ["busy"] * 7
    assert asked == ["/cdrs/retrieve"]
    assert actions() == [
        AuditAction.SENDING_STOPPED,
        AuditAction.ACCESS_KEY_CHECKED,
        AuditAction.SENDING_RESUMED,
    ]


class Meanwhile(TeniosClient):
    """A client during whose question something else happens."""

    def __init__(self, happens: Callable[[], object]) -> None:
        transport = httpx.MockTransport(lambda _request: httpx.Response(200, json=RECORDS))
        super().__init__(access_key=KEY, base_url="https://tenios.test", transport=transport)
        self._happens = happens

    def check_key(self, **when: object) -> KeyCheck:
        answer = super().check_key(**when)  # type: ignore[arg-type]
        self._happens()
        return answer


def test_an_answer_from_before_a_stop_does_not_open_the_gate() -> None:
    check(Meanwhile(stop))

    assert sending_gate.read_gate().is_stopped


def test_an_answer_to_an_earlier_stop_does_not_end_a_later_one() -> None:
    stop()

    check(Meanwhile(lambda: SendingGate.objects.update(stopped_at=timezone.now() + timedelta(seconds=1))))

    assert sending_gate.read_gate().is_stopped


def test_a_refusal_during_a_check_belongs_to_the_same_stop() -> None:
    stop()

    check(Meanwhile(stop))

    assert sending_gate.read_gate().is_open


def test_a_check_that_was_frozen_past_its_lease_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    stop()
    others_lease_at = timezone.now() + timedelta(seconds=9)
    thawed = time.monotonic() + key_check.LEASE.total_seconds() + 0.1

    def somebody_else_begins() -> None:
        SendingGate.objects.update(checking_until_at=others_lease_at)
        monkeypatch.setattr(time, "monotonic", lambda: thawed)

    answer = check(Meanwhile(somebody_else_begins))

    assert (answer.verdict, answer.problem) == (KeyVerdict.UNCLEAR, "too_late")
    assert sending_gate.read_gate().is_stopped
    assert SendingGate.objects.get().checking_until_at == others_lease_at


@pytest.mark.parametrize(
    ("key", "is_stopped", "is_changed"), [(NEW_KEY, True, True), (KEY, True, False), (NEW_KEY, False, False)]
)
def test_a_key_is_changed_if_another_one_was_refused(key: str, is_stopped: bool, is_changed: bool) -> None:
    if is_stopped:
        stop(KEY)

    answer = sending_gate.is_key_changed(sending_gate.read_gate(), accepting(key=key))

    assert answer is is_changed
