"""Messages about alerts and the lines of their threads: who sends them, and how far they are."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from bot.domain.alerts.states import Bulletin, BulletinId, BulletinKind, Line, Sending
from bot.store.alert_tables import bulletins
from bot.store.database import open_store
from bot.store.reading import Unreadable
from tests.store.alerts import FIRST, bulletin, done, line
from tests.store.digests import MINUTE, NOON, SECOND, TEAM, on_database

if TYPE_CHECKING:
    from bot.store.database import Store

UNTIL = NOON + MINUTE
LATER = NOON + 2 * MINUTE
HOUR = timedelta(hours=1)


async def claimed(store: Store, seen: Bulletin | None = None, holder: str = "p") -> Bulletin:
    """At noon and for a minute."""
    if seen is None:
        seen = bulletin()
        await done(store, bulletins=(seen,))
    claim = await store.bulletins.claim(seen, holder=holder, now=NOON, until=UNTIL)
    assert claim is not None
    return claim


async def posted(store: Store) -> Bulletin:
    there = await store.bulletins.posted(await claimed(store), ts="1.2", revision=1, now=NOON)
    assert there is not None
    return there


async def changed(store: Store) -> Bulletin:
    """Posted, and with more to say."""
    await posted(store)
    await done(store, bulletins=(bulletin(),))
    found = await store.bulletins.find(FIRST)
    assert found is not None
    return found


async def lists(store: Store, now: Any) -> tuple[tuple[Bulletin, ...], ...]:
    """To post, to edit, lapsed."""
    return (
        await store.bulletins.to_post(now),
        await store.bulletins.to_edit(now),
        await store.bulletins.lapsed(now),
    )


async def test_a_new_bulletin_is_to_be_posted_until_somebody_claims_it(store: Store) -> None:
    await done(store, bulletins=(bulletin(),))
    assert await lists(store, NOON) == ((bulletin(),), (), ())
    claim = await claimed(store, bulletin())
    assert claim == replace(bulletin(), sending=Sending.SENDING, sending_since=NOON, holder="p", claimed_until=UNTIL)
    assert await lists(store, NOON) == ((), (), ())


async def test_a_posted_bulletin_is_left_alone_until_it_says_something_else(store: Store) -> None:
    there = await posted(store)
    assert there == replace(bulletin(), sending=Sending.SENT, ts="1.2", shown=1, shown_at=NOON)
    assert await lists(store, LATER) == ((), (), ())
    more = await changed_again(store)
    assert await lists(store, LATER) == ((), (more,), ())


async def changed_again(store: Store) -> Bulletin:
    await done(store, bulletins=(bulletin(),))
    found = await store.bulletins.find(FIRST)
    assert found is not None
    return found


async def test_what_changes_while_it_is_sent_is_to_be_edited_afterwards(store: Store) -> None:
    claim = await claimed(store)
    await done(store, bulletins=(bulletin(),))
    there = await store.bulletins.posted(claim, ts="1.2", revision=1, now=NOON)
    assert there is not None
    assert await store.bulletins.to_edit(NOON) == (there,)
    assert (there.shown, there.revision) == (1, 2)


async def test_an_edit_is_claimed_and_shows_what_it_was_made_of(store: Store) -> None:
    more = await changed(store)
    claim = await claimed(store, more)
    edited = await store.bulletins.edited(claim, revision=2, now=LATER)
    assert edited == replace(more, shown=2, shown_at=LATER)
    assert await lists(store, LATER) == ((), (), ())


async def test_an_edit_that_nobody_finished_is_made_again(store: Store) -> None:
    claim = await claimed(store, await changed(store))
    assert await lists(store, NOON) == ((), (), ())
    assert await lists(store, LATER) == ((), (claim,), ())
    again = await store.bulletins.claim(claim, holder="q", now=LATER, until=LATER + MINUTE)
    assert again is not None
    assert (again.sending_since, again.ts) == (LATER, "1.2")


async def test_what_may_have_been_posted_is_told_from_what_was_not_and_since_when(store: Store) -> None:
    claim = await claimed(store)
    assert await lists(store, UNTIL) == ((), (), (claim,))
    again = await store.bulletins.claim(claim, holder="q", now=LATER, until=LATER + MINUTE)
    assert again == replace(claim, holder="q", claimed_until=LATER + MINUTE)


async def test_of_several_processes_one_sends(store: Store, migrated_url: str) -> None:
    await done(store, bulletins=(bulletin(),))
    async with open_store(migrated_url) as second:
        claims = await asyncio.gather(
            *(
                each.bulletins.claim(bulletin(), holder=f"p{number}", now=NOON, until=UNTIL)
                for number, each in enumerate((store, second) * 5)
            )
        )
    assert len([each for each in claims if each]) == 1


async def test_who_lost_a_claim_changes_nothing(store: Store) -> None:
    lost = await claimed(store)
    taken = await store.bulletins.claim(lost, holder="q", now=LATER, until=LATER + MINUTE)
    assert await store.bulletins.posted(lost, ts="1.2", revision=1, now=LATER) is None
    assert await store.bulletins.edited(lost, revision=1, now=LATER) is None
    assert not await store.bulletins.not_sent(lost, now=LATER, retry_at=LATER)
    assert not await store.bulletins.failed(lost, now=LATER)
    assert await store.bulletins.find(FIRST) == taken


async def test_a_claim_that_lapsed_and_that_nobody_took_still_counts(store: Store) -> None:
    assert await store.bulletins.posted(await claimed(store), ts="1.2", revision=1, now=NOON + HOUR) is not None


async def test_what_was_certainly_not_sent_is_tried_again_and_not_before(store: Store) -> None:
    assert await store.bulletins.not_sent(await claimed(store), now=NOON, retry_at=LATER)
    assert await lists(store, LATER - SECOND) == ((), (), ())
    again = replace(bulletin(), claimed_until=LATER)
    assert await lists(store, LATER) == ((again,), (), ())
    assert await store.bulletins.claim(again, holder="q", now=NOON, until=UNTIL) is None


async def test_an_edit_that_has_to_wait_is_still_an_edit(store: Store) -> None:
    claim = await claimed(store, await changed(store))
    assert await store.bulletins.not_sent(claim, now=NOON, retry_at=LATER)
    [again] = await store.bulletins.to_edit(LATER)
    assert (again.sending, again.ts, again.shown) == (Sending.SENT, "1.2", 1)


async def test_what_the_channel_does_not_take_is_not_tried_again(store: Store) -> None:
    assert await store.bulletins.failed(await claimed(store), now=NOON)
    await done(store, bulletins=(bulletin(),))
    assert await lists(store, NOON + HOUR) == ((), (), ())
    found = await store.bulletins.find(FIRST)
    assert found is not None
    assert await store.bulletins.claim(found, holder="p", now=LATER, until=LATER + MINUTE) is None


async def test_a_claim_ends_after_it_begins(store: Store) -> None:
    with pytest.raises(ValueError, match="ends after"):
        await store.bulletins.claim(bulletin(), holder="p", now=NOON, until=NOON)
    with pytest.raises(ValueError, match="ends after"):
        await store.lines.claim(line(), holder="p", now=NOON, until=NOON)


async def test_bulletins_since_a_moment_were_opened_or_closed_since(store: Store) -> None:
    closed = bulletin("closed", opened_at=NOON - HOUR, closed_at=NOON)
    opened = bulletin("opened", kind=BulletinKind.ABSENT)
    before = bulletin("before", opened_at=NOON - HOUR, closed_at=NOON - SECOND)
    await done(store, bulletins=(opened, closed, before))
    assert await store.bulletins.since(TEAM, NOON) == (closed, opened)


async def test_open_bulletins_are_those_of_every_kind_that_are_not_closed(store: Store) -> None:
    open_ = (bulletin("a", opened_at=NOON - HOUR, kind=BulletinKind.BLIND), bulletin("b"))
    await done(store, bulletins=(*open_, bulletin("c", closed_at=NOON)))
    assert await store.bulletins.open(TEAM) == open_


async def test_a_bulletin_that_cannot_be_read_harms_no_other(store: Store, migrated_url: str) -> None:
    await done(store, bulletins=(bulletin(), bulletin("b2")))
    await on_database(migrated_url, update(bulletins).where(bulletins.c.id == FIRST).values(kind="rumour"))
    with capture_logs() as logs:
        for _ in range(2):
            assert await store.bulletins.to_post(NOON) == (bulletin("b2"),)
    assert len(logs) == 1
    with pytest.raises(Unreadable):
        await store.bulletins.find(FIRST)


async def said(store: Store, *lines: Line) -> None:
    """In a bulletin that is there."""
    await posted(store)
    await done(store, lines=lines)


async def claim(store: Store, seen: Line, now: Any = NOON, holder: str = "p") -> Line:
    mine = await store.lines.claim(seen, holder=holder, now=now, until=now + MINUTE)
    assert mine is not None
    return mine


async def test_lines_wait_for_their_bulletin(store: Store) -> None:
    await done(store, bulletins=(bulletin(),), lines=(line(),))
    assert await store.lines.to_post(NOON) == ()
    await store.bulletins.posted(await claimed(store, bulletin()), ts="1.2", revision=1, now=NOON)
    assert await store.lines.to_post(NOON) == (line(),)


async def test_lines_of_a_bulletin_that_the_channel_does_not_take_are_not_posted(store: Store) -> None:
    await done(store, lines=(line(),))
    await store.bulletins.failed(await claimed(store, await changed(store)), now=NOON)
    assert await store.lines.to_post(NOON) == ()


async def test_lines_are_in_the_order_of_time_then_key(store: Store) -> None:
    lines = (line("b", at=NOON), line("a", at=NOON + SECOND), line("c", at=NOON + SECOND))
    await said(store, *reversed(lines))
    assert await store.lines.to_post(NOON) == lines


async def test_a_line_is_posted_once(store: Store) -> None:
    await said(store, line())
    mine = await claim(store, line())
    assert mine == replace(line(), sending=Sending.SENDING, sending_since=NOON, holder="p", claimed_until=UNTIL)
    assert await store.lines.to_post(NOON) == ()
    assert await store.lines.posted(mine, ts="1.3")
    [there] = await store.lines.of_bulletin(FIRST)
    assert there == replace(line(), sending=Sending.SENT, ts="1.3")
    assert await store.lines.to_post(NOON + HOUR) == await store.lines.lapsed(NOON + HOUR) == ()
    assert await store.lines.claim(there, holder="q", now=LATER, until=LATER + MINUTE) is None


async def test_of_several_processes_one_posts_a_line(store: Store, migrated_url: str) -> None:
    await said(store, line())
    async with open_store(migrated_url) as second:
        claims = await asyncio.gather(
            *(
                each.lines.claim(line(), holder=f"p{number}", now=NOON, until=UNTIL)
                for number, each in enumerate((store, second) * 5)
            )
        )
    assert len([each for each in claims if each]) == 1


async def test_a_line_that_may_have_been_posted_is_told_from_one_that_was_not(store: Store) -> None:
    await said(store, line())
    mine = await claim(store, line())
    assert await store.lines.lapsed(NOON) == ()
    assert await store.lines.lapsed(UNTIL) == (mine,)
    taken = await claim(store, mine, now=LATER, holder="q")
    assert taken.sending_since == NOON
    assert not await store.lines.posted(mine, ts="1.3")
    assert not await store.lines.not_sent(mine, now=LATER, retry_at=LATER)
    assert not await store.lines.failed(mine)


async def test_a_line_that_was_certainly_not_sent_is_tried_again_and_not_before(store: Store) -> None:
    await said(store, line())
    assert await store.lines.not_sent(await claim(store, line()), now=NOON, retry_at=LATER)
    assert await store.lines.to_post(LATER - SECOND) == ()
    assert await store.lines.to_post(LATER) == (replace(line(), claimed_until=LATER),)


async def test_a_line_that_the_channel_does_not_take_is_not_tried_again(store: Store) -> None:
    await said(store, line())
    assert await store.lines.failed(await claim(store, line()))
    assert await store.lines.to_post(NOON + HOUR) == await store.lines.lapsed(NOON + HOUR) == ()


async def test_a_line_of_a_bulletin_that_is_not_known_is_never_posted(store: Store) -> None:
    await done(store, lines=(line(bulletin=BulletinId("b0")),))
    assert await store.lines.to_post(NOON + HOUR) == ()
