import pytest
from PureCloudPlatformClientV2 import PureCloudRegionHosts

from bot.errors import SettingsError
from bot.genesys.regions import DOMAINS, Hosts, hosts


@pytest.mark.parametrize(
    ("region", "api", "login"),
    [
        pytest.param(
            "us-east-1", "https://api.mypurecloud.com", "https://login.mypurecloud.com", id="the first region"
        ),
        pytest.param("eu-west-2", "https://api.euw2.pure.cloud", "https://login.euw2.pure.cloud", id="a newer name"),
        pytest.param(" EU-Central-1 ", "https://api.mypurecloud.de", "https://login.mypurecloud.de", id="as pasted"),
    ],
)
def test_a_region_has_two_hosts(region: str, api: str, login: str) -> None:
    assert hosts(region) == Hosts(api_url=api, login_url=login)


def test_a_url_that_is_given_replaces_only_its_own() -> None:
    assert hosts("eu-west-1", api_url="https://gateway.example/genesys/") == Hosts(
        api_url="https://gateway.example/genesys", login_url="https://login.mypurecloud.ie"
    )


def test_with_both_urls_the_region_does_not_matter() -> None:
    assert hosts(api_url="http://127.0.0.1:1", login_url="http://127.0.0.1:2").login_url == "http://127.0.0.1:2"


@pytest.mark.parametrize(
    ("region", "hint"),
    [
        pytest.param("eu-west-3", "did you mean eu-west-", id="near a known one"),
        pytest.param("", "known are ap-northeast-1", id="left out"),
        pytest.param("euw1.pure.cloud", "known are", id="a domain instead of a region"),
    ],
)
def test_an_unknown_region_is_named_with_what_would_do(region: str, hint: str) -> None:
    with pytest.raises(SettingsError, match="GENESYS_REGION") as raised:
        hosts(region)
    assert hint in str(raised.value)


def test_the_table_is_the_official_client_s() -> None:
    assert {host.value.removeprefix("https://api.") for host in PureCloudRegionHosts} == set(DOMAINS.values())
