"""The system bar as the boards' streams send it."""

from collections.abc import Collection, Mapping

from django.template.loader import render_to_string
from django.utils import translation

from transfers.operations.health import describe, shared_health


async def render_bars(languages: Collection[str]) -> Mapping[str, str]:
    """Read the health once, with a time limit, and render the bar once for each language.

    The event loop renders it, because the thread of the streams may hang with the database.
    """
    health = await shared_health.read_async()
    bars = {}
    for language in languages:
        with translation.override(language):
            bars[language] = render_to_string("_system_bar.html", {"notice": describe(health)})
    return bars
