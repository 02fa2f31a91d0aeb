"""Reading TENIOS' answer to a transfer into a verdict. Pure: status, headers and body in, words out."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ._exchange import Exchange
from ._text import clean_text, read_json, redact, scalar_text

MOST_ANSWER_BYTES = 64 * 1024
_MOST_KEPT_BYTES = 4 * 1024
_MOST_CODE = 64
_MOST_MESSAGE = 300
_MOST_FIELDS = 8
_MOST_PAUSE_SECONDS = 300
_ERROR_CODE = re.compile(r'"error_code"\s*:\s*"([^"]{1,200})"')


class Verdict(StrEnum):
    """What an answer proves, and no more: `accepted` is not "moved", `unknown` is not "failed"."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAnswer:
    """What became of one POST /transfer-call. No field holds the access key, even if TENIOS echoes it.

    `error_code` is TENIOS' own, also an unknown one (printable, at most 64 characters); `body` is verbatim text of at
    most 4 KiB; `problem` says what went wrong below HTTP: "", "connect", "timeout", "network" or "too_large".
    `retry_after_seconds` (at most 300) is set for 429 alone; `is_key_refused` means no transfer can succeed.
    """

    verdict: Verdict
    http_status: int | None
    error_code: str
    error_message: str = field(repr=False)
    error_fields: tuple[str, ...]
    body: str = field(repr=False)
    seconds: float
    retry_after_seconds: int | None
    is_key_refused: bool
    problem: str


def read_answer(exchange: Exchange, *, access_key: str) -> TransferAnswer:
    """Return what the exchange proves, with the access key removed from every text."""
    body, decoding_problem = decode_body(exchange.headers, exchange.body, most_bytes=MOST_ANSWER_BYTES)
    text = body.decode("utf-8-sig", errors="replace")
    answer = _read_object(text)
    code = _error_code(answer, text, access_key=access_key)
    is_whole = exchange.is_complete and not decoding_problem
    return TransferAnswer(
        verdict=_read_verdict(exchange, answer if is_whole else None),
        http_status=exchange.status,
        error_code=code,
        error_message=redact(scalar_text(answer.get("error_message")), secret=access_key)[:_MOST_MESSAGE],
        error_fields=_error_fields(answer, access_key=access_key),
        body=_cut_bytes(redact(clean_text(text), secret=access_key)),
        seconds=exchange.seconds,
        retry_after_seconds=_retry_after_seconds(exchange),
        is_key_refused=exchange.status in (401, 403) or code == "BAD_CREDENTIALS",
        problem=exchange.problem or decoding_problem,
    )


def decode_body(headers: Mapping[str, str], body: bytes, *, most_bytes: int) -> tuple[bytes, str]:
    """Return the body unpacked to at most `most_bytes`, and "" or the problem that ended it early.

    We ask for no compression; who compresses all the same is understood, and a bomb never unfolds.
    """
    if headers.get("content-encoding", "").strip().lower() not in ("gzip", "x-gzip", "deflate"):
        return body, ""
    unpacking = zlib.decompressobj(wbits=zlib.MAX_WBITS | 32)
    try:
        unpacked = unpacking.decompress(body, most_bytes + 1)
    except zlib.error:
        return b"", "network"
    if len(unpacked) > most_bytes:
        return unpacked[:most_bytes], "too_large"
    return unpacked, "" if unpacking.eof else "network"


def read_whole_object(exchange: Exchange, *, most_bytes: int) -> dict[str, Any] | None:
    """Return the JSON object that a body holds; None for what is damaged, too large, no UTF-8, no JSON or no object."""
    body, problem = decode_body(exchange.headers, exchange.body, most_bytes=most_bytes)
    try:
        answer = None if problem else read_json(body.decode("utf-8-sig"))
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _read_verdict(exchange: Exchange, answer: Mapping[str, Any] | None) -> Verdict:
    """Return what is proved, most certain first; `answer` is None unless the body came whole.

    A 4xx status says no whatever follows it, but 408 may come from a proxy that has passed the request on. A 200 means
    nothing without its words; everything else can come before or after the caller was moved.
    """
    status = exchange.status
    if status is None:
        return Verdict.UNKNOWN if exchange.has_left else Verdict.NOT_SENT
    if 400 <= status < 500 and status != 408:
        return Verdict.REJECTED
    if status != 200 or answer is None:
        return Verdict.UNKNOWN
    success = answer.get("success")
    if success is True or success == "true":
        return Verdict.ACCEPTED
    if success is False or success == "false" or answer.get("error_code"):
        return Verdict.REJECTED
    return Verdict.UNKNOWN


def _read_object(text: str) -> dict[str, Any]:
    try:
        answer = read_json(text)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _error_code(answer: Mapping[str, Any], text: str, *, access_key: str) -> str:
    """Return the code; where the body is no JSON (documented samples have a stray brace), the text is searched."""
    found = None if answer else _ERROR_CODE.search(text)
    code = found[1] if found else scalar_text(answer.get("error_code"))
    printable = "".join(character for character in code if character.isprintable())
    return redact(printable, secret=access_key)[:_MOST_CODE]


def _error_fields(answer: Mapping[str, Any], *, access_key: str) -> tuple[str, ...]:
    """Return the names TENIOS complains about; one page of its documentation spells the member "field s"."""
    fields = answer.get("fields", answer.get("field s"))
    names = fields if isinstance(fields, list) else [fields]
    texts = [redact(scalar_text(name), secret=access_key)[:_MOST_CODE] for name in names[:_MOST_FIELDS]]
    return tuple(text for text in texts if text)


def _retry_after_seconds(exchange: Exchange) -> int | None:
    """Return the pause a 429 asks for (RFC 9110, 10.2.3, in seconds), capped; None when it names none we can read."""
    value = exchange.headers.get("retry-after", "").strip()
    if exchange.status != 429 or not re.fullmatch("[0-9]{1,4000}", value):
        return None
    return min(int(value), _MOST_PAUSE_SECONDS)


def _cut_bytes(text: str) -> str:
    return text.encode()[:_MOST_KEPT_BYTES].decode(errors="ignore")
