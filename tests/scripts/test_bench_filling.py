"""The history that `make bench` reads: each filter finds what its name says, lest empty pages are measured."""

import pytest
from django.http import QueryDict

from scripts.bench.filling_history import history
from tests.factories import make_user
from transfers.forms.history_filter import HistoryFilterForm
from transfers.history import Cursor, filtered_transfers
from transfers.models import Transfer

FINDS_NOTHING = {"outcome, none such", "q: nothing such", "unresolved"}


@pytest.mark.django_db(transaction=True)
def test_each_filter_of_the_bench_finds_transfers_unless_its_name_says_none() -> None:
    supervisor = make_user(role="supervisor")

    facts = history(6_000)

    assert Transfer.objects.count() == 6_000
    assert Cursor.read(facts["cursor"]).is_older
    found = {}
    for name, query in facts["filters"].items():
        form = HistoryFilterForm(QueryDict(query).dict(), user=supervisor)
        assert form.is_valid(), (name, form.errors)
        found[name] = filtered_transfers(user=supervisor, filters=form.filters).exists()
    assert {name for name, is_found in found.items() if not is_found} <= FINDS_NOTHING
