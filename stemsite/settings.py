"""Settings, read from the environment; a clone runs with no configuration at all.

The names and their meaning stand in README.md. A loopback ``SITE_URL`` is a *trial*;
anything else is *public* and switches on https, second factors and given keys.
"""

from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django_prose_editor.config import html_tags
from environs import Env
from js_asset import static_lazy

from stemsite.alerts import checked
from stemsite.keys import parse_field_keys, trial_field_keys
from stemsite.logs import logging_config
from stemsite.mail.mailers import mailer, reports_by
from stemsite.trial import trial_secret

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# -- where we are -----------------------------------------------------------------------

DATA_DIR = Path(env.str("STEMSITE_DATA", str(BASE_DIR / "var"))).resolve()
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
SITE_URL = env.str("SITE_URL", f"http://{f'[{HOST}]' if ':' in HOST else HOST}:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
if not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be a whole address such as https://clinic.example, not {SITE_URL!r}.")
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
IS_TRIAL = _site.hostname in {"localhost", "127.0.0.1", "::1", "0.0.0.0"}  # noqa: S104
if not IS_TRIAL and _site.scheme != "https":
    raise ImproperlyConfigured("A public SITE_URL needs https.")

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = [f"[{_site.hostname}]" if ":" in _site.hostname else _site.hostname]
if IS_TRIAL:
    ALLOWED_HOSTS = list({*ALLOWED_HOSTS, *LOOPBACK_HOSTS})
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None


def _one_of(name: str, default: str, *allowed: str) -> str:
    value = env.str(name, default) or default
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {' or '.join(allowed)} here, not {value!r}.")
    return value


SAMPLES = _one_of("SAMPLES", "yes" if IS_TRIAL else "no", *(("yes", "no") if IS_TRIAL else ("no",))) == "yes"
STAFF_MFA = _one_of("STAFF_MFA", *(("optional", "optional", "required") if IS_TRIAL else ("required", "required")))

# -- secrets ----------------------------------------------------------------------------

_secrets = env.list("SECRET_KEY", []) or ([trial_secret(DATA_DIR, "secret_key")] if IS_TRIAL else [])
if not _secrets:
    raise ImproperlyConfigured("A public SITE_URL needs SECRET_KEY (a comma list, newest first).")
SECRET_KEY, *SECRET_KEY_FALLBACKS = _secrets

FIELD_KEYS = parse_field_keys(env.str("FIELD_KEYS", "")) or (trial_field_keys(DATA_DIR) if IS_TRIAL else ())
if not FIELD_KEYS:
    raise ImproperlyConfigured("A public SITE_URL needs FIELD_KEYS (id:base64 of 32 bytes, newest first).")

# Where a telephone number names no country, it is read as one of this region (ISO 3166-1).
PHONE_REGION = env.str("PHONE_REGION", "US")

# -- what the site consists of ----------------------------------------------------------

INSTALLED_APPS = [
    "leads",
    "articles",
    "studies",
    "stemsite.health",
    "stemsite.publishing",
    "stemsite.accounts",
    "stemsite.mail",
    "stemsite.clinic",
    "stemsite.counts",
    "stemsite.search",
    "stemsite.serving",
    "stemsite.images",
    "stemsite.tasks",
    "stemsite.audit",
    "stemsite.apps.StemsiteAdminConfig",
    "content_editor",
    "django_prose_editor",
    "js_asset",
    "crispy_forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    # Last, so that its post_migrate work comes after every table is there.
    "stemsite.apps.StemsiteConfig",
]

MIDDLEWARE = [
    "stemsite.headers.HeadersMiddleware",
    "stemsite.logs.RequestLogMiddleware",
    "stemsite.methods.MethodsMiddleware",
    "stemsite.health.middleware.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "stemsite.serving.middleware.PageStoreMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "stemsite.errors.ErrorPageMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "stemsite.clinic.middleware.ClinicTimeMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "stemsite.accounts.middleware.StaffMiddleware",
]

ROOT_URLCONF = "stemsite.urls"
WSGI_APPLICATION = "stemsite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["stemsite.templatetags.reader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.csp",
            ],
        },
    },
]

# -- database ---------------------------------------------------------------------------

DATABASE_URL = env.str("DATABASE_URL", "")
if DATABASE_URL:
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    # A connection that the server has closed meanwhile is replaced before a request meets it.
    DATABASES["default"].update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=True)
    # As many connections as a process has threads; waiting for one, or for the server, ends while a reader still waits.
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        # Given up soon and tried anew by the next request: otherwise the pool pauses for longer after each failure.
        pool={"min_size": 1, "max_size": 20, "timeout": 5, "reconnect_timeout": 2},
        connect_timeout=5,
    )
