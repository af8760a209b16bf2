"""No text, however odd, makes `/sla` fail in any other way than by an answer."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.reader import CARRIED_LIMIT, exemplified, with_queue
from bot.commands.sla import EXAMPLE, SlaCommand, command_text, is_help, parse_sla
from bot.commands.words import quoted
from bot.domain.calendar import PERIOD_WORDS
from bot.domain.folding import fold, visible
from bot.domain.questions import QueueWord
from bot.errors import BadPeriod, BadWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))
TURNS = ("2026-03-29T01:00+00:00", "2026-10-25T01:00+00:00", "2026-01-01T00:00+00:00", "2028-02-29T12:00+00:00")
"""Instants around which clocks change, years begin, and February is long."""
ZONES = ("Europe/London", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Kathmandu", "UTC")
NOWS = st.one_of(
    st.just(NOW),
    st.builds(
        lambda turn, offset, zone: (datetime.fromisoformat(turn) + offset).astimezone(ZoneInfo(zone)),
        st.sampled_from(TURNS),
        st.timedeltas(timedelta(hours=-26), timedelta(hours=26)),
        st.sampled_from(ZONES),
    ),
    st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from(ZONES).map(ZoneInfo)),  # noqa: DTZ001  aware by `timezones`
)
ANY_CHARACTER = st.characters()  # lone surrogates included
ODD_WORDS = """
    billing EU Driver's all by of hour answered offered share last this 7d 30 30s 1m30s 1.5m -5 0s 90 sec min help
    2026-11-09 0001-01-01 9999-12-31.. monday.. .. … 08:00 9:00..12:00 T08:00 last-999999999999999999-days bil* ? *
    , " ' ¯
    "Level “EU Sales” „x“ «y» 'Driver's Line' ۳۰s ②s ﷺ ２０２６
""".split()  # noqa: SIM905  fifty literals read worse
PIECES = st.one_of(
    st.sampled_from(PERIOD_WORDS),
    st.sampled_from(ODD_WORDS),
    st.sampled_from(["90 sec", "today 8:00..", '"Level 2"', "\u202e", "\u200b", "\u00a0", "\ud800", "\u0000"]),
    st.text(ANY_CHARACTER, max_size=6),
)
COMMANDS = st.builds(
    lambda pieces, joint: joint.join(pieces), st.lists(PIECES, max_size=9), st.sampled_from([" ", "", ", ", "  "])
)
MUTATED = st.builds(
    lambda text, at, inserted, gone: text[: at % (len(text) + 1)] + inserted + text[at % (len(text) + 1) + gone :],
    COMMANDS,
    st.integers(0, 200),
    st.text(ANY_CHARACTER, max_size=3),
    st.integers(0, 3),
)
TEXTS = st.one_of(st.text(ANY_CHARACTER), COMMANDS, MUTATED)


def outcome(text: str, now: datetime, *, limit: int = CARRIED_LIMIT) -> SlaCommand | BadWord | BadPeriod:
    try:
        return parse_sla(text, now=now, limit=limit)
    except (BadWord, BadPeriod) as error:
        return error


@settings(max_examples=500)
@given(text=TEXTS, now=NOWS)
@example(text="foo last, monday", now=NOW)
@example(text="last, monday", now=NOW)
@example(text="9" * 500, now=NOW)
@example(text="'" + '"' * 480 + "'", now=NOW)
def test_any_text_is_a_command_that_reads_back_or_an_explanation(text, now):
    read = outcome(text, now)
    if isinstance(read, SlaCommand):
        assert parse_sla(command_text(read), now=now, limit=CARRIED_LIMIT) == read
    elif isinstance(read, BadWord):
        assert visible(read.word) == read.word
        assert 0 < len(read.word) <= 60
        working = exemplified(read.example, "Level 2", "sla").removeprefix("/sla ")
        assert parse_sla(working, now=now).question.queues == (QueueWord(text="Level 2", quoted=True),)
    else:
        assert str(read)
        assert read.remedy


@given(text=st.text(ANY_CHARACTER, min_size=501, max_size=3000))
def test_what_is_too_long_is_refused_whatever_it_is(text):
    read = outcome(text, NOW, limit=500)
    assert isinstance(read, BadWord)


@given(text=TEXTS)
def test_asking_for_help_and_choosing_a_queue_never_fail(text):
    is_help(text)
    read = outcome(text, NOW)
    if isinstance(read, SlaCommand):
        for word in read.question.queues:
            chosen = with_queue(text, word=word.text, name="Level 2", example=EXAMPLE)
            again = parse_sla(chosen, now=NOW, limit=CARRIED_LIMIT)
            assert QueueWord(text="Level 2", quoted=True) in again.question.queues
            assert again.question.period == read.question.period
            assert again.question.threshold == read.question.threshold
            assert len(again.question.queues) == len(read.question.queues)


@given(name=st.text(ANY_CHARACTER, max_size=100).map(visible).filter(fold), now=NOWS)
def test_any_name_can_be_asked_about_in_quotes(name, now):
    command = outcome(f"30s {quoted(name)} yesterday", now)
    assert isinstance(command, SlaCommand)
    assert command.question.queues == (QueueWord(text=name, quoted=True),)
    assert command.question.period.start.tzinfo is UTC
