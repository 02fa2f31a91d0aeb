"""The migration that gave each meaning of `error_code` a column of its own: no row loses what it says."""

import csv
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from tests.factories import make_call, make_transfer
from transfers.history import csv_rows
from transfers.lifecycle import guard
from transfers.models import Transfer, TransferState

BEFORE = ("transfers", "0013_history_search")

MEANINGS = [
    # state, old word, then: error_code, problem, cancel_reason, resolved_by
    ("requested", "", "", "", "", ""),
    ("cancelled", "", "", "", "", ""),
    ("cancelled", "call_ended", "", "", "call_ended", ""),
    ("cancelled", "answered_meanwhile", "", "", "answered_meanwhile", ""),
    ("cancelled", "right_lost", "", "", "right_lost", ""),
    ("cancelled", "destination_refused", "", "", "destination_refused", ""),
    ("cancelled", "too_many", "", "", "too_many", ""),
    ("cancelled", "sending_stopped", "", "", "sending_stopped", ""),
    ("expired", "", "", "", "", ""),
    ("expired", "sending_paused", "", "", "sending_paused", ""),
    ("not_sent", "connect", "", "connect", "", ""),
    ("not_sent", "too_late", "", "too_late", "", ""),
    ("unknown", "timeout", "", "timeout", "", ""),
    ("unknown", "network", "", "network", "", ""),
    ("unknown", "too_large", "", "too_large", "", ""),
    ("unknown", "no_report", "", "no_report", "", ""),
    ("answered", "no_report", "", "no_report", "", ""),
    ("accepted", "", "", "", "", ""),
    ("accepted", "persons_word", "", "", "", "person"),
    ("not_executed", "persons_word", "", "", "", "person"),
    ("answered", "persons_word", "", "", "", "person"),
    ("not_answered", "persons_word", "", "", "", "person"),
    ("rejected", "BAD_CREDENTIALS", "BAD_CREDENTIALS", "", "", ""),
    ("rejected", "CALL_UUID_NOT_FOUND", "CALL_UUID_NOT_FOUND", "", "", ""),
    ("rejected", "a code of tomorrow", "a code of tomorrow", "", "", ""),
    ("not_executed", "INVALID_VALUE", "INVALID_VALUE", "", "", ""),
]
COLUMNS = ("error_code", "problem", "cancel_reason", "resolved_by")


def migrate(target: tuple[str, str]) -> Any:
    """Migrate forwards or backwards; return the model of a transfer as it was after that migration."""
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps.get_model("transfers", "Transfer")


def migrate_to_latest() -> None:
    executor = MigrationExecutor(connection)
    executor.migrate([node for node in executor.loader.graph.leaf_nodes() if node[0] == "transfers"])


def make_old_rows(old: Any) -> None:
    now = timezone.now()
    call = old._meta.get_field("call").related_model.objects
    for state, word, *_ in MEANINGS:
        old.objects.create(
            call=call.create(call_uuid=str(uuid.uuid4()), started_at=now, last_event_at=now),
            agent_name="Ada",
            destination_type="sip_user",
            destination="specialist",
            request_key=uuid.uuid4(),
            state=state,
            error_code=word,
            requested_at=now,
            due_at=now,
        )


def words_in_file() -> list[str]:
    """Return the CSV's column `error_code`, oldest row first."""
    text = "".join(csv_rows(Transfer.objects.order_by("-requested_at", "-id")))
    return [row["error_code"] for row in csv.DictReader(text.splitlines())][::-1]


@pytest.mark.django_db(transaction=True)
def test_each_meaning_moves_to_its_column_and_back_and_the_file_says_the_same() -> None:
    old_words = [word for _state, word, *_ in MEANINGS]
    try:
        make_old_rows(migrate(BEFORE))

        migrate_to_latest()

        rows = Transfer.objects.order_by("pk").values_list("state", *COLUMNS)
        assert list(rows) == [(state, *columns) for state, _word, *columns in MEANINGS]
        assert words_in_file() == old_words
        assert guard.missing_triggers(connection) == []

        old = migrate(BEFORE)
        assert list(old.objects.order_by("pk").values_list("error_code", flat=True)) == old_words
        assert guard.missing_triggers(connection) == []
    finally:
        migrate_to_latest()


@pytest.mark.django_db(transaction=True)
def test_what_a_new_row_says_besides_a_persons_word_gives_way_to_it_on_the_way_back() -> None:
    call = make_call()
    columns = {"error_code": "INVALID_VALUE", "problem": "timeout", "resolved_by": "person"}
    make_transfer(call=call, state=TransferState.NOT_EXECUTED, **columns)
    make_transfer(call=call, state=TransferState.UNKNOWN, **columns | {"resolved_by": ""})
    in_file = words_in_file()
    try:
        old = migrate(BEFORE)

        words = list(old.objects.order_by("pk").values_list("error_code", flat=True))
        assert words == in_file == ["persons_word", "INVALID_VALUE"]
    finally:
        migrate_to_latest()
