"""The `views.*` methods: at most three modals on top of each other, one Home tab per person."""

from bot.demo.slack_calls import ApiError, Back, Handler, Params, read_view
from bot.demo.slack_events import view_payload
from bot.demo.slack_permits import Refused, Trigger
from bot.demo.slack_workspace import Json, UserId, View

DEEPEST_STACK = 3


def open_modal(back: Back, params: Params) -> Json:
    """`views.open`: the first modal of a new stack."""
    body = read_view(back, params, "modal")
    trigger = _trigger(back, params)
    view = back.workspace.new_view(trigger.user, body, opened_in=trigger.channel)
    back.workspace.show_modals(trigger.user, [view])
    return _shown(back, view)


def push(back: Back, params: Params) -> Json:
    """`views.push`: on top of the modal in which the trigger's click happened."""
    body = read_view(back, params, "modal")
    trigger = _trigger(back, params)
    stack = back.workspace.modals.get(trigger.user, [])
    if trigger.view is None or not stack:
        raise ApiError("not_found")
    if len(stack) >= DEEPEST_STACK:
        raise ApiError("push_limit_reached")
    view = back.workspace.new_view(trigger.user, body, below=stack[-1])
    back.workspace.show_modals(trigger.user, [*stack, view])
    return _shown(back, view)


def update(back: Back, params: Params) -> Json:
    """`views.update`: by `view_id` or `external_id`; a stale `hash` is refused."""
    body = read_view(back, params, "modal")
    view = back.workspace.open_view(view_id=params.text("view_id"), external_id=params.text("external_id"))
    if view is None:
        raise ApiError("not_found")
    _unchanged(view, params)
    return _shown(back, replace_in_stack(back, view, body))


def publish(back: Back, params: Params) -> Json:
    """`views.publish`: the Home tab of one person."""
    body = read_view(back, params, "home")
    user = UserId(params.needed("user_id"))
    if user not in back.workspace.people:
        raise ApiError("invalid_arguments")
    before = back.workspace.homes.get(user)
    if before is not None:
        _unchanged(before, params)
    view = back.workspace.renew_view(before, body) if before else back.workspace.new_view(user, body)
    back.workspace.show_home(view)
    return _shown(back, view)


def replace_in_stack(back: Back, view: View, body: Json) -> View:
    """Put new contents into a modal, wherever it is in the stack."""
    renewed = back.workspace.renew_view(view, body)
    stack = back.workspace.modals[view.user]
    back.workspace.show_modals(view.user, [renewed if one.id == view.id else one for one in stack])
    return renewed


def _trigger(back: Back, params: Params) -> Trigger:
    try:
        return back.permits.pull(params.needed("trigger_id"))
    except Refused as refused:
        raise ApiError(refused.error) from refused


def _unchanged(view: View, params: Params) -> None:
    if params.text("hash") not in ("", view.hash):
        raise ApiError("hash_conflict")


def _shown(back: Back, view: View) -> Json:
    return {"view": view_payload(back.workspace, view, {})}


VIEWS: dict[str, Handler] = {
    "views.open": open_modal,
    "views.publish": publish,
    "views.push": push,
    "views.update": update,
}
