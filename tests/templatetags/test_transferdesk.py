import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template
from django.utils import translation

from transfers.models import CallState, DestinationType, TransferState
from transfers.templatetags import _looks, transferdesk

NBSP = "\u00a0"
ICONS = (Path(settings.BASE_DIR) / "templates" / "_icons.html").read_text()
COLOURS = (Path(settings.BASE_DIR) / "static" / "css" / "components.css").read_text()


def render(source: str, **context: object) -> str:
    return Template("{% load transferdesk %}" + source).render(Context(context))


def test_icon_is_hidden_from_screen_readers_and_names_its_symbol() -> None:
    html = render("{% icon 'transfer' 'sm' %}")

    assert html == '<svg class="icon icon--sm" aria-hidden="true"><use href="#i-transfer"/></svg>'


@pytest.mark.parametrize("state", [*CallState.values, "transferring", "transferred"])
def test_every_state_of_a_call_has_its_own_symbol_word_and_colour(state: str) -> None:
    name, word = _looks.CALL_STATES[state]

    html = render("{% call_state state %}", state=state)

    assert f'<symbol id="i-{name}"' in ICONS
    assert f'class="state is-{state}"' in html
    assert f">{word}</span>" in html
    assert re.search(rf"\.is-{state}\b", COLOURS)


@pytest.mark.parametrize("state", TransferState.values)
def test_every_state_of_a_transfer_has_symbol_word_and_colour(state: str) -> None:
    name, word = _looks.OUTCOMES[state]

    html = render("{% outcome state chip=True %}", state=state)

    assert f'<symbol id="i-{name}"' in ICONS
    assert f'class="state is-{state} state--chip"' in html
    assert f">{word}</span>" in html
    assert re.search(rf"\.is-{state}\b", COLOURS)


def test_states_with_different_words_never_share_an_icon() -> None:
    call_icons = [name for name, _ in _looks.CALL_STATES.values()]
    outcome_icons = {(name, str(word)) for name, word in _looks.OUTCOMES.values()}

    assert len(call_icons) == len(set(call_icons))
    assert len(outcome_icons) == len({name for name, _ in outcome_icons})


def test_expired_reads_as_not_sent() -> None:
    words = {transferdesk.outcome_word(TransferState.EXPIRED), transferdesk.outcome_word(TransferState.NOT_SENT)}

    assert words == {"Not sent"}


@pytest.mark.parametrize("tag", ["call_state", "outcome", "dest_type"])
def test_unknown_value_is_shown_escaped(tag: str) -> None:
    html = render("{% " + tag + " word %}", word="<b>")

    assert "&lt;b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize("type_", DestinationType.values)
def test_every_type_of_destination_has_symbol_and_word(type_: str) -> None:
    name, word = _looks.DESTINATION_TYPES[type_]

    html = render("{% dest_type type_ icon_only=True %}", type_=type_)

    assert f'<symbol id="i-{name}"' in ICONS
    assert f'<span class="sr-only">{word} </span>' in html


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+4915228817386", f"+49{NBSP}1522{NBSP}8817386"),
        ("+43720880123", f"+43{NBSP}720{NBSP}880123"),
        ("rechnung.klaerung", "rechnung.klaerung"),
        ("0221 4710563", "0221 4710563"),
        ("+49", "+49"),
        ("+9991234567", "+9991234567"),
        ("+٤٩٢٢١٤٧١٠٥٦٣", "+٤٩٢٢١٤٧١٠٥٦٣"),
        ("", "Number withheld"),
        (None, "Number withheld"),
        ("Anonymous", "Number withheld"),
    ],
)
def test_numbers_are_grouped_and_other_text_stays_as_it_is(number: str | None, shown: str) -> None:
    assert transferdesk.phone(number) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "00:00"), (59.9, "00:59"), (252, "04:12"), (3599, "59:59"), (3600, "1:00:00"), (-3, "00:00"), (None, "")],
)
def test_durations_are_minutes_and_seconds(seconds: float | None, shown: str) -> None:
    assert render("{% duration seconds %}", seconds=seconds) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Sofia Brandt", "SB"), ("ada", "A"), ("Eva de la Cruz", "EC"), ("", "")]
)
def test_initials_are_of_first_and_last_word(name: str, letters: str) -> None:
    assert transferdesk.initials(name) == letters


def test_keycap_escapes_its_key() -> None:
    assert render("{% kbd key %}", key="<") == '<kbd class="kbd">&lt;</kbd>'


def test_words_follow_the_language_at_the_time_of_rendering() -> None:
    with translation.override("de"):
        word = translation.gettext("Number withheld")

        assert transferdesk.phone("") == word
