from django.db.models import BigIntegerField, Func


class NextNumber(Func):
    """The next short number people say on the phone, from a sequence of its own."""

    output_field = BigIntegerField()

    def __init__(self, sequence: str) -> None:
        super().__init__(template=f"nextval('{sequence}')")
