import pytest
from pytest_django import Settings

from transfers.calls.caller_digest import digest_caller


@pytest.mark.parametrize(
    "spelling", ["+4922147105630", "0221 471 05 630", "0049 221 / 471-05-630", " +49 (221) 47105630 "]
)
def test_all_spellings_of_a_number_have_one_digest(spelling: str) -> None:
    digest = digest_caller(spelling)

    assert digest == digest_caller("+4922147105630")
    assert len(digest) == 64


@pytest.mark.parametrize("withheld", ["", "  ", "anonymous", "Anonymous"])
def test_a_withheld_number_has_no_digest(withheld: str) -> None:
    assert digest_caller(withheld) == ""


def test_two_numbers_have_two_digests() -> None:
    assert digest_caller("+4922147105630") != digest_caller("+4922147105631")


def test_what_is_no_number_has_a_digest_of_its_own() -> None:
    assert digest_caller("sip:4044") == digest_caller(" sip:4044") != digest_caller("sip:4045")


def test_without_the_key_of_the_settings_the_digest_cannot_be_computed(settings: Settings) -> None:
    with_our_key = digest_caller("+4922147105630")

    settings.SECRET_KEY = "another key of fifty letters, as Django likes them best"

    assert digest_caller("+4922147105630") != with_our_key
