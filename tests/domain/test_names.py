"""Finding queues by what people call them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import QueueId
from bot.domain.names import BESIDE_QUEUE, NameIndex, means_all, nearest_word
from bot.domain.questions import QueueWord
from bot.domain.queues import Queue
from bot.errors import BadWord, UnknownQueue

NAMES = (
    "Billing",
    "Billing EU",
    "Café Zürich",
    "CAFE ZURICH",
    "Driver's Line",
    "EU Sales",
    "Level 2 Support",
    "Sales & <Support> *VIP* <!here>",
    "Technical Support",
    "VIP?",
    "VIP1",
    "Zürich",
    "A",
    "[a-z] regular",
)
IDS = {name: QueueId(f"9f0c6b1e-0000-4000-8000-{place:012}") for place, name in enumerate(NAMES)}
INDEX = NameIndex(Queue(id=IDS[name], name=name) for name in NAMES)


def found(text: str, *, quoted: bool = False) -> list[str]:
    return [queue.name for queue in INDEX.find(QueueWord(text=text, quoted=quoted))]


def choices(text: str, *, quoted: bool = False) -> list[str]:
    with pytest.raises(UnknownQueue) as raised:
        INDEX.find(QueueWord(text=text, quoted=quoted), example="/sla <queue>")
    assert (raised.value.word, raised.value.example) == (text, "/sla <queue>")
    assert all(IDS[name] == queue for queue, name in raised.value.choices)
    return [name for _, name in raised.value.choices]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("Billing", ["Billing"], id="letter for letter"),
        pytest.param("bILLING  eu", ["Billing EU"], id="case and spacing"),
        pytest.param("driver’s line", ["Driver's Line"], id="a typographic apostrophe"),
        pytest.param("zurich", ["Zürich"], id="without accents"),
        pytest.param("Café Zürich", ["Café Zürich"], id="the exact spelling decides between names that fold alike"),
        pytest.param("CAFE ZURICH", ["CAFE ZURICH"], id="and the other one"),
        pytest.param(IDS["EU Sales"].upper(), ["EU Sales"], id="by id"),
        pytest.param("*sales*", ["EU Sales", "Sales & <Support> *VIP* <!here>"], id="stars, in the order of names"),
        pytest.param("VIP?", ["VIP?"], id="a name with a wildcard in it comes first"),
        pytest.param("vi??", ["VIP1", "VIP?"], id="question marks stand for one letter each"),
        pytest.param("[a-z]*", ["[a-z] regular"], id="brackets are letters"),
        pytest.param("*", [queue.name for queue in INDEX.queues], id="everything"),
        pytest.param("all", [queue.name for queue in INDEX.queues], id="the word all"),
        pytest.param("All Queues", [queue.name for queue in INDEX.queues], id="all queues"),
    ],
)  # fmt: skip
def test_a_word_finds_queues(text, names):
    assert found(text) == names


def test_quotes_switch_wildcards_and_all_off():
    assert found("VIP?", quoted=True) == ["VIP?"]
    assert set(choices("vi??", quoted=True)) >= {"VIP1", "VIP?"}
    assert choices("***", quoted=True) == []
    assert "Billing" not in choices("all", quoted=True)
    assert NameIndex([Queue(id=QueueId("1"), name="All")]).find(QueueWord(text="all", quoted=True))


def test_names_that_differ_only_in_what_is_forgiven_are_offered():
    assert choices("cafe zürich") == ["CAFE ZURICH", "Café Zürich"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("bill", ["Billing", "Billing EU"], id="the beginning"),
        pytest.param("supp", ["Level 2 Support", "Sales & <Support> *VIP* <!here>", "Technical Support"], id="inside"),
        pytest.param("sales eu", ["EU Sales"], id="words in another order"),
        pytest.param("bilin", ["Billing", "Billing EU"], id="a letter missing"),
        pytest.param("Zurihc", ["Zürich"], id="letters swapped"),
        pytest.param("bilx*", ["Billing", "Billing EU"], id="a wildcard that matches nothing"),
        pytest.param("xqzwv", [], id="nonsense"),
        pytest.param("foo last", [], id="a short name inside is not near"),
        pytest.param("x" * 500, [], id="very long"),
    ],
)
def test_unknown_names_bring_the_nearest_ones(text, names):
    assert choices(text)[: max(len(names), 1)] == names


def test_at_most_five_are_offered():
    many = NameIndex(Queue(id=QueueId(str(n)), name=f"Billing {n}") for n in range(9))
    with pytest.raises(UnknownQueue) as raised:
        many.find(QueueWord(text="billing"))
    assert [name for _, name in raised.value.choices] == [f"Billing {n}" for n in range(5)]


@pytest.mark.parametrize(
    ("text", "stray", "suggestion"),
    [
        pytest.param("billing last-weke", "last-weke", "last-week", id="a misspelt period behind a name"),
        pytest.param("lst-week billing eu", "lst-week", "last-week", id="before a name"),
        pytest.param("billing last weke", "last", "last-week", id="in two words"),
        pytest.param("billing shrae", "shrae", "share", id="an option"),
        pytest.param("billing please", "please", "", id="not near to anything"),
        pytest.param("billing eu now or never", "now", "", id="the longest name counts"),
    ],
)
def test_a_word_beside_a_known_name_is_what_is_wrong(text, stray, suggestion):
    with pytest.raises(BadWord) as raised:
        INDEX.find(QueueWord(text=text), example="/sla <queue>")
    assert (raised.value.word, raised.value.suggestion, raised.value.example) == (stray, suggestion, "/sla <queue>")


def test_a_name_nearly_right_is_not_taken_for_a_shorter_name_and_a_stray_word():
    index = NameIndex([Queue(id=QueueId("1"), name="Billing"), Queue(id=QueueId("2"), name="Billing Europe Premium")])
    with pytest.raises(UnknownQueue) as raised:
        index.find(QueueWord(text="billing europe premum"))
    assert raised.value.choices[0] == ("2", "Billing Europe Premium")


def test_in_quotes_a_stray_word_is_part_of_the_name():
    assert set(choices("billing last-weke", quoted=True)) == {"Billing", "Billing EU"}


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        pytest.param("", ["[a-z] regular", "A", "Billing", "Billing EU"], id="nothing typed: in order"),
        pytest.param("BILL", ["Billing", "Billing EU"], id="beginnings"),
        pytest.param("sup", ["Level 2 Support", "Sales & <Support> *VIP* <!here>", "Technical Support"], id="words"),
        pytest.param("ilL", ["Billing", "Billing EU"], id="inside a word"),
        pytest.param("suport", ["Level 2 Support", "Technical Support"], id="misspelt"),
        pytest.param("qqqq", [], id="nothing near"),
    ],
)
def test_type_ahead_offers_what_contains_the_letters_first(typed, names):
    assert [queue.name for queue in INDEX.suggest(typed, limit=4)][: max(len(names), 1)] == names


@given(st.text(max_size=60), st.booleans())
def test_any_word_finds_queues_or_is_unknown(text, quoted):
    try:
        queues = INDEX.find(QueueWord(text=text, quoted=quoted))
    except (UnknownQueue, BadWord) as error:
        queues = tuple(queue for queue in INDEX.queues if str(error))
    assert queues
    assert len(INDEX.suggest(text)) <= len(NAMES)


def test_many_stars_do_not_run_away():
    index = NameIndex([Queue(id=QueueId("1"), name="a" * 256)])
    # It would never end: the time limit of every test is what catches it.
    with pytest.raises(UnknownQueue):
        index.find(QueueWord(text="*a" * 200 + "b"))


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        pytest.param("yesterady", "yesterday", id="letters swapped"),
        pytest.param("LAST_WEEK", "last-week", id="another spelling"),
        pytest.param("wensday", "wednesday", id="as it sounds"),
        pytest.param("billing", "", id="nothing near"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_the_nearest_word_of_a_vocabulary(typed, word):
    assert nearest_word(typed, ("yesterday", "last-week", "wednesday")) == word


def test_all_in_quotes_is_a_name():
    assert means_all(QueueWord(text="ALL"))
    assert not means_all(QueueWord(text="all", quoted=True))


@pytest.mark.parametrize(
    ("text", "stray", "suggestion", "expected"),
    [
        pytest.param("billing sahre", "sahre", "share", BESIDE_QUEUE.said, id="misspelt"),
        pytest.param("billing yesterdya", "yesterdya", "", "a comma goes between", id="no word of another command"),
    ],
)
def test_beside_a_name_only_the_words_of_the_command_are_suggested(text, stray, suggestion, expected):
    with pytest.raises(BadWord) as raised:
        INDEX.find(QueueWord(text=text), beside=BESIDE_QUEUE)
    assert (raised.value.word, raised.value.suggestion) == (stray, suggestion)
    assert expected in raised.value.expected
