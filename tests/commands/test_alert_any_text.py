"""No text, however odd, makes `/alert` fail in any other way than by an answer; and what it means can be written."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.alerts import spoken
from bot.commands.alerts.command import EXAMPLE, is_help, read_alert, with_queue
from bot.commands.alerts.conditions import MEASURE_WORDS
from bot.commands.alerts.text import rule_text, rule_title
from bot.commands.alerts.words import BESIDE_ALERT
from bot.commands.reader import CARRIED_LIMIT, exemplified
from bot.domain.alerts.measures import MEASURES, Measure
from bot.domain.alerts.rules import Compare, Condition, Hours, Kind, Preset, Severity, Step, Terms
from bot.domain.folding import fold, visible
from bot.domain.metrics import Better, Unit
from bot.domain.questions import QueueWord
from bot.domain.queues import Media
from bot.errors import BadWord

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 21, 14, 52, tzinfo=LONDON)
NOWS = st.datetimes(datetime(2001, 1, 1), datetime(2099, 1, 1), timezones=st.just(LONDON))  # noqa: DTZ001  aware by `timezones`
VERBS = (
    *("add", "edit", "edit 2", "test", "mute", "mute 2", "snooze", "unmute", "ack", "handover", "holidays"),
    *("holidays add", "starter", "list", "show 3", "remove", "export", "help", ""),
)
ODD = """
    billing EU Driver's all by of and & + or agent media queue own target 30s 90 80% 0% 100% 10 0 1 5m 10m 20m
    30m 1h 24h 8d 999999999 0m 1.5h < <= > >= = == ≤ &lt; &gt; under below over above at least most more than
    less is falls sla sl service level waiting longest wait oldest available agents free on abandon rate aht
    offered abandoned recover for min minimum warning critical unusual quiet default sensitive zscore z-score
    3 hours 08:00-18:00 8-18 22:00-07:00 25:00-26:00 weekdays mon-fri daily weekly always no holidays mention
    <@U123|anna> <@U1> <!subteam^S1|@lead> @anna <!here> escalate 15m remind never none nobody zone
    Europe/London Europe/Lodnon CET UTC voice calls callbacks share bil* "Level “EU , ¯ ② .. #2 2 until
    tomorrow monday 08:00 18:00 forever since today 2026-12-25 2026-02-30 Christmas ... 10 % m
