"""What may be called, however it is spelt, and why the rest may not."""

import re

import phonenumbers
import pytest
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType
from pytest_django import Settings

from scripts.gather_places import PLACE_NAMES, gather_places
from transfers.destination_policy import CheckedDestination, DestinationRefused, check_destination
from transfers.destination_policy.number_types import refusal_of_type

pytestmark = pytest.mark.django_db

E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
COLOGNE = "+492215540030"


def check_number(text: str) -> CheckedDestination:
    return check_destination(destination_type="external_number", address=text)


def refusal_of(text: str, destination_type: str = "external_number") -> DestinationRefused:
    with pytest.raises(DestinationRefused) as refused:
        check_destination(destination_type=destination_type, address=text)
    return refused.value


@pytest.mark.parametrize(
    "spelling",
    [
        "0221/55 40 03-0",
        "0221 5540030",
        "02215540030",
        "(0221) 5540030",
        "(0221) 55 40 03 - 0",
        "[0221] 5540030",
        "0221.5540030",
        "0221 / 5540030",
        "+49 (0)221 5540030",
        "+49 (0) 221/5540030",
        "+49(0)221-55 40 03-0",
        "(+49) 221 5540030",
        "+49 0221 5540030",
        "+49/221/5540030",
        "+ 49 221 5540030",
        "0049 221 5540030",
        "00 49 (0)221 5540030",
        "0049/221/5540030",
        "tel:+492215540030",
        "tel:+49-221-5540030",
        "tel://+492215540030",
        "TEL:02215540030",
        "tel:%2B492215540030",
        "  0221 5540030  ",
        "\t0221 5540030\r\n",
        "0221 5540030 -",
        "+49\u00a0221\u00a05540030",  # no-break spaces
        "+49\u202f221\u20095540030",  # narrow and thin spaces
        "+49 221 554003\u20130",  # en dash
        "+49 221\u20115540030",  # no-break hyphen
        "+49 221 554003\u22120",  # minus sign
        "\u202a+49 221 5540030\u202c",  # the invisible marks that address books paste along
        "+49\u200b221\u200e5540030",
        "＋４９　２２１　５５４００３０",  # full width
        "（０２２１）５５４００３０",
        "٠٢٢١ ٥٥٤٠٠٣٠",  # Arabic-Indic
        "۰۲۲۱۵۵۴۰۰۳۰",  # Persian
        "०२२१५५४००३०",  # Devanagari
        "Tel. Frau Kessler: 0221 / 55 40 03-0 (Mo-Fr)",
        "Bitte unter 0221 5540030 melden.",
        "Zentrale: +49 221 5540030, Frau Kessler",
        "Am 03.12.2026 unter 0221 5540030",
        "01067 Dresden, 0221 5540030",
        "Kessler\n0221 5540030\n50670 Köln",
        "Tel 0221 5540030 | 0221 5540030",
    ],
)
def test_every_spelling_becomes_the_same_number(spelling: str) -> None:
    checked = check_number(spelling)

    assert checked.address == COLOGNE


