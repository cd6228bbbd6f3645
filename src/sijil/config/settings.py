"""Django's settings, derived from :mod:`sijil.processes.environment`. Nothing here is a secret.

Importing this file reads and makes nothing but values: what must lie in the folder of an installation is made
by :func:`sijil.processes.home.furnish`, and the keyring is opened when something is sealed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from sijil.kernel import sealing
from sijil.processes import roles
from sijil.processes.environment import environment
from sijil.processes.failure import CannotStart
from sijil.processes.home import open_keyring, room_of
from sijil.processes.static_files import mark

ENV = environment()
HOME = ENV.home.absolute()
SOURCE = Path(__file__).resolve().parents[1]


def _secret(name: str) -> str:
    """Return a secret of this installation; before its first start "", with which Django signs nothing."""
    path = HOME / "keys" / name
    return path.read_text() if path.exists() else ""


PASSED_ON = ("sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs")
"""What an address may say beside user and host: both drivers are told (``verify.app.address_of``)."""


def _database(url: str) -> dict[str, Any]:
    """Turn ``postgresql://user:password@host:port/name?host=/socket&sslmode=…`` into Django's dictionary.

    Raises: CannotStart over a parameter that would be dropped.
    """
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    if unknown := query.keys() - {"user", "host", *PASSED_ON}:
        raise CannotStart(
            f"The address of the database says {', '.join(sorted(unknown))}, which Sijil does not pass on. "
            f"After the question mark it may say user, host, {', '.join(PASSED_ON)}."
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "sijil",
        "USER": unquote(parts.username or query.get("user", "sijil")),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "server_side_binding": True,
            "connect_timeout": 5,
            "keepalives_idle": 30,  # a server that was cut off is noticed, by jobs too
            "keepalives_interval": 10,
            "keepalives_count": 3,
            **{name: text for name, text in query.items() if name in PASSED_ON},
        },
    }


def _hosts(listens_on: str, public: str | None) -> list[str]:
    """Return for which hosts requests are answered. Who listens everywhere is asked from the machine too."""
    here = ["127.0.0.1", "localhost", "[::1]"] if listens_on in ("0.0.0.0", "::") else [listens_on]  # noqa: S104
    return [*here, public or "localhost"]


ROOM = room_of(HOME, ENV)
"""Of a database elsewhere nothing is seen from here; it refuses by itself."""

DATABASES = {"default": _database(roles.address(roles.mine(), ENV))}
DATABASE_USERS = roles.users(ENV)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEY = _secret("django.key")
sealing.configure(lambda: open_keyring(HOME))

DEBUG = ENV.debug
PUBLIC = urlsplit(ENV.public_url)
IS_TLS = PUBLIC.scheme == "https"
"""People come through a TLS proxy. Who they are and how they came, the gate reads (``processes.gate``)."""
ALLOWED_HOSTS = ["*"] if ENV.demo or DEBUG else _hosts(ENV.host, PUBLIC.hostname)
CSRF_TRUSTED_ORIGINS = [f"https://{PUBLIC.netloc}"] if IS_TLS else []
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if IS_TLS else 0
ROOT_URLCONF = "sijil.config.urls"
AUTH_USER_MODEL = "accounts.Account"
APPEND_SLASH = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "procrastinate.contrib.django",
    "sijil.domains.geography",
    "sijil.domains.accounts",
    "sijil.domains.audit",
    "sijil.domains.partners",
    "sijil.domains.documents",
    "sijil.domains.notifications",
    "sijil.domains.appointments",
    "sijil.domains.population_register",
    "sijil.domains.matching",
    "sijil.domains.biometrics",
    "sijil.domains.grievances",
    "sijil.domains.verification",
    "sijil.domains.social_register",
    "sijil.domains.scoring",
    "sijil.domains.programmes",
    "sijil.domains.events",
    "sijil.domains.law",
    "sijil.pages",
    "sijil.portal",
    "sijil.counter",
    "sijil.backoffice",
    "sijil.api",
    "sijil.config.apps.Wiring",  # the last: everything is loaded
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "sijil.pages.middleware.CompressionMiddleware",
    "sijil.config.failures.DoorMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sijil.pages.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "sijil.pages.middleware.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": [("sijil.pages.loaders.Kept", ["sijil.pages.loaders.Rooms"])],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sijil.pages.context.page",
            ],
            "builtins": ["django.templatetags.i18n", "sijil.pages.templatetags.sijil"],
        },
    }
]

# The language of the message keys is English; a person who chose nothing reads Arabic (LanguageMiddleware).
LANGUAGE_CODE = "en"
LANGUAGES = [("ar", "العربية"), ("fr", "Français"), ("zgh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "language"
USE_I18N = True
TIME_ZONE = "Africa/Casablanca"
USE_TZ = True

AUTHENTICATION_BACKENDS = ["sijil.pages.staying.Accounts"]
STAFF_SECOND_FACTOR = ENV.staff_second_factor and not ENV.demo
PASSWORD_HASHERS = ["sijil.domains.accounts.hashers.Argon2"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
SESSION_ENGINE = "sijil.pages.staying"
SESSION_COOKIE_HTTPONLY = True
SESSION_SAVE_EVERY_REQUEST = True  # idle time starts again at each click
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_TLS
if IS_TLS:  # browsers then take them from this host alone, over TLS alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "sijil.pages.background.stale"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static" / mark(SOURCE)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "sijil.processes.static_files.Collected"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024  # uploads stay in memory until they are sealed

# The queue's functions are one table in config.tasks, not scattered in the apps.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = ["sijil.config.tasks"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "sijil.kernel.logs.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"sijil": {"level": "INFO"}},
}