""".split()  # noqa: SIM905  a hundred literals read worse
PIECES = st.one_of(
    st.sampled_from(ODD),
    st.sampled_from(ODD),
    st.sampled_from(BESIDE_ALERT.words),
    st.sampled_from(["sla < 80%", "waiting > 10", "longest wait over 5m", "unusual quiet", "escalate 15m <@U1>"]),
    st.text(max_size=5),
)
REST = st.builds(
    lambda pieces, joint: joint.join(pieces), st.lists(PIECES, max_size=10), st.sampled_from([" ", " ", ", ", ""])
)
TEXTS = st.one_of(
    st.text(st.characters()),
    REST,
    st.builds(lambda verb, rest: f"{verb} {rest}", st.sampled_from(VERBS), REST),
    st.builds(lambda rest: f"add {rest} sla < 80%", REST),
)
NAMES = st.text(st.characters(), min_size=1, max_size=30).map(visible).filter(fold)
WORDS = st.lists(st.builds(lambda name: QueueWord(text=name, quoted=True), NAMES), max_size=3).map(tuple)
MINUTES = st.integers(0, 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
CLOCKS = st.builds(time, st.integers(0, 23), st.integers(0, 59))
HOURS = st.builds(Hours, days=st.sets(st.integers(0, 6), min_size=1).map(frozenset), start=CLOCKS, end=CLOCKS)
PEOPLE = st.sampled_from(["<@U1>", "<@W2B>", "<!subteam^S1>", "<!subteam^S2X>"])
STEPS = st.lists(
    st.builds(Step, after=st.integers(1, 1440).map(lambda minutes: timedelta(minutes=minutes)), mention=PEOPLE),
    max_size=3,
).map(lambda steps: tuple(sorted(steps, key=lambda step: step.after)))


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    measure: Measure = draw(st.sampled_from(MEASURES))
    sides = {Better.MORE: [True], Better.LESS: [False], Better.NEITHER: [True, False]}[measure.better]
    low = draw(st.sampled_from(sides))
    compare = draw(st.sampled_from([one for one in Compare if one.low is low]))
    most = {Unit.SHARE: 998, Unit.COUNT: 99_000, Unit.TIME: 600_000_000}[measure.unit]
    over = {Unit.SHARE: 1000, Unit.COUNT: 1, Unit.TIME: 1000}[measure.unit]
    least = 1000 if measure.unit is Unit.TIME else 1
    number = draw(st.integers(least, most))
    good = draw(st.integers(number, most) if low else st.integers(least, number))
    threshold = draw(st.one_of(st.none(), st.integers(1, 9999).map(lambda count: timedelta(seconds=count))))
    return Condition(
        measure=measure.name,
        compare=compare,
        limit=Fraction(number, over),
        recovery=Fraction(good, over),
        threshold=threshold if measure.threshold else None,
    )


@st.composite
def rules(draw: st.DrawFn) -> Terms:
    kind = draw(st.sampled_from(Kind))
    severity = draw(st.sampled_from(Severity))
    return Terms(
        queues=draw(WORDS),
        kind=kind,
        media=draw(st.lists(st.sampled_from([Media.VOICE, Media.CALLBACK, Media.EMAIL]), unique=True).map(tuple)),
        conditions=tuple(draw(st.lists(conditions(), min_size=1, max_size=3))) if kind is Kind.THRESHOLD else (),
        preset=draw(st.sampled_from(Preset)) if kind is Kind.UNUSUAL else Preset.DEFAULT,
        z=draw(st.integers(2, 20)) * Fraction(1, 2) if kind is Kind.ZSCORE else Fraction(2),
        window=draw(st.integers(1, 96)) * timedelta(minutes=15),
        minimum=draw(st.integers(1, 9999)),
        pending=draw(MINUTES),
        recover_for=draw(MINUTES),
        severity=severity,
        zone=draw(st.sampled_from([LONDON, ZoneInfo("UTC"), ZoneInfo("America/Argentina/Buenos_Aires")])),
        hours=draw(st.none() | HOURS),
        quiet=draw(st.none() | HOURS),
        holidays=draw(st.booleans()),
        mention=tuple(draw(st.lists(PEOPLE, max_size=3, unique=True))),
        escalation=draw(STEPS) if severity is Severity.CRITICAL else (),
        renotify=draw(st.none() | st.integers(5, 1440).map(lambda minutes: timedelta(minutes=minutes))),
    )


def read(text: str, now: datetime = NOW) -> spoken.AlertCommand:
    return read_alert(text, now=now, zone=LONDON, limit=CARRIED_LIMIT)


def outcome(text: str, now: datetime) -> spoken.AlertCommand | BadWord:
    try:
        return read(text, now)
    except BadWord as error:
        return error


@settings(max_examples=600, deadline=None)
@given(text=TEXTS, now=NOWS)
@example(text="add longest, wait > 5m", now=NOW)
@example(text="add sla over 1h < 80% over 30m", now=NOW)
@example(text='add "a < b" waiting>10', now=NOW)
@example(text="mute 2 0m", now=NOW)
@example(text="add sl<1% recover", now=NOW)
def test_any_text_is_a_command_that_can_be_written_or_an_explanation(text, now):
    is_help(text)
    found = outcome(text, now)
    match found:
        case BadWord():
            assert visible(found.word) == found.word
            assert 0 < len(found.word) <= 60
            read(exemplified(found.example, "Level 2", "alert").removeprefix("/alert").strip())
        case spoken.Add(terms=Terms() as terms) | spoken.Trial(terms=Terms() as terms):
            assert read(f"add {rule_text(terms, zone=LONDON)}", now) == spoken.Add(terms=terms)
            assert rule_title(terms)
            for word in terms.queues:
                chosen = read(with_queue(text, word=word.text, name="Level 2"), now)
                assert QueueWord(text="Level 2", quoted=True) in chosen.terms.queues


@settings(max_examples=250, deadline=None)
@given(terms=rules())
def test_any_rule_is_written_so_that_it_reads_back(terms):
    assert read(f"add {rule_text(terms)}") == spoken.Add(terms=terms)
    assert read(f"add {rule_text(terms, zone=LONDON)}") == spoken.Add(terms=terms)


@settings(max_examples=60, deadline=None)
@given(terms=rules(), other=rules())
def test_an_edit_that_says_a_whole_rule_leaves_its_kind_and_conditions(terms, other):
    edit = read(f"edit 2 {rule_text(other)}")
    changed = edit.changes.apply(terms)
    assert (edit.number, changed.kind, changed.conditions) == (2, other.kind, other.conditions)
    assert (changed.queues, changed.zone) == (other.queues, other.zone)


@settings(deadline=None)
@given(name=NAMES)
def test_any_name_can_stand_in_an_example(name):
    typed = exemplified(EXAMPLE, name, "alert").removeprefix("/alert ")
    assert [word.text for word in read(typed).terms.queues] == [name]


@settings(deadline=None)
@given(word=st.sampled_from(MEASURE_WORDS), apart=st.sampled_from(["-", " ", ""]))
def test_every_word_of_a_measure_is_known_with_hyphens_spaces_and_neither(word, apart):
    measure = next(one for one in MEASURES if word in one.words)
    limit = {Unit.SHARE: "50%", Unit.COUNT: "7", Unit.TIME: "5m"}[measure.unit]
    sign = "<" if measure.better is Better.MORE else ">"
    terms = read(f"add {word.replace('-', apart)} {sign} {limit}").terms
    assert [condition.measure for condition in terms.conditions] == [measure.name]
