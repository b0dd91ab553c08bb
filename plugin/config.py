"""Settings: app.toml and the environment become one frozen object, or every mistake at once."""

import base64
import binascii
import ipaddress
import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from plugin.errors import GiveUp

ROOT = Path(__file__).resolve().parent.parent
APP_TOML = ROOT / "app.toml"
SIMULATED = "simulated-"
DATABASES = ("sqlite:///", "postgresql://", "postgres://")

HINTS = {
    "shopify_api_key": "the client ID of your app in Shopify's Dev Dashboard",
    "shopify_api_secret": "the client secret of your app in Shopify's Dev Dashboard",
    "app_url": "the https address where Shopify reaches this app, without a path",
    "secret_key": "any long random text: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
    "encryption_keys": (
        "32 random bytes in base64: "
        "python3 -c 'import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())'"
    ),
}
_PASSWORD = re.compile(r"(?<=//)([^:/@]*:).*(?=@)|((?<=[?&])password=)[^&]*")


class AppToml(NamedTuple):
    """What the app reads from app.toml."""

    api_version: str
    scopes: tuple[str, ...]
    optional_scopes: tuple[str, ...]  # there is none yet; `usecases.install.may` says whether one is granted
    topics: frozenset[str]
    compliance_topics: frozenset[str]
    webhooks_path: str


def read_app_toml(path: Path = APP_TOML) -> AppToml:
    """Scopes, topics and API version as Shopify's CLI deploys them; GiveUp says what is missing."""
    try:
        document: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        subscriptions = document["webhooks"]["subscriptions"]
        return AppToml(
            api_version=document["webhooks"]["api_version"],
            scopes=tuple(scope.strip() for scope in document["access_scopes"]["scopes"].split(",") if scope.strip()),
            optional_scopes=tuple(document["access_scopes"].get("optional_scopes", ())),
            topics=frozenset(topic for one in subscriptions for topic in one.get("topics", ())),
            compliance_topics=frozenset(topic for one in subscriptions for topic in one.get("compliance_topics", ())),
            webhooks_path=subscriptions[0]["uri"],
        )
    except OSError as error:
        raise GiveUp(f"{path.name} cannot be read: {error.strerror}. It belongs at the top of the project.") from error
    except tomllib.TOMLDecodeError as error:
        raise GiveUp(f"{path.name} is not valid TOML: {error}.") from error
    except (KeyError, IndexError) as error:
        raise GiveUp(f"{path.name} lacks {error}: see Shopify's documentation of app configuration.") from error


