from django.contrib import admin
from django.urls import include, path

from config import views
from config.account import access, links, notices, pages, signing
from config.docs import Docs, Schema
from config.tokens import token_revoke, tokens
from config.watch import standstill, trail
from config.watch import views as watch
from distribution.views.client import client_leads, client_return, client_statement
from distribution.views.mail import mail_bounce, mail_click, mail_open
from distribution.views.providers import mail_provider
from leads.api.posting_page import posting_page
from pullqueue.views import desk

PLACED = (access, standstill, trail)
"""Loading them places their pages in the menu."""

handler400 = views.bad_request
handler403 = views.forbidden
handler404 = views.not_found
handler500 = views.broken

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", watch.healthz, name="healthz"),
    path("readyz", watch.readyz, name="readyz"),
    path("metrics", watch.metrics, name="metrics"),
    path("sign-in/", signing.SignIn.as_view(), name="sign_in"),
    path("sign-in/code/", signing.sign_in_code, name="sign_in_code"),
    path("sign-out/", signing.SignOut.as_view(), name="sign_out"),
    path("forgotten/", links.forgotten, name="forgotten"),
    path("link/<str:token>/", links.account_link, name="account_link"),
    path("account/choose/", links.choose_password, name="choose_password"),
    path("account/password/", pages.Password.as_view(), name="password"),
    path("account/second-factor/", pages.second_factor, name="second_factor"),
    path("account/notices/", notices.notices, name="notices"),
    path("account/notices/count/", notices.notice_count, name="notice_count"),
    path("account/sessions/", pages.sessions, name="sessions"),
    path("account/tokens/", tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", token_revoke, name="token_revoke"),
    path("desk/", desk.desk, name="desk"),
    path("desk/pull/", desk.desk_pull, name="desk_pull"),
    path("desk/away/", desk.desk_away, name="desk_away"),
    path("desk/seen/", desk.desk_seen, name="desk_seen"),
    path("desk/notices/", desk.desk_notices, name="desk_notices"),
    path("desk/strategies/<int:strategy_id>/", desk.desk_strategy, name="desk_strategy"),
    path("desk/undo/<uuid:result_id>/", desk.desk_undo, name="desk_undo"),
    path("desk/leads/<uuid:lead_id>/", desk.desk_lead, name="desk_lead"),
    path("desk/leads/<uuid:lead_id>/call/", desk.desk_call, name="desk_call"),
    path("desk/leads/<uuid:lead_id>/outcome/", desk.desk_outcome, name="desk_outcome"),
    path("desk/leads/<uuid:lead_id>/release/", desk.desk_release, name="desk_release"),
    path("client/", client_leads, name="client_leads"),
    path("client/leads/<uuid:delivery_id>/return/", client_return, name="client_return"),
    path("client/statement/", client_statement, name="client_statement"),
    path("mail/open/<str:token>.gif", mail_open, name="mail_open"),
    path("mail/bounce/", mail_bounce, name="mail_bounce"),
    path("mail/provider/<str:provider>/", mail_provider, name="mail_provider"),
    path("mail/link/<str:token>/", mail_click, name="mail_click"),
    path("posting/<str:token>/", posting_page, name="posting"),
    path("admin/", admin.site.urls),
    path("api/schema/", Schema.as_view(), name="api_schema"),
    path("api/docs/", Docs.as_view(), name="api_docs"),
    path("api/v1/staff/", include("distribution.api.urls")),
    path("api/v1/", include("leads.urls")),
]
