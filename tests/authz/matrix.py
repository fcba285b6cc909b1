"""Who gets what from which address (GET), as data: one row a route, one column a role.

`200` is shown, `302` leads on to one's own page, `403` may be seen but not done, `404` is hidden, like what does not exist,
`405` answers to POST alone, `sign in` leads to the sign-in page. Roles: administrator, manager of the company, manager of a
branch, sales rep, client user, nobody.
"""

from dataclasses import dataclass

ROLES = ("administrator", "manager", "branch_manager", "rep", "client", "nobody")
SIGN_IN = "sign in"


@dataclass(frozen=True, slots=True)
class Row:
    """`args` are keys of the world; `query` is put after the address."""

    route: str
    administrator: int | str
    manager: int | str
    branch_manager: int | str = 404
    rep: int | str = 404
    client: int | str = 404
    nobody: int | str = SIGN_IN
    args: tuple[str, ...] = ()
    query: str = ""

    def expected(self, role: str) -> int | str:
        return getattr(self, role)


def _kept(model: str, *actions: str, branch: int = 404, manager_adds: int = 403, deletes: int = 200) -> list[Row]:
    """What administrators keep: others of the company look, and the branch perhaps at its own."""
    key = model.partition("_")[2]
    may_look = {"administrator": 200, "manager": 200, "branch_manager": branch}
    refused = 403 if branch == 200 else 404
    rows = [
        Row(f"admin:{model}_changelist", **may_look),
        Row(f"admin:{model}_add", 200, manager_adds, refused),
        Row(f"admin:{model}_change", **may_look, args=(key,)),
        Row(f"admin:{model}_history", **may_look, args=(key,)),
        Row(f"admin:{model}_delete", deletes, 403, refused, args=(key,)),
    ]
    return rows + [Row(f"admin:{model}_{action}", 200, 403, refused, args=(key,)) for action in actions]


def _ledger(model: str, branch: int = 404) -> list[Row]:
    """What the product writes: read by those who answer for it, added, changed and deleted by nobody."""
    key = model.partition("_")[2]
    refused = 403 if branch == 200 else 404
    of_branch = 404  # a row of the branch's own would be shown; none is placed with a branch yet
    return [
        Row(f"admin:{model}_changelist", 200, 200, branch),
        Row(f"admin:{model}_add", 403, 403, refused),
        Row(f"admin:{model}_change", 200, 200, of_branch, args=(key,)),
        Row(f"admin:{model}_history", 200, 200, of_branch, args=(key,)),
        Row(f"admin:{model}_delete", 403, 403, of_branch, args=(key,)),
    ]


def _historied(model: str) -> Row:
    return Row(f"admin:{model}_simple_history", 200, 200, args=(model.partition("_")[2], f"{model.partition('_')[2]}_version"))


FRONT = [
    Row("home", 302, 302, 302, 302, 302),
    Row("healthz", 200, 200, 200, 200, 200, nobody=200),
    Row("api_schema", 200, 200, 200, 200, 200, nobody=200),
    Row("api_docs", 200, 200, 200, 200, 200, nobody=200),
    Row("sign_in", 302, 302, 302, 302, 302, nobody=200),
    Row("sign_in_code", *[SIGN_IN] * 5),
    Row("forgotten", 200, 200, 200, 200, 200, nobody=200),
    Row("account_link", 410, 410, 410, 410, 410, nobody=410, args=("app_label",)),
    Row("choose_password", 410, 410, 410, 410, 410, nobody=410),
    Row("second_factor", 200, 200, 200, 200, 200),
    Row("sessions", 200, 200, 200, 200, 200),
    Row("notices", 200, 200, 200, 200, 200),
    Row("notice_count", 200, 200, 200, 200, 200, nobody=404),
    Row("sign_out", 405, 405, 405, 405, 405, nobody=405),
    Row("password", 200, 200, 200, 200, 200),
    Row("tokens", 200, 200, 200),
    Row("token_revoke", 405, 405, 405, 405, 405, args=("campaign",)),
    Row("desk", 404, 404, 404, 200, 404),
    *(Row(f"desk_{name}", 405, 405, 405, 405, 405, nobody=405) for name in ("pull", "away", "seen", "notices")),
    Row("desk_strategy", 405, 405, 405, 405, 405, args=("pullstrategy",), nobody=405),
    Row("desk_lead", 404, 404, 404, 404, 404, args=("lead",)),
    *(Row(f"desk_{name}", 405, 405, 405, 405, 405, args=("lead",), nobody=405) for name in ("call", "outcome", "release", "undo")),
    Row("client_leads", 404, 404, 404, 404, 200),
    Row("client_statement", 404, 404, 404, 404, 200),
    Row("client_return", 405, 405, 405, 405, 405, args=("delivery",), nobody=405),
    Row("admin:index", 200, 200, 200),
    Row("admin:search", 200, 200, 200, query="?s=canary"),
    Row("admin:login", SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN, SIGN_IN),
    Row("admin:logout", 307, 307, 307, 404, 404),
    Row("admin:jsi18n", 200, 200, 200),
    Row("admin:autocomplete", 200, 200, 403, query="?app_label=clients&model_name=deliveryaccount&field_name=client&term=canary"),
    Row("admin:app_list", 404, 404, 404, args=("app_label",)),
    Row("admin:criteria_fields", 200, 200, 200),
    Row("admin:criteria_count", 405, 405, 405),
    Row("admin:schedule_next", 405, 405, 405),
]

