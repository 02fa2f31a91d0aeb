"""The company's own rules about beginnings of numbers."""

import pytest

from tests.factories import make_call, make_transfer
from tests.lifecycle.agreeing import COLOGNE, LONDON, CountingTenios, ask
from transfers.destination_policy import DestinationRefused, check_destination
from transfers.models import NumberRule, TransferState, User

pytestmark = pytest.mark.django_db


def test_denied_beginning_is_refused_everywhere_and_no_supervisor_may_agree(ada: User) -> None:
    NumberRule.objects.create(starts_with="+49221", verdict="deny", reason="Own switchboard only.")
    transfer = make_transfer(agent=ada, destination_type="external_number", destination=COLOGNE)

    with pytest.raises(DestinationRefused) as refusal:
        check_destination(destination_type="external_number", address="0221 5540030")
    with pytest.raises(DestinationRefused):
        ask(ada, make_call(agent=ada), address=COLOGNE)

    assert (refusal.value.code, "Own switchboard only." in refusal.value.reason) == ("denied", True)
    assert CountingTenios().send(transfer).state == TransferState.CANCELLED


def test_allowed_beginning_passes_in_any_country(ada: User) -> None:
    NumberRule.objects.create(starts_with="+4420", verdict="allow")

    checked = check_destination(destination_type="external_number", address="+44 20 7946 0123")

    assert (checked.address, checked.region) == (LONDON, "GB")


def test_longest_rule_decides() -> None:
    NumberRule.objects.create(starts_with="+44", verdict="allow")
    NumberRule.objects.create(starts_with="+44207", verdict="deny")
    NumberRule.objects.create(starts_with="+442079", verdict="allow")

    assert check_destination(destination_type="external_number", address=LONDON).address == LONDON
