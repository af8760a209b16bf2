"""How the values of variables are written. Complaints are short here: the field's description makes the sentence."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from bot.domain.ids import UserId
from bot.environment import refused
from bot.store.urls import driven

if TYPE_CHECKING:
    from pydantic import SecretStr

LONGEST_LINK = timedelta(days=7)
"""Signatures of S3 (version 4) and of Google Cloud Storage do not last longer."""
LONGEST_GRACE = timedelta(hours=12)
"""Later than that, the next digest of most channels is nearer than the last one."""


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise refused("not a base URL")
    return value.rstrip("/")


def _zone(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; the name of a folder of zones
        raise refused("not a zone") from None


def _prefix(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,19}", value):
        raise refused("not a prefix")
    return value


def _database(value: str) -> str:
    return driven(value).render_as_string(hide_password=False)


def _object_store(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("s3", "gs", "az") or not parts.hostname or "@" in parts.netloc:
        raise refused("not an object store")
    if parts.query or parts.fragment:
        raise refused("more than a place")
    return value.rstrip("/")


def lasting(longest: timedelta) -> BeforeValidator:
    """For a time as `90m`, `24h` or `7d`: more than none, `longest` at most."""

    def read(value: object) -> object:
        if not isinstance(value, str):
            return value
        written = re.fullmatch(r"(\d{1,6})([mhd])", value)
        if written is None:
            raise refused("not a length of time")
        length = (
            int(written[1]) * {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}[written[2]]
        )
        if not timedelta() < length <= longest:
            raise refused("no time, or too long")
        return length

    return BeforeValidator(read)


def _slack_people(value: object) -> object:
    if not isinstance(value, str):
        return value
    ids = [each.strip() for each in value.split(",") if each.strip()]
    if not all(re.fullmatch(r"[UW][A-Z0-9]{2,20}", each) for each in ids):
        raise refused("not ids of people")
    return frozenset(UserId(each) for each in ids)


def starts_with(prefix: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not value.get_secret_value().startswith(prefix) or not value.get_secret_value().isascii():
            raise refused("another kind of token")
        return value

    return AfterValidator(check)


BaseUrl = Annotated[str, AfterValidator(_base_url)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone)]
CommandPrefix = Annotated[str, AfterValidator(_prefix)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
ObjectStoreUrl = Annotated[str, AfterValidator(_object_store)]
SlackPeople = Annotated[frozenset[UserId], BeforeValidator(_slack_people)]
