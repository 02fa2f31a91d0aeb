"""The broker delivers each message ten times: TENIOS gets one request for each transfer."""

import queue
import random
import uuid
from collections import Counter
from functools import partial

from simulator.server import Simulator
from tests.factories import make_call
from tests.proofs.crowd import all_at_once
from tests.proofs.figures import how_many, report
from transfers import tasks
from transfers.audit_log.verification import verify
from transfers.lifecycle import requests as transfer_requests
from transfers.models import AuditEntry, Transfer, TransferState, User

TRANSFERS = how_many(usual=60, full=200)
AT_A_TIME = 20
DELIVERIES = 10
WORKERS = 4


def request_some(ada: User, tenios: Simulator, count: int) -> list[Transfer]:
    """Request transfers of calls that TENIOS knows, due at once."""
    calls = [tenios.account.start_call(agent="ada", answered=True).call_uuid for _ in range(count)]
    return [
        transfer_requests.request_transfer(
            user=ada,
            call_uuid=make_call(call_uuid=call_uuid, agent=ada).call_uuid,
            destination_type="sip_user",
            address="specialist",
            note="",
            request_key=uuid.uuid4(),
        )
        for call_uuid in calls
    ]


def work_off(messages: "queue.SimpleQueue[int]") -> int:
    """Work like a worker until there are no messages. Return the number of messages."""
    done = 0
    while not messages.empty():
        try:
            tasks.execute_transfer(messages.get_nowait())
        except queue.Empty:
            break
        done += 1
    return done


def test_message_delivered_ten_times_to_four_workers_causes_one_request(
    committed_db: None, ada: User, tenios: Simulator
) -> None:
    rng = random.Random(7)
    delivered = 0

    for _ in range(TRANSFERS // AT_A_TIME):
        transfers = request_some(ada, tenios, AT_A_TIME)
        # The copies of a message are close together, so that several workers process the same message at once.
        copies = [
            (place + rng.uniform(0, 2), each.pk) for place, each in enumerate(transfers) for _ in range(DELIVERIES)
        ]
        messages: queue.SimpleQueue[int] = queue.SimpleQueue()
        for _, transfer_id in sorted(copies):
            messages.put(transfer_id)
        delivered += sum(all_at_once([partial(work_off, messages)] * WORKERS))

    requests = Counter(str(entry["fields"]["call_uuid"]) for entry in tenios.ledger.as_json())
    calls = set(Transfer.objects.filter(state=TransferState.ACCEPTED).values_list("call__call_uuid", flat=True))
    assert delivered == TRANSFERS * DELIVERIES
    assert len(calls) == TRANSFERS
    assert requests == dict.fromkeys(calls, 1)
    assert AuditEntry.objects.filter(outcome=TransferState.SENDING).count() == TRANSFERS
    assert verify().is_clean
    report(
        f"{TRANSFERS} transfers, each delivered {DELIVERIES} times to {WORKERS} workers: {requests.total()} requests"
    )
