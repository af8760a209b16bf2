"""Uploads to the local Slack, which takes files as Slack does."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from bot.demo.slack_faults import Drop, Fault
from bot.demo.slack_local import LocalSlack, local_slack, serving
from bot.demo.slack_people import BILLING_FLOOR, OPS_SHARED
from bot.domain.exports import WrittenFile
from bot.slack.outward import Slack, slack_client
from bot.slack.uploads import UploadRefused, refuse_shared, upload

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
COMPLETION = "files.completeUploadExternal"


@pytest.fixture
async def local() -> AsyncIterator[LocalSlack]:
    async with serving(local_slack(now=lambda: NOW, pace=None)) as served:
        yield served


@pytest.fixture
async def slack(local: LocalSlack) -> AsyncIterator[Slack]:
    async with slack_client(local.tokens.bot, base_url=local.base_url) as client:
        yield client


def written(folder: Path, name: str = "conversations.csv", *, size: int = 1000) -> WrittenFile:
    content = random.Random(size).randbytes(size)
    path = folder / name
    path.write_bytes(content)
    return WrittenFile(path=path, name=name, size=size, sha256=hashlib.sha256(content).hexdigest())


def completions(local: LocalSlack) -> int:
    return sum(call.method == COMPLETION for call in local.api.calls)


def shared(local: LocalSlack, channel: str) -> list[str]:
    """Names of the files that people see in the channel."""
    return [file.name for file in local.api.files.files.values() if channel in file.shares]


async def test_files_arrive_byte_for_byte_in_one_message(local: LocalSlack, slack: Slack, tmp_path: Path) -> None:
    files = [written(tmp_path, size=3_000_000), written(tmp_path, "manifest.json")]
    await upload(slack, channel=BILLING_FLOOR, files=files, comment="All of last week")
    arrived = local.api.files.files.values()
    assert [hashlib.sha256(file.content or b"").hexdigest() for file in arrived] == [file.sha256 for file in files]
    (ts,) = {file.shares[BILLING_FLOOR] for file in arrived}
    assert local.workspace.messages[BILLING_FLOOR, ts].text == "All of last week"


async def test_a_channel_without_the_bot_takes_no_files(local: LocalSlack, slack: Slack, tmp_path: Path) -> None:
    members = local.workspace.channels[BILLING_FLOOR].members
    local.workspace.change_channel(BILLING_FLOOR, members=members - {local.workspace.bot})
    with pytest.raises(UploadRefused, match="not in that channel") as caught:
        await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert "/invite" in caught.value.remedy
    assert not caught.value.unknown


async def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    local: LocalSlack, slack: Slack, tmp_path: Path
) -> None:
    local.api.files.largest = 999
    with pytest.raises(UploadRefused, match="larger than Slack takes") as caught:
        await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert "EXPORT_URL" in caught.value.remedy


async def test_bytes_that_do_not_arrive_are_never_shared(local: LocalSlack, slack: Slack, tmp_path: Path) -> None:
    file = written(tmp_path)
    file.path.write_bytes(b"cut short")
    with pytest.raises(UploadRefused, match="status 400"):
        await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path, "first.csv"), file], comment="Here")
    assert shared(local, BILLING_FLOOR) == []
    assert completions(local) == 0


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(Fault(drop=Drop.AFTER), id="the connection broke after the files were shared"),
        pytest.param(Fault(drop=Drop.BEFORE), id="the connection broke before"),
        pytest.param(Fault(status=502), id="a gateway"),
        pytest.param(Fault(error="internal_error"), id="Slack itself does not know"),
    ],
)
async def test_sharing_that_broke_off_is_not_repeated_and_said_to_be_unknown(
    local: LocalSlack, slack: Slack, tmp_path: Path, fault: Fault
) -> None:
    local.faults.add(COMPLETION, fault, times=1)
    with pytest.raises(UploadRefused, match="may be there") as caught:
        await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert caught.value.unknown
    assert completions(local) == 1


async def test_an_address_is_asked_for_again_when_the_connection_breaks(
    local: LocalSlack, slack: Slack, tmp_path: Path
) -> None:
    local.faults.add("files.getUploadURLExternal", Fault(drop=Drop.AFTER), times=1)
    await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert shared(local, BILLING_FLOOR) == ["conversations.csv"]


async def test_slack_out_of_reach_is_no_unknown_upload(tmp_path: Path) -> None:
    async with slack_client("xoxb-1", base_url="http://127.0.0.1:1/api/") as nowhere:
        with pytest.raises(UploadRefused, match="could not be reached") as caught:
            await upload(nowhere, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert not caught.value.unknown


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("missing_scope", "not permitted to upload"),
        ("file_uploads_disabled", "switched off"),
        ("slack_connect_file_upload_sharing_blocked", "shared channel"),
        ("something_new", "something_new"),
    ],
)
async def test_what_slack_says_is_said_in_words(
    local: LocalSlack, slack: Slack, tmp_path: Path, code: str, sentence: str
) -> None:
    local.faults.add("files.getUploadURLExternal", Fault(error=code), times=1)
    with pytest.raises(UploadRefused, match=sentence) as caught:
        await upload(slack, channel=BILLING_FLOOR, files=[written(tmp_path)], comment="Here")
    assert caught.value.code == code
    assert caught.value.remedy


async def test_a_channel_of_this_organisation_alone_is_not_refused(slack: Slack) -> None:
    await refuse_shared(slack, BILLING_FLOOR)


async def test_a_channel_that_another_organisation_reads_is_refused(slack: Slack) -> None:
    with pytest.raises(UploadRefused, match="is shared with another organisation"):
        await refuse_shared(slack, OPS_SHARED)


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        pytest.param(Fault(error="missing_scope"), "did not say whether", id="an app that was not reinstalled"),
        pytest.param(Fault(status=503), "did not say whether", id="Slack is away"),
        pytest.param(Fault(drop=Drop.BEFORE), "did not say whether", id="the connection drops"),
        pytest.param(Fault(error="channel_not_found"), "cannot see that channel", id="a private channel"),
    ],
)
async def test_a_channel_of_which_nothing_is_known_is_refused(
    local: LocalSlack, slack: Slack, fault: Fault, sentence: str
) -> None:
    local.faults.add("conversations.info", fault, times=9)
    with pytest.raises(UploadRefused, match=sentence):
        await refuse_shared(slack, BILLING_FLOOR)
