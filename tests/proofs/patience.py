"""Longer bounds for machines that are busy: what is proved here is what happens, not how fast."""

from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from unittest.mock import patch

from transfers.lifecycle import execution, states


def longer_bounds() -> AbstractContextManager[object]:
    """Let a request be sent, and a claim be followed by its request, a minute later than otherwise."""
    stack = ExitStack()
    stack.enter_context(patch.object(states, "TTL", timedelta(minutes=1)))
    stack.enter_context(patch.object(execution, "MAX_SECONDS_AFTER_CLAIM", 60.0))
    return stack
