import pytest

from transfers.calls import digest_caller
from transfers.forms.find_caller import FindCallerForm


@pytest.mark.parametrize("spelling", ["0221 4710907", "+49 221 47 10 907", "0049221/4710907"])
def test_a_number_in_any_spelling_becomes_its_digest(spelling: str) -> None:
    form = FindCallerForm({"number": spelling})

    assert form.is_valid()
    assert form.cleaned_data["number"] == digest_caller("+492214710907")


@pytest.mark.parametrize("text", ["07", "anonymous", "Köln", "+", "1" * 65, "nul\x00nul", "📞"])
def test_incomplete_number_is_refused(text: str) -> None:
    form = FindCallerForm({"number": text})

    assert not form.is_valid()
    assert list(form.errors) == ["number"]


def test_empty_field_gives_no_digest() -> None:
    form = FindCallerForm({"number": " "})

    assert form.is_valid()
    assert form.cleaned_data["number"] == ""