else:
    DATABASES = {
        "default": {
            "ENGINE": "stemsite.sqlite",
            "NAME": DATA_DIR / "stemsite.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Readers never block; a writer takes its lock at once and waits, so no lock
                # is ever upgraded half-way (docs/adr/0002-sqlite-by-default.md).
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # Without recursive triggers, REPLACE would remove an append-only row unseen.
                # The worker empties the log (stemsite/sqlite/folding.py); a commit does where there is none.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
                "PRAGMA wal_autocheckpoint=4000;",
            },
            "TEST": {"NAME": env.str("TEST_DATABASE", str(BASE_DIR / ".test" / "test.sqlite3"))},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", "")
SEVERAL_MACHINES = bool(CACHE_URL)
"""A cache that machines share is what makes them several: a change then waits for what the others have at hand."""

if CACHE_URL:
    CACHES = {"default": env.dj_cache_url("CACHE_URL")}
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.db.DatabaseCache",
            "LOCATION": "cache",
            # Limits and used codes live here: a flood of addresses must not push them out.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# -- background work and mail ------------------------------------------------------------

TASKS = {"default": {"BACKEND": "stemsite.tasks.backend.LeasedBackend", "QUEUES": ["default", "due", "mail", "long"]}}

MAIL_URL = env.str("MAIL_URL", "")
NEWSLETTER_MAIL_URL = env.str("NEWSLETTER_MAIL_URL", "") or MAIL_URL
MAILERS = {
    "default": mailer(MAIL_URL, DATA_DIR / "mail"),
    "transactional": mailer(MAIL_URL, DATA_DIR / "mail"),
    "newsletter": mailer(NEWSLETTER_MAIL_URL, DATA_DIR / "mail"),
}
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", f"no-reply@{_site.hostname}")
NEWSLETTER_FROM = env.str("NEWSLETTER_FROM", f"news@{_site.hostname}")
MAIL_DKIM_SELECTOR = env.str("MAIL_DKIM_SELECTOR", "")
# A provider's signed reports are taken at /hooks/mail/.
MAIL_WEBHOOK = env.str("MAIL_WEBHOOK", "")
ANYMAIL = reports_by(MAIL_WEBHOOK, env.str("MAIL_WEBHOOK_KEY", ""))
# What cannot be delivered comes back here, plus-addressed: bounces+b42-proof@clinic.example.
MAIL_BOUNCES = env.str("MAIL_BOUNCES", f"bounces@{_site.hostname}")

# -- people -----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/admin/"
LOGOUT_REDIRECT_URL = LOGIN_URL
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "stemsite.accounts.passwords.LengthValidator"},
    {"NAME": "stemsite.accounts.passwords.BlocklistValidator"},
]

ACCOUNT_ADAPTER = "stemsite.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "stemsite.accounts.forms.LoginForm",
    "change_password": "stemsite.accounts.forms.ChangePasswordForm",
    "reset_password": "stemsite.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "stemsite.accounts.forms.NewPasswordForm",
    "reauthenticate": "stemsite.accounts.forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Accounts begin with an invitation mailed to the address, or on the server itself: nothing is left to verify.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_METHODS = {"password", "mfa"}
ACCOUNT_RATE_LIMITS = {
    "login": None,  # Only failures count, below: whoever shares a network with an attacker still gets in.
    "login_failed": "15/10m/ip,10/15m/key",
    "login_failed_known_device": "10/15m/key",
    "reset_password": "20/10m/ip,3/10m/key",
}
MFA_ADAPTER = "stemsite.accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "stemsite.accounts.forms.CodeForm",
    "reauthenticate": "stemsite.accounts.forms.ReauthenticateByCodeForm",
    "activate_totp": "stemsite.accounts.forms.ActivateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True

SESSION_LIFETIME = 12 * 60 * 60
SESSION_IDLE = 60 * 60
SESSION_COOKIE_AGE = SESSION_LIFETIME
_prefix = "" if IS_TRIAL else "__Host-"
SESSION_COOKIE_NAME = f"{_prefix}session"
CSRF_COOKIE_NAME = f"{_prefix}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not IS_TRIAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_AGE = None
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# -- language and time ------------------------------------------------------------------

