import logging

import pytest
from django.conf import settings

from tenios_dashboard.log_masking import MaskingFormatter, MaskPersonalData, mask_personal_data


@pytest.mark.parametrize(
    ("written", "masked"),
    [
        ("from +492214710563", "from +492…63"),
        ("+49 221 4710563, twice", "+492…63, twice"),
        ("+49 (0)221 / 4710-563", "+490…63"),
        ("0221.4710.563", "0221…63"),
        ("0049 221 4710563", "00492…63"),
        ("?q=+492214710563&x=1", "?q=+492…63&x=1"),
        ("?q=%2B492214710563 HTTP/1.1", "?q=+492…63 HTTP/1.1"),
        ("?q=%2b49+221+4710563 HTTP/1.1", "?q=+492…63 HTTP/1.1"),
        ("?q=%2B49%20%28221%29%204710563", "?q=+492…63"),
        ("?q=%2B49%C2%A0221%C2%A04710563", "?q=+492…63"),
        ("?q=0221%2F4710563", "?q=0221…63"),
        ("?q=Ada%20%2B492214710563", "?q=Ada%20+492…63"),
        ("?q=Ada%2002214710563", "?q=Ada%200221…63"),
        ("0221 4710563 +49 30 23125417", "0221…17"),
    ],
)
def test_a_number_is_cut_to_its_ends_in_every_spelling(written: str, masked: str) -> None:
    assert mask_personal_data(written) == masked


@pytest.mark.parametrize(
    "text",
    [
        '127.0.0.1:51234 - "GET /transfers/4711/ HTTP/1.1" 200',
        "call 01234567-89ab-4cde-8f01-234567890123",
        "9e0f1234-0123-4567-8901-234567890123",
        "succeeded in 0.0123456789s",
        "1720000000000-0",
        "2026-07-06 03:04:05",
    ],
)
def test_other_digits_stay(text: str) -> None:
    assert mask_personal_data(text) == text


def test_keys_are_masked() -> None:
    keys = (settings.TENIOS_ACCESS_KEY, *settings.TENIOS_EVENT_KEYS)

    assert mask_personal_data(" ".join(keys)) == "[key] [key] [key]"


def test_arguments_and_tracebacks_are_masked() -> None:
    try:
        raise ValueError("+492214710563")
    except ValueError as error:
        problem = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "of %s", ("+492214710563",), problem)

    MaskPersonalData().filter(record)

    line = MaskingFormatter().format(record)
    assert "of +492…63" in line
    assert "ValueError: +492…63" in line
