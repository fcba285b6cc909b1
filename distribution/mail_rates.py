"""What became of the mails of a client or of a method in the last 30 days of the company's calendar. Test leads count nowhere."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from clients.enums import MethodKind
from clients.models import Client, DeliveryMethod
from distribution.enums import MailEventKind, Tracking
from distribution.models import Delivery, MailEvent, SettingsVersion
from leads.domain.clocks import instant
from leads.models import Company

DAYS = 30
ARRIVED = (Tracking.DELIVERED, Tracking.OPENED, Tracking.CLICKED)
COUNTED = ("sent", "tracked", "delivered", "opened", "clicked", "bounced", "complained")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of mails, and its percentage of those that were tracked; None where none was."""

    word: str
    count: int
    percent: Decimal | None
    is_bad: bool = False


@dataclass(slots=True)
class MailRates:
    """Mails of one method, or of all. Each stage holds the later ones: what was clicked was opened, and was delivered."""

    name: str
    method: int | None = None
    sent: int = 0
    tracked: int = 0
    delivered: int = 0
    opened: int = 0
    clicked: int = 0
    bounced: int = 0
    complained: int = 0

    @property
    def untracked(self) -> int:
        return self.sent - self.tracked

    @property
    def shares(self) -> list[Share]:
        good = [Share(word.capitalize(), getattr(self, word), self._percent(word)) for word in ("delivered", "opened", "clicked")]
        bad = [Share(word.capitalize(), getattr(self, word), self._percent(word), is_bad=True) for word in ("bounced", "complained")]
        return good + bad

    def _percent(self, word: str) -> Decimal | None:
        return Decimal(getattr(self, word) * 100) / self.tracked if self.tracked else None

    def add(self, counts: Mapping[str, int]) -> None:
        for word in COUNTED:
            setattr(self, word, getattr(self, word) + counts[word])


@dataclass(frozen=True, slots=True)
class MailReport:
    """`first` and `last` are whole days of the company, both counted."""

    first: date
    last: date
    zone: str
    rows: list[MailRates]
    total: MailRates
    is_on: bool
    """Whether mails are tracked by the settings in force."""


def mail_report(owner: Client | DeliveryMethod, *, now: datetime) -> MailReport | None:
    """Return the rates of a client, by method, or of one method; None for one that sends no mail. Five queries at most.

    A mail counts on the day it was handed over; one whose sale was taken back, on the day it came back.
    """
    names = _names(owner)
    zone = ZoneInfo(Company.current().time_zone)
    last = now.astimezone(zone).date()
    first = last - timedelta(days=DAYS - 1)
    found = _counted(_mails(owner, instant(datetime.combine(first, time()), zone), now))
    if not found and not names:
        return None
    tracking = _tracking({one["version"] for one in found})
    rows = {pk: MailRates(name, pk) for pk, name in names.items()}
    total = MailRates("All mails")
    for one in found:
        row = rows.setdefault(one["method_id"], MailRates(one["method__name"], one["method_id"]))
        counts = one | {"tracked": one["sent"] if tracking[one["version"]] else 0}
        row.add(counts)
        total.add(counts)
    shown = sorted(rows.values(), key=lambda row: (-row.sent, row.name))
    return MailReport(first, last, zone.key.rpartition("/")[2].replace("_", " "), shown, total, is_on=_is_on())


def _names(owner: Client | DeliveryMethod) -> dict[int, str]:
    """The methods that send mail, so that one that sent nothing has a row too."""
    if isinstance(owner, DeliveryMethod):
        return {owner.pk: owner.name} if owner.kind == MethodKind.EMAIL else {}
    return dict(DeliveryMethod.objects.filter(client=owner, kind=MethodKind.EMAIL, archived_at=None).values_list("pk", "name"))


def _mails(owner: Client | DeliveryMethod, since: datetime, until: datetime) -> QuerySet[Delivery]:
    whose = {"method": owner} if isinstance(owner, DeliveryMethod) else {"client": owner}
    handed_over = Delivery.objects.filter(finished_at__gte=since, finished_at__lte=until, lead__is_test=False, **whose)
    return handed_over.exclude(tracking=Tracking.NONE)


def _counted(mails: QuerySet[Delivery]) -> list[dict[str, Any]]:
    heard = MailEvent.objects.filter(delivery=OuterRef("pk"))
    came_back = Exists(heard.filter(kind=MailEventKind.BOUNCED, is_permanent=True, is_verified=True))
    complained = Exists(heard.filter(kind=MailEventKind.COMPLAINED, is_verified=True))
    grouped = mails.order_by().values("method_id", "method__name", version=F("decision__version"))
    counted = grouped.annotate(
        sent=Count("pk"),
        delivered=Count("pk", filter=Q(tracking__in=ARRIVED)),
        opened=Count("pk", filter=Q(tracking__in=ARRIVED[1:])),
        clicked=Count("pk", filter=Q(tracking=Tracking.CLICKED)),
        bounced=Count("pk", filter=Q(tracking=Tracking.BOUNCED) | Q(came_back)),
        complained=Count("pk", filter=Q(complained)),
    )
    return [dict(one) for one in counted]


def _tracking(versions: set[int]) -> dict[int, bool]:
    """Whether each version of the settings tracks mails. Their bulk stays in the database."""
    rows = SettingsVersion.objects.filter(pk__in=versions).values_list("pk", "data__email_tracking")
    return {pk: tracks is not False for pk, tracks in rows}


def _is_on() -> bool:
    return SettingsVersion.objects.order_by("-number").values_list("data__email_tracking", flat=True).first() is not False
