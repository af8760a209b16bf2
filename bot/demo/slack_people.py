"""The workspace of the demo: who is there, and where they talk."""

from bot.demo.slack_workspace import Channel, ChannelId, Kind, Now, Person, UserId, Workspace

TEAM = "T0LOCAL"
OTHER_TEAM = "T0OTHER"

ANA = UserId("U0ANA")
BEN = UserId("U0BEN")
ADMIN = UserId("U0ADMIN")
GUEST = UserId("U0GUEST")
LENA = UserId("U0LENA")
STRANGER = UserId("U0STRANGER")
BOT = UserId("U0BOT")

BILLING_FLOOR = ChannelId("C0BILLING")
SERVICE_DESK = ChannelId("C0SERVICE")
OPS_SHARED = ChannelId("C0SHARED")

SUPERVISORS = "S0SUPERVISORS"
SHIFT_LEADS = "S0LEADS"


def direct_id(user: UserId) -> ChannelId:
    """The direct conversation of a person of the demo with the bot."""
    return ChannelId(f"D{user[1:]}")


def demo_workspace(*, now: Now, bot_name: str) -> Workspace:
    """A supervisor, a shift lead, an analyst, an administrator, a guest and somebody of another company.

    They talk in three channels. Alerts mention the user group of shift leads.
    """
    people = (
        Person(id=ANA, name="ana", real_name="Ana Lopez", team_id=TEAM),
        Person(id=BEN, name="ben", real_name="Ben Carter", team_id=TEAM, tz="America/New_York"),
        Person(id=ADMIN, name="mira", real_name="Mira Patel", team_id=TEAM, is_admin=True),
        Person(id=LENA, name="lena", real_name="Lena Novak", team_id=TEAM),
        Person(id=GUEST, name="gus", real_name="Gus Meyer", team_id=TEAM, tz="Europe/Berlin", is_restricted=True),
        Person(id=STRANGER, name="sato", real_name="Sato Ito", team_id=OTHER_TEAM, tz="Asia/Tokyo"),
        Person(id=BOT, name=bot_name.lower().replace(" ", "-"), real_name=bot_name, team_id=TEAM, is_bot=True),
    )
    employees = frozenset({ANA, BEN, ADMIN, BOT})
    channels = (
        Channel(
            id=BILLING_FLOOR,
            name="billing-floor",
            members=employees | {GUEST, LENA},
            topic="Billing calls and chats, shift by shift",
            creator=ANA,
        ),
        Channel(
            id=SERVICE_DESK,
            name="service-desk",
            members=employees,
            topic="Everything that is not an invoice",
            creator=BEN,
        ),
        Channel(
            id=OPS_SHARED,
            name="ops-shared",
            members=employees | {STRANGER},
            is_ext_shared=True,
            topic="Together with our outsourcing partner",
            creator=ADMIN,
        ),
        *(
            Channel(id=direct_id(user), name="", members=frozenset({user, BOT}), kind=Kind.DIRECT)
            for user in (ANA, BEN, ADMIN, LENA, GUEST)
        ),
    )
    return Workspace(
        now=now,
        team_id=TEAM,
        team_name="Northwind Care",
        team_domain="northwind-care",
        bot=BOT,
        bot_id="B0BOT",
        app_id="A0LOCAL",
        people={person.id: person for person in people},
        channels={channel.id: channel for channel in channels},
        user_groups={
            SUPERVISORS: ("supervisors", frozenset({ANA, ADMIN})),
            SHIFT_LEADS: ("shift-leads", frozenset({LENA, ANA})),
        },
    )
