"""Decodes the bodies of answers, within limits: content encoding, then JSON."""

import zlib
from collections.abc import Mapping
from typing import Any

from ._exchange import Exchange
from ._text import read_json


def decode_body(headers: Mapping[str, str], body: bytes, *, most_bytes: int) -> tuple[bytes, str]:
    """Return the decompressed body, at most `most_bytes`, and "" or the problem that ended it early.

    We ask for no compression, but a server may compress all the same. A decompression bomb never expands beyond the
    limit.
    """
    if headers.get("content-encoding", "").strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body, ""
    decompressor = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        decompressed = decompressor.decompress(body, most_bytes + 1)
    except zlib.error:
        return b"", "network"
    if len(decompressed) > most_bytes:
        return decompressed[:most_bytes], "too_large"
    return decompressed, "" if decompressor.eof else "network"


def read_whole_object(exchange: Exchange, *, most_bytes: int) -> dict[str, Any] | None:
    """Return the JSON object in a body. None if it is damaged, too large, not UTF-8, not JSON or not an object."""
    body, problem = decode_body(exchange.headers, exchange.body, most_bytes=most_bytes)
    try:
        answer = None if problem else read_json(body.decode("utf-8-sig"))
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None
