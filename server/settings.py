"""Every setting, from `ONTHAAL_*` variables; each stands in docs/operations.md.

`ONTHAAL_NAME_FILE` reads the value of `ONTHAAL_NAME` from a file. A misspelt variable is refused at start.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct

PREFIX = "ONTHAAL_"
SYNC_PER_MINUTE = 60  # a tablet calls after each edit, at most every 300 ms, and every five minutes


class BadSettings(Exception):
    """A variable is unknown or has a value of the wrong form."""


class Settings(Struct, frozen=True, forbid_unknown_fields=True):
    """What can be set. ``database_url`` empty: SQLite at ``database_file``."""

    database_url: str = ""
    database_file: str = "var/onthaal.sqlite"
    state_dir: str = "var"
    key_file: str = ""
    environment: Literal["development", "production"] = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = "http://localhost:8000"
    app_dir: str = "pwa/dist"
    proxy: str = ""
    sync_per_minute: int | None = None
    sign_in_per_minute: int = 5
    sign_in_per_minute_address: int = 20
    enrol_per_ten_minutes: int = 5
    contact_reads_per_minute: int = 30
    exports_per_day: int = 3
    push_services: str = ""
    push_extra_origins: str = ""
    push_contact: str = ""

    @property
    def key_path(self) -> Path:
        """Return where the key file lies: beside the state where nothing else is said."""
        return Path(self.key_file or Path(self.state_dir) / "key.json")

    @property
    def is_production(self) -> bool:
        """Return whether nobody but visitors of the real thing is watching."""
        return self.environment == "production"

    @property
    def sync_limit(self) -> int:
        """Return how often a device may call in a minute: not limited, but in production, if nothing is said."""
        if self.sync_per_minute is None:
            return SYNC_PER_MINUTE if self.is_production else 0
        return self.sync_per_minute

    @property
    def is_https(self) -> bool:
        """Return whether cookies can be ``__Host-`` ones."""
        return self.public_url.startswith("https://")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Return the settings of an environment. Raises ``BadSettings``."""
    values: dict[str, str] = {}
    for name, value in environment.items():
        if not name.startswith(PREFIX):
            continue
        key = name.removeprefix(PREFIX).lower()
        if key.endswith("_file") and key not in Settings.__struct_fields__:
            key, value = key.removesuffix("_file"), Path(value).read_text(encoding="utf-8").strip()
        values[key] = value
    try:
        settings = msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise BadSettings(f"ONTHAAL settings: {error}") from None
    if settings.is_production and settings.push_extra_origins:
        raise BadSettings(
            "ONTHAAL_PUSH_EXTRA_ORIGINS is for tests: in production a push goes to the open internet alone"
        )
    return settings
