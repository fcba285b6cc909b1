"""What a password may not be, besides what Django knows."""

from typing import Any

from django.core.exceptions import ValidationError

from leads.models import Company

LONGEST = 128
"""Letters; more would only cost time to hash."""


class NotTooLong:
    def validate(self, password: str, user: Any = None) -> None:
        if len(password) > LONGEST:
            raise ValidationError(f"This password has more than {LONGEST} characters. Take a shorter one.", code="password_too_long")

    def get_help_text(self) -> str:
        return f"At most {LONGEST} characters."


class NotTheCompany:
    """Refuse the company's name, with or without digits around it: it is the first thing to try."""

    def validate(self, password: str, user: Any = None) -> None:
        letters = "".join(letter for letter in password.lower() if letter.isalpha())
        names = ("".join(letter for letter in name.lower() if letter.isalpha()) for name in (Company.current().name, "switchyard"))
        if any(name and letters == name for name in names):
            raise ValidationError("This is the company's name with some additions, which is easily guessed.", code="password_company")

    def get_help_text(self) -> str:
        return "Not the company's name."
