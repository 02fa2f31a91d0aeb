"""What the answer to a harmless read proves about the access key. No input or output of its own."""

from dataclasses import dataclass
from enum import StrEnum

from ._answers import read_answer
from ._exchange import Exchange


class KeyVerdict(StrEnum):
    """`unclear` proves nothing about the key: no answer, an error at TENIOS, or a refusal for another reason."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """The result of a check, with fields as in `TransferAnswer`. No body, because it may contain phone numbers."""

    verdict: KeyVerdict
    http_status: int | None
    error_code: str
    problem: str
    seconds: float


def read_key_check(exchange: Exchange, *, access_key: str, has_records: bool) -> KeyCheck:
    """Return what the exchange proves. `has_records`: the answer was a readable page of call records."""
    answer = read_answer(exchange, access_key=access_key)
    if answer.is_key_refused:
        verdict = KeyVerdict.REFUSED
    else:
        verdict = KeyVerdict.ACCEPTED if has_records else KeyVerdict.UNCLEAR
    return KeyCheck(
        verdict=verdict,
        http_status=answer.http_status,
        error_code=answer.error_code,
        problem=answer.problem,
        seconds=answer.seconds,
    )
