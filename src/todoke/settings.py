"""Every setting Todoke has, read once from the environment by typed readers that refuse nonsense."""

import secrets
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import parse_qs, unquote, urlsplit

import yaml
from pydantic import BaseModel, ConfigDict, Field, FilePath, StringConstraints, TypeAdapter, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from todoke.foundation import durable
from todoke.foundation.accounts.values import Role

REPOSITORY = Path(__file__).resolve().parents[2]
_ADDRESS = r"^(|[A-Za-z0-9_.-]+:[0-9]{1,5}|\[[0-9a-fA-F:]+\]:[0-9]{1,5})$"


def _words(value: str) -> list[str]:
    return [one.strip() for one in value.split(",") if one.strip()]


class Environment(BaseSettings):
    """The environment variables (prefix TODOKE_) with their types and defaults; meanings are in .env.example."""

    model_config = SettingsConfigDict(env_prefix="TODOKE_", env_file=".env", extra="ignore", frozen=True)

    var: Path = Path("var")
    database_url: str = ""
    database_owner_url: str = ""
    database_follower_url: str = ""
    database_groups_file: FilePath | None = None
    s3_bucket: str = ""
    s3_endpoint: str = ""
    s3_region: str = "ap-northeast-1"
    s3_credentials_file: FilePath | None = None
    s3_authority_file: FilePath | None = None
    follower_lag_seconds: float = Field(default=5.0, ge=0)
    secret_key_file: Path | None = None
    master_key_file: Path | None = None
    seal_copy_dir: Path | None = None
    trust_dir: Path | None = None
    form_checks_dir: Path | None = None
    retention_dir: Path | None = None
    allowed_hosts: str = "127.0.0.1,localhost"
    secure_cookies: bool = False
    behind_tls_proxy: bool = False
    debug: bool = False
    clock_offset_seconds: float = 0.0
    retry_base_seconds: float = Field(default=30.0, ge=0)
    retry_limit: int = Field(default=5, ge=1)
    lease_seconds: int = Field(default=60, ge=1)
    batch_limit: int = Field(default=100, ge=1, le=1000)
    package_bytes: int = Field(default=600_000_000, ge=1_000)
    session_idle_minutes: int = Field(default=30, ge=1)
    session_hours: int = Field(default=10, ge=1)
    second_step_roles: str = ""
    step_up_minutes: int = Field(default=15, ge=1)
    seal_seconds: int = Field(default=60, ge=1)
    seal_limit_hours: int = Field(default=4, ge=1)
    revocation: Literal["required", "if-present"] = "required"
    duplicate_days: int = Field(default=30, ge=1)
    export_open_hours: int = Field(default=24, ge=1)
    export_alone_lines: int = Field(default=10_000, ge=0)
    variant_forms_file: FilePath | None = None
    clamd: str = Field(default="", pattern=r"^(|tcp://[^/\s:]+:[0-9]{1,5}|unix:///\S+)$")
    scan: Literal["required", "optional"] = "optional"
    sanitise: Literal["doubtful", "all"] = "doubtful"
    scan_signature_days: int = Field(default=7, ge=1)
    scan_timeout_seconds: float = Field(default=60.0, gt=0)
    confinement: Literal["required", "best-effort"] = "required"
    confined_packages: int = Field(default=100, ge=1, le=1000)
    exchange_in: Path | None = None
    exchange_out: Path | None = None
    daily_report_dir: Path | None = None
    backup_dir: Path | None = None
    backup_keys_dir: Path | None = None
    backup_recipients_file: Path | None = None
    backup_keys_recipients_file: Path | None = None
    reread_days: int = Field(default=30, ge=0)
    backup_objects: Literal["copy", "versions"] = "copy"
    backup_keep_daily: int = Field(default=14, ge=1)
    backup_keep_weekly: int = Field(default=8, ge=0)
    backup_keep_monthly: int = Field(default=12, ge=0)
    log_format: Literal["console", "json"] = "console"
    log_level: Literal["info", "warning", "error"] = "warning"
    metrics_token_file: FilePath | None = None
    lookout_listen: str = Field(default="", pattern=_ADDRESS)
    work_lookout_listen: str = Field(default="", pattern=_ADDRESS)
    work_metrics_file: Path | None = None
    otlp_endpoint: str = Field(default="", pattern=r"^(|https?://\S+)$")
    seal_key_file: Path | None = None

    @field_validator("second_step_roles")
    @classmethod
    def _known_roles(cls, value: str) -> str:
        unknown = {one for one in _words(value) if one != "all" and one not in set(Role)}
        if unknown:
            raise ValueError(f"TODOKE_SECOND_STEP_ROLES: 知らない役割です: {', '.join(sorted(unknown))}")
        return value

    @field_validator("var")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.resolve()


ENVIRONMENT = Environment()
VAR = ENVIRONMENT.var


