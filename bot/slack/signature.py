"""Whether a request is Slack's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from slack_sdk.signature import SignatureVerifier

if TYPE_CHECKING:
    from collections.abc import Mapping


def signed_by_slack(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether `body` carries Slack's signature, at most five minutes old. Never raises, whatever was sent."""
    try:
        return bool(SignatureVerifier(secret).is_valid_request(body, dict(headers)))
    except (TypeError, ValueError):
        # A signature that is not ASCII, a time that is no number or too long for one, a body that is not UTF-8.
        return False
