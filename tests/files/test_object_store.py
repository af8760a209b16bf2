from __future__ import annotations

import asyncio
import hashlib
import random
import re
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import aiohttp
import pytest
from yarl import URL

from bot.domain.exports import WrittenFile
from bot.files.place import StoreRefused, object_store
from tests.files.s3 import BUCKET, KEY_ID, REGION, S3, SECRET, s3_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from bot.domain.exports import Link
    from bot.files.object_store import ObjectStore

DAY = timedelta(hours=24)


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    with s3_server() as server:
        yield server


def store(url: str, *, place: str = f"s3://{BUCKET}/sla-bot", life: timedelta = DAY, **other: str) -> ObjectStore:
    credentials: Mapping[str, str] = {
        "AWS_ACCESS_KEY_ID": KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
    }
    return object_store(place, credentials={**credentials, **other}, link_life=life, now=lambda: datetime.now(UTC))


def written(folder: Path, *, size: int = 1000, name: str = "conversations.csv") -> WrittenFile:
    content = random.Random(size).randbytes(size)
    path = folder / name
    path.write_bytes(content)
    return WrittenFile(path=path, name=name, size=size, sha256=hashlib.sha256(content).hexdigest())


async def fetched(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as anybody, anybody.get(URL(url, encoded=True)) as reply:
        return reply.status, await reply.read()


async def test_a_large_file_arrives_byte_for_byte_in_parts(s3: S3, tmp_path: Path) -> None:
    file = written(tmp_path, size=20_000_000)
    link = await store(s3.url).put(file)
    status, content = await fetched(link.url)
    assert (status, hashlib.sha256(content).hexdigest()) == (200, file.sha256)
    assert s3.door.biggest < 10_000_000


async def test_the_link_works_without_credentials_for_as_long_as_it_says(s3: S3, tmp_path: Path) -> None:
    before = datetime.now(UTC)
    link = await store(s3.url, life=timedelta(hours=2)).put(written(tmp_path))
    assert before + timedelta(hours=2) <= link.expires <= datetime.now(UTC) + timedelta(hours=2)
    assert (await fetched(link.url))[0] == 200
    s3.door.ahead = timedelta(hours=1, minutes=59)
    assert (await fetched(link.url))[0] == 200
    s3.door.ahead = timedelta(hours=2, minutes=1)
    assert (await fetched(link.url))[0] == 403


def without_signature(link: Link) -> str:
    return link.url.partition("?")[0]


def with_another_signature(link: Link) -> str:
    return link.url[:-1] + ("0" if link.url[-1] != "0" else "1")


def for_another_file(link: Link) -> str:
    return link.url.replace("conversations.csv", "conversations.json")


def for_longer(link: Link) -> str:
    return link.url.replace("X-Amz-Expires=86400", "X-Amz-Expires=604800")


@pytest.mark.parametrize("changed", [without_signature, with_another_signature, for_another_file, for_longer])
async def test_a_link_that_was_tampered_with_is_refused(s3: S3, tmp_path: Path, changed: Callable[[Link], str]) -> None:
    link = await store(s3.url).put(written(tmp_path))
    assert changed(link) != link.url
    assert (await fetched(changed(link)))[0] == 403


async def test_the_browser_saves_the_file_under_its_name(s3: S3, tmp_path: Path) -> None:
    await store(s3.url).put(written(tmp_path, name="gespräche.csv"))
    (key,) = s3.keys
    head = s3.client.head_object(Bucket=BUCKET, Key=key)
    assert head["ContentType"] == "text/csv; charset=utf-8"
    assert head["ContentDisposition"] == "attachment; filename*=UTF-8''gespr%C3%A4che.csv"
    assert head["CacheControl"] == "private, no-store"


async def test_keys_cannot_be_guessed_and_lie_in_the_folder(s3: S3, tmp_path: Path) -> None:
    place = store(s3.url)
    await place.put(written(tmp_path))
    await place.put(written(tmp_path))
    folders = {key.split("/")[1] for key in s3.keys}
    assert all(key.startswith("sla-bot/") and key.endswith("/conversations.csv") for key in s3.keys)
    assert len(folders) == 2
    assert all(len(folder) == 32 for folder in folders)


async def test_an_upload_that_breaks_leaves_nothing_that_looks_whole(s3: S3, tmp_path: Path) -> None:
    s3.door.refused = re.compile("partNumber=2")
    with pytest.raises(StoreRefused, match="does not let the bot in: AccessDenied"):
        await store(s3.url).put(written(tmp_path, size=20_000_000))
    assert s3.keys == []


async def test_an_upload_that_is_cancelled_leaves_nothing(s3: S3, tmp_path: Path) -> None:
    s3.door.open.clear()
    s3.door.knocked.clear()
    uploading = asyncio.create_task(store(s3.url).put(written(tmp_path, size=20_000_000)))
    await asyncio.to_thread(s3.door.knocked.wait)
    uploading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await uploading
    s3.door.open.set()
    assert s3.keys == []


@pytest.mark.parametrize(
    ("changes", "sentence", "remedy"),
    [
        pytest.param({"AWS_SECRET_ACCESS_KEY": "x"}, "in: SignatureDoesNotMatch", "credentials", id="secret"),
        pytest.param({"AWS_ACCESS_KEY_ID": "AKIA"}, "in: InvalidAccessKeyId", "credentials", id="key"),
        pytest.param({"place": "s3://elsewhere/x"}, "no such place: NoSuchBucket", "EXPORT_URL", id="no bucket"),
        pytest.param({"AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "cannot be reached", "check", id="nobody there"),
    ],
)
async def test_a_refusal_is_a_sentence_with_a_remedy(
    s3: S3, tmp_path: Path, changes: dict[str, str], sentence: str, remedy: str
) -> None:
    with pytest.raises(StoreRefused, match=sentence) as caught:
        await store(s3.url, **changes).put(written(tmp_path))
    assert remedy in caught.value.remedy
    assert SECRET not in str(caught.value) + caught.value.remedy


async def test_the_check_writes_reads_and_signs(s3: S3) -> None:
    await store(s3.url).check()
    assert s3.keys == ["sla-bot/sla-bot-check.txt"]


async def test_the_check_finds_that_links_would_not_open(s3: S3) -> None:
    s3.door.refused = re.compile("^GET")
    with pytest.raises(StoreRefused, match="does not let the bot in"):
        await store(s3.url).check()


def test_a_store_without_its_account_is_named_before_anything_is_exported() -> None:
    with pytest.raises(StoreRefused, match="cannot be reached or used"):
        object_store("az://exports/x", credentials={}, link_life=DAY, now=lambda: datetime.now(UTC))


def test_without_the_extra_the_remedy_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "bot.files.object_store", raising=False)
    monkeypatch.setitem(sys.modules, "obstore", None)
    with pytest.raises(StoreRefused, match="cannot speak to object stores") as caught:
        store("http://127.0.0.1:1")
    assert "sla-bot[export]" in caught.value.remedy