COMPANY = [
    Row("admin:leads_company_changelist", 302, 404),
    Row("admin:leads_company_add", 403, 404),
    Row("admin:leads_company_change", 200, 404, args=("company",)),
    Row("admin:leads_company_history", 200, 404, args=("company",)),
    Row("admin:leads_company_delete", 403, 404, args=("company",)),
]

KEPT = [
    *_kept("leads_leadtype", "archive", "restore", deletes=403),
    *_kept("leads_source", "archive", "restore", deletes=403),
    *_kept("leads_campaign", "archive", "restore", deletes=403),
    *_kept("leads_suppression", manager_adds=200, deletes=403),
    *_kept("clients_client", "archive", "restore", deletes=403),
    *_kept("clients_clientgroup"),
    *_kept("clients_deliveryaccount", "archive", "restore", deletes=403),
    *_kept("clients_deliverymethod", "archive", "restore", deletes=403),
    *_kept("pullqueue_branch", "archive", "restore", branch=200, deletes=403),
    *_kept("pullqueue_user", "new_password", branch=200, deletes=403),
    Row("admin:pullqueue_user_access", 302, 302, 302, args=("user",)),
    Row("admin:pullqueue_user_invite", 302, 302, 302),
    Row("admin:person_invite", 200, 200, 200),
    Row("admin:person_access", 200, 200, 200, args=("user",)),
    Row("admin:signing_in", 200, 404),
    Row("admin:standstill", 200, 404),
    Row("admin:trail", 200, 404),
    *map(_historied, ("leads_campaign", "clients_client", "clients_deliveryaccount", "clients_deliverymethod")),
    *_kept("pullqueue_pushstrategy", "archive", "restore", deletes=403),
    *_kept("pullqueue_pullstrategy", "archive", "restore", deletes=403),
    *_kept("pullqueue_disposition", "archive", "restore", deletes=403),
    *_kept("pullqueue_group", "archive", "restore", deletes=403),
    *_kept("pullqueue_nocalldate"),
    *(row for row in _kept("pullqueue_statehours", "restore_default", deletes=403) if row.route != "admin:pullqueue_statehours_add"),
    Row("admin:pullqueue_statehours_add", 403, 403),
    Row("admin:queue_rebuild", 200, 200),
    Row("admin:queue_preview", 405, 404),
    Row("admin:suppression_import", 200, 200),
    Row("admin:suppression_past", 200, 200),
    Row("admin:suppression_remove", 200, 403, args=("suppression",)),
    Row("admin:leads_campaign_make_link", 302, 403, args=("campaign",)),
    Row("admin:leads_campaign_new_link", 200, 403, args=("campaign",)),
    Row("admin:leads_campaign_revoke_link", 200, 403, args=("campaign", "posting_link")),
    Row("admin:leads_campaign_make_key", 302, 403, args=("campaign",)),
    Row("admin:leads_campaign_new_key", 200, 403, args=("campaign",)),
    Row("admin:leads_campaign_revoke_key", 200, 403, args=("campaign", "key")),
    Row("admin:clients_deliverymethod_send_a_test", 302, 403, args=("deliverymethod",)),
    Row("admin:distribution_mailpause_let_mail_go", 200, 200, args=("mailpause",)),
    Row("admin:clients_deliverymethod_trial", 200, 403, args=("deliverymethod",)),
    Row("admin:pullqueue_user_password", 405, 403, 403, args=("user",)),
]

