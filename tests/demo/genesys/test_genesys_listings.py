from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.demo.centre import Centre
from bot.demo.centre_organisation import (
    Agent,
    AgentId,
    AgentState,
    Division,
    DivisionId,
    Organisation,
    Queue,
    Target,
    WrapUpCode,
    WrapUpId,
    stable_id,
)

QUEUES = "/api/v2/routing/queues"
NAMES = ["Billing", "billing eu", "EU Sales", "Sales", "Réclamations"]


@pytest.fixture
async def site(open_site: Callable[..., Awaitable[Any]]) -> Any:
    """Five queues on this platform."""
    return await open_site(Centre.of([Queue.named(name) for name in NAMES], []))


async def names(site: Any, **query: Any) -> list[str]:
    return [entity["name"] for entity in (await site.client.get(QUEUES, params=query)).json()["entities"]]


async def test_a_page_knows_its_neighbours(site: Any) -> None:
    first, second, third, beyond = [
        (await site.client.get(QUEUES, params={"pageSize": 2, "pageNumber": number})).json() for number in (1, 2, 3, 4)
    ]
    for page in (first, second, third, beyond):
        assert (page["total"], page["pageCount"], page["pageSize"]) == (5, 3, 2)
        assert page["firstUri"] == f"{QUEUES}?pageSize=2&pageNumber=1"
        assert page["lastUri"] == f"{QUEUES}?pageSize=2&pageNumber=3"
    assert [len(page["entities"]) for page in (first, second, third, beyond)] == [2, 2, 1, 0]
    assert second["nextUri"] == third["selfUri"]
    assert second["previousUri"] == first["selfUri"]
    assert "previousUri" not in first
    assert "nextUri" not in third
    assert (await site.client.get(second["nextUri"])).json() == third


async def test_a_page_has_25_entries_unless_asked(open_site: Callable[..., Awaitable[Any]]) -> None:
    site = await open_site(Centre.demo())
    page = (await site.client.get(QUEUES)).json()
    assert (len(page["entities"]), page["pageSize"], page["total"]) == (25, 25, 120)
    assert len(await names(site, pageSize=500)) == 120


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("billing", ["Billing"]),
        ("billing*", ["Billing", "billing eu"]),
        ("*sales", ["EU Sales", "Sales"]),
        ("*eu*", ["billing eu", "EU Sales"]),
        ("*", ["Billing", "billing eu", "EU Sales", "Réclamations", "Sales"]),
        ("bill", []),
    ],
)
async def test_names_are_exact_or_have_a_star_at_either_end(site: Any, pattern: str, found: list[str]) -> None:
    assert await names(site, name=pattern) == found


async def test_ids_come_joined_by_commas(site: Any) -> None:
    wanted = [Queue.named(name).id for name in ("Sales", "Billing")]
    assert await names(site, id=",".join(wanted)) == ["Billing", "Sales"]


async def test_ids_may_be_repeated_instead_and_the_next_page_keeps_them(site: Any) -> None:
    wanted = [Queue.named(name).id for name in ("Sales", "Billing")]
    first = (await site.client.get(QUEUES, params={"id": wanted, "pageSize": 1})).json()
    second = (await site.client.get(first["nextUri"])).json()
    assert [page["entities"][0]["name"] for page in (first, second)] == ["Billing", "Sales"]


async def test_the_order_can_be_turned_round(site: Any) -> None:
    assert await names(site, sortOrder="desc") == list(reversed(await names(site)))


@pytest.mark.parametrize(
    "query",
    [
        {"pageSize": 0},
        {"pageSize": 501},
        {"pageSize": "many"},
        {"pageNumber": 0},
        {"pageNumber": -1},
        {"sortOrder": "up"},
    ],
    ids=str,
)
async def test_impossible_pages_are_refused(site: Any, query: dict[str, Any]) -> None:
    reply = await site.client.get(QUEUES, params=query)
    assert reply.status_code == 400
    assert reply.json()["code"] in ("invalid.query.param.value", "invalid.value")


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("divisionviews", {"pageSize": 100, "pageNumber": 5}, 200),
        ("divisionviews", {"pageSize": 101}, 400),
        ("divisionviews", {"pageNumber": 6}, 400),
        ("divisionviews/all", {"pageSize": 500, "pageNumber": 6}, 200),
        ("divisionviews/all", {"pageSize": 501}, 400),
    ],
)
async def test_division_views_have_limits_of_their_own(
    site: Any, path: str, query: dict[str, int], status: int
) -> None:
    assert (await site.client.get(f"{QUEUES}/{path}", params=query)).status_code == status


async def test_division_views_leave_the_settings_out(site: Any) -> None:
    (entity, *_) = (await site.client.get(f"{QUEUES}/divisionviews/all")).json()["entities"]
    assert set(entity) == {"id", "name", "division", "selfUri"}


