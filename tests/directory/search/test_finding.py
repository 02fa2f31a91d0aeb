"""Finding a destination: by any word, in any spelling, on both databases."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tests.factories import make_destination, make_transfer
from transfers.directory import (
    FavouritesFull,
    Option,
    Results,
    favourites_of,
    find_destinations,
    recents_of,
    set_favourite,
)
from transfers.models import Destination, DirectoryEntry, Favourite, TransferState, User, fold

NUMBER, SIP_USER, SIP_TRUNK = "external_number", "sip_user", "sip_trunk"


@pytest.fixture
def directory(db: None) -> dict[str, Destination]:
    """Six entries, one of them switched off."""
    entries = [
        make_destination(name="Rechnungsklärung", address="rechnung.klaerung", department="Abrechnung"),
        make_destination(
            name="Störungsdienst Gas", destination_type=NUMBER, address="+491713920012", note="Tag & Nacht"
        ),
        make_destination(
            name="Reklamation Netze", destination_type=NUMBER, address="+492214710480", department="Netze"
        ),
        make_destination(name="Jürgen Müller", address="mueller.j", department="Vertrieb", note="100 % Gas"),
        make_destination(name="Regionalbüro Süd", destination_type=SIP_TRUNK, address="Büro Süd"),
        make_destination(name="Altes Archiv", address="archiv", is_active=False),
    ]
    return {entry.name: entry for entry in entries}


def names_in(results: Results, kind: str) -> list[str]:
    return [option.name or option.address for option in options_in(results, kind)]


def options_in(results: Results, kind: str) -> list[Option]:
    return [option for group in results.groups if group.kind == kind for option in group.options]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("rechnung", ["Rechnungsklärung"]),
        ("RECHNUNGSKLÄRUNG", ["Rechnungsklärung"]),
        ("klaerung", ["Rechnungsklärung"]),
        ("klarung", ["Rechnungsklärung"]),
        ("kla\u0308rung", ["Rechnungsklärung"]),  # ä of two characters, as macOS pastes it
        ("mueller", ["Jürgen Müller"]),
        ("muller jurg", ["Jürgen Müller"]),
        ("MÜLL", ["Jürgen Müller"]),
        ("gas stör", ["Störungsdienst Gas"]),
        ("nacht", ["Störungsdienst Gas"]),
        ("vertrieb gas", ["Jürgen Müller"]),
        ("gas", ["Jürgen Müller", "Störungsdienst Gas"]),
        ("mueller.j", ["Jürgen Müller"]),
        ("re", ["Rechnungsklärung", "Regionalbüro Süd", "Reklamation Netze"]),
        ("netze 0221", ["Reklamation Netze"]),
        ("0221/4710 480", ["Reklamation Netze"]),
        ("+49 (0)221 4710-480", ["Reklamation Netze"]),
        ("0049 221 4710480", ["Reklamation Netze"]),
        ("tel:+49-221-4710480", ["Reklamation Netze"]),
        ("Tel.: 0221 / 4710480 (Netze)", ["Reklamation Netze"]),
        ("4710", ["Reklamation Netze"]),
        ("0171", ["Störungsdienst Gas"]),
        ("49171", ["Störungsdienst Gas"]),
        ("٠١٧١", ["Störungsdienst Gas"]),
        ("büro süd", ["Regionalbüro Süd"]),
        ("100 %", ["Jürgen Müller"]),
        ("%", ["Jürgen Müller"]),
        ("_", []),
        ("\\", []),
        ("archiv", []),
        ("gas wasser", []),
        ("gas\x00\ud800", ["Jürgen Müller", "Störungsdienst Gas"]),
        ("  gas \n", ["Jürgen Müller", "Störungsdienst Gas"]),
    ],
)
def test_every_word_is_found_somewhere_in_any_spelling(
    ada: User, directory: dict[str, Destination], text: str, found: list[str]
) -> None:
    results = find_destinations(user=ada, text=text)

    assert names_in(results, "directory") == found
    assert (results.shown, results.total) == (len(found), 5)


def test_names_that_begin_so_come_first_then_other_fields_that_begin_so_then_the_rest(ada: User, db: None) -> None:
    make_destination(name="Alte Netze")
    make_destination(name="Betrieb", department="Netzbetrieb")
    make_destination(name="Netzwerk")
    make_destination(name="Netzanschluss")

    results = find_destinations(user=ada, text="netz")

    assert names_in(results, "directory") == ["Netzanschluss", "Netzwerk", "Betrieb", "Alte Netze"]


def test_the_whole_directory_is_listed_like_a_dictionary_without_a_text(ada: User, db: None) -> None:
    for name in ("Zoll", "Öfen", "Oben", "Ärzte", "Anton", "apotheke"):
        make_destination(name=name)

    results = find_destinations(user=ada)

    assert names_in(results, "directory") == ["Ärzte", "Anton", "apotheke", "Oben", "Öfen", "Zoll"]


def test_the_kind_narrows_every_group(ada: User, directory: dict[str, Destination]) -> None:
    set_favourite(user=ada, destination_id=directory["Störungsdienst Gas"].pk, is_favourite=True)
    make_transfer(agent=ada, destination_type=NUMBER, destination="+492214710480")

    results = find_destinations(user=ada, destination_type=SIP_USER)

    assert [group.kind for group in results.groups] == ["directory"]
    assert names_in(results, "directory") == ["Jürgen Müller", "Rechnungsklärung"]


def test_favourites_come_first_in_the_order_of_their_keys_and_nothing_twice(
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


def test_an_option_tells_of_the_own_latest_transfer_there(
    ada: User, ben: User, directory: dict[str, Destination]
) -> None:
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


def test_a_recent_number_is_found_by_its_digits_and_comes_once(ada: User, db: None) -> None:
    make_transfer(agent=ada, destination_type=NUMBER, destination="+498999998310", state=TransferState.ANSWERED)

    part = find_destinations(user=ada, text="99998")
    whole = find_destinations(user=ada, text="089 99998310")

    assert names_in(part, "recent") == ["+498999998310"]
    assert [group.kind for group in whole.groups] == ["typed"]
    assert options_in(whole, "typed")[0].last_state == "answered"


def test_a_typed_number_comes_first_read_back(ada: User, directory: dict[str, Destination]) -> None:
    results = find_destinations(user=ada, text="0221 4710")

    assert [group.kind for group in results.groups] == ["typed", "directory"]
    [option] = options_in(results, "typed")
    assert (option.key, option.destination_id, option.name, option.is_typed) == (
        "typed-external_number",
        None,
        "",
        True,
    )
    assert option.address == "+492214710"
    assert option.checked is not None
    assert (option.checked.place, option.checked.national) == ("Cologne", "0221 4710")


@pytest.mark.parametrize(
    ("text", "destination_type", "kinds"),
    [
        ("neumann.p", "", [SIP_USER, SIP_TRUNK]),
        ("neumann.p", SIP_TRUNK, [SIP_TRUNK]),
        ("neumann.p", NUMBER, []),
        ("1001", "", [SIP_USER, SIP_TRUNK]),
        ("n", "", []),
        ("Büro Nord", "", []),
        ("Büro Nord", SIP_TRUNK, [SIP_TRUNK]),
        ("+4922147100561", "", [NUMBER]),
        ("+4922147100561", SIP_USER, [SIP_USER]),
        ("Tel. 0221 5540030", "", [NUMBER]),
        ("mueller.j", "", []),  # known as a SIP user, so hardly meant as a trunk
        ("mueller.j", SIP_USER, []),
        ("mueller.j", SIP_TRUNK, [SIP_TRUNK]),
        ("0221 4710480", "", []),
        ("archiv", "", []),
    ],
)
def test_what_the_directory_does_not_hold_can_be_typed(
    ada: User, directory: dict[str, Destination], text: str, destination_type: str, kinds: list[str]
) -> None:
    results = find_destinations(user=ada, text=text, destination_type=destination_type)

    assert [option.destination_type for option in options_in(results, "typed")] == kinds


def test_typed_sip_names_come_last(ada: User, directory: dict[str, Destination]) -> None:
    results = find_destinations(user=ada, text="4710")

    assert [group.kind for group in results.groups] == ["directory", "typed"]


@pytest.mark.parametrize(
    ("text", "destination_type", "words"),
    [
        ("0900 1234567", "", "Premium"),
        ("+1 876 555 1234", "", "Jamaica"),
        ("0221 55", "", "1 digit is missing"),
        ("112", "", "emergency"),
        ("5540030", "", "area code"),
        ("Tel. 0900 1234567", "", "Premium"),
        ("sip:alice@example.org", "", "SIP name only"),
        ("alice@example.org", SIP_USER, "SIP name only"),
        ("archiv", "", "Altes Archiv is switched off"),
        ("rechnung", "", ""),
        ("4710", "", ""),  # a part of a number that was found
        ("0171", "", ""),
        ("unknown", "", ""),
        ("0900 1234567", SIP_USER, ""),
        ("", "", ""),
    ],
)
def test_a_refusal_is_told_where_the_text_can_be_meant_so(
    ada: User, directory: dict[str, Destination], text: str, destination_type: str, words: str
) -> None:
    refusal = find_destinations(user=ada, text=text, destination_type=destination_type).refusal

    assert words in refusal
    assert bool(refusal) == bool(words)


@pytest.mark.parametrize(
    ("name", "text", "parts"),
    [
        ("Rechnungsklärung", "re", [("Re", True), ("chnungsklärung", False)]),
        ("Jürgen Müller", "mueller", [("Jürgen ", False), ("Müller", True)]),
        ("Jürgen Müller", "mull", [("Jürgen ", False), ("Müll", True), ("er", False)]),
        ("Jürgen Müller", "müller jür", [("Jür", True), ("gen ", False), ("Müller", True)]),
        ("Großkunden", "gross", [("Groß", True), ("kunden", False)]),
        ("Rechnungsklärung", "vertrieb", [("Rechnungsklärung", False)]),
    ],
)
def test_what_was_found_in_the_name_is_marked(
    ada: User, db: None, name: str, text: str, parts: list[tuple[str, bool]]
) -> None:
    make_destination(name=name, note="Vertrieb")

    [option] = options_in(find_destinations(user=ada, text=text), "directory")

    assert option.name_parts == tuple(parts)


def test_the_number_of_queries_does_not_grow_with_the_directory(
    ada: User, directory: dict[str, Destination], django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        make_destination(name=f"Gas {number}", address=f"gas.{number}")

    with django_assert_max_num_queries(13):
        results = find_destinations(user=ada, text="gas", limit=40)

    assert (results.shown, results.total) == (40, 65)


def test_every_way_of_saving_keeps_the_search_text_true(db: None) -> None:
    saved = make_destination(name="Müller")
    [entry] = DirectoryEntry.objects.bulk_create([DirectoryEntry(kind="line", name="Käse", tags=["Frühschicht"])])
    assert entry.search_text.splitlines() == ["kaese", "kase", "fruehschicht", "fruhschicht"]
    [created] = Destination.objects.bulk_create(
        [Destination(entry=entry, destination_type=NUMBER, address="+492214710480", label="Büro")]
    )

    saved.entry.department = "Öffnungen"
    saved.entry.save()
    entry.name = "Küche"
    DirectoryEntry.objects.bulk_update([entry], ["name"])
    created.address = "+492214710481"
    Destination.objects.bulk_update([created], ["address"])

    saved.refresh_from_db()
    created.refresh_from_db()
    assert saved.search_text.splitlines() == ["mueller", "muller", saved.address, "oeffnungen", "offnungen"]
    assert created.search_text.splitlines() == [
        *("kueche", "kuche", "492214710481", "02214710481"),
        *("buero", "buro", "fruehschicht", "fruhschicht"),
    ]
    with pytest.raises(ValueError, match="search_text"):
        Destination.objects.update(address="kueche")
    with pytest.raises(ValueError, match="search_text"):
        DirectoryEntry.objects.update(name="Küche")


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Müller", "mueller"), ("GROẞ Straße", "gross strasse"), ("Café Łódź", "cafe lodz"), ("o\u0308", "oe")],
)
def test_fold_spells_umlauts_out_and_drops_accents(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_favourites_take_the_next_free_key_and_free_it_again(ada: User, directory: dict[str, Destination]) -> None:
    first, second, third = list(directory.values())[:3]
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=True) == 1
    assert set_favourite(user=ada, destination_id=second.pk, is_favourite=True) == 2

    assert set_favourite(user=ada, destination_id=second.pk, is_favourite=True) == 2
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=False) is None
    assert set_favourite(user=ada, destination_id=first.pk, is_favourite=False) is None
    assert set_favourite(user=ada, destination_id=third.pk, is_favourite=True) == 1

    assert [option.name for option in favourites_of(ada)] == [third.name, second.name]


def test_a_tenth_favourite_is_refused_unless_one_is_switched_off(ada: User, ben: User, db: None) -> None:
    entries = [make_destination() for _ in range(10)]
    for entry in entries[:9]:
        set_favourite(user=ada, destination_id=entry.pk, is_favourite=True)

    with pytest.raises(FavouritesFull):
        set_favourite(user=ada, destination_id=entries[9].pk, is_favourite=True)
    assert set_favourite(user=ben, destination_id=entries[9].pk, is_favourite=True) == 1
    DirectoryEntry.objects.filter(pk=entries[3].entry_id).update(is_active=False)

    assert set_favourite(user=ada, destination_id=entries[9].pk, is_favourite=True) == 4
    assert Favourite.objects.filter(user=ada).count() == 9


def test_what_is_switched_off_or_unknown_becomes_no_favourite(ada: User, directory: dict[str, Destination]) -> None:
    for destination_id in (directory["Altes Archiv"].pk, 0):
        with pytest.raises(Destination.DoesNotExist):
            set_favourite(user=ada, destination_id=destination_id, is_favourite=True)

    assert favourites_of(ada) == []


@pytest.mark.parametrize("text", ["110", "112"])
def test_what_is_refused_as_a_number_is_offered_as_no_sip_name_unless_asked_for(ada: User, text: str) -> None:
    results = find_destinations(user=ada, text=text)
    asked_for = find_destinations(user=ada, text=text, destination_type="sip_user")

    assert results.groups == ()
    assert results.refusal != ""
    assert [option.address for group in asked_for.groups for option in group.options] == [text]


def test_a_number_with_blanks_is_searched_as_one(ada: User) -> None:
    make_destination(name="Haustechnik", destination_type="external_number", address="+492214710220")

    assert find_destinations(user=ada, text="+49 221 47").shown == 1
    assert find_destinations(user=ada, text="+49 221 9").shown == 0
