"""What an answer to a harmless read says about the access key. Pure: an exchange in, words out."""

from dataclasses import dataclass
from enum import StrEnum

from ._answers import read_answer
from ._exchange import Exchange


class KeyVerdict(StrEnum):
    """`unclear` says nothing of the key: no answer, a fault at TENIOS, or a refusal of something else."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCheck:
    """What came of asking. The fields mean what they mean in `TransferAnswer`; no body, for it may hold numbers."""

    verdict: KeyVerdict
    http_status: int | None
    error_code: str
    problem: str
    seconds: float


def read_key_check(exchange: Exchange, *, access_key: str, holds_records: bool) -> KeyCheck:
    """Return what the exchange proves; `holds_records` says that it ended in a readable page of call records."""
    answer = read_answer(exchange, access_key=access_key)
    if answer.is_key_refused:
        verdict = KeyVerdict.REFUSED
    else:
        verdict = KeyVerdict.ACCEPTED if holds_records else KeyVerdict.UNCLEAR
    return KeyCheck(
        verdict=verdict,
        http_status=answer.http_status,
        error_code=answer.error_code,
        problem=answer.problem,
        seconds=answer.seconds,
    )
