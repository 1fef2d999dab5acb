"""Every setting of the product; what differs between installations is read by `env`."""

import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from gofly import embedded, logs, secrets
from gofly.env import process_environment

# Some of Django's classes take type arguments only with this: ModelAdmin[Site].
django_stubs_ext.monkeypatch()

env = process_environment()

BASE_DIR = Path(__file__).resolve().parent.parent
GOFLY_ENV = env.choice("GOFLY_ENV", ("production", "demo", "test"), "production")
PRODUCTION = GOFLY_ENV == "production"
TESTING = GOFLY_ENV == "test"
GOFLY_DATA = Path(env.text("GOFLY_DATA", str(BASE_DIR / "var"))).absolute()
PORT = env.integer("PORT", 8000, low=1, high=65535)
DEBUG = env.flag("DEBUG")

# Where people reach us. The demo is for this machine alone.
_LOOPBACK = [f"http://127.0.0.1:{PORT}", f"http://localhost:{PORT}"]
GOFLY_PUBLIC_URLS = env.origins("GOFLY_PUBLIC_URLS", () if PRODUCTION else _LOOPBACK)
GOFLY_ALLOW_HTTP = env.flag("GOFLY_ALLOW_HTTP")
ALLOWED_HOSTS = env.words(
    "ALLOWED_HOSTS", () if PRODUCTION else ("127.0.0.1", "localhost", "[::1]", "testserver")
)
GOFLY_TRUSTED_PROXIES = env.networks("GOFLY_TRUSTED_PROXIES")
SECURE = PRODUCTION and not GOFLY_ALLOW_HTTP

SECRET_KEY = env.text("SECRET_KEY")
if not SECRET_KEY and not PRODUCTION:
    try:
        SECRET_KEY = secrets.local_key(GOFLY_DATA / "secret_key")
    except OSError as error:
        env.refuse(
            "GOFLY_DATA",
            f"allowed is a folder that this account may write ({error.strerror})",
            shown=str(GOFLY_DATA),
        )

if PRODUCTION:
    if problem := secrets.weakness(SECRET_KEY):
        env.refuse("SECRET_KEY", problem, shown=f"{len(SECRET_KEY)} characters")
    if DEBUG:
        env.refuse("DEBUG", "allowed is 0 in production")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        env.refuse("ALLOWED_HOSTS", "allowed are the host names of this installation, never *")
    if not GOFLY_PUBLIC_URLS:
        env.refuse("GOFLY_PUBLIC_URLS", "allowed are the origins people open, at least one")
    if not env.text("DATABASE_URL"):
        env.refuse("DATABASE_URL", "allowed is postgresql://user:password@host/name")
    if not GOFLY_ALLOW_HTTP and any(url.startswith("http:") for url in GOFLY_PUBLIC_URLS):
        env.refuse("GOFLY_PUBLIC_URLS", "allowed is https, or http with GOFLY_ALLOW_HTTP=1")

