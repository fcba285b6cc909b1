"""Notices: seen by their person, mailed as they wish, and never twice for one cause."""

from django.core import mail
from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from distribution.services.tell_notices import tell_notices
from leads.clock import database_now
from pullqueue.enums import NoticeKind
from pullqueue.models import Notice, User
from pullqueue.services.notices import mailed_administrators, tell, tell_administrators


def unread(browser: Client) -> int:
    number: int = browser.get(reverse("notice_count")).json()["unread"]
    return number


def test_a_person_sees_how_many_are_new_reads_them_and_sees_nobody_elses(rep: User) -> None:
    lead, browser, other = make.LeadFactory.create(), Client(), Client()
    browser.force_login(rep)
    other.force_login(make.RepFactory.create())
    tell(user=rep, kind=NoticeKind.PUSHED, lead=lead, at=database_now())
    assert (unread(browser), unread(other)) == (1, 0)
    page = browser.get(reverse("notices")).content.decode()
    assert lead.spoken in page
    assert lead.spoken not in other.get(reverse("notices")).content.decode()
    other.post(reverse("notices"), {"do": "read"})
    assert unread(browser) == 1
    browser.post(reverse("notices"), {"do": "read"})
    assert unread(browser) == 0
    assert Client().get(reverse("notice_count")).status_code == 404


def test_nobody_is_told_twice_for_one_cause(rep: User, administrator: User) -> None:
    for _ in range(2):
        tell(user=rep, kind=NoticeKind.PUSHED, at=database_now(), cause="lead 7")
        tell_administrators(kind=NoticeKind.METHOD_PAUSED, at=database_now(), cause="method 3", text="Acme is paused", link="/admin/")
    tell(user=rep, kind=NoticeKind.PUSHED, at=database_now(), cause="lead 8")
    assert sorted(Notice.objects.values_list("user", "cause")) == sorted(
        [(rep.pk, "lead 7"), (rep.pk, "lead 8"), (administrator.pk, "method 3")]
    )


def test_each_chooses_by_kind_what_comes_here_and_what_by_mail(rep: User) -> None:
    browser = Client()
    browser.force_login(rep)
    browser.post(reverse("notices"), {"do": "choose", "ticked": ["app:pushed", "mail:transferred"]})
    for kind in (NoticeKind.PUSHED, NoticeKind.TRANSFERRED, NoticeKind.TAKEN_BACK):
        tell(user=rep, kind=kind, at=database_now(), mail_due=kind == NoticeKind.PUSHED)
    assert [tell_notices(now=database_now()) for _ in range(2)] == [1, 0]
    assert ([one.subject for one in mail.outbox], unread(browser)) == (["Switchyard: A lead was transferred to you"], 1)


def test_an_administrator_who_wishes_no_mail_of_pauses_gets_none(administrator: User, rep: User) -> None:
    assert mailed_administrators(kind=NoticeKind.METHOD_PAUSED) == [administrator.email]
    browser = Client()
    browser.force_login(administrator)
    assert "A lead was pushed to you" not in browser.get(reverse("notices")).content.decode()
    browser.post(reverse("notices"), {"do": "choose", "ticked": ["app:method_paused", "app:complaint"]})
    assert mailed_administrators(kind=NoticeKind.METHOD_PAUSED) == []
