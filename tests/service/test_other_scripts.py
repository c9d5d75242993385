"""Questions in the language of their source where the models know neither its script nor its words. All texts are invented."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest

from index.files import Upload
from index.reader.by_words import SURENESS, read_by_words
from index.types import Passage, Reading
from service.background import catch_up
from service.bootstrap import Engine, Models
from service.types import Answered, Ask, Refused
from tests.fakes import HashingEmbedder, unanswering, unrelated
from tests.service.conftest import engine_on


@dataclass(frozen=True, slots=True)
class Told:
    """A text of four sentences; questions with words that the answering sentence holds; questions that it does not answer."""

    text: str
    answered: dict[str, str]
    unanswerable: tuple[str, ...]


LANGUAGES = {
    "Chinese": Told(
        "部长星期二在成都会见了市长陈立。他说大桥明天关闭，修理需要三个月。市长回答说渡轮每小时开一班。会谈持续了两个小时。",
        {"部长在哪里会见了市长？": "成都", "大桥什么时候关闭？": "明天关闭", "渡轮多久开一班？": "每小时"},
        ("谁发明了电话？", "大桥的建造费用是多少？"),
    ),
    "Japanese": Told(
        "大臣は火曜日、京都で市長の田中氏と会談した。「橋は明日閉鎖される。修理には三か月かかる」と述べた。"
        "市長はフェリーが一時間ごとに運航すると答えた。会談は二時間続いた。",
        {
            "大臣は市長とどこで会談しましたか。": "京都",
            "橋はいつ閉鎖されますか？": "明日閉鎖",
            "フェリーはどのくらいの間隔で運航しますか？": "一時間ごと",
        },
        ("電話を発明したのは誰ですか？", "橋の建設費用はいくらですか？"),
    ),
    "Korean": Told(
        "장관은 화요일에 부산에서 김민수 시장을 만났다. 그는 다리가 내일 폐쇄되며 수리에 석 달이 걸린다고 말했다. "
        "시장은 여객선이 매시간 운항한다고 답했다. 회담은 두 시간 동안 계속되었다.",
        {
            "장관은 어디에서 시장을 만났습니까?": "부산",
            "다리는 언제 폐쇄됩니까?": "내일 폐쇄",
            "여객선은 얼마나 자주 운항합니까?": "매시간",
        },
        ("전화는 누가 발명했습니까?", "다리의 건설 비용은 얼마입니까?"),
    ),
    "Thai": Told(
        "รัฐมนตรีพบนายกเทศมนตรีที่เชียงใหม่เมื่อวันอังคาร เขากล่าวว่าสะพานจะปิดพรุ่งนี้และการซ่อมใช้เวลาสามเดือน "
        "นายกเทศมนตรีตอบว่าเรือข้ามฟากออกทุกชั่วโมง การหารือใช้เวลาสองชั่วโมง",
        {"รัฐมนตรีพบนายกเทศมนตรีที่ไหน": "เชียงใหม่", "สะพานจะปิดเมื่อไร": "พรุ่งนี้", "เรือข้ามฟากออกกี่ชั่วโมง": "ทุกชั่วโมง"},
        ("ใครประดิษฐ์โทรศัพท์", "ค่าก่อสร้างสะพานเท่าไร"),
    ),
    "Arabic": Told(
        "التقى الوزير رئيس البلدية سالم في المدينة القديمة يوم الثلاثاء. وقال إن الجسر سيغلق غدا وإن الإصلاح يستغرق ثلاثة أشهر. "
        "وأجاب رئيس البلدية بأن العبارة تبحر كل ساعة. استمرت المحادثات ساعتين.",
        {"متى التقى الوزير رئيس البلدية؟": "الثلاثاء", "متى سيغلق الجسر؟": "غدا", "كم مرة تبحر العبارة؟": "كل ساعة"},
        ("من اخترع الهاتف؟", "كم كلفة بناء المطار؟"),
    ),
    "Russian": Told(
        "Министр встретился с мэром Петровой в Твери во вторник. Он сказал, что мост закроют завтра и ремонт займёт три месяца. "
        "Мэр ответила, что паром ходит каждый час. Переговоры длились два часа.",
        {"Где министр встретился с мэром?": "в Твери", "Когда закроют мост?": "завтра", "Как часто ходит паром?": "каждый час"},
        ("Кто изобрёл телефон?", "Сколько стоило строительство аэропорта?"),
    ),
    "Hindi": Told(
        "मंत्री ने मंगलवार को जयपुर में महापौर सीमा वर्मा से मुलाकात की। उन्होंने कहा कि पुल कल बंद रहेगा और मरम्मत में तीन महीने लगेंगे। "
        "महापौर ने उत्तर दिया कि नाव हर घंटे चलती है। बातचीत दो घंटे चली।",
        {"मंत्री ने महापौर से कहाँ मुलाकात की?": "जयपुर", "पुल कब बंद रहेगा?": "कल", "नाव कितनी बार चलती है?": "हर घंटे"},
        ("टेलीफोन का आविष्कार किसने किया?", "हवाई अड्डे की लागत कितनी थी?"),
    ),
    "Hebrew": Told(
        "השר נפגש עם ראש העיר דנה לוי ביום שלישי בחיפה. הוא אמר כי הגשר ייסגר מחר והתיקון יימשך שלושה חודשים. "
        "ראש העיר השיבה כי המעבורת יוצאת בכל שעה. השיחות נמשכו שעתיים.",
        {"היכן נפגש השר עם ראש העיר?": "בחיפה", "מתי ייסגר הגשר?": "מחר", "כל כמה זמן יוצאת המעבורת?": "בכל שעה"},
        ("מי המציא את הטלפון?", "כמה עלתה בניית שדה התעופה?"),
    ),
    "Greek": Told(
        "Ο υπουργός συνάντησε τη δήμαρχο Ελένη Παππά στα Χανιά την Τρίτη. Είπε ότι η γέφυρα κλείνει αύριο και οι επισκευές "
        "διαρκούν τρεις μήνες. Η δήμαρχος απάντησε ότι το φέρι φεύγει κάθε ώρα. Οι συνομιλίες κράτησαν δύο ώρες.",
        {
            "Πού συνάντησε ο υπουργός τη δήμαρχο;": "Χανιά",
            "Πότε κλείνει η γέφυρα;": "αύριο",
            "Πόσο συχνά φεύγει το φέρι;": "κάθε ώρα",
        },
        ("Ποιος εφηύρε το τηλέφωνο;", "Πόσο κόστισε το αεροδρόμιο;"),
    ),
}
ANSWERED = [(name, question, words) for name, told in LANGUAGES.items() for question, words in told.answered.items()]
UNANSWERABLE = [(name, question) for name, told in LANGUAGES.items() for question in told.unanswerable]


class ByWords:
    """The `Reader` as it reads such questions, without the network that it does not ask for them."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Reading]:
        return read_by_words(question, passages)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = engine_on(tmp_path_factory.mktemp("scripts"), Models(HashingEmbedder(), lambda _: ByWords(), unrelated, unanswering))
    for name, told in LANGUAGES.items():
        made.ingester.add_upload(Upload(f"{name}.txt", told.text.encode()))
    made.ingester.add_upload(Upload("English.txt", b"The minister met the mayor. The telephone was invented in the airport."))
    catch_up(made.store, made.ingester, made.generations, stop=lambda: False)
    yield made
    made.close()


