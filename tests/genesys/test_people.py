"""Names of agents and wrap-up codes, in virtual time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from structlog.testing import capture_logs

from bot.domain.ids import AgentId, WrapUpId
from bot.genesys.pace import Priority
from bot.genesys.people import People

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    Virtually = Callable[[Coroutine[Any, Any, Any]], Any]

ANA, BO = (AgentId(f"7cfb14fd-0000-4000-8000-00000000000{number}") for number in (1, 2))
SOLD = WrapUpId("b1b60000-0000-4000-8000-000000000001")
BUILT_IN = WrapUpId("ININ-WRAP-UP-TIMEOUT")
HOUR, MINUTE = 3600, 60


def now() -> datetime:
    return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(seconds=asyncio.get_running_loop().time())


class Organisation:
    """Answers listings from names by id; a status other than 200 is answered with that."""

    def __init__(self, **names: str) -> None:
        self.names = names
        self.status = 200
        self.hangs = False

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.hangs:
            await asyncio.sleep(15)
        if self.status != 200:
            return httpx.Response(self.status, json={"message": "no"})
        wanted = request.url.params.get("id")
        known = sorted(one for one in self.names if wanted is None or one in wanted.split(","))
        size, number = (int(request.url.params[name]) for name in ("pageSize", "pageNumber"))
        page = known[(number - 1) * size : number * size]
        entities = [{"id": one, "name": self.names[one]} for one in page]
        return httpx.Response(200, json={"entities": entities, "pageCount": -(-len(known) // size)})


def told(
    in_process: Any,
    virtually: Virtually,
    organisation: Organisation,
    story: Callable[[People], Coroutine[Any, Any, Any]],
) -> tuple[Any, int]:
    """What the story returns, and how many requests it took."""

    async def run() -> tuple[Any, int]:
        genesys = in_process(organisation)
        async with genesys.client() as client:
            return await story(People(client, now=now)), len(genesys.requests)

    result: tuple[Any, int] = virtually(run())
    return result


def test_agents_have_their_names_and_are_asked_about_once(in_process: Any, virtually: Virtually) -> None:
    async def story(people: People) -> None:
        for _ in range(2):
            assert await people.agents([ANA, BO, ANA]) == {ANA: "Ana Silva", BO: "Bo Berg"}

    organisation = Organisation(**{ANA: "Ana Silva", BO: "Bo Berg"})
    assert told(in_process, virtually, organisation, story) == (None, 1)


def test_only_agents_that_are_not_known_yet_are_asked_about(in_process: Any, virtually: Virtually) -> None:
    many = [AgentId(f"agent-{number}") for number in range(250)]

    async def story(people: People) -> None:
        await people.agents(many[:20])
        assert await people.agents(many) == {agent: f"Name of {agent}" for agent in many}

    organisation = Organisation(**{agent: f"Name of {agent}" for agent in many})
    assert told(in_process, virtually, organisation, story) == (None, 1 + 3)


def test_every_page_of_the_codes_is_read_and_a_built_in_code_is_a_word_already(
    in_process: Any, virtually: Virtually
) -> None:
    many = [WrapUpId(f"{number:08}-0000-4000-8000-000000000001") for number in range(250)]

    async def story(people: People) -> None:
        assert await people.wrap_ups([BUILT_IN]) == {BUILT_IN: BUILT_IN}
        assert await people.wrap_ups([*many, BUILT_IN]) == {code: f"Code {code}" for code in many} | {
            BUILT_IN: BUILT_IN
        }

    organisation = Organisation(**{code: f"Code {code}" for code in many})
    assert told(in_process, virtually, organisation, story) == (None, 3)


@pytest.mark.parametrize(
    "names",
    [pytest.param({}, id="not listed"), pytest.param({ANA: "", SOLD: "  "}, id="without a name")],
)
def test_what_has_no_name_is_shown_by_the_beginning_of_its_id_and_asked_again_after_a_minute(
    in_process: Any, virtually: Virtually, names: dict[str, str]
) -> None:
    organisation = Organisation(**names)

    async def story(people: People) -> None:
        for _ in range(3):
            assert await people.agents([ANA]) == {ANA: "Unknown agent 7cfb14fd"}
            assert await people.wrap_ups([SOLD]) == {SOLD: "Unknown code b1b60000"}
        await asyncio.sleep(MINUTE)
        organisation.names = {ANA: "Ana Silva", SOLD: "Sold"}
        assert await people.agents([ANA]) == {ANA: "Ana Silva"}
        assert await people.wrap_ups([SOLD]) == {SOLD: "Sold"}

    assert told(in_process, virtually, organisation, story) == (None, 4)


def test_names_are_read_again_after_half_an_hour(in_process: Any, virtually: Virtually) -> None:
    organisation = Organisation(**{ANA: "Ana Silva"})

    async def story(people: People) -> None:
        await people.agents([ANA])
        organisation.names = {ANA: "Ana Berg"}
        assert await people.agents([ANA]) == {ANA: "Ana Silva"}
        await asyncio.sleep(HOUR / 2)
        assert await people.agents([ANA]) == {ANA: "Ana Berg"}

    assert told(in_process, virtually, organisation, story) == (None, 2)


def test_without_the_permission_there_are_figures_with_parts_of_ids_and_one_line_in_the_log(
    in_process: Any, virtually: Virtually
) -> None:
    organisation = Organisation()
    organisation.status = 403

    async def story(people: People) -> None:
        for _ in range(3):
            assert await people.agents([ANA, BO]) == {ANA: "Unknown agent 7cfb14fd", BO: "Unknown agent 7cfb14fd"}
            await asyncio.sleep(MINUTE)

    with capture_logs() as logs:
        assert told(in_process, virtually, organisation, story) == (None, 3)
    assert [entry["of"] for entry in logs if entry["event"] == "names are left out"] == ["agents"]


def test_an_old_name_is_better_than_none(in_process: Any, virtually: Virtually) -> None:
    organisation = Organisation(**{ANA: "Ana Silva"})

    async def story(people: People) -> None:
        await people.agents([ANA])
        organisation.status = 500
        await asyncio.sleep(HOUR)
        assert await people.agents([ANA]) == {ANA: "Ana Silva"}

    told(in_process, virtually, organisation, story)


@pytest.mark.parametrize(
    ("priority", "name", "seconds"),
    [
        pytest.param(Priority.PERSON, "Unknown agent 7cfb14fd", 10, id="a person waits for ten seconds"),
        pytest.param(Priority.DIGEST, "Ana Silva", 15, id="a digest waits for the names"),
    ],
)
def test_names_that_take_long_do_not_hold_up_a_person(
    in_process: Any, virtually: Virtually, priority: Priority, name: str, seconds: float
) -> None:
    organisation = Organisation(**{ANA: "Ana Silva"})
    organisation.hangs = True

    async def story(people: People) -> float:
        assert await people.agents([ANA], priority=priority) == {ANA: name}
        return asyncio.get_running_loop().time()

    assert told(in_process, virtually, organisation, story)[0] == pytest.approx(seconds)