@pytest.mark.parametrize(
    ("text", "address", "region", "number_type"),
    [
        ("0171 3920012", "+491713920012", "DE", "mobile"),
        ("0152 28817386", "+4915228817386", "DE", "mobile"),
        ("0800 1234567", "+498001234567", "DE", "toll_free"),
        ("032 212345678", "+4932212345678", "DE", "fixed_line"),
        ("030 23125640", "+493023125640", "DE", "fixed_line"),
        ("0043 1 5123456", "+4315123456", "AT", "fixed_line"),
        ("+43 (0)664 1234567", "+436641234567", "AT", "mobile"),
        ("+43 720 123456", "+43720123456", "AT", "voip"),
        ("+41 (0)44 668 18 00", "+41446681800", "CH", "fixed_line"),
        ("+41 58 123 45 67", "+41581234567", "CH", "uan"),
        ("+41 79 123 45 67", "+41791234567", "CH", "mobile"),
    ],
)
def test_ordinary_number_of_an_allowed_region_is_allowed(
    text: str, address: str, region: str, number_type: str
) -> None:
    checked = check_number(text)

    assert (checked.address, checked.region, checked.number_type) == (address, region, number_type)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        (" \u00a0 ", "empty"),
        ("Frau Kessler", "not_a_number"),
        ("+", "not_a_number"),
        ("0221-HELLO", "not_a_number"),
        ("0221\n5540030", "not_a_number"),
        ("0" * 501, "too_much_text"),
        ("0800 1234 HELP", "too_short"),
        ("0800 1234567HELP", "letters"),
        ("T02215540030", "letters"),
        ("0221 5540030²", "letters"),
        ("+49 221 5540\x00030", "letters"),
        ("+492215540030@example.org", "letters"),
        ("sip:+492215540030@example.org", "letters"),
        ("0221 554\ud8000030", "letters"),
        ("5540030", "no_area_code"),
        ("492215540030", "no_area_code"),
        ("19222", "no_area_code"),
        ("0", "too_short"),
        ("0221", "too_short"),
        ("0221 47", "too_short"),
        ("+49", "too_short"),
        ("+49171392", "too_short"),
        ("0151 12345678901234", "too_long"),
        ("0221 5540030 12345", "too_long"),
        ("+49" + "1" * 300, "too_long"),
        ("0199 1234567", "no_such_number"),
        ("0190 123456", "no_such_number"),
        ("+999 12345678", "no_such_country"),
        ("110", "emergency"),
        ("112", "emergency"),
        ("0112", "emergency"),
        ("+49 112", "emergency"),
        ("+43 144", "emergency"),
        ("115", "short_number"),
        ("116117", "short_number"),
        ("+49 116117", "short_number"),
        ("11833", "short_number"),
        ("*31#02215540030", "service_code"),
        ("##002#", "service_code"),
        ("0221 5540030 ext 5", "extension"),
        ("0221 5540030x5", "extension"),
        ("0221 5540030 Durchwahl 12", "extension"),
        ("0221 5540030 DW: 12", "extension"),
        ("01 5123456 Kl. 12", "extension"),
        ("0221 5540030,,12", "extension"),
        ("0221 5540030#12", "extension"),
        ("0221 5540030 p12", "extension"),
        ("tel:+492215540030;ext=12", "extension"),
        ("0221 554003-30 bis -39", "extension"),
        ("0221 5540030 oder 5540031", "extension"),
        ("0221/554003-30/31", "several_numbers"),
        ("0221 5540030 / 0221 5540031", "several_numbers"),
        ("0221 5540030\n0221 5540031", "several_numbers"),
        ("Tel 0221 5540030, Fax 0221 5540031", "several_numbers"),
    ],
)
def test_text_without_exactly_one_complete_number_is_refused(text: str, code: str) -> None:
    refusal = refusal_of(text)

    assert refusal.code == code
    assert refusal.reason.endswith(".")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("0900 1234567", "number_type"),
        ("0900 3 123456", "number_type"),
        ("01805 123456", "number_type"),
        ("0180 6 1234567", "number_type"),
        ("0137 1234567", "number_type"),
        ("0137 8123456", "number_type"),
        ("0700 12345678", "number_type"),
        ("0164 1234567", "number_type"),
        ("0177 991234567", "number_type"),
        ("018 1234567", "number_type"),
        ("+43 900 123456", "number_type"),
        ("+43 810 123456", "number_type"),
        ("+41 900 123456", "number_type"),
        ("+41 842 123456", "number_type"),
        ("+41 878 123456", "number_type"),
        ("+870 773123456", "worldwide"),
        ("+881 6 12345678", "worldwide"),  # Iridium, which counts as mobile
        ("+882 16 12345678", "worldwide"),  # Thuraya, which counts as VoIP
        ("+883 5100 123456", "worldwide"),
        ("+800 12345678", "worldwide"),
        ("+979 123456789", "worldwide"),
        ("00881612345678", "worldwide"),
        ("+1 876 555 1234", "country"),  # Jamaica, under the country code of the USA
        ("+1 212", "country"),
        ("+33 1 23 45 67 89", "country"),
        ("+44 20 7946 0000", "country"),
        ("+423 234 56 78", "country"),
        ("+53 5 1234567", "country"),
    ],
)
def test_expensive_and_foreign_numbers_are_refused(text: str, code: str) -> None:
    assert refusal_of(text).code == code


