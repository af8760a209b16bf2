"""Settings out of a mapping: frozen, and complaining about everything at once.

Fields are the variables' names in small letters. A field's description says what is expected, its example what that
looks like; both appear in the sentence about a missing or malformed variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bot.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic.fields import FieldInfo


class FromEnvironment(BaseSettings):
    """Part of the settings, made by `from_env`."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, validate_default=False)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  pydantic-settings calls it by these names
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `from_env` hands over: nothing reads the process's environment behind the caller's back."""
        return (init_settings,)

    @classmethod
    def from_env(cls, mapping: Mapping[str, str]) -> Self:
        """Read the variables this class knows; an empty one counts as absent.

        Raises SettingsError with a sentence for every missing or malformed variable.
        """
        given = {
            name: mapping[name.upper()].strip() for name in cls.model_fields if mapping.get(name.upper(), "").strip()
        }
        problems = cls._gaps(given)
        try:
            settings = cls.model_validate(given)
        except ValidationError as error:
            faulty = dict.fromkeys(str(fault["loc"][0]) for fault in error.errors(include_input=False))
            named = [sentence(name, cls.model_fields[name], given.get(name)) for name in faulty]
            raise SettingsError(named + problems) from None
        if problems:
            raise SettingsError(problems)
        return settings

    @classmethod
    def _gaps(cls, given: Mapping[str, str]) -> list[str]:
        """Problems that concern several variables together."""
        del given
        return []


def sentence(name: str, field: FieldInfo, value: str | None) -> str:
    """What is wrong with a variable, and what would be right; a secret is never repeated."""
    example = (field.examples or [""])[0]
    if value is None:
        return f"{name.upper()} is missing: {field.description}, for example {example}."
    shown = "does not look right" if _is_secret(field) else f"is “{value}”"
    return f"{name.upper()} {shown}: expected {field.description}, for example {example}."


def _is_secret(field: FieldInfo) -> bool:
    return not field.repr or "SecretStr" in repr(field.annotation)


def refused(fault: str) -> ValueError:
    """An error of which only the class matters: the sentence is made from the field's description."""
    return ValueError(fault)
