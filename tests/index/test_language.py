"""Which language a text seems to be in. All texts are invented, and say the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.language import foreign_language

SAME = {
    "French": "Les deux présidents se sont entretenus par téléphone mardi matin pendant près de deux heures. Selon le porte-parole, la "
    "conversation a été franche mais constructive, et les équipes resteront en contact.",
    "German": "Die beiden Präsidenten telefonierten am Dienstag fast zwei Stunden lang miteinander. Nach Angaben des Sprechers war das "
    "Gespräch offen, aber sachlich, und die Mitarbeiter bleiben in Verbindung.",
    "Spanish": "Los dos presidentes hablaron por teléfono el martes durante casi dos horas. Según el portavoz, la conversación fue "
    "franca pero constructiva, y los equipos seguirán en contacto.",
    "Dutch": "De twee presidenten spraken dinsdag bijna twee uur met elkaar aan de telefoon. Volgens de woordvoerder was het gesprek "
    "openhartig maar opbouwend, en de medewerkers blijven in contact.",
    "Swedish": "De två presidenterna talade i telefon i tisdags i nästan två timmar. Enligt talesmannen var samtalet uppriktigt men "
    "konstruktivt, och medarbetarna håller kontakten.",
    "Russian": "Президенты двух стран во вторник почти два часа говорили по телефону. По словам представителя, разговор был деловым.",
    "Ukrainian": "Президенти двох країн у вівторок майже дві години розмовляли телефоном. За словами речника, розмова була діловою.",
    "Arabic": "تحدث الرئيسان هاتفيا يوم الثلاثاء لمدة ساعتين تقريبا. وقال المتحدث إن المحادثة كانت صريحة وبناءة.",
    "Hebrew": "שני הנשיאים שוחחו בטלפון ביום שלישי במשך כמעט שעתיים. לדברי הדובר השיחה הייתה כנה אך עניינית.",
    "Chinese": "两国总统周二通了近两个小时的电话。发言人表示，谈话坦诚而富有建设性。",
    "Japanese": "両大統領は火曜日、電話で約2時間会談した。報道官によると、会話は率直で建設的なものだったという。",
    "Korean": "두 대통령은 화요일에 거의 두 시간 동안 전화로 이야기를 나누었다. 대변인에 따르면 대화는 솔직했다.",
    "Greek": "Οι δύο πρόεδροι μίλησαν τηλεφωνικά την Τρίτη για σχεδόν δύο ώρες. Η συνομιλία ήταν ειλικρινής.",
}
ENGLISH = (
    "The two presidents spoke by phone on Tuesday for almost two hours. The conversation was candid, and the teams will stay in touch.",
    (
        "« C'est la vie », he said, and the spokesman of the Élysée added: “Nous resterons en contact.” It was not clear who had called whom, "
        "or why the two had waited so long."
    ),
)
TOO_LITTLE = (
    "",
    "OK",
    "🙂🙂🙂",
    "12:30 14:45",
    "Xi Jinping, Wang Yi, Ursula von der Leyen, Olaf Scholz, Giorgia Meloni",
    "Bonjour à tous",
)


@pytest.mark.parametrize("language", SAME)
def test_a_language_is_told(language: str) -> None:
    assert foreign_language(SAME[language]) == language


@pytest.mark.parametrize("text", ENGLISH)
def test_english_is_no_other_language_whatever_it_quotes(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("text", TOO_LITTLE)
def test_too_little_to_tell_is_not_told(text: str) -> None:
    assert foreign_language(text) is None


def test_only_the_beginning_of_a_long_text_is_read() -> None:
    assert foreign_language(ENGLISH[0] * 40 + SAME["French"] * 400) is None


def test_the_seeds_are_english(seed_folder: Path) -> None:
    assert [foreign_language(path.read_text(encoding="utf-8")) for path in sorted(seed_folder.iterdir())] == [None, None]
