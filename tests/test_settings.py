from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from bot.domain.exports import Delivery
from bot.domain.sla import Switches
from bot.errors import SettingsError
from bot.files.csv_file import Separator
from bot.settings import AskSettings, Settings, SlackSettings, StoreSettings

GENESYS = {
    "GENESYS_REGION": "eu-central-1",
    "GENESYS_CLIENT_ID": "3f9c1a52",
    "GENESYS_CLIENT_SECRET": "genesys-secret",
}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-bot-secret", "SLACK_APP_TOKEN": "xapp-app-secret"}
COMPLETE = GENESYS | SLACK


def problems(mapping: dict[str, str], kind: type[AskSettings | StoreSettings | SlackSettings] = Settings) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        kind.from_env(mapping)
    return list(caught.value.problems)


def test_what_is_not_set_has_its_default() -> None:
    settings = Settings.from_env(COMPLETE)
    assert settings.database_url == "sqlite+aiosqlite:///sla-bot.db"
    assert settings.port == 3000
    assert settings.bot_timezone == ZoneInfo("UTC")
    assert settings.command_prefix == ""
    assert settings.slack_api_url == "https://slack.com/api"
    assert settings.switches == Switches()
    assert settings.export_url == ""
    assert settings.export_link_ttl == timedelta(hours=24)
    assert settings.export_delivery is Delivery.DIRECT
    assert settings.export_csv_separator is Separator.COMMA
    assert not settings.export_personal_data
    assert settings.bot_admins == frozenset()
    assert settings.digest_grace == timedelta(hours=2)


def test_every_problem_is_named_at_once() -> None:
    named = problems({"PORT": "many", "BOT_TIMEZONE": "Mars/Olympus", "SLACK_BOT_TOKEN": "xoxp-wrong"})
    assert {sentence.split()[0] for sentence in named} == {
        "GENESYS_REGION",
        "GENESYS_CLIENT_ID",
        "GENESYS_CLIENT_SECRET",
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "PORT",
        "BOT_TIMEZONE",
    }


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        pytest.param("PORT", "70000", "a port", id="a port beyond the last"),
        pytest.param("BOT_TIMEZONE", "CEST", "an IANA time zone", id="an abbreviation is no zone"),
        pytest.param("BOT_TIMEZONE", "../etc/passwd", "an IANA time zone", id="a path is no zone"),
        pytest.param("BOT_TIMEZONE", "Europe", "an IANA time zone", id="a continent is no zone"),
        pytest.param("COMMAND_PREFIX", "/cc-", "begins with", id="the slash is not part of the prefix"),
        pytest.param("COMMAND_PREFIX", "c" * 21, "begins with", id="Slack's commands have 32 characters"),
        pytest.param("GENESYS_API_URL", "api.mypurecloud.de", "base URL", id="a host is no URL"),
        pytest.param("SLACK_API_URL", "ftp://slack.com", "base URL", id="another protocol"),
        pytest.param("DATABASE_URL", "mysql://db/bot", "SQLite or PostgreSQL", id="a database without a driver here"),
        pytest.param("SERVICE_LEVEL_INCLUDE_ABANDONS", "perhaps", "true or false", id="neither yes nor no"),
        pytest.param("EXPORT_URL", "https://files.example.com", "s3://", id="a web server is no object store"),
        pytest.param("EXPORT_URL", "s3:///folder", "a bucket", id="a folder without a bucket"),
        pytest.param("EXPORT_URL", "s3://key:secret@bucket", "s3://", id="credentials have their own variables"),
        pytest.param("EXPORT_LINK_TTL", "8d", "at most 7d", id="longer than a signature lasts"),
        pytest.param("EXPORT_LINK_TTL", "0h", "a time", id="a link that never works"),
        pytest.param("EXPORT_LINK_TTL", "24", "in m, h or d", id="a number without its unit"),
        pytest.param("DIGEST_GRACE", "13h", "at most 12h", id="later than the next digest is due"),
        pytest.param("DIGEST_GRACE", "0m", "a time", id="every digest would be missed"),
        pytest.param("DIGEST_GRACE", "two hours", "in m, h or d", id="in words"),
        pytest.param("BOT_ADMINS", "ana", "Copy member ID", id="a name is no id"),
        pytest.param("BOT_ADMINS", "U0ANA ; U0BEN", "commas", id="another sign between them"),
        pytest.param("BOT_ADMINS", "U0ANA,C0BILLING", "ids of people", id="a channel is nobody"),
        pytest.param("BOT_ADMINS", "@U0ANA", "ids of people", id="a mention instead of the id"),
        pytest.param("EXPORT_DELIVERY", "email", "direct", id="no such way"),
        pytest.param("EXPORT_CSV_SEPARATOR", ";", "semicolon", id="the sign instead of its name"),
        pytest.param("EXPORT_PERSONAL_DATA", "some", "true or false", id="neither yes nor no"),
        pytest.param("GENESYS_REGION", "eu-central-9", "did you mean eu-central-2", id="a region that is not there"),
        pytest.param("SLACK_APP_TOKEN", "xoxb-swapped", "connections:write", id="the bot token in its place"),
    ],
)
def test_a_malformed_value_is_told_with_what_is_expected(variable: str, value: str, expected: str) -> None:
    (sentence,) = problems(COMPLETE | {variable: value})
    assert sentence.startswith(variable)
    assert expected in sentence


