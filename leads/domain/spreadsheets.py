"""Cells that a spreadsheet must not run: formulas hide in names and notes that strangers wrote."""

RUNNABLE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings of what a spreadsheet may take for a formula. OWASP, CSV injection; full-width forms are folded by some programs."""
CUT = 32_767
"""Characters that a cell of a workbook can hold."""


def plain(text: str) -> str:
    """Put the mark before a cell that says "this is text"; our own import takes it off again."""
    begin = text.lstrip(" \"'\x00\ufeff")
    return f"'{text}" if begin[:1] in RUNNABLE and begin else text


def unmarked(cell: str) -> str:
    """Take the mark off again."""
    return cell[1:] if cell[:1] == "'" and plain(cell[1:]) == cell else cell
