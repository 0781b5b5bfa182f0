"""The one settings file. The environment is read here and nowhere else; a badly set value stops the start."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from shipsmart.environment import load_or_make, rotated_at

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
if "SECRET_KEY" not in env.ENVIRON:
    load_or_make(VAR_DIR / "settings.env")

SECRET_KEY = env.str("SECRET_KEY")
CREDENTIALS_KEYS = env.list("CREDENTIALS_KEYS", default=[])
if not CREDENTIALS_KEYS:
    raise ImproperlyConfigured(
        "CREDENTIALS_KEYS is not set: give one or more Fernet keys, the first encrypts; make one with "
        'python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
    )
DEBUG = env.bool("DEBUG", default=False)
PORT = env.int("PORT", default=8000)
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def partner_url(name: str, default: str) -> str:
    """Return a partner's address. Plain HTTP is for loopback only: anything else would send secrets in the clear."""
    url = env.str(name, default=default).rstrip("/")
    parts = urlsplit(url.replace("{", "").replace("}", ""))
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ImproperlyConfigured(f"{name}={url!r}: must be an https address (plain http is for loopback only)")
    return url


SHOPIFY_BASE_URL = partner_url("SHOPIFY_BASE_URL", "https://{shop}")
if "{shop}" not in SHOPIFY_BASE_URL:
    raise ImproperlyConfigured(f"SHOPIFY_BASE_URL={SHOPIFY_BASE_URL!r}: must contain {{shop}}")
SHOPIFY_CLIENT_ID = env.str("SHOPIFY_CLIENT_ID", default="")
SHOPIFY_CLIENT_SECRET = env.str("SHOPIFY_CLIENT_SECRET", default="")
SHOPIFY_OLD_CLIENT_SECRET = env.str("SHOPIFY_OLD_CLIENT_SECRET", default="")
SHOPIFY_SECRET_ROTATED_AT = rotated_at(
    env.str("SHOPIFY_SECRET_ROTATED_AT", default=""), old_secret=SHOPIFY_OLD_CLIENT_SECRET
)
# Where merchants install the app: its page in the App Store, or the install link of an app for one's own stores.
SHOPIFY_INSTALL_URL = env.str("SHOPIFY_INSTALL_URL", default="")
if SHOPIFY_INSTALL_URL and not SHOPIFY_INSTALL_URL.startswith("https://"):
    raise ImproperlyConfigured(f"SHOPIFY_INSTALL_URL={SHOPIFY_INSTALL_URL!r}: must begin with https://")
SHOPIFY_API_VERSION = "2026-07"
VTEX_BASE_URL = partner_url("VTEX_BASE_URL", "https://{account}.vtexcommercestable.com.br")
if "{account}" not in VTEX_BASE_URL:
    raise ImproperlyConfigured(f"VTEX_BASE_URL={VTEX_BASE_URL!r}: must contain {{account}}")
VTEX_LOGIN_URL = partner_url("VTEX_LOGIN_URL", "https://{account}.myvtex.com")
if "{account}" not in VTEX_LOGIN_URL:
    raise ImproperlyConfigured(f"VTEX_LOGIN_URL={VTEX_LOGIN_URL!r}: must contain {{account}}")
DHL_EXPRESS_BASE_URL = partner_url("DHL_EXPRESS_BASE_URL", "https://express.api.dhl.com/mydhlapi")
UPS_BASE_URL = partner_url("UPS_BASE_URL", "https://onlinetools.ups.com")
FEDEX_BASE_URL = partner_url("FEDEX_BASE_URL", "https://apis.fedex.com")
USPS_BASE_URL = partner_url("USPS_BASE_URL", "https://apis.usps.com")
CORREIOS_BASE_URL = partner_url("CORREIOS_BASE_URL", "https://api.correios.com.br")
ROYAL_MAIL_BASE_URL = partner_url("ROYAL_MAIL_BASE_URL", "https://api.parcel.royalmail.com/api/v1")

# A folder with the files of all-MiniLM-L6-v2, or `installed` for those of the package; empty: words alone classify.
CLASSIFY_MODEL = env.str("CLASSIFY_MODEL", default="")

