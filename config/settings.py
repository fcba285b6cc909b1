"""Settings from the environment. `make run` writes them to var/env; production sets them itself."""

from pathlib import Path

import environ

from config import broker
from config.logs import logging_settings
from config.look import UNFOLD_SETTINGS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

SWITCHYARD_ENV = env.str("SWITCHYARD_ENV", default="production")
IS_PRODUCTION = SWITCHYARD_ENV == "production"
SWITCHYARD_ROLE = env.str("SWITCHYARD_ROLE", default="command")  # web, worker or command

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="" if IS_PRODUCTION else "only-for-development-and-tests-" + "0" * 32)
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])  # Fernet keys, newest first; the rest only decrypt
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_FAILURE_VIEW = "config.views.csrf_failed"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
PUBLIC_URL = env.str("PUBLIC_URL", default="http://127.0.0.1:8000")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)  # how many hops of X-Forwarded-For are ours

INSTALLED_APPS = [
    "config.apps.AdminTheme",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "simple_history",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "anymail",
    "leads",
    "clients",
    "pullqueue",
    "distribution",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.middleware.BareApi",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "config.middleware.PagePolicy",
    "config.middleware.Sessions",
    "config.middleware.WhoLooks",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "pullqueue.User"
AUTHENTICATION_BACKENDS = ["pullqueue.roles.RoleBackend"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.frame.person",
            ]
        },
    }
]

DATABASES = {"default": env.db("DATABASE_URL", default="postgresql:///switchyard")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_HEALTH_CHECKS": SWITCHYARD_ROLE == "worker",
    "ATOMIC_REQUESTS": False,
    "DISABLE_SERVER_SIDE_CURSORS": False,
}
_statement_timeout = "15s" if SWITCHYARD_ROLE == "web" else "60s" if SWITCHYARD_ROLE == "worker" else "0"
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"] |= {
    "options": f"-c lock_timeout=5s -c statement_timeout={_statement_timeout} -c idle_in_transaction_session_timeout=30s",
}
if SWITCHYARD_ROLE == "web":
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 10, "timeout": 5}
elif SWITCHYARD_ROLE == "worker":
    DATABASES["default"]["CONN_MAX_AGE"] = None

REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/1")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
globals().update(broker.broker_settings(env, web=SWITCHYARD_ROLE == "web"))

# A mail provider instead of a mail server: its name at django-anymail (mailgun, postmark ...), and its keys by their names there.
MAIL_PROVIDER = env.str("MAIL_PROVIDER", default="")
ANYMAIL = env.dict("ANYMAIL", default={})
MAILERS = {
    "default": {
        "BACKEND": env.str("MAIL_BACKEND", default="distribution.transports.smtp.EmailBackend"),
        "OPTIONS": {
            "host": env.str("MAIL_HOST", default="127.0.0.1"),
            "port": env.int("MAIL_PORT", default=25),
            "username": env.str("MAIL_USERNAME", default=""),
            "password": env.str("MAIL_PASSWORD", default=""),
            "use_tls": env.bool("MAIL_TLS", default=False),
            "timeout": 30,
        },
    }
}
if MAIL_PROVIDER:
    MAILERS["default"] = {"BACKEND": f"anymail.backends.{MAIL_PROVIDER}.EmailBackend"}
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", default="leads@switchyard.example")
# Where tracked mails come back to, as `MAIL_BOUNCE_ADDRESS` with a signed part after a plus; its name has 20 letters at most.
MAIL_BOUNCE_ADDRESS = env.str("MAIL_BOUNCE_ADDRESS", default="")
# The mailbox behind it, read once a minute: imaps://user:password@host/INBOX or maildir:///folder. Or post reports to /mail/bounce/.
MAIL_BOUNCE_MAILBOX = env.str("MAIL_BOUNCE_MAILBOX", default="")

# The pipeline: rows are the queue, messages only wake (config/broker.py has the limits and their reasons).
PUBLISHES_WAKE_UPS = env.bool("PUBLISHES_WAKE_UPS", default=True)
DRAIN_SECONDS = env.int("DRAIN_SECONDS", default=broker.DRAIN_SECONDS)
LEASE_SECONDS = env.int("LEASE_SECONDS", default=broker.LEASE_SECONDS)
EXCHANGE_SECONDS = env.int("EXCHANGE_SECONDS", default=broker.EXCHANGE_SECONDS)

