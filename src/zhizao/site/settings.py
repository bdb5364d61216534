"""Settings, all from the environment; the defaults suit one machine with SQLite.

ZHIZAO_HOME       folder for the database, files and keys (default ./var)
ZHIZAO_PROFILE    production | demo | test (default production)
DATABASE_URL      e.g. postgres://user:password@host/name (default SQLite in ZHIZAO_HOME)
ZHIZAO_HTTPS      1 | 0: served over https, by itself or behind a proxy (default 1 in production once ZHIZAO_HOSTS
                  names a host other than this machine)
ZHIZAO_PROXIES    number of trusted proxies in front (default 0)
ZHIZAO_PASSWORD_PROFILE  ASVS | MLPS3 (default ASVS);  ZHIZAO_PASSWORD_HASHER  argon2 | sm3 (default argon2)
"""

from __future__ import annotations

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from zhizao.base.accounts.password_profiles import password_validators
from zhizao.base.operations.logs import logging_settings

env = environ.Env()

PACKAGE_DIR = Path(__file__).resolve().parent.parent
HOME = Path(env.str("ZHIZAO_HOME", default="var")).resolve()
PROFILE = env.str("ZHIZAO_PROFILE", default="production")
if PROFILE not in ("production", "demo", "test"):
    # a misspelt one would serve without what production switches on
    raise ValueError(f"ZHIZAO_PROFILE is {PROFILE!r}; choose one of production, demo, test")


def _secret_key() -> str:
    """The key from the environment, or one made once and kept in HOME, readable by its owner only."""
    if key := env.str("ZHIZAO_SECRET_KEY", default=""):
        return key
    path = HOME / "secret_key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        # Whole before it has its name: of two that start at once, neither reads an empty key.
        with tempfile.NamedTemporaryFile("w", dir=HOME, prefix=".secret_key-") as draft:
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text().strip()


SECRET_KEY = _secret_key()
DEBUG = env.bool("ZHIZAO_DEBUG", default=False)
ALLOWED_HOSTS = env.list("ZHIZAO_HOSTS", default=["127.0.0.1", "localhost", "[::1]", "testserver"])
CSRF_TRUSTED_ORIGINS = env.list("ZHIZAO_ORIGINS", default=[])

INSTALLED_APPS = [
    "zhizao.base.ui",
    "zhizao.base.accounts",
    "zhizao.base.audit",
    "zhizao.base.events",
    "zhizao.base.facts",
    "zhizao.base.files",
    "zhizao.base.flow",
    "zhizao.base.forms",
    "zhizao.base.evidence",
    "zhizao.base.jobs",
    "zhizao.base.messages",
    "zhizao.base.search",
    "zhizao.apps.plan",
    "zhizao.apps.registry",
    "zhizao.apps.ledger",
    "zhizao.apps.chain",
    "zhizao.apps.outlook",
    "zhizao.apps.warning",
    "zhizao.apps.assist",
    "zhizao.apps.cockpit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "csp",
    "django_cotton",
    "django_filters",
    "django_htmx",
    "django_tables2",
    "django_tasks",
    "django_tasks_db",
    "rules",
]

MIDDLEWARE = [
    "zhizao.base.ui.middleware.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "zhizao.base.accounts.middleware.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "zhizao.base.ui.language.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "zhizao.base.audit.context.OriginMiddleware",
    "zhizao.base.accounts.middleware.SessionLimitsMiddleware",
    "zhizao.base.accounts.middleware.EnrolmentMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "zhizao.base.ui.middleware.LookMiddleware",
    "zhizao.base.ui.middleware.AsOfMiddleware",
    "zhizao.base.ui.middleware.RefusalMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "zhizao.site.urls"
WSGI_APPLICATION = "zhizao.site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhizao.base.ui.context.frame",
            ],
        },
    }
]

# --- the frame of every page (zhizao.base.ui.context says what each gives)
NAVIGATION = "zhizao.site.navigation.PAGES"
UI_UNREAD = "zhizao.base.messages.queries.unread_count"
UI_LINKS = {
    "workbench": "workbench",
    "messages": "notices",
    "jobs": "jobs:list",
    "account": "accounts:own",
    "sign_in": "account_login",
    "sign_out": "account_logout",
}
CSRF_FAILURE_VIEW = "zhizao.base.ui.errors.csrf_failure"

