"""Files in S3, Google Cloud Storage or Azure, and links to them that expire. The home of obstore.

Source: obstore's API reference; Amazon S3, "Authenticating requests: using query parameters".
"""

from __future__ import annotations

import re
import secrets
from contextlib import contextmanager
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import quote

import obstore
import structlog
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import from_url

from bot.domain.exports import Link
from bot.files.place import StoreRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime, timedelta

    from bot.domain.exports import WrittenFile

log = structlog.get_logger()

_PART = 8 * 1024 * 1024
_PARTS_AT_ONCE = 2
"""What an upload holds in memory is this many parts; S3 takes 10,000 of them, 80 GB."""
_RETRIES = 4
_PROBE = "sla-bot-check.txt"
_PROBE_TEXT = b"Written by `sla-bot check`; can be deleted.\n"
_TYPES = {".csv": "text/csv; charset=utf-8", ".json": "application/json"}
_OTHER_TYPE = "application/octet-stream"
_CODE = re.compile(r"<Code>([A-Za-z]+)</Code>")


class ObjectStore:
    """One folder of one bucket. Made by `place.object_store`."""

    def __init__(
        self, url: str, *, credentials: Mapping[str, str], link_life: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._link_life = link_life
        self._now = now
        scheme = url.partition(":")[0]
        own = {"s3": "AWS_", "gs": "GOOGLE_", "az": "AZURE_"}[scheme]
        config = {name: value for name, value in credentials.items() if name.startswith(own)}
        plain = config.get("AWS_ENDPOINT_URL", "").startswith("http://")
        with _explained():
            self._store = from_url(
                url,
                config=config,  # type: ignore[call-overload]  # which of the three shapes it has, the URL decides
                client_options={"allow_http": plain, "timeout": "120s", "connect_timeout": "10s"},
                retry_config={"max_retries": _RETRIES},
            )

    async def put(self, file: WrittenFile) -> Link:
        """Upload the file, read from the disk part by part, and sign a link to it.

        An object appears only when it is whole. Its key cannot be guessed: whoever lacks the link finds nothing.
        Raises StoreRefused.
        """
        key = f"{secrets.token_urlsafe(24)}/{file.name}"
        with _explained():
            await obstore.put_async(
                self._store,
                key,
                file.path,
                attributes={
                    "Content-Type": _TYPES.get(PurePath(file.name).suffix, _OTHER_TYPE),
                    "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
                    "Cache-Control": "private, no-store",
                },
                chunk_size=_PART,
                max_concurrency=_PARTS_AT_ONCE,
            )
        return await self._link(key)

    async def check(self) -> None:
        """Write a small object, read it back and sign a link to it. Raises StoreRefused."""
        with _explained():
            await obstore.put_async(self._store, _PROBE, _PROBE_TEXT)
            found = await obstore.get_async(self._store, _PROBE)
            await found.bytes_async()
        await self._link(_PROBE)

    async def _link(self, key: str) -> Link:
        # Before signing: the link lives at least as long as it says.
        expires = self._now() + self._link_life
        with _explained():
            return Link(url=await obstore.sign_async(self._store, "GET", key, self._link_life), expires=expires)


@contextmanager
def _explained() -> Iterator[None]:
    """Raises StoreRefused for whatever the store, or the way to it, says in the block."""
    try:
        yield
    # obstore raises the built-in errors for a missing object and for values it cannot use.
    except (BaseError, FileNotFoundError, ValueError) as error:
        said = str(error)
        code = found[1] if (found := _CODE.search(said)) else ""
        # The first paragraph names operation and address; then follows an inner view of the error.
        log.warning("the object store refused", code=code, said=said.partition("\n\n")[0])
        raise _refusal(error, code) from error


def _refusal(error: Exception, code: str) -> StoreRefused:
    word = f": {code}" if code else ""
    if isinstance(error, FileNotFoundError):
        return StoreRefused(
            f"The object store has no such place{word}.",
            "Ask your administrator to create the bucket or container that EXPORT_URL names, or to correct the name.",
            code=code,
        )
    if isinstance(error, (PermissionDeniedError, UnauthenticatedError)):
        return StoreRefused(
            f"The object store does not let the bot in{word}.",
            "Ask your administrator to check the store's credentials, and that they may write and read in EXPORT_URL.",
            code=code,
        )
    if code:
        return StoreRefused(
            f"The object store refused the request: {code}.",
            "Ask your administrator to check EXPORT_URL and the store's variables, then run `sla-bot check`.",
            code=code,
        )
    return StoreRefused(
        "The object store cannot be reached or used.",
        "Try again in a minute; if it stays, ask your administrator to run `sla-bot check`.",
    )
