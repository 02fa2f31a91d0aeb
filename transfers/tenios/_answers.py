"""Reads TENIOS' answer to a transfer: an exchange in, a verdict out. No input or output of its own."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from ._bodies import decode_body
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
    """What an answer proves, and no more: `accepted` does not mean moved, and `unknown` does not mean failed."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferAnswer:
    """The result of one POST /transfer-call. No field contains the access key, even if TENIOS echoes it.

    `error_code` is TENIOS' own code, known or not (printable, at most 64 characters). `body` is verbatim text, at most
    4 KiB. `problem` is what failed below HTTP: "", "connect", "timeout", "network" or "too_large".
    `retry_after_seconds` (at most 300) is set for status 429 only. `is_key_refused` means that no transfer can succeed.
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
    """Return what the exchange proves. The access key is removed from every text."""
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


def _read_verdict(exchange: Exchange, answer: Mapping[str, Any] | None) -> Verdict:
    """Return the verdict. `answer` is None unless the whole body arrived.

    A 4xx status is a refusal whatever its body says, except 408, which a proxy may send after it has forwarded the
    request. A 200 proves nothing without its body. Any other answer may come before or after the caller was moved.
    """
    status = exchange.status
    if status is None:
        return Verdict.UNKNOWN if exchange.may_be_sent else Verdict.NOT_SENT
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
    """Return TENIOS' error code. A body that is not JSON is searched, because documented samples have a stray brace."""
    match = None if answer else _ERROR_CODE.search(text)
    code = match[1] if match else scalar_text(answer.get("error_code"))
    printable = "".join(character for character in code if character.isprintable())
    return redact(printable, secret=access_key)[:_MOST_CODE]


def _error_fields(answer: Mapping[str, Any], *, access_key: str) -> tuple[str, ...]:
    """Return the names of the refused fields. One page of TENIOS' documentation spells the member "field s"."""
    fields = answer.get("fields", answer.get("field s"))
    names = fields if isinstance(fields, list) else [fields]
    texts = [redact(scalar_text(name), secret=access_key)[:_MOST_CODE] for name in names[:_MOST_FIELDS]]
    return tuple(text for text in texts if text)


def _retry_after_seconds(exchange: Exchange) -> int | None:
    """Return the seconds that a 429 asks us to wait (RFC 9110, 10.2.3), at most 300; None without a readable number."""
    value = exchange.headers.get("retry-after", "").strip()
    if exchange.status != 429 or not re.fullmatch("[0-9]{1,4000}", value):
        return None
    return min(int(value), _MOST_PAUSE_SECONDS)


def _cut_bytes(text: str) -> str:
    return text.encode()[:_MOST_KEPT_BYTES].decode(errors="ignore")
