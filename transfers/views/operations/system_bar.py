"""The bar about how transfers fare, as the boards' streams carry it."""

from collections.abc import Collection, Mapping

from django.template.loader import render_to_string
from django.utils import translation

from transfers.operations.health import describe, lookout


async def render_bars(languages: Collection[str]) -> Mapping[str, str]:
    """Look once, bounded in time, and render the page's bar from that once per language.

    The few lines are rendered in the event loop itself: the streams' thread may hang with the database.
    """
    health = await lookout.look_from_loop()
    bars = {}
    for language in languages:
        with translation.override(language):
            bars[language] = render_to_string("_system_bar.html", {"notice": describe(health)})
    return bars
