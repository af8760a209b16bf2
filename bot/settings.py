"""Every variable there is. One class per need, each with `from_env`: `Settings` for `run`, `AskSettings` for `ask`,
`StoreSettings` for `migrate`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr

from bot.domain.exports import Delivery
from bot.domain.sla import Switches
from bot.environment import FromEnvironment, sentence
from bot.errors import SettingsError
from bot.files.csv_file import Separator
from bot.genesys.regions import hosts
from bot.settings_values import (
    LONGEST_GRACE,
    LONGEST_LINK,
    BaseUrl,
    CommandPrefix,
    DatabaseUrl,
    ObjectStoreUrl,
    SlackPeople,
    Zone,
    lasting,
    starts_with,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.genesys.regions import Hosts


class StoreSettings(FromEnvironment):
    """Where the bot remembers things."""

    database_url: DatabaseUrl = Field(
        default="sqlite+aiosqlite:///sla-bot.db",
        repr=False,
        description="the URL of a SQLite or PostgreSQL database",
        examples=["postgresql://bot:secret@db.example.com/slabot"],
    )
    """With the driver's name; holds a password, so it is left out of the repr."""


class GenesysSettings(FromEnvironment):
    """Where Genesys Cloud is and how the bot signs in. A URL that is set replaces the region's own."""

    genesys_region: str = Field(
        default="", description="the AWS region of your Genesys Cloud organisation", examples=["eu-central-1"]
    )
    genesys_api_url: BaseUrl = Field(
        default="", description="the base URL of the platform API", examples=["https://api.mypurecloud.de"]
    )
    genesys_login_url: BaseUrl = Field(
        default="", description="the base URL of the login service", examples=["https://login.mypurecloud.de"]
    )
    genesys_client_id: str = Field(
        description="the id of an OAuth client with the Client Credentials grant",
        examples=["3f9c1a52-7d1e-4c1b-9a64-0f6f5f2c9d11"],
    )
    genesys_client_secret: SecretStr = Field(
        description="the secret of that OAuth client", examples=["the text shown beside the client id"]
    )

    @property
    def genesys_hosts(self) -> Hosts:
        """Base URLs of the API and of the login service."""
        return hosts(self.genesys_region, api_url=self.genesys_api_url, login_url=self.genesys_login_url)

    @classmethod
    def _gaps(cls, given: Mapping[str, str]) -> list[str]:
        problems = super()._gaps(given)
        if "genesys_region" not in given:
            if not {"genesys_api_url", "genesys_login_url"} <= given.keys():
                missing = sentence("genesys_region", cls.model_fields["genesys_region"], None)
                problems.append(f"{missing} GENESYS_API_URL and GENESYS_LOGIN_URL together can stand in for it.")
            return problems
        try:
            hosts(
                given["genesys_region"],
                api_url=given.get("genesys_api_url", ""),
                login_url=given.get("genesys_login_url", ""),
            )
        except SettingsError as error:
            problems.extend(error.problems)
        return problems


class SlackSettings(FromEnvironment):
    """How the bot signs in to Slack: Socket Mode with an app token, HTTP with a signing secret."""

    slack_bot_token: Annotated[SecretStr, starts_with("xoxb-")] = Field(
        description="the Bot User OAuth Token of your Slack app", examples=["xoxb-…"]
    )
    slack_app_token: Annotated[SecretStr, starts_with("xapp-")] | None = Field(
        default=None,
        description="an app-level token with the scope connections:write, for Socket Mode",
        examples=["xapp-…"],
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="the signing secret of your Slack app, for HTTP mode",
        examples=["the 32 characters under Basic Information"],
    )
    slack_api_url: BaseUrl = Field(
        default="https://slack.com/api",
        description="the base URL of Slack's Web API",
        examples=["https://slack.com/api"],
    )

    @property
    def socket_mode(self) -> bool:
        """True when the bot connects to Slack, False when Slack connects to the bot."""
        return self.slack_app_token is not None

    @classmethod
    def _gaps(cls, given: Mapping[str, str]) -> list[str]:
        problems = super()._gaps(given)
        if "slack_app_token" not in given and "slack_signing_secret" not in given:
            problems.append(
                "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is missing: an app-level token (xapp-…) for Socket Mode, "
                "or the app's signing secret for HTTP mode."
            )
        return problems


