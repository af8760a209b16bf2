"""`/report` as people type it."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.commands.catalogue import COMMANDS, report_help
from bot.commands.reader import QUEUE, exemplified, with_queue
from bot.commands.report import EXAMPLE, ReportCommand, is_help, parse_report, report_text
from bot.commands.vocabulary import MEDIA, PHRASES, REPORT, squeezed
from bot.domain.dimensions import Dimension
from bot.domain.exports import FileFormat
from bot.domain.metrics import METRICS
from bot.domain.names import REPORT_WORDS
from bot.domain.questions import ConversationsQuestion, Formula, QueueWord, ReportQuestion
from bot.domain.queues import Media
from bot.errors import BadPeriod, BadWord

NOW = datetime(2026, 11, 21, 14, 52, tzinfo=ZoneInfo("Europe/London"))
D = Dimension


def report(text: str) -> ReportQuestion:
    question = parse_report(text, now=NOW).question
    assert isinstance(question, ReportQuestion)
    return question


def names(command: ReportCommand) -> list[str]:
    return [word.text for word in command.question.queues]


def test_what_is_left_out_is_the_usual() -> None:
    command = parse_report("billing", now=NOW)
    assert command == ReportCommand(
        question=ReportQuestion(queues=(QueueWord(text="billing"),), period=report("today").period)
    )
    assert command.question.period.name == "today"


def test_everything_can_be_said_at_once() -> None:
    command = parse_report("share csv compare of offered aht voice by hour last-week 30s billing", now=NOW)
    question = command.question
    assert isinstance(question, ReportQuestion)
    assert (command.file, command.share, names(command)) == (FileFormat.CSV, True, ["billing"])
    assert (question.by, question.metrics, question.media) == ((D.HOUR,), ("aht_seconds",), (Media.VOICE,))
    assert (question.threshold, question.formula) == (timedelta(seconds=30), Formula.OFFERED)
    assert question.compared
    assert question.period.name == "last-week"


@pytest.mark.parametrize(
    ("text", "by"),
    [
        pytest.param("by queue,media,hour", (D.QUEUE, D.MEDIA, D.HOUR), id="commas"),
        pytest.param("by hour, agent and wrap-up", (D.HOUR, D.AGENT, D.WRAPUP), id="commas, spaces and a word"),
        pytest.param("by day by agents", (D.DAY, D.AGENT), id="by twice"),
        pytest.param("by division direction", (D.DIVISION, D.DIRECTION), id="only spaces"),
        pytest.param("by day,day by day", (D.DAY,), id="twice does no harm"),
        pytest.param("by WRAP-UPS", (D.WRAPUP,), id="plural and hyphen"),
        pytest.param("by wrap up code and day", (D.WRAPUP, D.DAY), id="three words"),
        pytest.param("by media,", (D.MEDIA,), id="a comma at the end"),
    ],
)
def test_groupings_are_a_list(text: str, by: tuple[Dimension, ...]) -> None:
    assert report(f"billing yesterday {text}").by == by
    assert report(f"{text} yesterday").by == by


@pytest.mark.parametrize(
    ("text", "metrics"),
    [
        pytest.param("aht, asa", ("aht_seconds", "asa_seconds"), id="commas"),
        pytest.param("aht and asa", ("aht_seconds", "asa_seconds"), id="and"),
        pytest.param("service level longest wait", ("service_level", "longest_wait_seconds"), id="two words each"),
        pytest.param("answered % answered", ("answered_share", "answered"), id="a percent sign apart"),
        pytest.param("After Call Work", ("acw_seconds",), id="three words"),
        pytest.param("SL aht SL", ("service_level", "aht_seconds"), id="twice does no harm"),
        pytest.param("answered of answered", ("answered",), id="beside a formula of the same word"),
        pytest.param("abandon_share", ("abandon_share",), id="as --json calls it"),
    ],
)
def test_metrics_are_read_by_their_words(text: str, metrics: tuple[str, ...]) -> None:
    assert report(f"billing {text} yesterday").metrics == metrics
    assert names(parse_report(f"billing {text} yesterday", now=NOW)) == ["billing"]


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_word_of_a_metric_means_it(metric) -> None:
    for word in (*metric.words, metric.title, metric.name):
        assert report(word).metrics == (metric.name,)


def test_share_behind_a_metric_is_the_audience() -> None:
    command = parse_report("billing answered share", now=NOW)
    assert command.share
    assert command.question == report("billing answered")


def test_no_word_has_two_meanings() -> None:
    metrics = {squeezed(word): metric for metric in METRICS for word in (metric.name, metric.title, *metric.words)}
    assert all(PHRASES[word] is metric for word, metric in metrics.items())
    assert all(PHRASES[word] is media for word, media in MEDIA.items())


def test_every_word_that_is_suggested_can_be_read() -> None:
    for word in REPORT_WORDS:
        command = parse_report(f"{word} yesterday", now=NOW)
        assert command.question.queues == ()


@pytest.mark.parametrize(
    ("text", "queues", "media"),
    [
        pytest.param("voice", [], (Media.VOICE,), id="a medium alone"),
        pytest.param("billing calls", ["billing"], (Media.VOICE,), id="behind a name"),
        pytest.param("e-mail billing", ["billing"], (Media.EMAIL,), id="before a name"),
        pytest.param("chat, callbacks", [], (Media.CHAT, Media.CALLBACK), id="two"),
        pytest.param('"Voice"', ["Voice"], (), id="in quotes it is a queue"),
        pytest.param('"Sales Callbacks" voice', ["Sales Callbacks"], (Media.VOICE,), id="in quotes, and one more"),
        pytest.param("Sales Email Support", ["Sales Email Support"], (), id="between two words it is a name"),
        pytest.param("Sales Short Abandons Team aht", ["Sales Short Abandons Team"], (), id="two words between two"),
        pytest.param("Bank of Voice, aht", ["Bank"], None, id="of goes on with a name only if that means nothing"),
        pytest.param("billing and sales chat", ["billing and sales"], (Media.CHAT,), id="and is a part of names"),
    ],
)
def test_words_with_a_meaning_and_names_of_queues(text, queues, media) -> None:
    if media is None:
        with pytest.raises(BadWord, match="answered or offered"):
            parse_report(text, now=NOW)
        return
    command = parse_report(text, now=NOW)
    assert (names(command), command.question.media) == (queues, media)


@pytest.mark.parametrize(
    ("text", "file", "by"),
    [
        pytest.param("conversations billing voice", FileFormat.CSV, (D.QUEUE,), id="CSV unless said otherwise"),
        pytest.param("billing json conversations voice", FileFormat.JSON, (D.QUEUE,), id="in any order"),
        pytest.param("conversations billing voice by agent", FileFormat.CSV, (D.AGENT,), id="groups of the summary"),
    ],
)
def test_conversations_are_a_file(text, file, by) -> None:
    command = parse_report(text, now=NOW)
    assert isinstance(command.question, ConversationsQuestion)
    assert (command.file, command.question.by, command.question.media) == (file, by, (Media.VOICE,))
    assert names(command) == ["billing"]


@pytest.mark.parametrize(
    ("text", "bad", "sentence", "suggestion"),
    [
        pytest.param("by quue", "quue", "one of which follows “by”", "queue", id="a misspelt grouping"),
        pytest.param("by queue, agnet", "agnet", "which follow “by”", "agent", id="a misspelt one in a list"),
        pytest.param("by", "by", "complete: queue, media, hour", "", id="by nothing"),
        pytest.param("billing today abandonned", "abandonned", "a metric", "abandoned", id="a misspelt metric"),
        pytest.param("billing today cvs", "cvs", "an option", "csv", id="a misspelt format"),
        pytest.param("billing csv json", "json", "the only format: “csv”", "", id="two formats"),
        pytest.param("billing 30s sales", "sales", "a comma goes between two queues", "", id="a second name"),
        pytest.param("conversations 30s", "30s", "part of a list of conversations", "", id="a threshold of a list"),
        pytest.param("conversations longest wait", "longest wait", "in quotes", "", id="a metric of a list"),
        pytest.param("conversations of offered", "of offered", "no service level", "", id="a formula of a list"),
        pytest.param("conversations compare", "compare", "listed, not compared", "", id="a list compared"),
        pytest.param('"billing', '"billing', "closing quote is missing", "", id="an open quote"),
    ],
)
def test_what_cannot_be_read_is_named_with_what_was_expected(text, bad, sentence, suggestion) -> None:
    with pytest.raises(BadWord) as raised:
        parse_report(text, now=NOW)
    error = raised.value
    assert (error.word, error.suggestion) == (bad, suggestion)
    assert sentence in error.expected
    working = exemplified(error.example, "Billing EU", "report").removeprefix("/report ")
    assert names(parse_report(working, now=NOW)) == ["Billing EU"]


def test_a_period_that_cannot_be_answered_says_so() -> None:
    with pytest.raises(BadPeriod, match="lies in the future"):
        parse_report("billing 2026-12-24", now=NOW)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        pytest.param("aht billing", "billing today aht", id="what was left out is said"),
        pytest.param("by queue,media billing", "billing today", id="the usual groups go without saying"),
        pytest.param(
            "calls by hour and day answered % of answered compare json share 30s",
            "all 30s today by hour,day voice answered% of answered compare json share",
            id="everything",
        ),
        pytest.param(
            "conversations billing last, monday", "conversations billing last, monday csv", id="conversations"
        ),
    ],
)
def test_a_command_is_written_so_that_it_reads_back(text, written) -> None:
    command = parse_report(text, now=NOW)
    assert report_text(command) == written
    assert parse_report(written, now=NOW) == command


def test_a_chosen_queue_takes_the_place_of_the_word_that_named_none() -> None:
    text = "bilin voice by hour, agent aht"
    assert with_queue(text, word="bilin", name="Billing Voice", example=EXAMPLE, grammar=REPORT) == (
        '"Billing Voice" voice by hour, agent aht'
    )


@pytest.mark.parametrize("text", ["", "help", "?"])
def test_help_is_asked_for_by_nothing_or_by_name(text) -> None:
    assert is_help(text)
    assert not is_help("billing")


@pytest.mark.parametrize("example", next(c.examples for c in COMMANDS if c.name == "report"))
@pytest.mark.parametrize("name", ["Billing", "Sales & <Support> *VIP*", "Today", "Voice", "Talk", "csv", '"', ""])
def test_every_example_can_be_read_whatever_the_queue_is_called(example, name) -> None:
    command = parse_report(exemplified(example, name, "report").removeprefix("/report "), now=NOW)
    assert names(command) == ([] if QUEUE not in example or not name else [name])


def test_help_names_every_metric_grouping_medium_and_format() -> None:
    said = "\n".join(report_help(["Billing"], "/cc-report").paragraphs)
    for word in (*Dimension, *FileFormat, *(metric.words[0] for metric in METRICS), "compare", "conversations"):
        assert word in said
    assert {PHRASES[squeezed(word)] for word in ("voice", "callbacks", "chat", "email", "messages")} == set(
        MEDIA.values()
    )
