class Mistake(Exception):
    """What is wrong in the file, at its place: one line."""

    def __init__(self, place: str, message: str) -> None:
        super().__init__(f"{place}: {message}" if place else message)
        self.place, self.message = place, message
