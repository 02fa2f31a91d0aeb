"""The embedded Redis: a real server as a child process that leaves nothing behind."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from scripts.embedded_redis import EmbeddedRedis, RedisDidNotStart, RedisNotFound, find_redis_server


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()
    yield server
    server.stop()


def test_server_answers_until_it_is_stopped(server: EmbeddedRedis) -> None:
    with redis.Redis.from_url(server.url, decode_responses=True) as client:
        client.set("call", "connected")
        assert client.get("call") == "connected"
        policy = client.config_get("maxmemory-policy")

    server.stop()

    assert policy == {"maxmemory-policy": "noeviction"}
    with redis.Redis.from_url(server.url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_nothing_is_kept_from_one_start_to_the_next(server: EmbeddedRedis) -> None:
    with redis.Redis.from_url(server.url) as client:
        client.set("call", "connected")

    server.stop()
    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.get("call") is None


def test_folder_with_a_path_too_long_for_a_socket_is_accepted(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path / ("long-" * 20) / ("name-" * 20))

    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.ping()
    server.stop()


def test_killed_server_can_be_started_again_at_the_same_address(server: EmbeddedRedis) -> None:
    assert server.child.process
    server.child.process.kill()
    server.child.process.wait()

    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_without_a_server_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_kwargs: None)

    with pytest.raises(RedisNotFound, match="apt-get install redis-server"):
        find_redis_server()


def test_server_that_ends_at_once_is_reported_with_its_output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho no memory left\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(RedisDidNotStart, match="no memory left"):
        EmbeddedRedis(run_dir=tmp_path / "run").start()