def test_a_missing_variable_is_told_with_an_example() -> None:
    (sentence,) = problems(SLACK | GENESYS | {"GENESYS_REGION": ""})
    assert sentence.startswith("GENESYS_REGION is missing")
    assert "eu-central-1" in sentence


@pytest.mark.parametrize(
    ("written", "life"),
    [
        ("90m", timedelta(minutes=90)),
        ("24h", timedelta(days=1)),
        ("7d", timedelta(days=7)),
    ],
)
def test_the_life_of_a_link_is_read_with_its_unit(written: str, life: timedelta) -> None:
    assert Settings.from_env(COMPLETE | {"EXPORT_LINK_TTL": written}).export_link_ttl == life


def test_administrators_of_the_bot_are_told_apart_by_commas() -> None:
    settings = Settings.from_env(COMPLETE | {"BOT_ADMINS": "U024BE7LH, W012A3CDE,"})
    assert settings.bot_admins == {"U024BE7LH", "W012A3CDE"}


def test_how_late_a_digest_may_be_is_read_with_its_unit() -> None:
    assert Settings.from_env(COMPLETE | {"DIGEST_GRACE": "45m"}).digest_grace == timedelta(minutes=45)


def test_the_object_stores_own_variables_are_handed_on_as_they_are() -> None:
    given = {"AWS_ACCESS_KEY_ID": "AKIA1", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_ENDPOINT_URL": "http://127.0.0.1:9000"}
    settings = Settings.from_env(COMPLETE | given)
    assert settings.export_credentials == given
    assert "hush" not in repr(settings)


def test_the_terminal_writes_files_by_the_same_settings() -> None:
    settings = AskSettings.from_env(GENESYS | {"EXPORT_CSV_SEPARATOR": "tab", "EXPORT_PERSONAL_DATA": "true"})
    assert settings.export_csv_separator is Separator.TAB
    assert settings.export_personal_data


def test_both_urls_stand_in_for_the_region() -> None:
    urls = {"GENESYS_API_URL": "http://127.0.0.1:9/api/", "GENESYS_LOGIN_URL": "http://127.0.0.1:9/login"}
    settings = Settings.from_env(COMPLETE | urls | {"GENESYS_REGION": ""})
    assert settings.genesys_hosts.api_url == "http://127.0.0.1:9/api"
    assert settings.genesys_hosts.login_url == "http://127.0.0.1:9/login"


def test_one_url_alone_is_not_enough() -> None:
    (sentence,) = problems(COMPLETE | {"GENESYS_API_URL": "http://127.0.0.1:9", "GENESYS_REGION": ""})
    assert "GENESYS_LOGIN_URL" in sentence


def test_a_signing_secret_alone_means_http_and_an_app_token_socket_mode() -> None:
    over_http = Settings.from_env(COMPLETE | {"SLACK_APP_TOKEN": "", "SLACK_SIGNING_SECRET": "8f742231"})
    assert not over_http.socket_mode
    assert Settings.from_env(COMPLETE).socket_mode


@pytest.mark.parametrize("secret", ["genesys-secret", "xoxb-bot-secret", "xapp-app-secret", "database-secret"])
def test_secrets_are_never_printed(secret: str) -> None:
    settings = Settings.from_env(COMPLETE | {"DATABASE_URL": "postgresql://bot:database-secret@db/bot"})
    assert secret not in repr(settings)
    assert secret not in str(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("SLACK_BOT_TOKEN", "xoxp-hush"), ("DATABASE_URL", "mysql://bot:hush@db/bot"), ("SLACK_APP_TOKEN", "hush")],
)
def test_a_malformed_secret_is_not_repeated_in_the_complaint(variable: str, value: str) -> None:
    assert "hush" not in "".join(problems(COMPLETE | {variable: value}))


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        Settings.from_env(COMPLETE).port = 1  # type: ignore[misc]


def test_the_process_environment_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1234")
    monkeypatch.setenv("GENESYS_CLIENT_ID", "from the environment")
    settings = Settings.from_env(COMPLETE)
    assert (settings.port, settings.genesys_client_id) == (3000, "3f9c1a52")


def test_variables_of_others_are_ignored() -> None:
    assert Settings.from_env(COMPLETE | {"PATH": "/bin", "port": "1"}).port == 3000


def test_the_terminal_needs_genesys_only() -> None:
    assert AskSettings.from_env(GENESYS | {"SERVICE_LEVEL_INCLUDE_FLOW_OUTS": "true"}).switches.include_flow_outs
    assert all("SLACK" not in sentence for sentence in problems({}, AskSettings))


def test_a_migration_needs_a_database_only() -> None:
    assert StoreSettings.from_env({}).database_url.startswith("sqlite")
