"""Texts to translate are found in Python code, and nothing else is."""

import pytest

from scripts.messages.python_texts import texts_in_python


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('from django.utils.translation import gettext as _\n_("One" " text")', (2, "One text", None)),
        ("from django.utils.translation import gettext as _\nf\"{x or _('None')}\"", (2, "None", None)),
        ('from django.utils.translation import gettext_lazy as later\nlater("Late")', (2, "Late", None)),
        ('from django.utils import translation\ntranslation.pgettext("verb", "Transfer")', (2, "Transfer", "verb")),
        (
            'from django.utils.translation import npgettext_lazy\nnpgettext_lazy("phone", "call", "calls", 2)',
            (2, ("call", "calls"), "phone"),
        ),
    ],
)
def test_text_is_found_whatever_the_function_is_imported_as(source: str, text: tuple[object, ...]) -> None:
    assert list(texts_in_python(source)) == [text]


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.translation import gettext as _\n_(name)",
        '_("not Django\'s")',
        'gettext("nobody imported it")',
    ],
)
def test_variables_and_functions_of_others_are_ignored(source: str) -> None:
    assert list(texts_in_python(source)) == []
