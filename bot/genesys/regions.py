"""Where Genesys Cloud lives: one pair of hosts per AWS region."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

DOMAINS: Mapping[str, str] = MappingProxyType(
    {
        "us-east-1": "mypurecloud.com",
        "us-east-2": "use2.us-gov-pure.cloud",
        "us-west-2": "usw2.pure.cloud",
        "ca-central-1": "cac1.pure.cloud",
        "mx-central-1": "mxc1.pure.cloud",
        "sa-east-1": "sae1.pure.cloud",
        "eu-west-1": "mypurecloud.ie",
        "eu-west-2": "euw2.pure.cloud",
        "eu-central-1": "mypurecloud.de",
        "eu-central-2": "euc2.pure.cloud",
        "eusc-de-east-1": "edee1.eusc-pure.cloud",
        "me-central-1": "mec1.pure.cloud",
        "ap-south-1": "aps1.pure.cloud",
        "ap-northeast-1": "mypurecloud.jp",
        "ap-northeast-2": "apne2.pure.cloud",
        "ap-northeast-3": "apne3.pure.cloud",
        "ap-southeast-1": "apse1.pure.cloud",
        "ap-southeast-2": "mypurecloud.com.au",
    }
)
"""AWS region to domain. Source: `PureCloudRegionHosts` of the official SDK, 269.0.0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosts:
    """Base URLs without a trailing slash."""

    api_url: str
    login_url: str


def hosts(region: str = "", *, api_url: str = "", login_url: str = "") -> Hosts:
    """The hosts of an AWS region; each URL that is given replaces the region's own.

    With both URLs the region may be anything, even empty: simulators, gateways and regions newer than the table.
    Raises SettingsError for a region that is not in the table and not overridden.
    """
    domain = DOMAINS.get(region.strip().lower(), "")
    if not domain and not (api_url and login_url):
        raise SettingsError([_unknown(region)])
    return Hosts(
        api_url=(api_url or f"https://api.{domain}").rstrip("/"),
        login_url=(login_url or f"https://login.{domain}").rstrip("/"),
    )


def _unknown(region: str) -> str:
    near = get_close_matches(region.strip().lower(), DOMAINS, n=1)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(DOMAINS))}."
    return f"GENESYS_REGION {region!r} is not a Genesys Cloud region: {hint}"
