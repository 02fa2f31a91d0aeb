from datetime import UTC, datetime
from urllib.parse import parse_qs

import pytest
from django.http import QueryDict

from tests.factories import make_destination, make_transfer
from transfers.forms.history_filter import HistoryFilterForm
from transfers.history import HistoryFilter
from transfers.models import DestinationType, TransferState, User


def read(user: User, query: str) -> HistoryFilterForm:
    form = HistoryFilterForm(QueryDict(query), user=user)
    form.is_valid()
    return form


def test_empty_query_filters_nothing(sue: User) -> None:
    form = read(sue, "")

    assert form.filters == HistoryFilter()
    assert form.query() == ""


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("q=+Gas+", HistoryFilter(text="Gas")),
        (f"caller={'a1' * 32}", HistoryFilter(caller_digest="a1" * 32)),
        ("destination_type=sip_user", HistoryFilter(destination_type="sip_user")),
        ("destination_type=EXTERNALNUMBER", HistoryFilter(destination_type="external_number")),
        ("destination=team.gas", HistoryFilter(destination="team.gas")),
        ("outcome=not_answered", HistoryFilter(outcome="not_answered")),
        (
            "from=2026-03-28&to=2026-03-29",  # Berlin, and the clocks go forward on the second day
            HistoryFilter(
                from_at=datetime(2026, 3, 27, 23, tzinfo=UTC), until_at=datetime(2026, 3, 29, 22, tzinfo=UTC)
            ),
        ),
        ("from=2026-11-23", HistoryFilter(from_at=datetime(2026, 11, 22, 23, tzinfo=UTC))),
        ("to=2026-11-23", HistoryFilter(until_at=datetime(2026, 11, 23, 23, tzinfo=UTC))),
        ("period=dates&to=2026-11-23", HistoryFilter(until_at=datetime(2026, 11, 23, 23, tzinfo=UTC))),
    ],
)
def test_each_part_of_the_query_is_read(sue: User, query: str, filters: HistoryFilter) -> None:
    form = read(sue, query)

    assert form.errors == {}
    assert form.filters == filters


@pytest.mark.parametrize(("period", "days"), [("today", 1), ("7d", 7), ("30d", 30)])
def test_a_period_ends_with_today_and_wins_over_dates(sue: User, period: str, days: int) -> None:
    filters = read(sue, f"period={period}&from=2001-01-01&to=2001-01-02").filters

    assert filters.from_at is not None
    assert filters.until_at is not None
    assert filters.from_at < datetime.now(UTC) < filters.until_at
    assert round((filters.until_at - filters.from_at).total_seconds() / 86400) == days


def test_an_agent_and_a_destination_are_named_by_id(sue: User, ada: User) -> None:
    gas = make_destination(
        name="Störungsdienst Gas", destination_type=DestinationType.EXTERNAL_NUMBER, address="+491713920012"
    )
    make_transfer(agent=ada, destination_type=gas.destination_type, destination=gas.address)

    form = read(sue, f"agent={ada.pk}&destination=d{gas.pk}")

    assert form.filters == HistoryFilter(
        agent_id=ada.pk, destination_type="external_number", destination="+491713920012"
    )
    assert "+49" not in form.query()
    assert "Störungsdienst Gas" in str(form["destination"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("q", "nul%00nul"),
        ("q", "x" * 101),
        ("period", "yesterday"),
        ("caller", "A" * 64),
        ("caller", "%2B4922147105630"),
        ("agent", "0"),
        ("agent", "ada"),
        ("agent", "9" * 40),
        ("agent", "%00"),
        ("destination_type", "REFER"),
        ("destination", "d999999999999999999"),
        ("destination", "nul%00nul"),
        ("destination", "x" * 129),
        ("outcome", "failed"),
        ("from", "23.11.2026"),
        ("from", "0001-01-01"),
        ("from", "9999-12-31"),
        ("to", "2026-02-30"),
        ("to", "9999-12-31"),
        ("to", "%F0%9F%8D%8B"),
    ],
)
def test_wrong_value_is_an_error_at_its_field_and_the_others_count(
    sue: User, ada: User, field: str, value: str
) -> None:
    make_transfer(agent=ada)
    other = "outcome=rejected" if field != "outcome" else "q=Gas"

    form = read(sue, f"{field}={value}&{other}")

    assert list(form.errors) == [field]
    assert form.filters == (HistoryFilter(outcome="rejected") if field != "outcome" else HistoryFilter(text="Gas"))


def test_days_in_the_wrong_order_are_refused_and_the_first_still_counts(sue: User) -> None:
    form = read(sue, "from=2026-11-23&to=2026-11-22")

    assert list(form.errors) == ["to"]
    assert form.filters == HistoryFilter(from_at=datetime(2026, 11, 22, 23, tzinfo=UTC))


def test_destination_of_another_kind_is_an_error(sue: User, ada: User) -> None:
    gas = make_destination(destination_type=DestinationType.SIP_USER, address="team.gas")

    form = read(sue, f"destination=d{gas.pk}&destination_type=sip_trunk")

    assert list(form.errors) == ["destination_type"]
    assert form.filters == HistoryFilter(destination_type="sip_user", destination="team.gas")


def test_agents_have_no_agent_filter(ada: User, ben: User) -> None:
    make_transfer(agent=ben)

    form = read(ada, f"agent={ben.pk}")

    assert "agent" not in form.fields
    assert form.filters == HistoryFilter()
    assert form.query() == ""


def test_only_agents_and_destinations_with_transfers_are_offered(sue: User, ada: User, ben: User) -> None:
    gas, water = make_destination(name="Gas"), make_destination(name="Wasser")
    make_transfer(agent=ada, destination_type=gas.destination_type, destination=gas.address)

    form = read(sue, "")

    assert ada.display_name in str(form["agent"])
    assert ben.display_name not in str(form["agent"])
    assert "Gas" in str(form["destination"])
    assert "Wasser" not in str(form["destination"])
    assert water.name not in str(form["destination"])


def test_a_destination_that_is_not_offered_is_shown_as_chosen(sue: User) -> None:
    form = read(sue, "destination=team.gas&destination_type=SIP_USER")

    assert '<option value="team.gas" selected>' in str(form["destination"])
    assert '<option value="sip_user" selected>' in str(form["destination_type"])


def test_query_reproduces_the_filter(sue: User) -> None:
    query = read(sue, "q=Köln+%26+Bonn&outcome=rejected&from=2026-11-01&cursor=older-1-2&csrfmiddlewaretoken=x").query()

    assert parse_qs(query) == {
        "q": ["Köln & Bonn"],
        "outcome": ["rejected"],
        "from": ["2026-11-01"],
        "period": ["dates"],
    }
    assert read(sue, query).query() == query


def test_every_state_is_offered_as_outcome(sue: User) -> None:
    options = str(read(sue, "")["outcome"])

    assert all(f'value="{state}"' in options for state in TransferState.values)