LANGUAGE_CODE = "en-us"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# -- static files and pictures ----------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "stemsite.styles.SiteFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = DATA_DIR / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "stemsite.storage.SiteStaticStorage"},
}
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000  # A long guide is edited in one form: eight fields a section.
DJANGO_PROSE_EDITOR_EXTENSIONS = [
    {
        "js": [static_lazy("stemsite/admin/prose.js"), static_lazy("stemsite/admin/citation.js")],
        "extensions": {"Citation": html_tags(["cite"], {"cite": ["data-ref", "data-loc"]})},
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = ["stemsite"]
CRISPY_TEMPLATE_PACK = "stemsite"

# -- headers ----------------------------------------------------------------------------

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
    "object-src": [CSP.NONE],
}
CSRF_FAILURE_VIEW = "stemsite.errors.csrf_failure"
# The staff site alone: its import maps and three inline styles of the stock admin carry a nonce.
# Public pages are stored, so they never do.
STAFF_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = not IS_TRIAL
SECURE_HSTS_SECONDS = 0 if IS_TRIAL else 63_072_000
# Other hosts below the clinic's domain are not ours to bind, and preloading is a decision of the domain's owner.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
WHITENOISE_ALLOW_ALL_ORIGINS = False

PAGE_STORE = env.bool("PAGE_STORE", True)
# Stored pages as files that nginx gives alone; its configuration: manage.py nginx (docs/operations.md).
PAGES_ON_DISK = env.bool("PAGES_ON_DISK", False)
# How long a CDN may give a page without asking, and where it is told what changed (docs/operations.md).
CDN_SECONDS = env.int("CDN_SECONDS", 0)
if not 0 <= CDN_SECONDS <= 3600:
    raise ImproperlyConfigured("CDN_SECONDS is 0 to 3600: no page outlives its withdrawal by more than an hour.")
CDN_PURGE_URL = checked(env.str("CDN_PURGE_URL", ""), "CDN_PURGE_URL") if CDN_SECONDS else ""
CDN_PURGE_TOKEN = env.str("CDN_PURGE_TOKEN", "")
CDN_PURGE_BY = _one_of("CDN_PURGE_BY", "tags", "tags", "addresses")

# -- registries that references are checked with ------------------------------------------

EVIDENCE_NETWORK = env.bool("EVIDENCE_NETWORK", True)
EVIDENCE_CONTACT_EMAIL = env.str("EVIDENCE_CONTACT_EMAIL", "")
NCBI_API_KEY = env.str("NCBI_API_KEY", "")
CROSSREF_URL = env.str("CROSSREF_URL", "https://api.crossref.org")
EUTILS_URL = env.str("EUTILS_URL", "https://eutils.ncbi.nlm.nih.gov/entrez/eutils")
IDCONV_URL = env.str("IDCONV_URL", "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/")
CTGOV_URL = env.str("CTGOV_URL", "https://clinicaltrials.gov/api/v2")
RETRACTION_WATCH_URL = env.str(
    "RETRACTION_WATCH_URL", "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv"
)

# -- forms that people send us --------------------------------------------------------------

LEADS_TRUSTED_ORIGINS: list[str] = env.list("LEADS_TRUSTED_ORIGINS", [])
LEADS_LIMITS = env.bool("LEADS_LIMITS", True)
# Only what differs from the defaults of leads/limits.py and leads/spam.py, such as ``network_hard=300``.
LEADS_RATES: dict[str, int] = env.dict("LEADS_RATES", {}, subcast_values=int)
LEADS_SPAM_WEIGHTS: dict[str, int] = env.dict("LEADS_SPAM_WEIGHTS", {}, subcast_values=int)
LEADS_SPAM_THRESHOLD = env.int("LEADS_SPAM_THRESHOLD", 5)
# Days between drafts of an issue of what is new; 0 leaves it to staff.
NEWSLETTER_DIGEST_DAYS = env.int("NEWSLETTER_DIGEST_DAYS", 30)
# After so many hours a new enquiry that nobody took is told to those who answer enquiries.
# New enquiries are given to coordinators in turn; otherwise whoever looks first takes one.
LEADS_ROUND_ROBIN = env.bool("LEADS_ROUND_ROBIN", False)
LEADS_UNASSIGNED_HOURS = env.int("LEADS_UNASSIGNED_HOURS", 24)
# When somebody answers: the wait for a first answer counts only these hours, on the clinic's clock.
LEADS_HOURS = env.str("LEADS_HOURS", "mon-fri 09:00-17:00")
SESSION_IDLE_LEADS = 15 * 60

# The packet's letter brings a link; the file itself travels only where this is on (LEAD-91).
PACKET_ATTACHED = env.bool("PACKET_ATTACHED", False)
# Whether a packet whose review is overdue is held back, not only marked (LEAD-86).
PACKET_OVERDUE_BLOCKS = env.bool("PACKET_OVERDUE_BLOCKS", False)

# -- logs -------------------------------------------------------------------------------

ALERT_URL = checked(env.str("ALERT_URL", ""))
LOGGING = logging_config(level="INFO", requests_level="WARNING" if IS_TRIAL else "INFO", alert_url=ALERT_URL)
