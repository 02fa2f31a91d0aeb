"""The agent's own favourites and recent destinations in a search."""

from datetime import timedelta

from django.utils import timezone

from tests.directory.search.reading import names_in, options_in
from tests.factories import make_transfer
from transfers.directory import (
    find_destinations,
    recents_of,
    set_favourite,
)
from transfers.models import Destination, TransferState, User

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


def test_favourites_come_first_in_key_order_and_nothing_is_listed_twice(
    ada: User, ben: User, directory: dict[str, Destination]
) -> None:
    for name in ("Reklamation Netze", "Jürgen Müller"):
        set_favourite(user=ada, destination_id=directory[name].pk, is_favourite=True)
    make_transfer(agent=ada, destination_type=SIP_USER, destination="rechnung.klaerung", state=TransferState.ANSWERED)
    make_transfer(agent=ada, destination_type=SIP_USER, destination="mueller.j", state=TransferState.ANSWERED)
    make_transfer(agent=ben, destination_type=SIP_TRUNK, destination="Büro Süd", state=TransferState.ANSWERED)

    results = find_destinations(user=ada)

    assert [group.kind for group in results.groups] == ["favourites", "recent", "directory"]
    assert names_in(results, "favourites") == ["Reklamation Netze", "Jürgen Müller"]
    assert names_in(results, "recent") == ["Rechnungsklärung"]
    assert names_in(results, "directory") == ["Regionalbüro Süd", "Störungsdienst Gas"]
    assert [option.favourite_position for option in options_in(results, "favourites")] == [1, 2]


def test_an_option_has_the_agents_own_latest_transfer(ada: User, ben: User, directory: dict[str, Destination]) -> None:
    now = timezone.now()
    for agent, state, minutes in (
        (ada, TransferState.ANSWERED, 30),
        (ada, TransferState.NOT_ANSWERED, 20),
        (ada, TransferState.CANCELLED, 10),
        (ben, TransferState.REJECTED, 5),
    ):
        make_transfer(
            agent=agent,
            destination_type=SIP_USER,
            destination="mueller.j",
            state=state,
            requested_at=now - timedelta(minutes=minutes),
        )

    [option] = options_in(find_destinations(user=ada, text="müller"), "recent")

    assert (option.last_state, option.last_used_at) == ("not_answered", now - timedelta(minutes=20))
    assert option.key == f"d{directory['Jürgen Müller'].pk}"


def test_recent_destinations_are_distinct_newest_first_and_still_allowed(
    ada: User, directory: dict[str, Destination]
) -> None:
    now = timezone.now()
    used = [
        (NUMBER, "+498999998310", TransferState.ANSWERED),  # not in the directory
        (SIP_USER, "mueller.j", TransferState.ANSWERED),
        (NUMBER, "+491713920012", TransferState.CANCELLED),  # taken back: never went there
        (SIP_USER, "mueller.j", TransferState.NOT_ANSWERED),
        (SIP_USER, "archiv", TransferState.ANSWERED),  # switched off since
        (NUMBER, "+18765551234", TransferState.ANSWERED),  # outside the policy since
        (SIP_TRUNK, "Büro Süd", TransferState.ANSWERED),
    ]
    transfers = [
        make_transfer(
            agent=ada,
            destination_type=kind,
            destination=address,
            state=state,
            requested_at=now - timedelta(minutes=age),
        )
        for age, (kind, address, state) in enumerate(used)
    ]

    recent = recents_of(ada)

    assert [option.name or option.address for option in recent] == [
        "+498999998310",
        "Jürgen Müller",
        "Regionalbüro Süd",
    ]
    assert recent[0].key == f"t{transfers[0].pk}"
    assert recent[0].is_typed
    assert recent[0].checked is not None
    assert recent[0].checked.place == "Munich"
    assert [option.address for option in recents_of(ada, limit=1)] == ["+498999998310"]


def test_a_recent_number_is_found_by_its_digits_and_listed_once(ada: User, db: None) -> None:
    make_transfer(agent=ada, destination_type=NUMBER, destination="+498999998310", state=TransferState.ANSWERED)

    part = find_destinations(user=ada, text="99998")
    whole = find_destinations(user=ada, text="089 99998310")

    assert names_in(part, "recent") == ["+498999998310"]
    assert [group.kind for group in whole.groups] == ["typed"]
    assert options_in(whole, "typed")[0].last_state == "answered"
