"""Parses paths and JSON bodies of requests, invalid ones included."""

import json
import re
from typing import Any, NoReturn


def normalise_path(target: str) -> str:
    """Return the path of a request target without query, doubled slashes and trailing slash."""
    path = re.sub(r"/{2,}", "/", target.partition("?")[0])
    return path.rstrip("/") or "/"


def parse_object(body: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `body`; None if it is anything else."""
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)