LEDGER = [
    *(row for row in _ledger("leads_lead", branch=200) if row.route != "admin:leads_lead_add"),
    Row("admin:leads_lead_add", 200, 200, 403),
    *_ledger("distribution_delivery"),
    *_ledger("distribution_mailpause"),
]

POSTED = {
    "delivery_settle": ("delivery",),
    "delivery_now": ("delivery",),
    "copy_again": ("delivery",),
    "attention_many": (),
    "return_decide": ("client",),
    "settle_many": (),
    "pauses": (),
    "method_resume": ("deliverymethod",),
    "lead_try_now": ("lead",),
    "lead_note": ("lead",),
    "lead_rerun": ("lead",),
    "unrouted_rerun": (),
    "clients_deliverymethod_preview": (),
    "clients_deliverymethod_answer": (),
    "clients_deliverymethod_ping": (),
}
"""What only a form reaches: as an address it does not exist."""

SETTINGS = [
    Row("admin:distribution_settings", 200, 200),
    Row("admin:distribution_settings_values", 200, 200),
    Row("admin:distribution_settings_versions", 200, 200),
    Row("admin:distribution_settings_version", 200, 200, args=("version",)),
    Row("admin:distribution_settings_compare", 302, 302),
    Row("admin:distribution_settings_restore", 200, 403, args=("version",)),
    Row("admin:distribution_settings_members", 200, 404),
]

FLOOR = [
    Row("admin:floor", 200, 200, 200),
    Row("admin:floor_leads", 200, 200, 200),
    Row("admin:floor_calling", 200, 200, 200),
    Row("admin:floor_move", 405, 405, 405),
    Row("admin:pullqueue_user_gets_nothing", 302, 302, 302, args=("user",)),
    Row("admin:pullqueue_floorsettings_changelist", 302, 302),
    Row("admin:pullqueue_floorsettings_add", 403, 403),
    Row("admin:pullqueue_floorsettings_change", 200, 200, args=("floorsettings",)),
    Row("admin:pullqueue_floorsettings_history", 200, 200, args=("floorsettings",)),
    Row("admin:pullqueue_floorsettings_delete", 403, 403, args=("floorsettings",)),
    Row("admin:floor_why", 302, 302, 302),
    Row("admin:floor_why", 200, 200, 200, query="?q=canary"),
    Row("admin:floor_why_lead", 200, 200, 404, args=("lead",)),
    Row("admin:floor_why_user", 200, 200, 200, args=("user",)),
]

REVIEW = [
    Row("admin:attention", 200, 200),
    Row("admin:unrouted", 200, 200),
    Row("admin:returns", 200, 200),
    Row("admin:delivery_return", 200, 200, args=("delivery",)),
    Row("admin:delivery_again", 302, 302, args=("delivery",)),
    Row("admin:delivery_give_up", 302, 302, args=("delivery",)),
    Row("admin:delivery_test", 200, 404, args=("delivery",)),
    Row("admin:client_statement", 200, 200, args=("client",)),
    Row("admin:sandbox", 200, 404),
    Row("admin:imports", 200, 200),
    Row("admin:exports", 200, 200),
    Row("admin:lead_erase", 200, 404, args=("lead",)),
    Row("admin:lead_filter_new", 200, 200, 200),
    Row("admin:lead_filter", 404, 404, 404, args=("leadtype",)),
    Row("admin:lead_correct", 200, 200, args=("lead",)),
    Row("admin:lead_judge", 405, 405, args=("lead",)),
    Row("admin:report_deliveries", 200, 200),
    Row("admin:report_live", 200, 200),
    Row("admin:report_unsold", 200, 200),
    Row("admin:report_shares", 200, 200),
    Row("admin:report_floor", 200, 200, 200),
    Row("admin:report_save", 405, 405),
    Row("admin:account_why", 200, 200, args=("deliveryaccount",)),
    Row("admin:lead_preview", 200, 200, args=("lead",)),
    Row("admin:lead_trace", 200, 200, args=("lead", "run")),
    *(Row(f"admin:{route}", 404, 404, args=args) for route, args in POSTED.items()),
]

