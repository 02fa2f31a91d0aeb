"""The embedded Redis: a real server, a child, gone afterwards."""

import shutil
from pathlib import Path

import pytest
import redis

from scripts.embedded_redis import EmbeddedRedis, RedisDidNotStart, RedisNotFound, find_redis_server, running_redis


def test_a_server_answers_while_the_block_runs_and_is_gone_afterwards(tmp_path: Path) -> None:
    with running_redis(run_dir=tmp_path) as url, redis.Redis.from_url(url, decode_responses=True) as client:
        client.set("call", "connected")
        assert client.get("call") == "connected"
        policy = client.config_get("maxmemory-policy")

    assert policy == {"maxmemory-policy": "noeviction"}
    with redis.Redis.from_url(url) as client, pytest.raises(redis.ConnectionError):
        client.ping()


def test_nothing_is_kept_from_one_start_to_the_next(tmp_path: Path) -> None:
    with running_redis(run_dir=tmp_path) as url, redis.Redis.from_url(url) as client:
        client.set("call", "connected")

    with running_redis(run_dir=tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.get("call") is None


def test_a_named_server_is_handed_through_and_none_is_started(tmp_path: Path) -> None:
    with running_redis(run_dir=tmp_path / "run", redis_url="redis://redis.example:6379/3") as url:
        assert url == "redis://redis.example:6379/3"

    assert not (tmp_path / "run").exists()


def test_a_folder_too_deep_for_a_socket_is_no_hindrance(tmp_path: Path) -> None:
    deep = tmp_path / ("long-" * 20) / ("name-" * 20)

    with running_redis(run_dir=deep) as url, redis.Redis.from_url(url) as client:
        assert client.ping()


def test_a_killed_server_can_be_started_again_on_the_same_address(tmp_path: Path) -> None:
    server = EmbeddedRedis(run_dir=tmp_path)
    server.start()
    assert server.child.process
    server.child.process.kill()
    server.child.process.wait()

    server.start()

    with redis.Redis.from_url(server.url) as client:
        assert client.ping()
    server.stop()


def test_without_any_server_one_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_args, **_kwargs: None)

    with pytest.raises(RedisNotFound, match="apt-get install redis-server"):
        find_redis_server()


def test_a_server_that_ends_at_once_is_reported_with_its_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "valkey-server"
    program.write_text("#!/bin/sh\necho no memory left\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    with pytest.raises(RedisDidNotStart, match="no memory left"):
        EmbeddedRedis(run_dir=tmp_path / "run").start()
