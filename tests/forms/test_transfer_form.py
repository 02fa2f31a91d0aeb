"""The form of the transfer panel: wire words in, our words out, one policy for numbers."""

import uuid

import pytest

from transfers.forms.transfer_form import TransferForm

pytestmark = pytest.mark.django_db


def make_data(**overrides: str) -> dict[str, str]:
    return {
        "destination_type": "SIP_USER",
        "destination": "rechnung.klaerung",
        "note": "",
        "request_key": str(uuid.uuid4()),
        **overrides,
    }


@pytest.mark.parametrize(
    ("wire", "ours", "address"),
    [
        ("EXTERNALNUMBER", "external_number", "+4922147105630"),
        ("SIP_USER", "sip_user", "a"),
        ("SIP_TRUNK", "sip_trunk", "b"),
    ],
)
def test_wire_spelling_becomes_our_word(wire: str, ours: str, address: str) -> None:
    form = TransferForm(make_data(destination_type=wire, destination=address))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["destination_type"] == ours
    assert form.cleaned_data["address"] == address


@pytest.mark.parametrize("typed", ["0221 47105630", "+49 221 471-056 30", "0049 221 47105630", "(0221) 4710 5630"])
def test_any_german_spelling_of_a_number_becomes_e164(typed: str) -> None:
    form = TransferForm(make_data(destination_type="EXTERNALNUMBER", destination=typed))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["address"] == "+4922147105630"
    assert form.cleaned_data["checked"].region == "DE"


@pytest.mark.parametrize("typed", ["110", "+49 900 1 234567", "+1 212 555 0100", "+49 221 47", "not a number"])
def test_number_outside_the_policy_is_refused_on_its_field(typed: str) -> None:
    form = TransferForm(make_data(destination_type="EXTERNALNUMBER", destination=typed))

    assert not form.is_valid()
    assert list(form.errors) == ["destination"]
    assert form.problems() == form.errors["destination"]


@pytest.mark.parametrize("wire", ["external_number", "externalnumber", "FAX", ""])
def test_unknown_type_is_refused(wire: str) -> None:
    form = TransferForm(make_data(destination_type=wire))

    assert not form.is_valid()
    assert "destination_type" in form.errors


@pytest.mark.parametrize("key", ["", "1", "not-a-uuid", "\x00"])
def test_without_its_key_the_form_asks_once_more_and_makes_a_new_one(key: str) -> None:
    form = TransferForm(make_data(request_key=key))

    assert form.problems() == ["This form was incomplete. Please try once more."]
    assert isinstance(form.next_request_key, uuid.UUID)


def test_refused_form_keeps_its_key() -> None:
    data = make_data(destination="")

    form = TransferForm(data)

    assert not form.is_valid()
    assert str(form.next_request_key) == data["request_key"]


def test_note_counts_a_line_break_as_one_character() -> None:
    note = "\r\n".join(["x" * 249, "y" * 250])

    form = TransferForm(make_data(note=note))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["note"] == note.replace("\r\n", "\n")


def test_note_longer_than_500_characters_is_refused_beside_its_field() -> None:
    form = TransferForm(make_data(note="x" * 501))

    assert not form.is_valid()
    assert list(form.errors) == ["note"]
    assert form.problems() == []


@pytest.mark.parametrize("field", ["destination", "note", "destination_type"])
def test_nul_is_an_error_of_the_form(field: str) -> None:
    form = TransferForm(make_data(**{field: "a\x00b"}))

    assert not form.is_valid()
    assert field in form.errors


def test_unbound_form_has_no_problems_and_a_key() -> None:
    form = TransferForm()

    assert form.problems() == []
    assert isinstance(form.next_request_key, uuid.UUID)