# --- database: SQLite in WAL with immediate transactions, or PostgreSQL by one URL
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{HOME / 'zhizao.sqlite3'}")}
if not DATABASES["default"].get("ENGINE"):
    raise ValueError("DATABASE_URL is no address of a database, such as postgres://user:password@host/name")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- accounts (docs/explanation/security.md says why)
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "rules.permissions.ObjectPermissionBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "zhizao.base.accounts.hashers.PBKDF2SM3PasswordHasher",
]
if env.str("ZHIZAO_PASSWORD_HASHER", default="argon2") == "sm3":
    PASSWORD_HASHERS.reverse()
ZHIZAO_PASSWORD_PROFILE = env.str("ZHIZAO_PASSWORD_PROFILE", default="ASVS")
AUTH_PASSWORD_VALIDATORS = password_validators(ZHIZAO_PASSWORD_PROFILE)

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "zhizao.base.accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
# Lock-out by account is django-axes, on the database; this one only slows down an address that tries many accounts.
ACCOUNT_RATE_LIMITS = {"login_failed": "30/m/ip"}
MFA_ADAPTER = "zhizao.base.accounts.adapters.SecondFactorAdapter"
MFA_FORMS = {"authenticate": "zhizao.base.accounts.lockout.CodeForm"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_TOLERANCE = 1
MFA_TOTP_ISSUER = "ZhiZao"
SECOND_FACTOR_WAIVED_FOR_DEMO_ACCOUNTS = PROFILE == "demo"

SESSION_IDLE_SECONDS = 30 * 60
SESSION_COOKIE_AGE = 12 * 3600
SESSIONS_PER_ACCOUNT = 2

AXES_HANDLER = "zhizao.base.accounts.lockout.Handler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_SENSITIVE_PARAMETERS = ["login", "password", "code"]
AXES_CLIENT_IP_CALLABLE = "zhizao.base.audit.context.client_ip"
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False

# --- what browsers are told
ZHIZAO_PROXIES = env.int("ZHIZAO_PROXIES", default=0)
# A site that answers only to this machine's own names is opened as http://127.0.0.1; any other is behind https.
_LOCAL = {"127.0.0.1", "localhost", "[::1]", "testserver"}
HTTPS = env.bool("ZHIZAO_HTTPS", default=PROFILE == "production" and not _LOCAL.issuperset(ALLOWED_HOSTS))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # what watches over the process asks it directly
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
if ZHIZAO_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# The preload list binds a whole domain for years: that is its owner's decision, not this program's.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}

# --- language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE_DIR / "locale", PACKAGE_DIR / "base" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files and static assets
STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
MEDIA_ROOT = HOME / "files"
FILES_MAX_BYTES = env.int("ZHIZAO_MAX_UPLOAD_BYTES", default=50_000_000)
FILE_UPLOAD_HANDLERS = [
    "zhizao.base.files.uploads.CapHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if PROFILE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# Tests serve assets from where they lie; everything else from what collectstatic gathered and named by content.
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = PROFILE == "test"

# --- jobs, events, evidence
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
JOB_HEARTBEAT_SECONDS = env.float("ZHIZAO_JOB_HEARTBEAT_SECONDS", default=5.0)
JOB_STALE_SECONDS = env.float("ZHIZAO_JOB_STALE_SECONDS", default=60.0)
EVENT_SUBSCRIBERS = "zhizao.site.subscribers.SUBSCRIBERS"
FORMS_KNOWN_ITEMS = "zhizao.apps.ledger.reporting.known_items"
FORMS_CIRCLE = "zhizao.apps.registry.scale.above_scale"
UI_EVIDENCE = "zhizao.base.evidence.queries.resolve"
UI_SWITCHES = "zhizao.apps.plan.opening.switches"

# --- logs: one JSON object a line in production, plain text beside a person
LOGGING = logging_settings(
    level=env.str("ZHIZAO_LOG_LEVEL", default="INFO" if PROFILE == "production" else "WARNING"),
    form=env.str("ZHIZAO_LOG_FORM", default="json" if PROFILE == "production" else "text"),
)
