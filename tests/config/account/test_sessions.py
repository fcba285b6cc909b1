"""Sessions: seen by their person, ended by them, by a new password, a changed role, a switch, and by age."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from distribution.demo import factories as make
from leads.clock import database_now
from pullqueue.enums import Role
from pullqueue.models import FailedTry, Session, User
from tests.config.account.conftest import PASSWORD, is_in, sign_in

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def test_a_person_sees_where_they_are_signed_in_and_signs_the_others_out(rep: User) -> None:
    here, there, foreign = Client(), Client(HTTP_USER_AGENT=FIREFOX), Client()
    for browser in (here, there):
        sign_in(browser, "rita")
    foreign.force_login(make.RepFactory.create())
    page = here.get(reverse("sessions")).content.decode()
    assert ("Firefox on Linux" in page, page.count("Sign it out"), page.count("This one")) == (True, 1, 1)
    assert there.session.session_key not in page
    here.post(reverse("sessions"), {"which": "all"})
    assert (is_in(here), is_in(there), is_in(foreign)) == (True, False, True)


def test_one_session_is_signed_out_and_nobody_elses_can_be(rep: User) -> None:
    from config.account.pages import _name

    here, there, foreign = Client(), Client(), Client()
    for browser in (here, there):
        sign_in(browser, "rita")
    foreign.force_login(make.RepFactory.create())
    for browser in (foreign, there, here):
        row = Session.objects.get(session_key=browser.session.session_key)
        here.post(reverse("sessions"), {"which": _name(row)})
    assert (is_in(here), is_in(there), is_in(foreign)) == (True, False, True)


def test_sessions_end_with_the_password_the_role_and_the_account(rep: User, administrator: User) -> None:
    site = Client()
    site.force_login(administrator)

    def signed_in() -> Client:
        browser = Client()
        browser.force_login(rep)
        assert is_in(browser)
        return browser

    browser, other = signed_in(), signed_in()
    form = {"old_password": PASSWORD, "new_password1": "a-louder-harbour-43", "new_password2": "a-louder-harbour-43"}
    browser.post(reverse("password"), form)
    assert (is_in(browser), is_in(other)) == (True, False)

    rep.refresh_from_db()
    browser = signed_in()
    rep.role = Role.MANAGER
    rep.save()
    assert not is_in(browser)

    browser = signed_in()
    site.post(reverse("admin:person_access", args=[rep.pk]), {"do": "off"})
    assert (is_in(browser), Session.objects.filter(user=rep).count()) == (False, 0)
    site.post(reverse("admin:person_access", args=[rep.pk]), {"do": "on"})
    assert not is_in(browser)


def test_after_seven_days_a_session_ends_however_much_it_is_used(rep: User) -> None:
    browser = Client()
    sign_in(browser, "rita")
    session = browser.session
    for days, expected in ((6, True), (8, False)):
        session["began"] = (database_now() - timedelta(days=days)).isoformat()
        session.save()
        assert is_in(browser) is expected


def test_guessing_from_many_addresses_stops_and_the_owner_gets_in_from_a_known_browser(rep: User) -> None:
    known, stranger = Client(), Client()
    sign_in(known, "rita")
    known.post(reverse("sign_out"))
    for number in range(12):
        sign_in(Client(), "rita", "wrong", address=f"198.51.100.{number}")
    assert FailedTry.objects.count() == 10
    assert "Too many wrong tries" in sign_in(stranger, "rita").content.decode()
    assert sign_in(known, "rita").status_code == 302
    assert sign_in(Client(), make.RepFactory.create(password=PASSWORD).username).status_code == 302


def test_one_password_tried_on_many_names_from_one_address_stops(rep: User) -> None:
    for number in range(50):
        sign_in(Client(), f"name{number}", "wrong")
    assert "Too many wrong tries" in sign_in(Client(), "rita").content.decode()
    assert sign_in(Client(), "rita", address="192.0.2.2").status_code == 302
