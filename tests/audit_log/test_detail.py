import json
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils.translation import gettext_lazy
from pytest_django import Settings

from transfers import audit_log
from transfers.audit_log import AuditAction
from transfers.audit_log.detail import storable_detail
from transfers.audit_log.verification import verify
from transfers.models import AuditDetail, TransferState

KEY = "access-key-for-tests-0123456789"
DEEP: Any = "bottom"
for _ in range(2000):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("plain", "plain"),
        ("NUL \x00 inside", "NUL \ufffd inside"),
        ("lone \ud83d high", "lone \ufffd high"),
        ("lone \ude00 low", "lone \ufffd low"),
        ("at the end \ud83d", "at the end \ufffd"),
        ("pair \ud83d\ude00", "pair \U0001f600"),
        ("\U0001f600 \u2028 \u202e", "\U0001f600 \u2028 \u202e"),
        (TransferState.ANSWERED, "answered"),
        (gettext_lazy("Agent"), "Agent"),
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        (0.25, 0.25),
        (True, True),
        (None, None),
        (2**64, 2**64),
        (10**10000, hex(10**10000)),
        (datetime(2026, 5, 3, 12, 0, 0, 5, tzinfo=UTC), "2026-05-03T12:00:00.000005+00:00"),
        (uuid.UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (("a", "b\x00"), ["a", "b\ufffd"]),
        ({1: {"\x00": "nested\x00"}}, {"1": {"\ufffd": "nested\ufffd"}}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_whatever_a_stranger_sent_is_stored_and_read_back(db: None, value: Any, kept: Any) -> None:
    entry = audit_log.record(actor="tenios", action=AuditAction.CALL_ENDED, detail={"evidence": value})

    payload = AuditDetail.objects.get(entry=entry).payload
    assert json.loads(payload) == {"evidence": kept}
    assert verify().is_clean


def test_nesting_without_end_is_cut_off() -> None:
    stored = storable_detail({"evidence": DEEP})

    assert json.dumps(stored).count("[") < 30
    assert "…" in json.dumps(stored, ensure_ascii=False)


@pytest.mark.parametrize("name", ["access_key", "accessKey", "ACCESS-KEY", "accesskey"])
def test_bare_access_key_is_left_out_wherever_it_stands(name: str) -> None:
    stored = storable_detail({"request": {name: "some key", "call_uuid": "c"}, "evidence": [{name: 5}], name: None})

    assert stored == {"request": {"call_uuid": "c"}, "evidence": [{}]}


def test_masked_access_key_stays() -> None:
    stored = storable_detail({"request": {"access_key": "••••6789"}})

    assert stored == {"request": {"access_key": "••••6789"}}


@pytest.mark.parametrize(
    "detail",
    [
        {"answer": {"body": f"key {KEY} refused"}},
        {"request": {"access_key": f"••••{KEY}"}},
        {f"key-{KEY}": "as a name"},
        {"evidence": ["event-key-for-tests-2", {"deep": "xevent-key-for-testsx"}]},
        {"note": KEY.replace("-", "-\x00").replace("\x00", "")},
    ],
)
def test_configured_keys_are_masked_in_every_text(detail: dict[str, Any]) -> None:
    stored = json.dumps(storable_detail(detail), ensure_ascii=False)

    assert KEY not in stored
    assert "event-key-for-tests" not in stored
    assert "••••" in stored


def test_longer_key_that_begins_like_another_leaves_no_rest() -> None:
    stored = storable_detail({"note": "event-key-for-tests-2"})

    assert stored == {"note": "••••"}


def test_unset_keys_change_no_text(settings: Settings) -> None:
    settings.TENIOS_ACCESS_KEY = ""
    settings.TENIOS_EVENT_KEYS = [""]

    assert storable_detail({"note": "as it is"}) == {"note": "as it is"}
