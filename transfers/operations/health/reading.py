"""One look at every part: three short questions."""

import time

import redis
from django.conf import settings
from django.db import Error

from transfers.lifecycle import gate as sending_gate
from transfers.operations import heartbeats
from transfers.operations.health.condition import SystemHealth
from transfers.operations.heartbeats import Part

PING_SECONDS = 0.3
SECOND_PING_AFTER_SECONDS = 0.5

_redis = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=PING_SECONDS, socket_connect_timeout=PING_SECONDS, decode_responses=True
)


def read_health(*, pings: int = 1) -> SystemHealth:
    """Look at every part now. Redis is asked up to `pings` times, 0.5 s apart, each bounded to 0.3 s.

    Never raises for a part that is away. A database that neither answers nor refuses is waited for.
    """
    is_redis_ok = _does_redis_answer(pings)
    try:
        beats, gate = heartbeats.last_beats(), sending_gate.read_gate()
    except Error:
        return SystemHealth(is_database_ok=False, is_redis_ok=is_redis_ok)
    return SystemHealth(
        is_database_ok=True,
        is_redis_ok=is_redis_ok,
        worker=beats[Part.WORKER],
        sweeper=beats[Part.SWEEPER],
        gate=gate,
    )


def _does_redis_answer(pings: int) -> bool:
    for number in range(pings):
        time.sleep(SECOND_PING_AFTER_SECONDS if number else 0)
        try:
            return bool(_redis.ping())
        except redis.RedisError:
            continue
    return False
