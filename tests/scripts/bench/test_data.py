"""The history that `make bench` reads: each filter finds what its name says, so that no empty page is measured."""

import pytest
from django.http import QueryDict

from scripts.bench.data.history import history
from tests.factories import make_user
from transfers.forms.history_filter import HistoryFilterForm
from transfers.history import Cursor, filtered_transfers
from transfers.models import Transfer

FINDS_NOTHING = {"outcome, none such", "q: nothing such", "unresolved"}


@pytest.mark.django_db(transaction=True)
def test_each_filter_of_the_bench_finds_transfers_unless_its_name_says_none() -> None:
    supervisor = make_user(role="supervisor")

    created = history(6_000)

    assert Transfer.objects.count() == 6_000
    assert Cursor.read(created["cursor"]).is_older
    has_transfers = {}
    for name, query in created["filters"].items():
        form = HistoryFilterForm(QueryDict(query).dict(), user=supervisor)
        assert form.is_valid(), (name, form.errors)
        has_transfers[name] = filtered_transfers(user=supervisor, filters=form.filters).exists()
    assert {name for name, is_any in has_transfers.items() if not is_any} <= FINDS_NOTHING