def _database(url: str) -> dict[str, object]:
    """Django's connection settings for `sqlite:///path` or `postgresql://user:password@host:port/name`."""
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path if parts.path.startswith("//") else parts.path[1:] or ":memory:",
            "ATOMIC_REQUESTS": False,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                    "PRAGMA cache_size=-32000; PRAGMA secure_delete=ON;"
                ),
            },
        }
    if parts.scheme in ("postgresql", "postgres"):
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path[1:]),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or options.pop("host", "")),
            "PORT": str(parts.port or ""),
            "OPTIONS": options,
        }
    raise ValueError("TODOKE_DATABASE_URL は sqlite:///… か postgresql://… で指定してください。")


class Group(BaseModel):
    """One group of bodies with a database of its own（団体の組）."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    url: str
    owner_url: str = ""
    follower_url: str = ""
    organisations: list[Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]] = Field(
        default_factory=list
    )


def read_groups(path: Path) -> dict[str, Group]:
    """The groups that a YAML file names, by alias. Raises ValueError when it is not as .env.example says."""
    groups = TypeAdapter(dict[Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,20}$")], Group])
    found = groups.validate_python(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    codes = [code for group in found.values() for code in group.organisations]
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice or {"default", "directory"} & set(found):
        raise ValueError(
            f"{path.name}: 団体は一つの組にだけ書いてください。default と directory は使えません。{twice}"
        )
    return found


def _kept_secret(path: Path) -> str:
    """The text of a secret file; made once, readable by the service user only."""
    if not path.exists():
        durable.keep_first(path, secrets.token_hex(32).encode())
    return path.read_text().strip()


VAR.mkdir(parents=True, exist_ok=True)
TODOKE_VAULT_DIR = VAR / "vault"
TODOKE_S3_BUCKET = ENVIRONMENT.s3_bucket
TODOKE_S3_ENDPOINT = ENVIRONMENT.s3_endpoint
TODOKE_S3_REGION = ENVIRONMENT.s3_region
TODOKE_S3_CREDENTIALS_FILE = ENVIRONMENT.s3_credentials_file or ""
TODOKE_S3_AUTHORITY_FILE = ENVIRONMENT.s3_authority_file
TODOKE_MASTER_KEY_FILE = ENVIRONMENT.master_key_file or VAR / "keys" / "master.key"
TODOKE_SEAL_COPY_DIR = ENVIRONMENT.seal_copy_dir or VAR / "seals"
TODOKE_TRUST_DIR = ENVIRONMENT.trust_dir or VAR / "trust"
TODOKE_FORM_CHECKS_DIR = ENVIRONMENT.form_checks_dir or VAR / "form-checks"
TODOKE_RETENTION_DIR = ENVIRONMENT.retention_dir or VAR / "retention"
TODOKE_CLOCK_OFFSET_SECONDS = ENVIRONMENT.clock_offset_seconds
TODOKE_RETRY_BASE_SECONDS = ENVIRONMENT.retry_base_seconds
TODOKE_RETRY_LIMIT = ENVIRONMENT.retry_limit
TODOKE_LEASE_SECONDS = ENVIRONMENT.lease_seconds
TODOKE_BATCH_LIMIT = ENVIRONMENT.batch_limit
TODOKE_PACKAGE_BYTES = ENVIRONMENT.package_bytes
TODOKE_SEAL_SECONDS = ENVIRONMENT.seal_seconds
TODOKE_SEAL_LIMIT_HOURS = ENVIRONMENT.seal_limit_hours
TODOKE_REVOCATION = ENVIRONMENT.revocation
TODOKE_DUPLICATE_DAYS = ENVIRONMENT.duplicate_days
TODOKE_EXPORT_OPEN_HOURS = ENVIRONMENT.export_open_hours
TODOKE_EXPORT_ALONE_LINES = ENVIRONMENT.export_alone_lines
TODOKE_VARIANT_FORMS_FILE = ENVIRONMENT.variant_forms_file
TODOKE_CLAMD = ENVIRONMENT.clamd
TODOKE_SCAN = ENVIRONMENT.scan
TODOKE_SANITISE = ENVIRONMENT.sanitise
TODOKE_SCAN_SIGNATURE_DAYS = ENVIRONMENT.scan_signature_days
TODOKE_SCAN_TIMEOUT_SECONDS = ENVIRONMENT.scan_timeout_seconds
TODOKE_CONFINEMENT = ENVIRONMENT.confinement
TODOKE_CONFINED_PACKAGES = ENVIRONMENT.confined_packages
TODOKE_EXCHANGE_IN = ENVIRONMENT.exchange_in or VAR / "exchange"
TODOKE_EXCHANGE_OUT = ENVIRONMENT.exchange_out or VAR / "exchange"
TODOKE_DAILY_REPORT_DIR = ENVIRONMENT.daily_report_dir
TODOKE_BACKUP_DIR = ENVIRONMENT.backup_dir
TODOKE_BACKUP_KEYS_DIR = ENVIRONMENT.backup_keys_dir
TODOKE_BACKUP_RECIPIENTS_FILE = ENVIRONMENT.backup_recipients_file
TODOKE_BACKUP_KEYS_RECIPIENTS_FILE = ENVIRONMENT.backup_keys_recipients_file
TODOKE_REREAD_DAYS = ENVIRONMENT.reread_days
TODOKE_BACKUP_OBJECTS = ENVIRONMENT.backup_objects
TODOKE_BACKUP_KEEP_DAILY = ENVIRONMENT.backup_keep_daily
TODOKE_BACKUP_KEEP_WEEKLY = ENVIRONMENT.backup_keep_weekly
TODOKE_BACKUP_KEEP_MONTHLY = ENVIRONMENT.backup_keep_monthly
TODOKE_SESSION_HOURS = ENVIRONMENT.session_hours
TODOKE_SECOND_STEP_ROLES = frozenset(_words(ENVIRONMENT.second_step_roles))
TODOKE_STEP_UP_MINUTES = ENVIRONMENT.step_up_minutes
TODOKE_METRICS_TOKEN_FILE = ENVIRONMENT.metrics_token_file
TODOKE_LOOKOUT_LISTEN = ENVIRONMENT.lookout_listen
TODOKE_WORK_LOOKOUT_LISTEN = ENVIRONMENT.work_lookout_listen
TODOKE_WORK_METRICS_FILE = ENVIRONMENT.work_metrics_file
TODOKE_OTLP_ENDPOINT = ENVIRONMENT.otlp_endpoint
TODOKE_SEAL_KEY_FILE = ENVIRONMENT.seal_key_file

SECRET_KEY = _kept_secret(ENVIRONMENT.secret_key_file or VAR / "keys" / "django.key")
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = [host.strip() for host in ENVIRONMENT.allowed_hosts.split(",") if host.strip()]

_URL = ENVIRONMENT.database_url or f"sqlite:////{str(VAR / 'todoke.sqlite3').lstrip('/')}"
DATABASES = {"default": _database(_URL)}
TODOKE_OWNER_URLS = {"default": ENVIRONMENT.database_owner_url or _URL}
TODOKE_GROUPS: dict[str, str] = {}
TODOKE_FOLLOWER_LAG_SECONDS = ENVIRONMENT.follower_lag_seconds
if ENVIRONMENT.database_follower_url:
    DATABASES["default-follower"] = _database(ENVIRONMENT.database_follower_url)
if ENVIRONMENT.database_groups_file is not None:
    for _alias, _group in read_groups(ENVIRONMENT.database_groups_file).items():
        DATABASES[_alias] = _database(_group.url)
        TODOKE_OWNER_URLS[_alias] = _group.owner_url or _group.url
        TODOKE_GROUPS.update(dict.fromkeys(_group.organisations, _alias))
        if _group.follower_url:
            DATABASES[f"{_alias}-follower"] = _database(_group.follower_url)
DATABASE_ROUTERS = ["todoke.foundation.databases.Router"] if len(TODOKE_OWNER_URLS) > 1 else []
TODOKE_APPLICATION_ROLE = unquote(urlsplit(_URL).username or "")

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "csp",
    "todoke.foundation",
    "todoke.casework",
    "todoke.programme",
    "todoke.web",
]
AUTH_USER_MODEL = "foundation.Staff"
AUTHENTICATION_BACKENDS = ["todoke.web.desk.sign_in.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
MIDDLEWARE = [
    "todoke.web.shared.middleware.HeadersMiddleware",
    "todoke.web.shared.watching.WatchMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "todoke.web.shared.middleware.KeptSessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "todoke.web.shared.middleware.ScopeMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "todoke.urls"
WSGI_APPLICATION = "todoke.wsgi.application"
WEB = Path(__file__).resolve().parent / "web"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": False,
        "DIRS": [
            WEB / "shared/templates",
            WEB / "desk/templates",
            WEB / "board/templates",
        ],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "todoke.web.shared.context.screen",
            ],
            "builtins": ["todoke.web.shared.templatetags.todoke"],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = WEB / "shared/static"  # served as they are: nothing is collected, built or downloaded
WHITENOISE_AUTOREFRESH = False

LANGUAGE_CODE = "ja"
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_CHARSET = "utf-8"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_TEMP_DIR = str(VAR / "upload")
(VAR / "upload").mkdir(exist_ok=True, mode=0o700)

SESSION_COOKIE_AGE = ENVIRONMENT.session_idle_minutes * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
# Only a proxy that overwrites this header may stand in front: else anybody could claim to speak HTTPS.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.behind_tls_proxy else None
SESSION_COOKIE_SECURE = ENVIRONMENT.secure_cookies
SESSION_COOKIE_NAME = "__Host-todoke" if ENVIRONMENT.secure_cookies else "todoke"
CSRF_COOKIE_SECURE = ENVIRONMENT.secure_cookies
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_FAILURE_VIEW = "todoke.web.shared.refusals.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
LOGIN_URL = "desk:sign-in"
LOGIN_REDIRECT_URL = "desk:home"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": "todoke.foundation.logs.formatter", "form": ENVIRONMENT.log_format}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "lines"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "todoke": {"level": ENVIRONMENT.log_level.upper()},
        # refused requests are answered, not logged: the path of one may be an unused one-time link
        "django.request": {"level": "ERROR"},
        "django.security.csrf": {"level": "ERROR"},
    },
}
