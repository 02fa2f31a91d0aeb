"""The checker of `make chaos` finds each broken promise, and nothing where all were kept."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scripts.chaos.case import Case
from scripts.chaos.checker import check
from scripts.chaos.evidence import Evidence, Request, Row
from scripts.chaos.history import Fault, History, Post, Sighting, Word
from scripts.chaos.report import describe_run

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
CALL, DESTINATION, LEG = "call-1", "+4922147101000", "leg-1"

POST = Post(
    who="ada",
    call_uuid=CALL,
    destination=DESTINATION,
    request_key="form-1",
    started_at=0.0,
    ended_at=0.1,
    status=200,
    transfer_id=1,
)
REQUEST = Request(call_uuid=CALL, destination=DESTINATION, behaviour="normal", acted=True, at=START, leg_uuid=LEG)
UNMOVED = replace(REQUEST, acted=False, leg_uuid=None)


def make_row(*path: str, transfer_id: int = 1, seconds: float = 0.0) -> Row:
    steps = tuple((state, START + timedelta(seconds=seconds + number)) for number, state in enumerate(path))
    return Row(
        transfer_id=transfer_id,
        call_uuid=CALL,
        destination=DESTINATION if transfer_id == 1 else f"{DESTINATION}{transfer_id}",
        request_key=f"form-{transfer_id}",
        state=path[-1],
        attempt=int("sending" in path),
        requested_at=START + timedelta(seconds=seconds),
        sent_at=START + timedelta(seconds=seconds + 1),
        steps=steps,
    )


ANSWERED = make_row("requested", "sending", "accepted", "answered")
UNKNOWN = make_row("requested", "sending", "unknown")


def make_history(row: Row, *, told_at: float = 1.0, posts: list[Post] | None = None) -> History:
    """The history of one transfer whose clocks both begin at START; `told_at` is when its end was first seen."""
    history = History(wall_offset=START.timestamp())
    history.posts = [POST] if posts is None else posts
    history.first_seen = {row.transfer_id: {"requested": 0.1, row.state: told_at}}
    return history


def promises_broken(history: History, evidence: Evidence) -> set[str]:
    return {violation.promise for violation in check(history, evidence)}


@pytest.mark.parametrize(
    ("row", "requests"),
    [
        (ANSWERED, [REQUEST]),
        (make_row("requested", "sending", "accepted", "not_answered"), [REQUEST]),
        (make_row("requested", "sending", "accepted"), [replace(UNMOVED, behaviour="accepted_not_acted")]),
        (make_row("requested", "sending", "rejected"), [replace(UNMOVED, behaviour="http_404")]),
        (make_row("requested", "sending", "not_sent"), []),
        (make_row("requested", "expired"), []),
        (make_row("requested", "cancelled"), []),
        (UNKNOWN, [replace(REQUEST, behaviour="drop_acted")]),
        (UNKNOWN, [replace(UNMOVED, behaviour="http_500")]),
        (
            make_row("requested", "sending", "unknown", "accepted", "answered"),
            [replace(REQUEST, behaviour="drop_acted")],
        ),
        (make_row("requested", "sending", "unknown", "not_executed"), [replace(UNMOVED, behaviour="drop")]),
    ],
    ids=lambda given: given.state if isinstance(given, Row) else "",
)
def test_a_true_word_breaks_no_promise(row: Row, requests: list[Request]) -> None:
    evidence = Evidence(rows=[row], requests=requests)

    assert check(make_history(row), evidence) == []


@pytest.mark.parametrize(
    ("row", "requests"),
    [
        (make_row("requested", "expired"), [UNMOVED]),
        (make_row("requested", "cancelled"), [REQUEST]),
        (make_row("requested", "sending", "not_sent"), [REQUEST]),
        (make_row("requested", "sending", "rejected"), [REQUEST]),
        (make_row("requested", "sending", "rejected"), []),
        (make_row("requested", "sending", "accepted"), [UNMOVED]),
        (make_row("requested", "sending", "accepted"), []),
        (make_row("requested", "sending", "accepted", "answered"), [replace(UNMOVED, behaviour="accepted_not_acted")]),
        (make_row("requested", "sending", "unknown", "not_executed"), [replace(REQUEST, behaviour="drop_acted")]),
        (make_row("requested", "sending", "unknown", "accepted"), [replace(UNMOVED, behaviour="drop")]),
    ],
    ids=lambda given: given.state if isinstance(given, Row) else "",
)
def test_a_word_that_the_ledger_contradicts_is_found(row: Row, requests: list[Request]) -> None:
    [violation] = check(make_history(row), Evidence(rows=[row], requests=requests))

    assert (violation.promise, violation.transfer_id) == ("wrong verdict", 1)


@pytest.mark.parametrize(("state", "was_answered"), [("answered", False), ("not_answered", True)])
def test_an_end_that_the_leg_contradicts_is_found(state: str, was_answered: bool) -> None:
    row = make_row("requested", "sending", "accepted", state)
    evidence = Evidence(rows=[row], requests=[REQUEST], was_answered={LEG: was_answered})

    assert promises_broken(make_history(row), evidence) == {"wrong verdict"}


def test_two_requests_for_one_transfer_are_found() -> None:
    evidence = Evidence(rows=[ANSWERED], requests=[REQUEST, UNMOVED])

    assert promises_broken(make_history(ANSWERED), evidence) == {"doubled"}


def test_two_transfers_of_one_form_are_found() -> None:
    second = replace(make_row("requested", "cancelled", transfer_id=2, seconds=60), request_key="form-1")
    evidence = Evidence(rows=[ANSWERED, second], requests=[REQUEST])

    assert promises_broken(make_history(ANSWERED), evidence) == {"doubled"}


def test_a_request_that_no_transfer_explains_is_found() -> None:
    evidence = Evidence(rows=[ANSWERED], requests=[REQUEST, replace(REQUEST, call_uuid="call-2")])

    assert promises_broken(make_history(ANSWERED), evidence) == {"doubled"}


@pytest.mark.parametrize(
    ("first", "seconds"),
    [
        (UNKNOWN, 60),
        (make_row("requested", "sending", "accepted"), 11),
        (make_row("requested", "sending", "accepted"), 1),
    ],
    ids=["unknown", "just accepted", "still sending"],
)
def test_a_second_transfer_that_tears_the_caller_away_is_found(first: Row, seconds: float) -> None:
    second = make_row("requested", "sending", "accepted", transfer_id=2, seconds=seconds)
    posts = [POST, replace(POST, destination=second.destination, request_key="form-2", transfer_id=2)]
    requests = [replace(REQUEST, behaviour="http_500_acted"), replace(REQUEST, destination=second.destination)]

    broken = promises_broken(make_history(first, posts=posts), Evidence(rows=[first, second], requests=requests))

    assert broken == {"torn away"}


def test_a_supervisor_may_move_an_answered_call_on() -> None:
    second = make_row("requested", "sending", "accepted", transfer_id=2, seconds=5)
    posts = [POST, replace(POST, destination=second.destination, request_key="form-2", transfer_id=2)]
    requests = [REQUEST, replace(REQUEST, destination=second.destination)]

    assert check(make_history(ANSWERED, posts=posts), Evidence(rows=[ANSWERED, second], requests=requests)) == []


@pytest.mark.parametrize("state", ["requested", "sending"])
def test_a_transfer_that_never_ends_is_found(state: str) -> None:
    row = make_row(*("requested", "sending")[: 1 + (state == "sending")])

    assert promises_broken(make_history(row), Evidence(rows=[row], requests=[])) == {"lost"}


@pytest.mark.parametrize(
    "post",
    [
        replace(POST, transfer_id=None),
        replace(POST, transfer_id=7),
        replace(POST, destination="+4922147101999"),
        replace(POST, status=409, transfer_id=None),
    ],
    ids=["names none", "names another", "another destination", "refused"],
)
def test_an_answer_that_the_rows_contradict_is_found(post: Post) -> None:
    history = make_history(ANSWERED, posts=[post])

    assert promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


@pytest.mark.parametrize(("told", "status"), [("stopped", 409), ("", 409)])
def test_a_form_may_be_taken_after_it_was_refused(told: str, status: int) -> None:
    refused = replace(POST, started_at=-2.0, ended_at=-1.9, status=status, transfer_id=None, told=told)
    history = make_history(ANSWERED, posts=[refused, POST])

    assert check(history, Evidence(rows=[ANSWERED], requests=[REQUEST])) == []


@pytest.mark.parametrize("status", [409, 503])
def test_a_form_of_which_nothing_is_said_to_be_recorded_and_that_was_kept_is_found(status: int) -> None:
    refused = replace(POST, started_at=-0.1, ended_at=0.1, status=status, transfer_id=None, told="stopped")
    history = make_history(ANSWERED, posts=[refused])
    history.add(Fault(target="database_away", kind="stop", started_at=0, ended_at=0.05))

    assert promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


def test_a_transfer_that_nobody_asked_for_is_found() -> None:
    history = make_history(ANSWERED, posts=[])

    assert promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST])) == {"lost"}


def test_an_accepted_form_without_a_row_is_found() -> None:
    history = make_history(ANSWERED)

    assert promises_broken(history, Evidence(rows=[], requests=[])) == {"lost"}


@pytest.mark.parametrize(
    ("target", "from_second", "is_excused"),
    [
        ("worker", 2, True),
        ("sweeper.2", 2, True),
        ("tenios", 0, True),
        ("database_away", 9, True),
        ("redis", 2, False),
        ("worker", 30, False),
    ],
)
def test_unknown_after_a_clear_answer_needs_a_fault_that_meets_its_sender(
    target: str, from_second: float, is_excused: bool
) -> None:
    history = make_history(UNKNOWN)
    history.add(Fault(target=target, kind="freeze", started_at=from_second, ended_at=from_second + 1))

    broken = promises_broken(history, Evidence(rows=[UNKNOWN], requests=[REQUEST]))

    assert broken == (set() if is_excused else {"needless unknown"})


@pytest.mark.parametrize(
    ("told_at", "pauses", "is_late"),
    [
        (14.9, [], False),
        (15.1, [], True),
        (18.0, [("sweeper", 2, 6)], False),
        (18.0, [("sweeper", 2, 4), ("database", 3, 4)], True),
        (18.0, [("worker", 2, 14)], True),
        (18.0, [("sweeper", 30, 40)], True),
    ],
)
def test_news_after_more_than_15_seconds_are_found_but_for_the_time_that_does_not_count(
    told_at: float, pauses: list[tuple[str, float, float]], is_late: bool
) -> None:
    history = make_history(ANSWERED, told_at=told_at)
    for target, begin, end in pauses:
        history.add(Fault(target=target, kind="freeze", started_at=begin, ended_at=end))

    broken = promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST]))

    assert broken == ({"late"} if is_late else set())


def test_a_sweeper_that_is_gone_does_not_stop_the_clock_while_another_one_is_there() -> None:
    history = make_history(ANSWERED, told_at=18.0)
    history.add(Fault(target="sweeper", kind="freeze", started_at=2, ended_at=8))
    history.add(Fault(target="sweeper.2", kind="freeze", started_at=6, ended_at=12))

    evidence = Evidence(rows=[ANSWERED], requests=[REQUEST], sweepers=("sweeper", "sweeper.2"))

    assert promises_broken(history, evidence) == {"late"}
    assert promises_broken(history, replace(evidence, sweepers=("sweeper",))) == set()


def test_the_clock_starts_with_the_posting_that_made_the_transfer() -> None:
    row = replace(ANSWERED, requested_at=START + timedelta(seconds=1))
    unanswered = replace(POST, started_at=0.9, ended_at=3.0, status=None, transfer_id=None)
    again = replace(POST, started_at=4.0, ended_at=4.1)
    history = make_history(row, told_at=16.0, posts=[unanswered, again])

    assert Case(history, Evidence(rows=[row], requests=[REQUEST])).clicked_at(row) == 0.9


@pytest.mark.parametrize(
    ("was_taken", "row", "requests", "is_broken"),
    [
        (
            True,
            make_row("requested", "sending", "unknown", "not_executed"),
            [replace(UNMOVED, behaviour="drop")],
            False,
        ),
        (True, UNKNOWN, [replace(UNMOVED, behaviour="drop")], True),
        (False, UNKNOWN, [replace(UNMOVED, behaviour="drop")], False),
        (None, UNKNOWN, [replace(UNMOVED, behaviour="drop")], False),
        (
            True,
            make_row("requested", "sending", "unknown", "not_executed"),
            [replace(REQUEST, behaviour="slow")],
            False,
        ),
    ],
    ids=["settles", "is forgotten", "came too early", "no page came", "is overtaken by TENIOS"],
)
def test_a_persons_word_that_was_taken_settles(
    was_taken: bool | None, row: Row, requests: list[Request], is_broken: bool
) -> None:
    history = make_history(row)
    history.add(Word(at=11, who="ada", page="card", transfer_id=1, is_still_here=True, was_taken=was_taken))

    broken = promises_broken(history, Evidence(rows=[row], requests=requests))

    assert broken == ({"word"} if is_broken else set())


def test_a_word_that_nobody_said_is_found() -> None:
    row = replace(make_row("requested", "sending", "unknown", "not_executed"), resolved_by="person")

    broken = promises_broken(make_history(row), Evidence(rows=[row], requests=[replace(UNMOVED, behaviour="drop")]))

    assert broken == {"word"}


@pytest.mark.parametrize(("stopped_at", "is_found"), [(-1.0, True), (0.9, False), (3.0, False)])
def test_what_leaves_after_sending_had_stopped_is_found(stopped_at: float, is_found: bool) -> None:
    stop = (START + timedelta(seconds=stopped_at), START + timedelta(seconds=9))
    evidence = Evidence(rows=[ANSWERED], requests=[REQUEST], stops=[stop])

    assert promises_broken(make_history(ANSWERED), evidence) == ({"sent while stopped"} if is_found else set())


@pytest.mark.parametrize("transfer_id", [1, None])
def test_a_page_that_showed_what_never_was_is_found(transfer_id: int | None) -> None:
    history = make_history(ANSWERED)
    history.add(Sighting(at=1, page="card", who="ada", state="rejected", call_uuid=CALL, transfer_id=transfer_id))

    assert promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST])) == {"false screen"}


@pytest.mark.parametrize(
    ("seen_at", "recorded_after", "is_true"), [(9.5, 9.0, True), (8.5, 9.0, False), (9.5, 2.0, False)]
)
def test_a_page_may_say_unclear_once_the_lease_is_over_and_nothing_is_recorded(
    seen_at: float, recorded_after: float, is_true: bool
) -> None:
    sent_at = START + timedelta(seconds=1)
    steps = (("requested", START), ("sending", sent_at), ("accepted", sent_at + timedelta(seconds=recorded_after)))
    row = replace(make_row("requested", "sending", "accepted"), sent_at=sent_at, steps=steps)
    history = make_history(row, told_at=12)
    history.add(Sighting(at=seen_at, page="card", who="ada", state="unknown", call_uuid=CALL, transfer_id=1))

    broken = promises_broken(history, Evidence(rows=[row], requests=[REQUEST]))

    assert broken == (set() if is_true else {"false screen"})


@pytest.mark.parametrize(
    ("status", "target", "is_excused"),
    [
        (503, "database_away", True),
        (503, "sweeper.2", True),
        (503, "redis", False),
        (500, "database_away", False),
        (None, "web", True),
        (None, "redis", False),
    ],
)
def test_a_failing_form_is_found_unless_a_fault_explains_it(status: int | None, target: str, is_excused: bool) -> None:
    history = make_history(ANSWERED, posts=[POST, replace(POST, status=status, transfer_id=None)])
    history.add(Fault(target=target, kind="disturb", started_at=0, ended_at=0.05))

    broken = promises_broken(history, Evidence(rows=[ANSWERED], requests=[REQUEST]))

    assert broken == (set() if is_excused else {"false screen"})


@pytest.mark.parametrize(
    "change",
    [
        lambda evidence: replace(evidence, audit_exit_code=1, audit_report="entry 7 is not as it was recorded"),
        lambda evidence: replace(evidence, rows=[replace(ANSWERED, steps=ANSWERED.steps[:-1])]),
    ],
    ids=["chain", "trail"],
)
def test_an_audit_log_that_does_not_agree_is_found(change: Callable[[Evidence], Evidence]) -> None:
    evidence = change(Evidence(rows=[ANSWERED], requests=[REQUEST]))

    assert promises_broken(make_history(ANSWERED), evidence) == {"audit"}


def test_the_report_names_the_transfer_of_each_broken_promise() -> None:
    history, evidence = make_history(ANSWERED), Evidence(rows=[ANSWERED], requests=[REQUEST, UNMOVED])

    report = describe_run(Case(history, evidence), check(history, evidence), skipped=0)

    assert "transfers       1: 1 answered" in report
    assert "doubled: transfer 1: 2 requests reached TENIOS" in report
