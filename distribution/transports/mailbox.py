"""Reading a mailbox of reports: Maildir or IMAP. Nothing is deleted: what was read is marked as seen."""

import imaplib
import mailbox
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

MOST_AT_ONCE = 200
SECONDS = 30

type Take = Callable[[bytes], bool]
"""Gets a mail; False when it must be shown again next time."""


class MailboxProblem(Exception):
    """The mailbox cannot be read; the text says why, without its password."""


def read_mailbox(address: str, take: Take) -> int:
    """Show every unseen mail to `take`, and return how many it took. Raises MailboxProblem."""
    kind = urlsplit(address).scheme
    if kind not in READERS:
        raise MailboxProblem("MAIL_BOUNCE_MAILBOX begins with imaps://, imap:// or maildir://.")
    try:
        return READERS[kind](address, take)
    except (OSError, imaplib.IMAP4.error, mailbox.Error) as error:
        raise MailboxProblem(f"The mailbox for bounces could not be read ({type(error).__name__}).") from None


def _maildir(address: str, take: Take) -> int:
    box = mailbox.Maildir(unquote(urlsplit(address).path), factory=None, create=False)
    taken = 0
    for key in sorted(box.keys()):
        if taken >= MOST_AT_ONCE:
            break
        message = box.get_message(key)
        if "S" in message.get_flags():
            continue
        if take(box.get_bytes(key)):
            message.set_subdir("cur")
            message.add_flag("S")
            box[key] = message
            taken += 1
    return taken


def _imap(address: str, take: Take) -> int:
    parts = urlsplit(address)
    host = parts.hostname or "127.0.0.1"
    box: imaplib.IMAP4
    if parts.scheme == "imaps":
        box = imaplib.IMAP4_SSL(host, parts.port or 993, timeout=SECONDS)
    else:
        box = imaplib.IMAP4(host, parts.port or 143, timeout=SECONDS)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        box.select(unquote(parts.path.strip("/")) or "INBOX")
        return sum(_one(box, number.decode(), take) for number in box.search(None, "UNSEEN")[1][0].split()[:MOST_AT_ONCE])
    finally:
        with suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _one(box: imaplib.IMAP4, number: str, take: Take) -> bool:
    _, data = box.fetch(number, "(BODY.PEEK[])")
    raw = next((bytes(part[1]) for part in data if isinstance(part, tuple)), b"")
    if not take(raw):
        return False
    box.store(number, "+FLAGS", "\\Seen")
    return True


READERS: dict[str, Callable[[str, Take], int]] = {"maildir": _maildir, "imap": _imap, "imaps": _imap}
