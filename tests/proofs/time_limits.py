"""Longer time limits for busy machines: the proofs check what happens, not how fast."""

from contextlib import AbstractContextManager, ExitStack
from datetime import timedelta
from unittest.mock import patch

from transfers.lifecycle import execution, states


def longer_bounds() -> AbstractContextManager[object]:
    """Allow a minute more until a request is sent, and between a claim and its request."""
    stack = ExitStack()
    stack.enter_context(patch.object(states, "TTL", timedelta(minutes=1)))
    stack.enter_context(patch.object(execution, "MAX_SECONDS_AFTER_CLAIM", 60.0))
    return stack