# What the product is made of.
INSTALLED_APPS = [
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",  # index expressions with an operator class
    "channels",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "auditlog",
    "django_prometheus",
    "chat.apps.ChatConfig",
    "agents.apps.AgentsConfig",
    "ai.apps.AiConfig",
    "archive.apps.ArchiveConfig",
    "gofly.apps.GoflyConfig",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "gofly.middleware.RequestLogMiddleware",
    "gofly.middleware.SecurityHeadersMiddleware",
    "agents.middleware.policy_of_app",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "agents.middleware.people_only_where_they_work",
    "agents.middleware.second_factor_first",
    "agents.middleware.sessions_in_use",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "chat.audit.remember_who",
    "axes.middleware.AxesMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "gofly.urls"
ASGI_APPLICATION = "gofly.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Data.
DATABASE = env.database("DATABASE_URL", embedded.address(GOFLY_DATA))
DATABASES = {
    "default": DATABASE
    | {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,  # the pool keeps connections
        "OPTIONS": DATABASE.get("OPTIONS", {})
        | {
            # `manage.py migrate` lifts both time limits for itself.
            "options": "-c lock_timeout=3s -c statement_timeout=5s -c synchronous_commit=on",
            "connect_timeout": 5,
            "pool": {
                "min_size": 1,
                "max_size": env.integer("GOFLY_DATABASE_POOL", 20, low=2, high=200),
                "timeout": 5,
            },
        },
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
GOFLY_SHARDS = env.integer("GOFLY_SHARDS", 32, low=32, high=32)
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# People and sessions.
AUTH_USER_MODEL = "chat.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]
LOGIN_URL = "/app/login"
LOGIN_REDIRECT_URL = "/app/"
LOGOUT_REDIRECT_URL = "/app/login"
GOFLY_SECOND_FACTOR = env.choice(
    "GOFLY_SECOND_FACTOR", ("required", "offered"), "required" if PRODUCTION else "offered"
)
SESSION_ENGINE = "agents.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600  # at most, however busy; see agents/sessions.py
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "gofly.errors.csrf_failed"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = GOFLY_PUBLIC_URLS
GOFLY_SESSION_IDLE_SECONDS = env.integer(
    "GOFLY_SESSION_IDLE_SECONDS", 12 * 3600, low=300, high=SESSION_COOKIE_AGE
)
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "agents.lockout.LockoutHandler"
AXES_CLIENT_IP_CALLABLE = "agents.requests.address_of"
AXES_USERNAME_CALLABLE = "agents.lockout.attempt_name"
AXES_LOCKOUT_CALLABLE = "agents.views.login.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # sessions know when and where; the log would grow for ever
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "gofly"

# Headers.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
if GOFLY_TRUSTED_PROXIES:
    # `gofly.asgi` drops the header of everybody else.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    # HSTS for subdomains and preload lists: the domain's other hosts are not ours to decide about.
    "security.W005",
    "security.W021",
]
if GOFLY_ALLOW_HTTP:
    # Plain http was asked for by name: no TLS redirect, no HSTS, no Secure cookies.
    SILENCED_SYSTEM_CHECKS += [f"security.{code}" for code in ("W004", "W008", "W012", "W016")]
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Limits per address, see docs/protocol.md.
GOFLY_LIMIT_SOCKETS_PER_IP = env.integer("GOFLY_LIMIT_SOCKETS_PER_IP", 50, low=1, high=1_000_000)
GOFLY_LIMIT_CONVERSATIONS_PER_IP_HOUR = env.integer(
    "GOFLY_LIMIT_CONVERSATIONS_PER_IP_HOUR", 200, low=1, high=1_000_000
)
GOFLY_LIMIT_HELLO_FAILURES_PER_IP_MINUTE = env.integer(
    "GOFLY_LIMIT_HELLO_FAILURES_PER_IP_MINUTE", 10, low=1, high=1_000_000
)
GOFLY_LIMIT_HELLO_FAILURES_PER_ACCOUNT_MINUTE = env.integer(
    "GOFLY_LIMIT_HELLO_FAILURES_PER_ACCOUNT_MINUTE", 5, low=1, high=1_000_000
)
GOFLY_WS_ENGINE = env.choice("GOFLY_WS_ENGINE", ("stock",), "stock")
GOFLY_METRICS_TOKEN = env.text("GOFLY_METRICS_TOKEN")

# Background work and fan-out between processes.
REDIS_URL = env.address("REDIS_URL", ("redis", "rediss", "unix"))
CHANNEL_LAYERS: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
if REDIS_URL:
    # redis-py 8 gives up after seconds of silence by default, which a blocking read is made of.
    _HOST = {"address": REDIS_URL, "socket_timeout": None, "max_connections": 100}
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [_HOST]},
        }
    }
