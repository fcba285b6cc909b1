"""Phone numbers to E.164, the United States where no country is named."""

import re
from functools import lru_cache

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType

from leads.domain.normalise_text import Refused, as_text

HOME = "US"
LONGEST = 60
MOST_DIGITS = 15
"""Of E.164."""
FROM_SPACE = frozenset({870, 878, 881, 882, 883, 888, 979})
"""Country codes of satellites, networks and shared-cost services, which belong to no place."""

_NORTH_AMERICAN = re.compile(r"(?:\+?1)?([2-9][0-9]{2})([2-9][0-9]{6})")
_FORMAT = str.maketrans("", "", " ()-.")
_EXTENSION = re.compile(r"[\s,;]*(?:extension|ext\.?|x\.?|#)[\s=:]*([0-9]{1,8})", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")

_REMEDY = "Send one phone number with its area code, such as 312 555 0100 or +13125550100."


def read_phone(value: object) -> tuple[str, str]:
    """The number in E.164 and its extension, empty when there is none.

    Letters, short and service numbers, premium and satellite numbers and two numbers in a field are refused (`bad_phone`).
    555-01xx is an ordinary number. An area code in another state than the ZIP is no contradiction: people keep their numbers.
    """
    text = as_text(value, LONGEST)
    plain = _NORTH_AMERICAN.fullmatch(text.translate(_FORMAT))
    if plain and _takes_every_exchange(plain[1]):
        return f"+1{plain[1]}{plain[2]}", ""
    number, extension = _split(text)
    return _parsed(number), extension


def _split(text: str) -> tuple[str, str]:
    text = text.removeprefix("tel:")
    for found in _EXTENSION.finditer(text):
        if found.end() == len(text) and found.start():
            return text[: found.start()], found[1]
    return text, ""


@lru_cache(maxsize=1024)
def _takes_every_exchange(area_code: str) -> bool:
    """Whether every number of the area code is valid and ordinary, so that its shape alone proves it.

    The tables of phonenumbers decide by exchange in few area codes only; every seventh exchange tells those apart.
    """
    return all(_is_ordinary(PhoneNumber(country_code=1, national_number=int(f"{area_code}{n}0123"))) for n in range(200, 1000, 7))


def _is_ordinary(number: PhoneNumber) -> bool:
    return (
        phonenumbers.is_valid_number(number)
        and number.country_code not in FROM_SPACE
        and phonenumbers.number_type(number) != PhoneNumberType.PREMIUM_RATE
    )


def _parsed(text: str) -> str:
    if _LETTERS.search(text):
        raise Refused("bad_phone", f"Letters are no phone number. {_REMEDY}")
    if len(_DIGIT.findall(text)) > MOST_DIGITS + 3:  # 011 is dialled before a country code
        raise Refused("bad_phone", f"Too many digits. {_REMEDY}")
    try:
        number = phonenumbers.parse(text, HOME)
    except NumberParseException as refused:
        raise Refused("bad_phone", f"Not a phone number. {_REMEDY}") from refused
    if number.extension or not _is_ordinary(number):
        raise Refused("bad_phone", f"No person has this number. {_REMEDY}")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
