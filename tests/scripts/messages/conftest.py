"""A project with a few texts to translate."""

from pathlib import Path

import pytest

PYTHON = """
from django.utils.translation import gettext as _, gettext_lazy, ngettext, pgettext

A = gettext_lazy("Call board")
def texts(count, name):
    sent = _("Sent to %(name)s") % {"name": name}
    return sent, ngettext("%(n)d call", "%(n)d calls", count), pgettext("verb", "Transfer")
"""
TEMPLATE = """{% load i18n %}
<p title="{% translate 'Sign in' %}">{% blocktranslate trimmed with who=user.name %}
    Good day,
    {{ who }}, it's "late" — 100%
{% endblocktranslate %}</p>
{% blocktranslate count n=calls|length %}{{ n }} call{% plural %}{{ n }} calls{% endblocktranslate %}
{% translate "Transfer" context "noun" %}
        {% include "x.html" with label=_("Own call") %}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for folder in ("tests", "templates", "tenios_dashboard", "transfers"):
        (tmp_path / folder).mkdir()
    (tmp_path / "transfers" / "views.py").write_text(PYTHON)
    (tmp_path / "tests" / "test_x.py").write_text(
        'from django.utils.translation import gettext as _\n_("Only a test")\n'
    )
    (tmp_path / "templates" / "page.html").write_text(TEMPLATE)
    return tmp_path