STAFF_API = [
    Row("staff-lead-list", 200, 200, 200, nobody=401),
    Row("staff-lead-list", 200, 200, 200, nobody=401, query="?q=canary"),
    Row("staff-lead-detail", 200, 200, 404, nobody=401, args=("lead",)),
    Row("staff-lead-notes", 405, 405, 405, nobody=401, args=("lead",)),
    Row("staff-lead-correct", 405, 405, 405, nobody=401, args=("lead",)),
    Row("staff-lead-judge", 405, 405, 405, nobody=401, args=("lead",)),
    Row("staff-lead-rerun", 405, 405, 405, nobody=401, args=("lead",)),
    Row("staff-campaign-list", 200, 200, nobody=401),
    Row("staff-campaign-detail", 200, 200, nobody=401, args=("campaign",)),
    Row("staff-client-list", 200, 200, nobody=401),
    Row("staff-client-detail", 200, 200, nobody=401, args=("client",)),
    Row("staff-account-list", 200, 200, nobody=401),
    Row("staff-account-detail", 200, 200, nobody=401, args=("deliveryaccount",)),
    Row("staff-delivery-list", 200, 200, nobody=401),
    Row("staff-delivery-detail", 200, 200, nobody=401, args=("delivery",)),
    Row("staff-settings-list", 200, 200, nobody=401),
    Row("staff-settings-live", 200, 200, nobody=401),
    Row("staff-settings-detail", 200, 200, nobody=401, args=("version",)),
    Row("staff-report-today", 200, 200, nobody=401),
]
"""The same roles by the API; strangers are told so instead of being led to a page."""

ROWS: list[Row] = [*FRONT, *COMPANY, *KEPT, *LEDGER, *SETTINGS, *FLOOR, *REVIEW, *STAFF_API]

ELSEWHERE = {
    "readyz": "tests/config/watch: one word for strangers, details for administrators and the networks that watch",
    "metrics": "tests/config/watch",
    "admin:queue_progress": "tests/pullqueue/admin/test_strategies.py",
    "admin:queue_cancel": "tests/pullqueue/admin/test_strategies.py",
    "admin:suppression_export": "tests/leads/suppression: a file, for administrators alone",
    "api_leads": "tests/leads/api: a campaign's key is asked for, a session is nothing",
    "api_batch": "tests/leads/api",
    "api_lead": "tests/leads/api",
    "api_posting_spec": "tests/leads/api",
    "posting": "tests/leads/posting: whoever has the link reads it, nobody else",
    "api_nothing": "tests/leads/api",
    "admin:distribution_backtests": "tests/distribution/backtest",
    "admin:distribution_backtest": "tests/distribution/backtest",
    "admin:distribution_backtest_progress": "tests/distribution/backtest",
    "admin:distribution_backtest_cancel": "tests/distribution/backtest",
    "admin:distribution_backtest_save": "tests/distribution/backtest",
    "mail_open": "tests/distribution/deliver/test_mail_tracking.py: only signed addresses are answered, to anybody",
    "mail_click": "tests/distribution/deliver/test_mail_tracking.py",
    "mail_provider": "tests/distribution/deliver/test_providers.py: only what the provider signed is taken",
    "mail_bounce": "tests/distribution/deliver/test_bounces.py: only the signed return address of a mail opens it",
    **{f"admin:export_{name}": "tests/leads/exports" for name in ("progress", "cancel", "file")},
    **{f"admin:import{name}": "tests/leads/imports/test_pages.py" for name in ("", "_progress", "_step", "_rejected")},
    **{f"admin:sandbox_{name}": "tests/distribution/sandbox/test_page.py" for name in ("day", "progress", "result", "cancel")},
}
"""Routes whose rows stand with the tests of their pages."""