class HouseSettings(FromEnvironment):
    """How this organisation counts and names things."""

    bot_timezone: Zone = Field(default=ZoneInfo("UTC"), description="an IANA time zone", examples=["Europe/Paris"])
    command_prefix: CommandPrefix = Field(
        default="",
        description="what every command's name begins with: small letters, digits, - and _, at most 20",
        examples=["cc-"],
    )
    service_level_include_flow_outs: bool = Field(
        default=False, description="true or false, as “Include Flowouts” in Genesys", examples=["false"]
    )
    service_level_include_short_abandons: bool = Field(
        default=True, description="true or false, as “Include Short Abandons” in Genesys", examples=["true"]
    )
    service_level_include_abandons: bool = Field(
        default=True, description="true or false, as “Include Abandons” in Genesys", examples=["true"]
    )

    export_personal_data: bool = Field(
        default=False,
        description="true or false: whether exports may show numbers, addresses and names of customers",
        examples=["false"],
    )
    export_csv_separator: Separator = Field(
        default=Separator.COMMA,
        description="comma, semicolon (numbers then have a decimal comma) or tab",
        examples=["semicolon"],
    )

    @property
    def switches(self) -> Switches:
        """The organisation's three service-level options."""
        return Switches(
            include_flow_outs=self.service_level_include_flow_outs,
            include_short_abandons=self.service_level_include_short_abandons,
            include_abandons=self.service_level_include_abandons,
        )


class DeliverySettings(FromEnvironment):
    """Where finished exports go."""

    export_url: ObjectStoreUrl = Field(
        default="",
        description="a place in S3, Google Cloud Storage or Azure: s3://, gs:// or az://, a bucket and a folder",
        examples=["s3://acme-exports/sla-bot"],
    )
    """Empty: exports are uploaded to Slack."""
    export_link_ttl: Annotated[timedelta, lasting(LONGEST_LINK)] = Field(
        default=timedelta(hours=24),
        description="a time in m, h or d, at most 7d",
        examples=["24h"],
    )
    export_delivery: Delivery = Field(
        default=Delivery.DIRECT,
        description="direct (to whoever asked) or channel (where it was asked)",
        examples=["direct"],
    )
    aws_access_key_id: str = Field(default="", description="the id of an access key", examples=["AKIAIOSFODNN7EXAMPLE"])
    aws_secret_access_key: SecretStr | None = Field(
        default=None, description="the secret of that access key", examples=["the text shown once beside the id"]
    )
    aws_region: str = Field(default="", description="the AWS region of the bucket", examples=["eu-central-1"])
    aws_endpoint_url: BaseUrl = Field(
        default="", description="the base URL of a store that speaks S3", examples=["https://minio.example.com:9000"]
    )
    google_service_account: str = Field(
        default="", description="the path of a service account's key file", examples=["/etc/sla-bot/google.json"]
    )
    azure_storage_account_name: str = Field(default="", description="a storage account", examples=["acmeexports"])
    azure_storage_account_key: SecretStr | None = Field(
        default=None, description="a key of that storage account", examples=["the text under Access keys"]
    )

    @property
    def export_credentials(self) -> dict[str, str]:
        """What is set of the object store's own variables, by their names; holds secrets."""
        given = {
            "AWS_ACCESS_KEY_ID": self.aws_access_key_id,
            "AWS_SECRET_ACCESS_KEY": _secret(self.aws_secret_access_key),
            "AWS_REGION": self.aws_region,
            "AWS_ENDPOINT_URL": self.aws_endpoint_url,
            "GOOGLE_SERVICE_ACCOUNT": self.google_service_account,
            "AZURE_STORAGE_ACCOUNT_NAME": self.azure_storage_account_name,
            "AZURE_STORAGE_ACCOUNT_KEY": _secret(self.azure_storage_account_key),
        }
        return {name: value for name, value in given.items() if value}


class DigestSettings(FromEnvironment):
    """Who may decide for channels, and how late a digest is still of use."""

    bot_admins: SlackPeople = Field(
        default=frozenset(),
        description="ids of people in Slack (“Copy member ID” in their profile), with commas between them",
        examples=["U024BE7LH,W012A3CDE"],
    )
    """Beside the workspace's administrators and owners."""
    digest_grace: Annotated[timedelta, lasting(LONGEST_GRACE)] = Field(
        default=timedelta(hours=2),
        description="a time in m, h or d, at most 12h",
        examples=["2h"],
    )
    """A digest that could not be sent at its minute is sent until then, and not at all later."""


class AskSettings(GenesysSettings, HouseSettings):
    """What a question in the terminal needs: Genesys, but no Slack."""


class Settings(SlackSettings, StoreSettings, DeliverySettings, DigestSettings, AskSettings):
    """What the running bot needs."""

    port: int = Field(
        default=3000, ge=0, le=65535, description="a port to listen on, 0 for any free one", examples=["3000"]
    )


def _secret(value: SecretStr | None) -> str:
    return value.get_secret_value() if value else ""
