"""The form of the transfer panel reads: wire words in, our words out, all else as it was typed."""

import uuid

import pytest

from transfers.forms.transfer_form import TransferForm


def make_data(**overrides: str) -> dict[str, str]:
    return {
        "destination_type": "SIP_USER",
        "destination": "rechnung.klaerung",
        "note": "",
        "request_key": str(uuid.uuid4()),
        **overrides,
    }


@pytest.mark.parametrize(
    ("wire", "ours"),
    [("EXTERNALNUMBER", "external_number"), ("SIP_USER", "sip_user"), ("SIP_TRUNK", "sip_trunk")],
)
def test_wire_spelling_becomes_our_word(wire: str, ours: str) -> None:
    form = TransferForm(make_data(destination_type=wire))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["destination_type"] == ours


@pytest.mark.parametrize("typed", ["0221 47105630", "110", "+1 212 555 0100", "not a number"])
def test_destination_is_read_as_typed_and_not_judged(typed: str) -> None:
    form = TransferForm(make_data(destination_type="EXTERNALNUMBER", destination=typed))

    assert form.is_valid(), form.errors
    assert form.cleaned_data["destination"] == typed


def test_what_the_judgement_refuses_is_a_problem_of_the_form() -> None:
    form = TransferForm(make_data())
    assert form.is_valid()

    form.add_error("destination", "Premium-rate numbers are not allowed as a destination.")

    assert form.problems() == ["Premium-rate numbers are not allowed as a destination."]


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