def test_reason_names_the_missing_digits_and_the_country() -> None:
    assert refusal_of("0171 392").reason == "The number is too short: at least 4 digits are missing."
    assert refusal_of("0221 47").reason == "The number is too short: at least 1 digit is missing."
    assert "Jamaica. Allowed: Germany, Austria, Switzerland." in refusal_of("+18765551234").reason
    assert "+881" in refusal_of("+881612345678").reason
    assert "Premium" in refusal_of("0900 1234567").reason


def test_region_names_and_places_come_in_the_language_of_the_reader() -> None:
    with translation.override("de"):
        refusal, place = refusal_of("+18765551234"), check_number(COLOGNE).place

    assert "Jamaika" in refusal.reason
    assert (place, check_number(COLOGNE).place) == ("Köln", "Cologne")


def test_checked_number_has_both_spellings_and_no_invented_place() -> None:
    fixed, mobile = check_number("0221/55 40 03-0"), check_number("0171 3920012")

    assert (fixed.national, fixed.international) == ("0221 5540030", "+49 221 5540030")
    assert mobile.place == ""


def test_the_regions_are_a_setting_and_satellites_are_never_in_it(settings: Settings) -> None:
    settings.TRANSFER_REGIONS = ["GB", "001"]

    assert check_number("+44 20 7946 0000").region == "GB"
    assert refusal_of("+44 1534 123456").code == "country"  # Jersey, under the country code of Great Britain
    assert refusal_of("+881612345678").code == "worldwide"
    assert refusal_of(COLOGNE).code == "country"


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_only_ordinary_numbers_of_allowed_regions_are_allowed_of_all_regions_and_types(region: str) -> None:
    types = [int(number_type) for number_type in PhoneNumberType.values()]
    examples = [(kind, phonenumbers.example_number_for_type(region, kind)) for kind in types]
    numbers = [(kind, number) for kind, number in examples if number is not None]
    assert numbers

    for _kind, number in numbers:
        address = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        is_allowed = region in ("DE", "AT", "CH") and not refusal_of_type(
            phonenumbers.number_type(number), region=region
        )
        if is_allowed:
            assert check_number(address).address == address
        else:
            assert refusal_of(address).reason


@given(st.text(max_size=40) | st.text(alphabet="+0049 221()/-.,;x#*p٠１\u202e\x00", max_size=30))
@example("+49 221 5540030\n+49 221 5540031")
@settings(max_examples=300, deadline=None)
def test_any_text_becomes_e164_or_is_refused_with_a_reason(text: str) -> None:
    try:
        checked = check_number(text)
    except DestinationRefused as refusal:
        assert refusal.reason
    else:
        assert E164.fullmatch(checked.address)
        assert check_number(checked.address) == checked


@pytest.mark.parametrize("destination_type", ["sip_user", "sip_trunk"])
@pytest.mark.parametrize(
    "name", ["alice", "Kessler.M", "1001", "+4922147100561", "Regionalbüro Süd", "a_b-c!", "x" * 128]
)
def test_sip_name_is_not_changed(destination_type: str, name: str) -> None:
    checked = check_destination(destination_type=destination_type, address=f" {name}\t")

    assert checked == CheckedDestination(destination_type=destination_type, address=name)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "sip_empty"),
        ("  \u00a0", "sip_empty"),
        ("x" * 129, "sip_too_long"),
        ("ali\x00ce", "sip_characters"),
        ("ali\nce", "sip_characters"),
        ("ali\u202ece", "sip_characters"),
        ("ali\u200bce", "sip_characters"),
        ("ali\ud800ce", "sip_characters"),
        ("sip:alice", "sip_address"),
        ("SIPS:alice@200000.tenios.com", "sip_address"),
        ("alice@200000.tenios.com", "sip_address"),
        ("tel:+492215540030", "sip_address"),
    ],
)
def test_impossible_sip_name_is_refused(name: str, code: str) -> None:
    assert refusal_of(name, "sip_user").code == code


@pytest.mark.parametrize("destination_type", ["", "EXTERNALNUMBER", "queue"])
def test_an_unknown_type_is_refused(destination_type: str) -> None:
    assert refusal_of(COLOGNE, destination_type).code == "kind"


def test_the_places_are_those_of_the_installed_phonenumbers() -> None:
    assert PLACE_NAMES.read_text(encoding="utf-8") == gather_places(), "run python -m scripts.gather_places"
