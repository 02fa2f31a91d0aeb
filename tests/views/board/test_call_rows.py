from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from tests.factories import make_call, make_transfer
from transfers import calls
from transfers.live.viewers import Audience
from transfers.models import Call, CallState, ServiceNumber, Transfer, TransferState, User
from transfers.views.board import call_rows
from transfers.views.board.call_rows import draw_rows, hide

pytestmark = pytest.mark.django_db

AGENT = Audience("en", may_transfer_any=False)
SUPERVISOR = Audience("en", may_transfer_any=True)
GERMAN = Audience("de", may_transfer_any=False)


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    call_rows._cache.clear()
    yield
    call_rows._cache.clear()


@pytest.fixture
def call(ada: User) -> Call:
    return make_call(agent=ada, called_number="+492214710100")


def draw(call: Call, audience: Audience = AGENT) -> str:
    return draw_rows(calls.calls_by_id([call.pk]), audience)[call.pk]


def end(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(state=CallState.ENDED, ended_at=timezone.now())


def give_to_ben(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(agent=User.objects.get(username="ben"))


def rename_agent(call: Call) -> None:
    User.objects.filter(username="ada").update(last_name="Lovelace")


def name_the_line(call: Call) -> None:
    ServiceNumber.objects.create(number=call.called_number, name="Hotline")


def hear_nothing(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(last_event_at=timezone.now() - timedelta(hours=1))


def talk_for_long(call: Call) -> None:
    Call.objects.filter(pk=call.pk).update(connected_at=timezone.now() - timedelta(minutes=6))


def transfer(call: Call) -> None:
    make_transfer(call=call, agent=call.agent, destination_name="Haustechnik")


def name_the_destination(call: Call) -> None:
    transfer(call)
    draw(call)
    Transfer.objects.update(destination_name="Rechnungsklärung")


def let_the_transfer_go_without_news(call: Call) -> None:
    sent = make_transfer(call=call, agent=call.agent, state=TransferState.ACCEPTED, accepted_at=timezone.now())
    draw(call)
    Transfer.objects.filter(pk=sent.pk).update(accepted_at=timezone.now() - timedelta(minutes=1))


@pytest.mark.parametrize(
    "change",
    [
        end,
        give_to_ben,
        rename_agent,
        name_the_line,
        hear_nothing,
        talk_for_long,
        transfer,
        name_the_destination,
        let_the_transfer_go_without_news,
    ],
)
def test_cached_row_is_rendered_again_when_anything_in_it_changes(
    call: Call, ben: User, change: Callable[[Call], None]
) -> None:
    draw(call)
    change(call)

    drawn = draw(call)

    call_rows._cache.clear()
    assert drawn == draw(call)


def test_row_is_rendered_once_for_each_audience_until_its_call_changes(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Audience] = []
    render = call_rows._render

    def note(board_call: calls.BoardCall, audience: Audience) -> str:
        drawn.append(audience)
        return render(board_call, audience)

    monkeypatch.setattr(call_rows, "_render", note)

    for _ in range(3):
        for audience in (AGENT, SUPERVISOR, GERMAN):
            draw(call, audience)

    assert drawn == [AGENT, SUPERVISOR, GERMAN]


def test_each_audience_has_its_own_row(call: Call) -> None:
    rows = {draw(call, audience) for audience in (AGENT, SUPERVISOR, GERMAN)}

    assert len(rows) == 3
    assert f"/calls/{call.call_uuid}/transfer/" in draw(call, SUPERVISOR)
    assert f"/calls/{call.call_uuid}/transfer/" not in draw(call, AGENT)


def test_duration_of_a_cached_row_is_current(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    before = draw(call)
    later = timezone.now() + timedelta(seconds=47)
    monkeypatch.setattr(timezone, "now", lambda: later)

    after = draw(call)

    assert ">00:30</time>" in before
    assert ">01:17</time>" in after


def test_new_caller_link_setting_reaches_cached_rows(call: Call, settings: Settings) -> None:
    draw(call)
    settings.CALLER_LINK_TEMPLATE = "https://crm.example/?phone={caller_number}"

    assert "crm.example" in draw(call)


def test_cache_holds_no_more_rows_than_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_rows, "MOST_CACHED", 3)
    calls = [make_call() for _ in range(5)]

    for each in calls:
        draw(each)

    assert [pk for pk, _audience in call_rows._cache] == [each.pk for each in calls[2:]]


def test_hidden_row_differs_by_one_attribute(call: Call) -> None:
    row = draw_rows(calls.calls_by_id([call.pk]), AGENT)[call.pk]

    assert hide(row).replace(" hidden", "", 1) == row
    assert hide(row).strip().startswith("<tr hidden ")


def test_row_does_not_depend_on_a_request_and_contains_no_token(call: Call) -> None:
    waiting = make_call(state=CallState.RINGING, connected_at=None)

    for audience in (AGENT, SUPERVISOR):
        assert "csrf" not in draw(call, audience) + draw(waiting, audience)


def test_rendering_rows_reads_nothing_from_the_database(
    call: Call, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    transfer(call)
    board_calls = calls.calls_by_id([call.pk])

    with django_assert_num_queries(0):
        draw_rows(board_calls, SUPERVISOR)
        draw_rows(board_calls, SUPERVISOR)