# Intake: requests a second for one campaign key, how many may come at once, and how many threads may sit in `?wait`.
INTAKE_RATE = env.float("INTAKE_RATE", default=20.0)
INTAKE_BURST = env.int("INTAKE_BURST", default=100)
INTAKE_WAITERS = env.int("INTAKE_WAITERS", default=4)

# Deliveries: addresses on private networks are refused unless listed here (networks or host:port are not names).
OUTBOUND_ALLOWED_NETWORKS = env.list("OUTBOUND_ALLOWED_NETWORKS", default=[])
OUTBOUND_PORTS = env.list("OUTBOUND_PORTS", cast=int, default=[80, 443, 8080, 8443])
# Files by SFTP go to these ports only.
OUTBOUND_SFTP_PORTS = env.list("OUTBOUND_SFTP_PORTS", cast=int, default=[22, 2222])

# Returns that a client may ask for itself: days since the sale, and percent of its sales of that calendar month.
RETURN_DAYS = env.int("RETURN_DAYS", default=10)
RETURN_PERCENT = env.int("RETURN_PERCENT", default=20)

# The samples of `manage.py seed`: where their buyers answer and take files, and where the keys stand that `manage.py trickle` posts with.
DEMO_BUYER_URL = env.str("DEMO_BUYER_URL", default=f"http://127.0.0.1:{env.int('DEMO_BUYER_PORT', default=8790)}")
DEMO_SFTP_PORT = env.int("DEMO_SFTP_PORT", default=2222)
DEMO_KEYS_FILE = Path(env.str("DEMO_KEYS_FILE", default=str(BASE_DIR / "var" / "demo-keys.json")))

# Files that people upload or have written (imports, exports): outside every web address, readable by the product alone.
FILES_ROOT = Path(env.str("FILES_ROOT", default=str(BASE_DIR / "var" / "files")))

# Where the sandbox keeps what the migrations said, so that its tables are there at once the next time.
SANDBOX_TABLES = Path(env.str("SANDBOX_TABLES", default=str(BASE_DIR / "var" / "sandbox")))

# Who may read /metrics and the details of /readyz without signing in, such as 10.0.0.0/8; and when a due row has waited too long.
WATCH_NETWORKS = env.list("WATCH_NETWORKS", default=[])
READY_LATE_SECONDS = env.int("READY_LATE_SECONDS", default=300)
# Errors to Sentry, traces to OpenTelemetry: without these addresses nothing of theirs is even loaded.
SENTRY_DSN = env.str("SENTRY_DSN", default="")
OTEL_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", default="")

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "config.passwords.NotTooLong"},
    {"NAME": "config.passwords.NotTheCompany"},
]

SESSION_ENGINE = "pullqueue.sessions"
SESSION_COOKIE_AGE = 12 * 3600  # unused for so long they end, and after seven days in any case
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" would make browsers send "Origin: null" with forms, which the CSRF check refuses
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if IS_PRODUCTION else 0)
# Subdomains and browsers' preload lists are for whoever owns the domain to decide: other programs may live below it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": ["'self'"],
    "script-src": ["'self'", "<CSP_NONCE_SENTINEL>"],
    "style-src": ["'self'", "<CSP_NONCE_SENTINEL>"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
}

# A lead is 64 KiB, a batch 16 MiB; the intake view reads and bounds its own body.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "EXCEPTION_HANDLER": "distribution.api.problems.handle",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Switchyard",
    "DESCRIPTION": "Post leads with a campaign's key and read what became of them. Staff read what they may see on the pages, with a token "
    "of their own or signed in.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "distribution.api.openapi.with_problems",
        "leads.api.openapi.with_intake",
    ],
    "ENUM_NAME_OVERRIDES": {
        "LeadStatus": "leads.enums.LeadStatus",
        "CampaignStatus": "leads.enums.CampaignStatus",
        "ClientStatus": "clients.enums.ClientStatus",
        "AccountStatus": "clients.enums.AccountStatus",
    },
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/staff/",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "docExpansion": "list", "defaultModelsExpandDepth": -1, "persistAuthorization": False},
}

SIMPLE_HISTORY_HISTORY_ID_USE_UUID = False
UNFOLD = UNFOLD_SETTINGS
# Lines of the log: `json` or `lines`; and whether each step of a lead is one (received, offered, sold ...), by its id.
LOG_FORMAT = env.str("LOG_FORMAT", default="json" if IS_PRODUCTION else "lines")
LOG_STEPS = env.bool("LOG_STEPS", default=IS_PRODUCTION)
LOGGING = logging_settings(json=LOG_FORMAT == "json")
LOGGING_CONFIG = "logging.config.dictConfig"
