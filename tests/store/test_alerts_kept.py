"""Whose the evaluation is, and what a round of it leaves behind."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.alerts.keeping import Lease, Round, Watch
from bot.domain.alerts.rules import RuleId, Severity
from bot.domain.alerts.states import AlertState, BulletinId, Ended, Handling, IncidentId, Status, Watched
from bot.domain.ids import TeamId
from bot.domain.queues import Media
from bot.store.alert_tables import alert_states, incidents
from bot.store.database import open_store
from bot.store.reading import Unreadable
from tests.store.alerts import EVIDENCE, FIRST, QUEUE, VOICE, bulletin, done, incident, leased, line, told
from tests.store.digests import ANA, BEN, BILLING, MINUTE, NOON, SALES, SECOND, TEAM, on_database

if TYPE_CHECKING:
    from bot.domain.alerts.states import Incident
    from bot.store.database import Store

NEVER = AlertState()
PENDING = AlertState(status=Status.PENDING, since=NOON, evaluated=NOON)
AGENTS = Watched(RuleId("r1"), QUEUE, None)
HOUR = timedelta(hours=1)


async def one(store: Store, id_: str = "i1") -> Incident:
    found = await store.alerts.incident(IncidentId(id_))
    assert found is not None
    return found


async def test_a_lease_is_held_for_longer_by_its_holder_and_refused_to_others(store: Store) -> None:
    first = await leased(store, "p")
    assert first == Lease(team=TEAM, holder="p", token=1, until=NOON + MINUTE)
    soon = NOON + SECOND
    assert await store.alerts.lease(TEAM, "q", now=soon, until=soon + MINUTE) is None
    again = await store.alerts.lease(TEAM, "p", now=soon, until=soon + MINUTE)
    assert again == replace(first, until=soon + MINUTE)


async def test_whoever_takes_over_has_another_token(store: Store) -> None:
    tokens = [(await leased(store, holder, minutes)).token for minutes, holder in enumerate("pqqp")]
    assert tokens == [1, 2, 2, 3]


async def test_each_workspace_has_a_lease_of_its_own(store: Store) -> None:
    await leased(store, "p")
    assert await store.alerts.lease(TeamId("T2"), "q", now=NOON, until=NOON + MINUTE) is not None


async def test_what_is_given_back_is_free_at_once(store: Store) -> None:
    lease = await leased(store, "p")
    assert await store.alerts.release(lease, now=NOON)
    assert not await store.alerts.release(lease, now=NOON)
    assert (await leased(store, "q")).token == 2


@pytest.mark.parametrize(
    ("holder", "until"), [pytest.param("", NOON + MINUTE, id="nobody"), pytest.param("p", NOON, id="for no time")]
)
async def test_a_lease_that_makes_no_sense_is_refused(store: Store, holder: str, until: object) -> None:
    with pytest.raises(ValueError, match="lease"):
        await store.alerts.lease(TEAM, holder, now=NOON, until=until)  # type: ignore[arg-type]


@pytest.mark.parametrize("before", [0, 2])
async def test_of_several_processes_one_gets_the_lease(store: Store, migrated_url: str, before: int) -> None:
    if before:
        await leased(store, "old")
    now = NOON + before * MINUTE
    async with open_store(migrated_url) as second:
        leases = await asyncio.gather(
            *(
                each.alerts.lease(TEAM, f"p{number}", now=now, until=now + MINUTE)
                for number, each in enumerate((store, second) * 5)
            )
        )
    assert len([each for each in leases if each]) == 1


async def test_a_round_is_there_after_a_restart(store: Store, migrated_url: str) -> None:
    watch = Watch(last_tick=NOON, quarter=NOON - MINUTE, blind_since=NOON - HOUR, blind_reason="Refused.")
    states = {VOICE: PENDING, AGENTS: AlertState(firings=(NOON,), escalated=2, held=True)}
    kept = Round(watch=watch, states=states, incidents=(incident(),), bulletins=(bulletin(),), lines=(line(),))
    assert await store.alerts.commit(await leased(store), kept)
    async with open_store(migrated_url) as again:
        assert await again.alerts.watch(TEAM) == watch
        assert await again.alerts.states(TEAM) == states
        assert await again.alerts.open_incidents(TEAM) == (incident(),)
        assert await again.bulletins.open(TEAM) == (bulletin(),)
        assert await again.lines.of_bulletin(FIRST) == (line(),)


async def test_before_the_first_round_there_is_nothing(store: Store) -> None:
    assert await store.alerts.watch(TEAM) == Watch()
    assert await store.alerts.states(TEAM) == {}
    assert await store.alerts.incident(IncidentId("i0")) is None
    assert await store.bulletins.find(FIRST) is None


async def test_who_lost_the_lease_writes_nothing(store: Store) -> None:
    stale = await leased(store, "p")
    await leased(store, "q", minutes=2)
    whole = Round(
        watch=Watch(last_tick=NOON),
        states={VOICE: PENDING},
        incidents=(incident(),),
        bulletins=(bulletin(),),
        lines=(line(),),
    )
    assert not await store.alerts.commit(stale, whole)
    assert await store.alerts.watch(TEAM) == Watch()
    assert await store.alerts.states(TEAM) == {}
    assert await store.alerts.open_incidents(TEAM) == ()
    assert await store.bulletins.open(TEAM) == ()
    assert await store.lines.of_bulletin(FIRST) == ()


async def test_a_holder_that_lost_and_regained_it_does_not_write_what_it_saw_before(store: Store) -> None:
    stale = await leased(store, "p")
    await leased(store, "q", minutes=2)
    await leased(store, "p", minutes=4)
    assert not await store.alerts.commit(stale, Round(watch=Watch(last_tick=NOON)))


async def test_a_lease_that_lapsed_and_that_nobody_took_still_counts(store: Store) -> None:
    assert await store.alerts.commit(await leased(store), Round(watch=Watch(last_tick=NOON + HOUR)))


async def test_states_change_and_are_forgotten_one_by_one(store: Store) -> None:
    await done(store, states={VOICE: PENDING, AGENTS: PENDING})
    await done(store, states={VOICE: NEVER})
    assert await store.alerts.states(TEAM) == {VOICE: NEVER, AGENTS: PENDING}
    await done(store, states={AGENTS: None, Watched(RuleId("r9"), QUEUE, None): None})
    assert await store.alerts.states(TEAM) == {VOICE: NEVER}


async def test_a_state_that_cannot_be_read_harms_no_other(store: Store, migrated_url: str) -> None:
    await done(store, states={VOICE: PENDING, AGENTS: PENDING})
    spoilt = update(alert_states).where(alert_states.c.media == Media.VOICE).values(state_json="{")
    await on_database(migrated_url, spoilt)
    with capture_logs() as logs:
        for _ in range(2):
            assert await store.alerts.states(TEAM) == {AGENTS: PENDING}
    assert len(logs) == 1


async def test_what_people_did_is_not_overwritten_by_a_round_that_did_not_see_it(store: Store) -> None:
    [seen] = await told(store)
    await store.presses.acknowledge(FIRST, ANA, now=NOON)
    await store.presses.snooze(FIRST, BEN, NOON + HOUR, now=NOON)
    await store.presses.expected(FIRST, BEN, now=NOON)
    await store.presses.vote(FIRST, BEN, now=NOON)
    worse = replace(seen, severity=Severity.CRITICAL, firings=2)
    await done(store, minutes=1, incidents=(worse,))
    assert await one(store) == replace(
        worse,
        handling=Handling(acked_by=ANA, acked_at=NOON, snoozed_by=BEN, snoozed_until=NOON + HOUR, expected_by=BEN),
        votes=(BEN,),
    )


async def test_an_acknowledgement_is_over_when_a_round_says_so(store: Store) -> None:
    await told(store)
    await store.presses.acknowledge(FIRST, ANA, now=NOON)
    await done(store, minutes=1, unacknowledged=frozenset({IncidentId("i1")}))
    assert (await one(store)).handling == Handling()


async def test_an_acknowledgement_from_after_the_round_began_stays(store: Store) -> None:
    await told(store)
    await store.presses.acknowledge(FIRST, ANA, now=NOON + MINUTE + SECOND)
    await done(store, minutes=1, unacknowledged=frozenset({IncidentId("i1")}))
    assert (await one(store)).handling.acked_by == ANA


@pytest.mark.parametrize(("until", "sleeps"), [(NOON + MINUTE, False), (NOON + HOUR, True)])
async def test_a_snooze_ends_when_a_round_says_so_and_not_while_it_lasts(
    store: Store, until: object, sleeps: bool
) -> None:
    await told(store)
    await store.presses.snooze(FIRST, ANA, until, now=NOON)  # type: ignore[arg-type]
    await done(store, minutes=2, woken=frozenset({IncidentId("i1")}))
    assert ((await one(store)).handling != Handling()) is sleeps


async def test_a_bulletin_that_says_something_else_moves_from_what_is_kept(store: Store) -> None:
    await told(store)
    await store.presses.acknowledge(FIRST, ANA, now=NOON)
    await done(store, minutes=1, bulletins=(bulletin(closed_at=NOON + MINUTE, note="7 of 12", revision=1),))
    assert await store.bulletins.find(FIRST) == bulletin(closed_at=NOON + MINUTE, note="7 of 12", revision=3)


async def test_a_round_does_not_undo_what_was_sent_meanwhile(store: Store) -> None:
    await told(store)
    claimed = await store.bulletins.claim(bulletin(), holder="p", now=NOON, until=NOON + MINUTE)
    assert claimed is not None
    posted = await store.bulletins.posted(claimed, ts="1.2", revision=1, now=NOON)
    assert posted is not None
    await done(store, minutes=1, bulletins=(bulletin(),))
    assert await store.bulletins.find(FIRST) == replace(posted, revision=2)


async def test_a_line_is_entered_once_however_often_it_is_said(store: Store) -> None:
    await told(store)
    for text in ("first", "again"):
        await done(store, lines=(line(text=text),))
    assert [each.text for each in await store.lines.of_bulletin(FIRST)] == ["first"]


async def test_incidents_of_a_time_are_those_that_were_open_in_it(store: Store) -> None:
    over = {"ended_at": NOON + HOUR, "ended": Ended.RESOLVED}
    before = incident("i1", **over)
    within = incident("i2", opened_at=NOON + HOUR, fired_at=NOON + HOUR, channel=SALES)
    after = incident("i3", opened_at=NOON + 2 * HOUR, fired_at=NOON + 2 * HOUR)
    await done(store, incidents=(after, within, before))
    span = {"since": NOON + HOUR, "until": NOON + 2 * HOUR}
    assert await store.alerts.incidents(TEAM, **span) == (within,)
    assert await store.alerts.incidents(TEAM, since=NOON, until=NOON + 3 * HOUR) == (before, within, after)
    assert await store.alerts.incidents(TEAM, BILLING, since=NOON, until=NOON + 3 * HOUR) == (before, after)
    assert await store.alerts.open_incidents(TEAM) == (within, after)


async def test_it_is_known_when_a_rule_fired_last(store: Store) -> None:
    other = Watched(RuleId("r2"), QUEUE, None)
    again = incident("i2", fired_at=NOON + HOUR)
    await done(store, incidents=(incident(), again, incident("i3", watched=other)))
    assert await store.alerts.last_fired([RuleId("r1"), RuleId("r2"), RuleId("r3")]) == {
        RuleId("r1"): NOON + HOUR,
        RuleId("r2"): NOON,
    }


async def test_an_incident_that_cannot_be_read_harms_no_other(store: Store, migrated_url: str) -> None:
    _, second = await told(store, 2)
    await on_database(migrated_url, update(incidents).where(incidents.c.id == "i1").values(worst_json="{"))
    assert await store.alerts.open_incidents(TEAM) == (second,)
    with pytest.raises(Unreadable):
        await one(store)


async def test_what_nobody_was_told_of_is_forgotten_when_it_has_long_been_over(store: Store) -> None:
    over = incident("i1", bulletin=BulletinId(""), ended_at=NOON, ended=Ended.FADED)
    going_on = incident("i2", bulletin=BulletinId(""))
    await done(store, incidents=(over, going_on))
    await store.alerts.prune(NOON + SECOND)
    assert await store.alerts.incidents(TEAM, since=NOON - HOUR, until=NOON + HOUR) == (going_on,)


async def test_bulletins_that_were_closed_long_ago_are_forgotten_with_all_they_told_of(store: Store) -> None:
    await told(store)
    await store.presses.vote(FIRST, ANA, now=NOON)
    rest = bulletin("b2")
    over = incident(ended_at=NOON, ended=Ended.RESOLVED)
    kept = incident("i9", bulletin=BulletinId("b2"))
    await done(
        store,
        bulletins=(bulletin(closed_at=NOON), rest),
        incidents=(over, kept),
        lines=(line(), line(bulletin=rest.id)),
    )
    assert await store.alerts.prune(NOON) == 0
    assert await store.alerts.prune(NOON + SECOND) == 1
    assert await store.alerts.incidents(TEAM, since=NOON - HOUR, until=NOON + HOUR) == (kept,)
    assert await store.bulletins.find(FIRST) is None
    assert await store.lines.of_bulletin(FIRST) == ()
    assert await store.lines.of_bulletin(rest.id) == (line(bulletin=rest.id),)
    assert await store.alerts.votes([RuleId("r1")]) == {}


async def test_evidence_of_an_incident_is_kept_latest_and_worst(store: Store) -> None:
    [seen] = await told(store)
    latest = replace(seen, evidence=replace(EVIDENCE, at=NOON + MINUTE))
    await done(store, minutes=1, incidents=(latest,))
    assert await one(store) == latest
