"""Phone numbers of the whole world, and the expected decision about each, computed without the policy itself.

The numbers are libphonenumber's examples of every region and every type, and seeded variants of them: other last
digits, many of which make no number at all.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

HOME = ("DE", "AT", "CH")
ORDINARY = {
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE_OR_MOBILE,
    PhoneNumberType.VOIP,
    PhoneNumberType.TOLL_FREE,
}
DENIED, ALLOWED = ("+4940", "+4179", "+12125"), ("+1212", "+442", "+49900")
"""The company's rules for this proof. Some overlap: the longest matching rule decides."""


@dataclass(frozen=True)
class Sample:
    """One number: E.164, one way to write it, and whether a call may go there."""

    number: str
    spelt: str
    region: str
    number_type: int
    is_inside: bool


def make_samples(count: int, *, of: int, seed: int) -> list[Sample]:
    """Return `count` samples out of `of`. The same seed gives the same samples; each number occurs once."""
    rng = random.Random(seed)
    numbers = {_e164(number): number for number in _examples()}
    bases = list(numbers.values())
    home = [number for number in bases if phonenumbers.region_code_for_number(number) in HOME]
    inside = [number for number in bases if _is_inside(number, phonenumbers.region_code_for_number(number) or "")]
    while len(numbers) < of:
        varied = _varied(rng.choice(rng.choice([inside, inside, home, bases])), rng)
        numbers[_e164(varied)] = varied
    samples = [_sample(number, rng) for _, number in sorted(numbers.items())]
    return rng.sample(samples, of)[:count]


def _examples() -> list[PhoneNumber]:
    types = list(PhoneNumberType.values())
    made = [
        phonenumbers.example_number_for_type(region, kind)
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in types
    ]
    worldwide = sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS)
    made += [phonenumbers.example_number_for_non_geo_entity(code) for code in worldwide]
    return [number for number in made if number is not None]


def _varied(number: PhoneNumber, rng: random.Random) -> PhoneNumber:
    """Replace the last digits; sometimes add or drop one."""
    digits = phonenumbers.national_significant_number(number)
    changed = rng.randint(1, max(1, min(6, len(digits) - 2)))
    length = changed + rng.choice((0, 0, 0, 0, 0, -1, 1))
    ending = "".join(rng.choices("0123456789", k=length))
    return phonenumbers.parse(f"+{number.country_code}{digits[:-changed]}{ending}")


def _sample(number: PhoneNumber, rng: random.Random) -> Sample:
    region = phonenumbers.region_code_for_number(number) or ""
    return Sample(
        number=_e164(number),
        spelt=_spell(number, rng),
        region=region,
        number_type=phonenumbers.number_type(number),
        is_inside=_is_inside(number, region),
    )


def _is_inside(number: PhoneNumber, region: str) -> bool:
    """Decide as the documents say: the number is valid, and the longest rule, else region and type, allow it."""
    e164 = _e164(number)
    is_short_number = region == "DE" and str(number.national_number).startswith("11")
    if not phonenumbers.is_valid_number(number) or is_short_number or not 7 <= len(e164) - 1 <= 15:
        return False
    rules = [rule for rule in (*DENIED, *ALLOWED) if e164.startswith(rule)]
    if rules:
        return max(rules, key=len) in ALLOWED
    kind = phonenumbers.number_type(number)
    return region in HOME and (kind in ORDINARY or (kind == PhoneNumberType.UAN and region == "CH"))


def _spell(number: PhoneNumber, rng: random.Random) -> str:
    def written(how: int) -> str:
        return phonenumbers.format_number(number, how)

    ways: list[Callable[[], str]] = [
        lambda: written(PhoneNumberFormat.E164),
        lambda: "00" + written(PhoneNumberFormat.E164)[1:],
        lambda: written(PhoneNumberFormat.INTERNATIONAL),
        lambda: written(PhoneNumberFormat.RFC3966),
    ]
    if number.country_code == 49 and phonenumbers.is_valid_number(number):
        ways.append(lambda: written(PhoneNumberFormat.NATIONAL))
    return rng.choice(ways)()


def _e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
