"""Writes through the product's own functions and counts refusals. Run as a module, it reads its work from stdin."""

import json
import sys
import time
import uuid
from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import django
from django.conf import settings

if __name__ == "__main__":
    django.setup()

from tests.posts import make_post
from transfers.base.database import DATABASE_TROUBLE
from transfers.calls.intake import NotStored, store_call_event
from transfers.lifecycle.requests import request_transfer
from transfers.models import DestinationType, User
from transfers.tenios import parse_call_event


class Written(NamedTuple):
    """What one writer did: writes, refusals, and the longest write in seconds."""

    writes: int
    refused: int
    longest: float


def write_for(username: str, call_uuids: Sequence[str]) -> Written:
    """For each call, store a post about another call and request a transfer: two writes."""
    user = User.objects.get(username=username)
    refused, seconds = 0, []
    for call_uuid in call_uuids:
        for write in (_store_post, partial(_request_transfer, user, call_uuid)):
            began = time.monotonic()
            try:
                write()
            except (*DATABASE_TROUBLE, NotStored):
                refused += 1
            seconds.append(time.monotonic() - began)
    return Written(len(seconds), refused, max(seconds))


def _store_post() -> None:
    body = json.dumps(make_post("CALL_START")).encode()
    store_call_event(parse_call_event(body, forward_answer_types=settings.TENIOS_FORWARD_ANSWER_TYPES))


def _request_transfer(user: User, call_uuid: str) -> None:
    request_transfer(
        user=user,
        call_uuid=call_uuid,
        destination_type=DestinationType.SIP_USER,
        address="specialist",
        note="",
        request_key=uuid.uuid4(),
    )


if __name__ == "__main__":
    print(json.dumps(write_for(*json.load(sys.stdin))))  # noqa: T201