def on_loopback(url: str) -> bool:
    """Whether the address is on this very machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Settings(BaseSettings):
    """Everything that can be set, from the environment; read it with `load()`."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    shopify_api_key: str = Field(description="client ID of the app")
    shopify_api_secret: SecretStr = Field(description="client secret of the app")
    shopify_old_api_secret: SecretStr | None = Field(None, description="the client secret before the last rotation")
    app_url: str = Field(description="where Shopify reaches this app")
    database_url: str = Field(
        f"sqlite:///{ROOT / '.data' / 'regulars.db'}", repr=False, description="where the rows are kept"
    )
    secret_key: SecretStr = Field(description="signs what the app hands to browsers")
    encryption_keys: SecretStr = Field(description="encrypt tokens at rest; comma-separated, newest first")
    host: str = Field("127.0.0.1", description="address to bind")
    port: int = Field(8080, ge=1, le=65535, description="port to bind")
    shopify_simulator: str | None = Field(
        None, validate_default=True, description="development: the simulated Shopify's address"
    )

    @field_validator("app_url")
    @classmethod
    def _reachable_by_shopify(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"https", "http"} or not parts.hostname:
            raise ValueError("must be an address such as https://app.example.com")
        if parts.scheme == "http" and not on_loopback(url):
            raise ValueError("must be https (http is for this machine's own addresses only)")
        if parts.path not in {"", "/"} or parts.query or parts.fragment:
            raise ValueError("must have no path, such as https://app.example.com")
        return url.rstrip("/")

    @field_validator("host")
    @classmethod
    def _bindable(cls, host: str) -> str:
        # Shopify's CLI sets HOST to the tunnel's URL, which no socket can bind.
        return "127.0.0.1" if "://" in host else host

    @field_validator("encryption_keys")
    @classmethod
    def _fernet_keys(cls, keys: SecretStr) -> SecretStr:
        for place, key in enumerate(keys.get_secret_value().split(","), 1):
            try:
                size = len(base64.urlsafe_b64decode(key.strip()))
            except (binascii.Error, ValueError):
                size = 0
            if size != 32:
                raise ValueError(f"key {place} is not 32 bytes in url-safe base64")
        return keys

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr) -> SecretStr:
        if len(key.get_secret_value()) < 16:
            raise ValueError("must have at least 16 characters")
        return key

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str) -> str:
        if not url.startswith(DATABASES):
            raise ValueError("must begin with sqlite:/// (a file) or postgresql:// (a server)")
        try:
            _ = urlsplit(url).port
        except ValueError:
            raise ValueError("must be like postgresql://user:password@host:5432/database") from None
        return url

    @field_validator("shopify_simulator")
    @classmethod
    def _simulator_and_credentials_agree(cls, url: str | None, info: ValidationInfo) -> str | None:
        simulated = info.data.get("shopify_api_key", SIMULATED).startswith(SIMULATED)
        if url is None:
            if not simulated or "shopify_api_key" not in info.data:
                return None
            raise ValueError("must be set when SHOPIFY_API_KEY is a simulated one")
        if not on_loopback(url):
            raise ValueError("must be an address of this machine, such as http://127.0.0.1:9292")
        if not simulated:
            raise ValueError(
                "sends every call to a simulated Shopify and is refused with real credentials: "
                "unset it, or use an API key that begins with 'simulated-'"
            )
        return url.rstrip("/")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The client secrets a webhook may be signed with, current first."""
        old = self.shopify_old_api_secret
        return (self.shopify_api_secret.get_secret_value(), *([old.get_secret_value()] if old else []))

    @property
    def simulator_in_browsers(self) -> str | None:
        """The simulated Shopify's address where browsers need it: an app with a public one meets Shopify's names."""
        return self.shopify_simulator if on_loopback(self.app_url) else None

    @property
    def keys(self) -> tuple[str, ...]:
        """The encryption keys, newest first."""
        return tuple(key.strip() for key in self.encryption_keys.get_secret_value().split(","))

    @cached_property
    def app(self) -> AppToml:
        """What app.toml says."""
        return read_app_toml()


def load(**given: Any) -> Settings:
    """The settings of this environment (`given` wins); GiveUp lists every mistake in words."""
    mistakes = []
    settings = None
    try:
        settings = Settings(**given)
    except ValidationError as error:
        mistakes = [_in_words(one) for one in error.errors()]
    try:
        read_app_toml()
    except GiveUp as error:
        mistakes.append(str(error))
    if settings is None or mistakes:
        raise GiveUp("\n".join(mistakes))
    return settings


def _in_words(error: Any) -> str:
    name = str(error["loc"][0]) if error["loc"] else ""
    if error["type"] == "missing":
        return f"{name.upper()} is not set: {HINTS[name]}."
    text = error["msg"].removeprefix("Value error, ")
    return f"{name.upper()} {text}." if name else f"{text}."


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """(environment variable, value with secrets hidden, what it is for), for a person to read."""
    return [
        (name.upper(), _shown(getattr(settings, name)), field.description or "")
        for name, field in type(settings).model_fields.items()
    ]


def _shown(value: object) -> str:
    """A database's URL may hold a password, before its host or among its parameters."""
    if value is None:
        return ""
    return _PASSWORD.sub(r"\1\2**********", str(value)) if str(value).startswith(DATABASES) else str(value)
