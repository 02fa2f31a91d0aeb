from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import translation

from transfers.audit_log import AuditAction, TrailEntry
from transfers.audit_log.texts import AuditLine, describe_entry, evidence_post_id
from transfers.models import AuditEntry

PSEUDONYM = "3f2b8c1e-0000-4000-8000-000000000000"


def entry_of(action: AuditAction, *, actor: str = "worker", detail: dict[str, Any] | None) -> TrailEntry:
    recorded_at = datetime(2026, 11, 23, 14, 6, 58, 7_999, UTC)
    entry = AuditEntry(seq=1, action=action, actor=actor, recorded_at=recorded_at, hash="a41f" + "0" * 56 + "09c2")
    return TrailEntry(entry=entry, detail=detail)


def describe(action: AuditAction, *, actor: str = "worker", **detail: Any) -> AuditLine:
    return describe_entry(entry_of(action, actor=actor, detail=detail))


@pytest.mark.parametrize("action", AuditAction)
def test_every_action_has_a_title_and_an_icon(action: AuditAction) -> None:
    line = describe(action)

    assert line.title
    assert line.icon != "question"


def test_time_and_hash_are_short() -> None:
    line = describe(AuditAction.TRANSFER_SENDING)

    assert (line.milliseconds, line.short_hash) == ("007", "a41f…09c2")


@pytest.mark.parametrize(
    ("actor", "detail", "tag"),
    [
        ("worker", {}, "Sending service"),
        ("sweeper", {}, "Monitoring service"),
        ("tenios", {}, "TENIOS"),
        (PSEUDONYM, {"actor_name": "Ada Keller"}, "Ada Keller"),
        (PSEUDONYM, {}, "Person 3f2b8c1e"),
    ],
)
def test_the_first_tag_says_who(actor: str, detail: dict[str, Any], tag: str) -> None:
    assert describe(AuditAction.TRANSFER_REQUESTED, actor=actor, **detail).tags[0] == tag


def test_a_request_says_the_time_to_undo_and_the_note() -> None:
    line = describe(AuditAction.TRANSFER_REQUESTED, actor=PSEUDONYM, grace_seconds=3.0, note="Riecht nach Gas")

    assert line.text == "3 s to undo. Note: Riecht nach Gas"


def test_the_entry_of_a_claim_does_not_say_that_anything_was_sent() -> None:
    line = describe(AuditAction.TRANSFER_SENDING, request={"access_key": "••••4f21", "destination": "+491713920012"})

    assert line.title == "Sending to TENIOS"
    assert [fact.title for fact in line.raw_facts] == ["Request to TENIOS"]
    assert line.raw_facts[0].text == (
        'POST /transfer-call\n{\n  "access_key": "••••4f21",\n  "destination": "+491713920012"\n}'
    )


def test_an_answer_is_shown_word_for_word() -> None:
    body = '{"success":false,"error_code":"INVALID_VALUE"}'
    answer = {"http_status": 400, "body": body, "problem": "", "seconds": 0.368}

    line = describe(AuditAction.TRANSFER_REJECTED, answer=answer, error_code="INVALID_VALUE")

    assert line.tags == ("Sending service", "HTTP 400", "INVALID_VALUE")
    assert line.text == "After 368 ms."
    assert line.raw_facts[0].text == f"HTTP 400\n{body}"


STILL_THERE = {"source": "person", "caller_still_here": True}
GONE = {"source": "person", "caller_still_here": False}
NO_LEG = {"source": "call_record", "legs": 0}
BUSY = {"source": "call_record", "hangup_cause": "USER_BUSY"}


@pytest.mark.parametrize(
    ("detail", "text"),
    [
        ({"answer": {"problem": "timeout", "seconds": 6.0}}, "TENIOS did not answer in time. After 6000 ms."),
        ({"error_code": "call_ended"}, "The call ended first."),
        ({"error_code": "too_late"}, "The sending process was delayed for too long."),
        ({"error_code": "INVALID_VALUE"}, ""),
        ({"evidence": NO_LEG}, "The records of the call are complete and show no such leg."),
        ({"evidence": STILL_THERE}, "Said that the caller was still on the line."),
        ({"evidence": GONE}, "Said that the caller was gone."),
        ({"evidence": BUSY}, "Cause: USER_BUSY."),
    ],
)
def test_reason_and_evidence_become_sentences(detail: dict[str, Any], text: str) -> None:
    assert describe(AuditAction.TRANSFER_NOT_EXECUTED, **detail).text == text


def test_the_end_of_the_routing_plan_is_not_taken_for_the_end_of_the_talk() -> None:
    line = describe(AuditAction.CALL_ENDED, actor="tenios", evidence={"source": "call_event"})

    assert line.text == "Post from TENIOS about this call. Does not say whether the talk went on."


def test_an_end_known_from_the_call_record_says_so() -> None:
    evidence = {"source": "call_record", "hangup_cause": "NORMAL"}
    line = describe(AuditAction.CALL_ENDED, actor="tenios", evidence=evidence)

    assert line.title == "Call ended"
    assert line.text == "Cause: NORMAL. No post reported it; the call record of the caller shows it."


def test_accepted_by_a_person_is_not_called_accepted_by_tenios() -> None:
    by_word = describe(AuditAction.TRANSFER_ACCEPTED, evidence={"source": "person", "caller_still_here": False})
    by_answer = describe(AuditAction.TRANSFER_ACCEPTED, answer={"http_status": 200, "body": '{"success": true}'})

    assert (by_word.title, by_answer.title) == ("Taken as accepted", "Accepted by TENIOS")


def test_an_event_is_shown_as_stored_while_it_is_kept() -> None:
    evidence = {"source": "call_event", "request_type": "FORWARD_ANSWER", "call_event_id": 7}
    entry = entry_of(AuditAction.TRANSFER_ANSWERED, actor="tenios", detail={"evidence": evidence})

    kept = describe_entry(entry, posts={7: '{"requestType": "FORWARD_ANSWER"}'})
    gone = describe_entry(entry)

    assert evidence_post_id(entry) == 7
    assert kept.tags == ("TENIOS", "FORWARD_ANSWER")
    assert kept.raw_facts[0].text == '{"requestType": "FORWARD_ANSWER"}'
    assert '"call_event_id": 7' in gone.raw_facts[0].text


def test_an_erased_detail_is_announced() -> None:
    entry = entry_of(AuditAction.TRANSFER_REQUESTED, actor=PSEUDONYM, detail=None)

    line = describe_entry(entry)

    assert evidence_post_id(entry) is None
    assert line.text == "The personal details of this entry were erased."
    assert (line.tags, line.raw_facts) == (("Person 3f2b8c1e",), ())


def test_texts_are_translated_when_they_are_read() -> None:
    with translation.override("de"):
        assert describe(AuditAction.TRANSFER_ANSWERED).title == translation.gettext("Destination answered")
