import pytest
from pytest_django import Settings

from transfers.calls import digest_caller


@pytest.mark.parametrize(
    "spelling", ["+4922147105630", "0221 471 05 630", "0049 221 / 471-05-630", " +49 (221) 47105630 "]
)
def test_all_spellings_of_a_number_have_the_same_digest(spelling: str) -> None:
    digest = digest_caller(spelling)

    assert digest == digest_caller("+4922147105630")
    assert len(digest) == 64


@pytest.mark.parametrize("withheld", ["", "  ", "anonymous", "Anonymous"])
def test_withheld_number_has_no_digest(withheld: str) -> None:
    assert digest_caller(withheld) == ""


def test_different_numbers_have_different_digests() -> None:
    assert digest_caller("+4922147105630") != digest_caller("+4922147105631")


def test_caller_without_a_phone_number_has_a_digest() -> None:
    assert digest_caller("sip:4044") == digest_caller(" sip:4044") != digest_caller("sip:4045")


def test_digest_depends_on_the_secret_key(settings: Settings) -> None:
    with_this_key = digest_caller("+4922147105630")

    settings.SECRET_KEY = "another key of fifty letters, as Django likes them best"

    assert digest_caller("+4922147105630") != with_this_key