async def test_a_voice_target_is_called_call_and_a_medium_may_be_missing(
    open_site: Callable[..., Awaitable[Any]],
) -> None:
    queue = Queue(
        id=Queue.named("Billing").id,
        name="Billing",
        targets={
            "voice": Target(share=0.8, within=timedelta(seconds=20)),
            "email": Target(share=0.8, within=timedelta(days=1)),
        },
    )
    site = await open_site(Centre.of([queue], []))
    settings = (await site.client.get(f"{QUEUES}/{queue.id}")).json()["mediaSettings"]
    assert {medium: setting["serviceLevel"] for medium, setting in settings.items()} == {
        "call": {"percentage": 0.8, "durationMs": 20_000},
        "email": {"percentage": 0.8, "durationMs": 86_400_000},
    }


async def test_queues_can_be_chosen_by_division(open_site: Callable[..., Awaitable[Any]]) -> None:
    europe = Division(id=DivisionId("d0000000-0000-4000-8000-000000000001"), name="Europe")
    home = Queue.named("Billing")
    abroad = Queue(id=Queue.named("Billing EU").id, name="Billing EU", division_id=europe.id)
    site = await open_site(Centre(Organisation(queues=(home, abroad), divisions=(europe,)), visits=[]))
    (entity,) = (await site.client.get(QUEUES, params={"divisionId": europe.id})).json()["entities"]
    assert (entity["name"], entity["division"]["name"]) == ("Billing EU", "Europe")


async def test_renaming_and_removing_show_in_the_next_listing(site: Any) -> None:
    site.centre.rename(Queue.named("Sales").id, "Verkauf")
    site.centre.remove(Queue.named("EU Sales").id)
    assert await names(site) == ["Billing", "billing eu", "Réclamations", "Verkauf"]
    gone = await site.client.get(f"{QUEUES}/{Queue.named('EU Sales').id}")
    assert (gone.status_code, gone.json()["code"]) == (404, "not.found")


def somebody(name: str, state: AgentState = "active") -> Agent:
    return Agent(id=AgentId(stable_id("agent", name)), name=name, state=state)


STAFF = (somebody("Ada"), somebody("Bo", "inactive"), somebody("Cy", "deleted"), somebody("Dee"))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param({}, ["Ada", "Dee"], id="only those who are active unless asked"),
        pytest.param({"state": "inactive"}, ["Bo"], id="inactive ones"),
        pytest.param({"state": "deleted"}, ["Cy"], id="deleted ones"),
        pytest.param({"state": "any"}, ["Ada", "Bo", "Cy", "Dee"], id="all"),
        pytest.param({"id": [STAFF[0].id, STAFF[2].id]}, ["Ada"], id="a deleted one does not come by id alone"),
        pytest.param({"id": f"{STAFF[0].id},{STAFF[2].id}", "state": "any"}, ["Ada", "Cy"], id="but with any"),
        pytest.param({"state": "any", "pageSize": 3, "pageNumber": 2}, ["Dee"], id="second page"),
    ],
)
async def test_users_come_by_state_and_id(
    open_site: Callable[..., Awaitable[Any]], query: dict[str, Any], found: list[str]
) -> None:
    site = await open_site(Centre.of([], [], agents=STAFF))
    assert [user["name"] for user in (await site.client.get("/api/v2/users", params=query)).json()["entities"]] == found


async def test_users_of_an_unknown_state_are_refused(site: Any) -> None:
    reply = await site.client.get("/api/v2/users", params={"state": "retired"})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid.value")


async def test_some_of_the_demos_agents_have_left() -> None:
    states = [agent.state for agent in Centre.demo().organisation.agents]
    assert all(0 < states.count(state) < 20 for state in ("inactive", "deleted"))


async def test_wrap_up_codes_come_by_id_and_name_up_to_500_a_page(open_site: Callable[..., Awaitable[Any]]) -> None:
    codes = [WrapUpCode(id=WrapUpId(stable_id("code", f"Code {n:03}")), name=f"Code {n:03}") for n in range(501)]
    site = await open_site(Centre.of([], [], wrap_up_codes=codes))

    async def found(**query: Any) -> list[str]:
        reply = await site.client.get("/api/v2/routing/wrapupcodes", params=query)
        return [code["name"] for code in reply.json()["entities"]]

    assert len(await found(pageSize=500)) == 500
    assert await found(pageSize=500, pageNumber=2) == ["Code 500"]
    assert await found(id=[codes[7].id, codes[3].id]) == ["Code 003", "Code 007"]
    assert await found(name="*42") == ["Code 042", "Code 142", "Code 242", "Code 342", "Code 442"]


@pytest.mark.parametrize("suffix", ["", "/defaults"])
async def test_the_limits_endpoint_tells_the_limit_in_force(site: Any, suffix: str) -> None:
    site.options.rate_limit = 180
    reply = await site.client.get(f"/api/v2/organizations/limits/namespaces/platform.api{suffix}")
    limits = {limit["key"]: limit["value"] for limit in reply.json()["entities"]}
    assert limits["client.credentials.token.rate.per.minute"] == 180
    assert limits["request.bytes.max"] == 512_000


async def test_an_unknown_limits_namespace_is_not_found(site: Any) -> None:
    assert (await site.client.get("/api/v2/organizations/limits/namespaces/nothing")).status_code == 404
