"""Options change all together or not at all; the refusal names the invalid one."""

from typing import Any

import pytest

from simulator.options import InvalidSetting, Options


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no_such_setting", 1),
        ("failed_transfer", "explode"),
        ("failed_transfer", None),
        ("answered_share", 1.5),
        ("answered_share", "many"),
        ("answered_share", True),
        ("answered_share", float("nan")),
        ("cdr_delay_seconds", -1),
        ("extra_fields", "perhaps"),
        ("destination_outcomes", "busy"),
        ("destination_outcomes", {"+49": "explode"}),
        ("ring_seconds_min", 100),
    ],
)
def test_invalid_option_changes_nothing_and_is_named(name: str, value: Any) -> None:
    options = Options()

    with pytest.raises(InvalidSetting, match=name):
        options.change({"bad_key_answer": "400", name: value})

    assert options == Options()


def test_options_are_accepted_as_text() -> None:
    options = Options()

    options.change({"extra_fields": "on", "answered_share": "0.5", "ring_seconds_max": "4"})

    assert (options.extra_fields, options.answered_share, options.ring_seconds_max) == (True, 0.5, 4.0)
