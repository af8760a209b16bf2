"""How the simulated platform says no: the standard error body, with its status and code."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class ErrorBody(TypedDict):
    """The fields every refusal carries."""

    message: str
    code: str
    status: int
    contextId: str
    details: list[object]
    errors: list[object]


class ApiError(Exception):
    """A request that is refused; becomes an `ErrorBody` at the door."""

    def __init__(self, status: int, code: str, message: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})

    def body(self, correlation_id: str) -> ErrorBody:
        """The body to send; its contextId repeats the correlation id header."""
        return {
            "message": self.message,
            "code": self.code,
            "status": self.status,
            "contextId": correlation_id,
            "details": [],
            "errors": [],
        }


def bad_request(message: str) -> ApiError:
    """400 for a body or parameter that makes no sense."""
    return ApiError(400, "bad.request", message)


def invalid_value(value: object, field_type: str, allowed: Iterable[str]) -> ApiError:
    """400 for a word outside an enumeration, in the recorded wording."""
    shown = "" if value is None else value
    words = ", ".join(allowed)
    return ApiError(
        400,
        "invalid.value",
        f"Value [{shown}] is not valid for field type [{field_type}]. Allowable values are: {words}",
    )


def not_found(path: str) -> ApiError:
    """404 that names the path, so that a call to something never served is found at once."""
    return ApiError(404, "not.found", f"The requested resource was not found: {path}")


def too_large(limit: int) -> ApiError:
    """413 for a body over the platform's limit."""
    return ApiError(413, "request.entity.too.large", f"The body may not exceed {limit} bytes")


def timed_out() -> ApiError:
    """504 for a query that asks for too much at once."""
    return ApiError(504, "request.timeout", "The request timed out.")
