"""What Slack does with the answer to a submitted modal."""

from collections.abc import Mapping
from typing import Any

from bot.demo.slack_api_views import DEEPEST_STACK, replace_in_stack
from bot.demo.slack_calls import ApiError, Back, Params, read_view
from bot.demo.slack_workspace import View


def after_submission(back: Back, view: View, answer: Mapping[str, Any]) -> Mapping[str, str]:
    """Close, update, push or clear as `response_action` says; returns the errors to show at fields, by block id.

    Raises ApiError for a view Slack refuses, for errors at blocks that are no inputs, and for unknown actions.
    """
    stack = [one for one in back.workspace.modals.get(view.user, []) if one.id != view.id]
    match answer.get("response_action"):
        case None:
            back.workspace.show_modals(view.user, stack)
        case "clear":
            back.workspace.show_modals(view.user, [])
        case "errors":
            return _field_errors(view, answer.get("errors") or {})
        case "update":
            replace_in_stack(back, view, read_view(back, Params(answer), "modal"))
        case "push":
            if len(stack) + 1 >= DEEPEST_STACK:
                raise ApiError("push_limit_reached")
            pushed = back.workspace.new_view(view.user, read_view(back, Params(answer), "modal"), below=view)
            back.workspace.show_modals(view.user, [*stack, view, pushed])
        case other:
            raise ApiError("invalid_response_action", response_metadata={"messages": [f"[ERROR] {other}"]})
    return {}


def _field_errors(view: View, errors: Mapping[str, str]) -> Mapping[str, str]:
    inputs = {block["block_id"] for block in view.body["blocks"] if block["type"] == "input"}
    if not errors or errors.keys() - inputs:
        raise ApiError("invalid_errors", response_metadata={"messages": [f"[ERROR] inputs are {sorted(inputs)}"]})
    return errors
