"""No text, however odd, makes `/report` fail in any other way than by an answer."""

from datetime import datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.commands.reader import CARRIED_LIMIT, exemplified, with_queue
from bot.commands.report import EXAMPLE, ReportCommand, is_help, parse_report, report_text
from bot.commands.vocabulary import REPORT
from bot.commands.words import quoted
from bot.domain.calendar import PERIOD_WORDS
from bot.domain.dimensions import Dimension
from bot.domain.exports import FileFormat
from bot.domain.folding import fold, visible
from bot.domain.metrics import METRICS
from bot.domain.names import REPORT_WORDS
from bot.domain.questions import ConversationsQuestion, Formula, QueueWord, ReportQuestion
from bot.domain.queues import Media
from bot.errors import BadPeriod, BadWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))
ODD = """
    billing EU Driver's all by of and & + hour, agent media queue wrap-up answered % offered share last this 7d 30s 90
    service level longest wait short abandons after call work csv json compare conversations voice calls help bil* ? ,
    "Level “EU Sales” „x“ 'Driver's Line' ② ¯ 2026-02-30 monday.. - a s a
""".split()  # noqa: SIM905  fifty literals read worse
PIECES = st.one_of(
    st.sampled_from(ODD), st.sampled_from(PERIOD_WORDS), st.sampled_from(REPORT_WORDS), st.text(max_size=5)
)
TEXTS = st.one_of(
    st.text(st.characters()),
    st.builds(
        lambda pieces, joint: joint.join(pieces), st.lists(PIECES, max_size=10), st.sampled_from([" ", ", ", ""])
    ),
)
NAMES = st.text(st.characters(), max_size=30).map(visible).filter(fold)
WORDS = st.lists(st.builds(lambda name: QueueWord(text=name, quoted=True), NAMES), max_size=3).map(tuple)


def outcome(text: str, *, limit: int = CARRIED_LIMIT) -> ReportCommand | BadWord | BadPeriod:
    try:
        return parse_report(text, now=NOW, limit=limit)
    except (BadWord, BadPeriod) as error:
        return error


@settings(max_examples=500)
@given(text=TEXTS)
@example(text="by hour and")
@example(text="share answered")
@example(text="x aht and, asa")
@example(text="and and voice")
@example(text="x last, share monday")
def test_any_text_is_a_command_that_reads_back_or_an_explanation(text):
    read = outcome(text)
    if isinstance(read, BadWord):
        assert visible(read.word) == read.word
        working = exemplified(read.example, "Level 2", "report").removeprefix("/report ")
        again = parse_report(working, now=NOW)
        assert again.question.queues == (QueueWord(text="Level 2", quoted=True),)
        return
    if isinstance(read, BadPeriod):
        assert str(read)
        return
    assert parse_report(report_text(read), now=NOW, limit=CARRIED_LIMIT) == read
    is_help(text)
    for word in read.question.queues:
        chosen = with_queue(text, word=word.text, name="Level 2", example=EXAMPLE, grammar=REPORT)
        again = parse_report(chosen, now=NOW, limit=CARRIED_LIMIT)
        assert QueueWord(text="Level 2", quoted=True) in again.question.queues
        assert again.question.by == read.question.by
        assert (again.file, again.share) == (read.file, read.share)


@given(
    words=WORDS,
    by=st.lists(st.sampled_from(Dimension), min_size=1, unique=True).map(tuple),
    metrics=st.lists(st.sampled_from([metric.name for metric in METRICS]), unique=True).map(tuple),
    media=st.lists(
        st.sampled_from([Media.VOICE, Media.CALLBACK, Media.CHAT, Media.EMAIL, Media.MESSAGE]), unique=True
    ).map(tuple),
    formula=st.sampled_from(Formula),
    flags=st.tuples(st.booleans(), st.booleans()),
    file=st.sampled_from([None, *FileFormat]),
)
def test_any_question_is_written_so_that_it_reads_back(words, by, metrics, media, formula, flags, file):
    period = parse_report("last-week", now=NOW).question.period
    question = ReportQuestion(
        queues=words, period=period, by=by, metrics=metrics, media=media, formula=formula, compared=flags[0]
    )
    listed = ConversationsQuestion(queues=words, period=period, by=by, media=media)
    for command in (
        ReportCommand(question=question, file=file, share=flags[1]),
        ReportCommand(question=listed, file=file or FileFormat.CSV, share=flags[1]),
    ):
        assert parse_report(report_text(command), now=NOW, limit=CARRIED_LIMIT) == command


@given(name=NAMES)
def test_any_name_can_be_asked_about_in_quotes(name):
    command = outcome(f"aht {quoted(name)} yesterday voice")
    assert isinstance(command, ReportCommand)
    assert command.question.queues == (QueueWord(text=name, quoted=True),)