@pytest.mark.parametrize(("name", "question", "words"), ANSWERED)
def test_the_sentence_that_holds_a_questions_words_is_quoted_with_a_warning_and_little_confidence(
    engine: Engine, name: str, question: str, words: str
) -> None:
    answer = engine.answerer.ask(Ask(question))
    assert isinstance(answer.outcome, Answered)
    (statement,) = answer.outcome.statements
    (citation,) = statement.citations
    assert statement.text == citation.quote
    assert citation.name == f"{name}.txt"
    assert words in citation.quote
    assert citation.span.of(LANGUAGES[name].text) == citation.quote != LANGUAGES[name].text
    assert any("in a script that the models do not know" in warning for warning in answer.warnings)
    assert answer.confidence <= SURENESS


@pytest.mark.parametrize(("name", "question"), UNANSWERABLE)
def test_a_question_whose_words_no_sentence_holds_is_refused(engine: Engine, name: str, question: str) -> None:
    assert isinstance(engine.answerer.ask(Ask(question)).outcome, Refused), name


@pytest.mark.parametrize("name", LANGUAGES)
def test_search_finds_a_document_by_two_words_of_it(engine: Engine, name: str) -> None:
    question = next(iter(LANGUAGES[name].answered))
    assert engine.answerer.find(Ask(question))[0].name == f"{name}.txt"


def test_an_english_question_says_nothing_of_scripts(engine: Engine) -> None:
    answer = engine.answerer.ask(Ask("Who met the mayor?"))
    assert isinstance(answer.outcome, Answered)
    assert answer.warnings == ()
