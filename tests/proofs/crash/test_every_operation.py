"""A crash at the first database operation, at the second, at the third, until a sender finishes.

So SQLite is tested (https://www.sqlite.org/testing.html): no place between two operations is forgotten.
"""

from itertools import count, groupby

import pytest

from tests.proofs.crash.stage import KILLED, Stage, assert_log_tells_it_all
from tests.proofs.figures import IS_FULL, report
from transfers.models import Transfer

# How TENIOS answers, and the state that its answer leads to.
ANSWERS = [("normal", "accepted"), ("call_uuid_not_found", "rejected"), ("http_500_acted", "unknown")]


def state_and_requests(stage: Stage, transfer: Transfer) -> tuple[str, int]:
    transfer.refresh_from_db()
    return transfer.state, stage.requests_for(transfer)


@pytest.mark.parametrize(("answer", "recorded"), ANSWERS if IS_FULL else ANSWERS[:1])
def test_crash_at_any_database_operation_loses_and_repeats_nothing(stage: Stage, answer: str, recorded: str) -> None:
    transfers, left_behind = [], []

    for number in count(1):
        transfer = stage.request(answer=answer)
        code = stage.send_in_a_process_that_dies(transfer, crash_at=str(number))
        left, requests = state_and_requests(stage, transfer)
        stage.let_time_pass([transfer], seconds=1.1 if left == "requested" else 8.1)
        stage.sweep()
        stage.deliver_again(transfer, times=3)
        allowed = {"requested": [(0, recorded, 1)], "sending": [(0, "unknown", 0), (1, "unknown", 1)]}
        assert (requests, *state_and_requests(stage, transfer)) in allowed.get(left, [(1, recorded, 1)])
        transfers.append(transfer)
        left_behind.append(left)
        if code != KILLED:
            break

    assert code == 0
    assert [state for state, _ in groupby(left_behind)] == ["requested", "sending", recorded]
    assert_log_tells_it_all(transfers)
    report(f"SIGKILL at each of {len(transfers) - 1} operations on the database, answer {answer}: 0 lost, 0 doubled")
