"""Methods that look at people, groups, the workspace, and who one is."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.demo.slack_calls import ApiError, Back, Handler, Params, page
from bot.demo.slack_workspace import Json, Person, UserId, Workspace

CREATED = int(datetime(2024, 1, 8, 9, tzinfo=UTC).timestamp())


def auth_test(back: Back, _params: Params) -> Json:
    """`auth.test`."""
    workspace = back.workspace
    return {
        "url": f"{back.origin()}/",
        "team": workspace.team_name,
        "team_id": workspace.team_id,
        "user": workspace.people[workspace.bot].name,
        "user_id": workspace.bot,
        "bot_id": workspace.bot_id,
        "is_enterprise_install": False,
    }


def team_info(back: Back, _params: Params) -> Json:
    """`team.info`."""
    workspace = back.workspace
    return {"team": {"id": workspace.team_id, "name": workspace.team_name, "domain": workspace.team_domain}}


def bots_info(back: Back, params: Params) -> Json:
    """`bots.info`: there is one bot."""
    workspace = back.workspace
    if params.text("bot", workspace.bot_id) != workspace.bot_id:
        raise ApiError("bot_not_found")
    name = workspace.people[workspace.bot].real_name
    return {"bot": {"id": workspace.bot_id, "app_id": workspace.app_id, "user_id": workspace.bot, "name": name}}


def user_info(back: Back, params: Params) -> Json:
    """`users.info`."""
    person = back.workspace.people.get(UserId(params.needed("user", "user_not_found")))
    if person is None:
        raise ApiError("user_not_found")
    return {"user": person_payload(back.workspace, person)}


def users_list(back: Back, params: Params) -> Json:
    """`users.list`: the workspace's own people."""
    workspace = back.workspace
    members = [p for p in workspace.people.values() if p.team_id == workspace.team_id]
    return page(params, "members", members, lambda person: person_payload(workspace, person))


def user_groups(back: Back, params: Params) -> Json:
    """`usergroups.list`."""
    shown: list[Json] = []
    for group_id, (handle, members) in back.workspace.user_groups.items():
        group: Json = {"id": group_id, "team_id": back.workspace.team_id, "handle": handle, "name": group_name(handle)}
        if params.flag("include_users"):
            group["users"] = sorted(members)
        shown.append(group)
    return {"usergroups": shown}


def group_name(handle: str) -> str:
    """What a user group is called, after what one types to mention it."""
    return handle.replace("-", " ").capitalize()


def user_group_members(back: Back, params: Params) -> Json:
    """`usergroups.users.list`."""
    group = back.workspace.user_groups.get(params.needed("usergroup", "no_such_subteam"))
    if group is None:
        raise ApiError("no_such_subteam")
    return {"users": sorted(group[1])}


def person_payload(workspace: Workspace, person: Person) -> Json:
    """A person; those of other organisations come without zone and flags, as in shared channels."""
    shown: Json = {
        "id": person.id,
        "team_id": person.team_id,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deleted,
        "profile": {"real_name": person.real_name, "display_name": person.name},
        "is_bot": person.is_bot,
        "is_app_user": False,
    }
    if person.team_id != workspace.team_id:
        return shown | {"is_stranger": True}
    local = workspace.now().astimezone(ZoneInfo(person.tz))
    offset = local.utcoffset()
    return shown | {
        "tz": person.tz,
        "tz_label": local.tzname(),
        "tz_offset": int(offset.total_seconds()) if offset is not None else 0,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "updated": CREATED,
    }


LOOKUPS: dict[str, Handler] = {
    "auth.test": auth_test,
    "bots.info": bots_info,
    "team.info": team_info,
    "usergroups.list": user_groups,
    "usergroups.users.list": user_group_members,
    "users.info": user_info,
    "users.list": users_list,
}
