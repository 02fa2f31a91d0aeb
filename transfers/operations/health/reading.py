"""Reads the state of all parts once: Redis, the heartbeats, and the sending gate."""

import time

import redis
from django.conf import settings
from django.db import Error

from transfers.lifecycle.gate import read_gate
from transfers.operations import Part, heartbeats
from transfers.operations.health.condition import SystemHealth

PING_SECONDS = 0.3
SECOND_PING_AFTER_SECONDS = 0.5

_redis = redis.Redis.from_url(
    settings.REDIS_URL, socket_timeout=PING_SECONDS, socket_connect_timeout=PING_SECONDS, decode_responses=True
)


def read_health(*, pings: int = 1) -> SystemHealth:
    """Read the state of all parts now. Redis is pinged up to `pings` times, 0.5 s apart, each with a timeout of 0.3 s.

    Never raises for a part that fails. There is no time limit for the database.
    """
    is_redis_ok = _does_redis_answer(pings)
    try:
        last, gate = heartbeats.last_heartbeats(), read_gate()
    except Error:
        return SystemHealth(is_database_ok=False, is_redis_ok=is_redis_ok)
    return SystemHealth(
        is_database_ok=True,
        is_redis_ok=is_redis_ok,
        worker=last[Part.WORKER],
        sweeper=last[Part.SWEEPER],
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