CELERY_BROKER_URL = REDIS_URL or "memory://"
# The default of half a second would make every task that late on the memory broker; with it
# unset on Redis, reads block instead.
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"visibility_timeout": 3600, "socket_connect_timeout": 2}
    if REDIS_URL
    else {"polling_interval": 0.01}
)
# Whoever queues a task waits for a dead broker at most twice this long: the outbox knows as well.
CELERY_TASK_PUBLISH_RETRY_POLICY = {"max_retries": 1, "interval_start": 0}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "prune the outbox": {"task": "chat.tasks.prune_outbox", "schedule": crontab(minute=17, hour=3)},
    "clear what expired": {"task": "chat.tasks.clear_expired", "schedule": crontab(minute=47)},
}
CELERY_BEAT_SCHEDULE_FILENAME = str(GOFLY_DATA / "beat")

# Mail. Without a server a demo keeps its letters in a folder, and production sends none.
_MAIL = env.mail("EMAIL_URL")
_NO_SERVER = "dummy" if PRODUCTION else "filebased"
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL else _NO_SERVER}.EmailBackend"
EMAIL_FILE_PATH = GOFLY_DATA / "mail"
EMAIL_HOST = _MAIL.get("EMAIL_HOST") or ""
EMAIL_PORT = _MAIL.get("EMAIL_PORT") or 0  # the usual one
EMAIL_HOST_USER = _MAIL.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _MAIL.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _MAIL.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _MAIL.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("GOFLY_MAIL_FROM", "gofly <gofly@localhost>")

# Language and time.
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files.
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("GOFLY_STATIC", str(GOFLY_DATA / "static")))
_PLAIN_STATIC = DEBUG or TESTING
WHITENOISE_USE_FINDERS = _PLAIN_STATIC
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": GOFLY_DATA / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if _PLAIN_STATIC
        else "gofly.storage.HashedStaticStorage"
    },
}

# The REST API.
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "chat.api.authentication.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["chat.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["chat.api.throttles.CallerThrottle"],
    "DEFAULT_SCHEMA_CLASS": "chat.api.schema.Description",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["chat.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "chat.api.pagination.KeysetPagination",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "chat.api.errors.answer_error",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` would be a parameter that no list knows
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "gofly API",
    "DESCRIPTION": "Sites, visitors, conversations, messages and agents of one installation.",
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "PREPROCESSING_HOOKS": ["chat.api.schema.only_ours"],
    "ENUM_NAME_OVERRIDES": {"SenderKind": "chat.vocabulary.SenderKind"},
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # The validator would send the schema to another host.
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "REDOC_DIST": "SIDECAR",
}
UNFOLD = {
    "SITE_TITLE": "gofly",
    "SITE_HEADER": "gofly",
    "SITE_SYMBOL": "forum",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": "chat.admin.look.favicon"},
    ],
    "SITE_URL": None,
    "SHOW_LANGUAGES": True,
    "SHOW_VIEW_ON_SITE": False,
    "LANGUAGES": {"action": "/app/language"},
    "ACCOUNT": {"navigation": "chat.admin.look.account_links"},
    "COLORS": "chat.admin.look.colors",
    "BORDER_RADIUS": "8px",
    "SIDEBAR": {"navigation": "chat.admin.look.navigation"},
    "STYLES": ["chat.admin.look.style"],
    "SCRIPTS": ["chat.admin.look.theme_script", "chat.admin.look.expressions_script"],
}
AUDITLOG_INCLUDE_ALL_MODELS = False
PROMETHEUS_EXPORT_MIGRATIONS = False
LOGGING_CONFIG = "gofly.logs.configure"
# The demo prints for people; its terminal shows what went wrong and nothing else.
_LEVEL = "INFO" if PRODUCTION else "WARNING"
LOGGING = {"level": env.choice("GOFLY_LOG_LEVEL", logs.LEVELS, _LEVEL)}

for _name in env.unknown("GOFLY_"):
    sys.stderr.write(f"gofly: {_name} is not a setting of gofly and changes nothing.\n")
env.leave_if_refused()