INTEGRATIONS = [
    "integrations.storefronts.shopify",
    "integrations.storefronts.vtex",
    "integrations.carriers.dhl_express",
    "integrations.carriers.ups",
    "integrations.carriers.fedex",
    "integrations.carriers.royal_mail",
    "integrations.carriers.usps",
    "integrations.carriers.correios",
    "integrations.carriers.table",
]

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[*LOOPBACK, "[::1]", urlsplit(PUBLIC_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL])
INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "shipsmart.inbox",
    "shipsmart.merchants",
    "shipsmart.catalog",
    "shipsmart.documents",
    "shipsmart.compliance",
    "shipsmart.stock",
    "shipsmart.rating",
    "shipsmart.quotes",
    "shipsmart.orders",
    "shipsmart.shipments",
    "shipsmart.tracking",
    "shipsmart.returns",
    "shipsmart.api",
    "shipsmart.dashboard",
    "checkout",
    "integrations",
]
MIDDLEWARE = [
    "shipsmart.hot_path.HotPath",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "shipsmart.urls"
WSGI_APPLICATION = "shipsmart.wsgi.application"
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
                "django.template.context_processors.i18n",
            ]
        },
    }
]

DATABASE_URL = env.str("DATABASE_URL", default="")
REDIS_URL = env.str("REDIS_URL", default="")
REDIS_PREFIX = env.str("REDIS_PREFIX", default="")  # before every key: installations that share one Redis
EMBEDDED = not REDIS_URL  # the worker lives in the web process; with Redis it is Celery
if DATABASE_URL:
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    if "postgresql" in DATABASES["default"]["ENGINE"]:
        # Health checks: after a database restart requests reconnect instead of failing (facts: 0 errors of 100).
        DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "OPTIONS": {"connect_timeout": 3}}
else:
    VAR_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds addresses of shoppers
    DATABASES = {"default": {"ENGINE": "shipsmart.sqlite", "NAME": VAR_DIR / "shipsmart.sqlite3"}}
if DATABASES["default"]["ENGINE"] in ("django.db.backends.sqlite3", "shipsmart.sqlite"):
    DATABASES["default"] |= {
        "ENGINE": "shipsmart.sqlite",
        "CONN_MAX_AGE": 600,  # closing the last connection writes the whole log back: 7 ms a request
        "TEST": {"NAME": VAR_DIR / "test.sqlite3"},  # a file: threads of a live server get connections of their own
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        },
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
        }
    }
else:
    CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 50_000}}
    }
CACHES["process"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "process",
    "OPTIONS": {"MAX_ENTRIES": 20_000},
}

SHOP_CHECKED_EVERY_S = 1.0  # how long a checkout may be answered under settings that were just changed
QUOTES_KEPT_BEHIND = True  # by a thread of the process that answered (shipsmart.quotes.keeping); off in tests

CELERY_BROKER_URL = REDIS_URL or "memory://"
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 2,
    "socket_connect_timeout": 2,
    "global_keyprefix": REDIS_PREFIX,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
SWEEP_S = env.float("SWEEP_S", default=1.0)  # how often work whose wake-up was lost is looked for
LEASE_S = env.int("LEASE_S", default=90)  # longer than the longest call to a partner
LABEL_TIMEOUT_S = env.float("LABEL_TIMEOUT_S", default=25.0)  # how long a carrier may take to sell a label
TRACKING_PACE = env.float("TRACKING_PACE", default=1.0)  # 1 = the real poll intervals; the demo divides them
QUOTE_DEADLINE_S = env.float("QUOTE_DEADLINE_S", default=1.0)

API_PER_MINUTE = env.int("API_PER_MINUTE", default=600)  # requests of one key
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["shipsmart.api.authentication.BearerKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_THROTTLE_CLASSES": ["shipsmart.api.throttling.PerKey"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "shipsmart.api.negotiation.OneFormat",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "shipsmart.api.errors.answer_error",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "ShipSmart",
    "DESCRIPTION": "Landed cost with its reasons, customs papers, orders and their parcels.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["shipsmart.api.schema.add_components"],
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("pt-br", "Português"), ("es", "Español")]
LOCALE_PATHS = [BASE_DIR / "templates" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True  # served from the tree: no collectstatic step on one machine
MEDIA_ROOT = VAR_DIR / "files"
STORAGES = {
    "default": {"BACKEND": env.str("FILE_STORAGE", default="django.core.files.storage.FileSystemStorage")},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "xhtml2pdf": {"level": "ERROR"},
        "urllib3": {"level": "WARNING"},
        # One line a second each says only that the sweep goes round.
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
    },
}
