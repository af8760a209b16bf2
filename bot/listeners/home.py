"""App Home: open alerts, what needs its reader, the rules and digests of their channels, and how to ask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.blocks.home import home_view
from bot.domain.ids import TeamId, UserId
from bot.errors import NotAllowed
from bot.listeners.alerts.at_home import alerts_at_home
from bot.listeners.desk import Visitor

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

    from bot.listeners.desk import Desk
    from bot.slack.payloads import HomeOpened

_INCOMPLETE = "Slack did not tell which channels you are in: these are only the digests that you made."


def register(app: AsyncApp, desk: Desk) -> None:
    @app.event("app_home_opened")
    async def opened(event: HomeOpened) -> None:
        if event.get("tab") == "home":
            show_home(desk, UserId(event["user"]))


def show_home(desk: Desk, user: UserId) -> None:
    """Their tab shows what is true now; beside the work, since nobody waits for it."""
    # Under a name of its own: it is no question of theirs, and must not be counted among them.
    desk.promises.keep(desk.homes.run(user, partial(_publish, desk, user)), owner=f"home:{user}")


async def _publish(desk: Desk, user: UserId) -> None:
    """As it is now. Guests and people of other organisations see how to ask, and neither alerts nor digests."""
    view = partial(home_view, command=desk.typed("sla"), live=desk.typed("queue"), digest=desk.typed("digest"))
    try:
        seat = await desk.welcome(Visitor(user=user, team=TeamId(desk.identity.team_id)))
    except NotAllowed:
        await desk.slack.publish_home(user, view(()))
        return
    overview = await desk.subscribing.home(user)
    entries = await desk.entries.read_by(user, await desk.entries.of(overview.subscriptions))
    notes = () if overview.complete else (_INCOMPLETE,)
    damaged = await desk.subscribing.damaged.of_person(user)
    names = desk.ask.naming.examples(seat.asker)
    alerts = await alerts_at_home(desk, seat)
    await desk.slack.publish_home(user, view(names, entries=entries, notes=notes, damaged=damaged, alerts=alerts))
