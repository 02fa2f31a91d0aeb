"""What the hot paths ask of the database: how many statements, and that none of them reads a whole table."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_call, make_transfer
from tests.posts import make_post
from transfers import calls
from transfers.lifecycle import execution, limits
from transfers.models import AgentAddress, Call, CallState, Transfer, TransferState, User
from transfers.tenios import TeniosClient

pytestmark = pytest.mark.django_db

IS_SQLITE = connection.vendor == "sqlite"

AROUND_A_POST = 4
"""The beginning and end of the transaction, and the limit of its lock wait, set and lifted."""

AUDIT_ENTRY = 3 if IS_SQLITE else 2
"""The chain's head, the entry, its detail; PostgreSQL takes the last two in one."""

only_sqlite = pytest.mark.skipif(
    not IS_SQLITE, reason="SQLite's plan follows from the question, PostgreSQL's from the rows as well"
)


@pytest.mark.parametrize(
    ("before", "request_type", "statements"),
    [
        ([], "CALL_START", 5),  # not known yet, so inserted within a savepoint; the post
        (["CALL_START"], "BLOCK_END", 4),  # the call, the post, the call's step, its transfers
        (["CALL_START"], "INITIATE_FORWARD", 5),  # and whose phone it is
        (["CALL_START", "INITIATE_FORWARD"], "FORWARD_ANSWER", 5),
        (["CALL_START", "INITIATE_FORWARD", "FORWARD_ANSWER"], "CALL_END", 4),
    ],
)
def test_a_post_takes_few_statements(
    client: Client,
    ada: User,
    before: list[str],
    request_type: str,
    statements: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    AgentAddress.objects.create(user=ada, address="ada")
    call_uuid = str(uuid.uuid4())

    def post(kind: str) -> int:
        body = json.dumps(make_post(kind, call_uuid=call_uuid, forward_destination="ada"))
        return client.post("/tenios/events/", body, content_type="application/json").status_code

    for kind in before:
        post(kind)

    with django_assert_num_queries(AROUND_A_POST + statements):
        assert post(request_type) == 200


def test_a_click_takes_few_statements_until_its_commit(client: Client, ada: User) -> None:
    client.force_login(ada)
    fields = {"destination_type": "SIP_USER", "destination": "specialist", "request_key": str(uuid.uuid4())}
    call = make_call(agent=ada)

    with CaptureQueriesContext(connection) as queries:
        client.post(f"/calls/{call.call_uuid}/transfer/", fields)

    statements = [each["sql"] for each in queries.captured_queries]
    committed = next(number for number, sql in enumerate(statements, 1) if sql.startswith("RELEASE"))
    # Session, person, rights (2); directory, gate; begin, call, its transfers, insert, audit entry, commit.
    assert (committed, len(statements)) == (11 + AUDIT_ENTRY, 12 + AUDIT_ENTRY)


def test_a_worker_takes_few_statements_until_the_request_leaves(ada: User) -> None:
    now = timezone.now()
    transfer = make_transfer(agent=ada, call=make_call(agent=ada), requested_at=now, due_at=now - timedelta(seconds=1))
    asked_before_request: list[int] = []

    def answer(_request: httpx.Request) -> httpx.Response:
        asked_before_request.append(len(queries))
        return httpx.Response(200, json={"success": True})

    client = TeniosClient(access_key="k", base_url="https://tenios.test", transport=httpx.MockTransport(answer))

    with CaptureQueriesContext(connections[DEFAULT_DB_ALIAS]) as queries:  # the request is made on another thread
        execution.execute_transfer(transfer.pk, actor="worker", client=client)

    # The request, rights (2); begin, claim, the transfer as it is now, audit entry, commit.
    assert asked_before_request == [7 + AUDIT_ENTRY]


@only_sqlite
@pytest.mark.parametrize(
    "read",
    [
        lambda _ada: calls.team_calls(),
        lambda _ada: calls.live_calls(),
        calls.own_call,
        lambda ada: limits.require_few_sent(sent_outside(ada)),
    ],
)
def test_no_long_past_makes_a_board_slower(ada: User, read: Callable[[User], object]) -> None:
    AgentAddress.objects.create(user=ada, address="ada")
    make_call(agent=ada)

    with CaptureQueriesContext(connection) as queries:
        read(ada)

    plans = [step for each in queries.captured_queries for step in _plan(each["sql"])]
    assert [step for step in plans if _grows_with_the_past(step)] == []


@only_sqlite
def test_the_call_that_ended_last_is_found_without_sorting_all_of_a_person(ada: User) -> None:
    make_call(agent=ada, state=CallState.ENDED, ended_at=timezone.now())

    with CaptureQueriesContext(connection) as queries:
        calls.last_own_call(ada)

    assert _plan(queries.captured_queries[0]["sql"]) == ["SEARCH transfers_call USING INDEX call_by_agent (agent_id=?)"]


def sent_outside(agent: User) -> Transfer:
    return make_transfer(
        agent=agent,
        call=make_call(agent=agent, state=CallState.ENDED),
        destination_type="external_number",
        destination="+4922147105630",
        state=TransferState.ACCEPTED,
        sent_at=timezone.now(),
    )


def _plan(sql: str) -> list[str]:
    if not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return [step for *_numbers, step in cursor.fetchall()]


def _grows_with_the_past(step: str) -> bool:
    """Whether a step reads all calls or transfers, or all that one person ever had."""
    table = Call._meta.db_table in step or Transfer._meta.db_table in step
    is_whole = step.startswith("SCAN") and "call_live_by_start" not in step
    return table and (is_whole or step.endswith("(agent_id=?)"))
