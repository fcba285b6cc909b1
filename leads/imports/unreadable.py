"""Why a file cannot be taken: always a sentence with the remedy, never a cell's content."""


class Unreadable(Exception):
    """The file, or one place of it, cannot be read. Its text is meant for the person who uploaded it."""
