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

from stemsite.mail.mailers import mailer
from stemsite.trial import trial_secret

env = Env()

BASE_DIR = Path(__file__).resolve().parent.parent

# -- where we are -----------------------------------------------------------------------

DATA_DIR = Path(env.str("STEMSITE_DATA", str(BASE_DIR / "var"))).resolve()
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000)
SITE_URL = env.str("SITE_URL", f"http://{HOST}:{PORT}").rstrip("/")
_site = urlsplit(SITE_URL)
if not _site.hostname:
    raise ImproperlyConfigured(f"SITE_URL must be a whole address such as https://clinic.example, not {SITE_URL!r}.")
LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
IS_TRIAL = _site.hostname in {"localhost", "127.0.0.1", "::1", "0.0.0.0"}
if not IS_TRIAL and _site.scheme != "https":
    raise ImproperlyConfigured("A public SITE_URL needs https.")

DEBUG = env.bool("DEBUG", False)
ALLOWED_HOSTS = [_site.netloc.rsplit("@")[-1].rsplit(":", 1)[0] if _site.port else _site.netloc]
if IS_TRIAL:
    ALLOWED_HOSTS = list({*ALLOWED_HOSTS, *LOOPBACK_HOSTS})
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)

# -- secrets ----------------------------------------------------------------------------

_secrets = env.list("SECRET_KEY", []) or ([trial_secret(DATA_DIR, "secret_key")] if IS_TRIAL else [])
if not _secrets:
    raise ImproperlyConfigured("A public SITE_URL needs SECRET_KEY (a comma list, newest first).")
SECRET_KEY, *SECRET_KEY_FALLBACKS = _secrets

# -- what the site consists of ----------------------------------------------------------

INSTALLED_APPS = [
    "leads",
    "articles",
    "studies",
    "stemsite.publishing",
    "stemsite.accounts",
    "stemsite.mail",
    "stemsite.clinic",
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
    "django.middleware.security.SecurityMiddleware",
    "stemsite.serving.middleware.PageStoreMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "stemsite.urls"
WSGI_APPLICATION = "stemsite.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
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
    DATABASES["default"].update(CONN_MAX_AGE=0)
    DATABASES["default"].setdefault("OPTIONS", {})["pool"] = True
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "stemsite.sqlite3",
            "CONN_MAX_AGE": None,
            "OPTIONS": {
                # Readers never block; a writer takes its lock at once and waits, so no lock
                # is ever upgraded half-way (docs/adr/0002-sqlite-by-default.md).
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
            "TEST": {"NAME": env.str("TEST_DATABASE", str(BASE_DIR / ".test" / "test.sqlite3"))},
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", "")
if CACHE_URL:
    CACHES = {"default": env.dj_cache_url("CACHE_URL")}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}}

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

# -- people -----------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/admin/"

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
# The staff site alone: its import maps and three inline styles of the stock admin carry a nonce.
# Public pages are stored, so they never do.
STAFF_CSP = {
    **SECURE_CSP,
    "script-src": [CSP.SELF, CSP.NONCE],
    "style-src": [CSP.SELF, CSP.NONCE],
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

PAGE_STORE = env.str("PAGE_STORE", "on") != "off"
