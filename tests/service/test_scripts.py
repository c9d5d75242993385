"""Documents in other languages and scripts: stored, searched and cited to the code point. All texts are invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.files import Upload
from index.types import IngestStatus, Span
from service.background import catch_up
from service.types import Answered, Ask
from tests.fakes import fake_models
from tests.service.conftest import engine_on

# A text, a question that its words answer, and words that the quote must hold.
TEXTS = {
    "French": (
        "La ministre a rencontré Élodie Garçon à Orléans le 3 avril. « Le pont sera fermé », a-t-elle déclaré devant la mairie. Il pleuvait.",
        "Qui a rencontré Élodie Garçon à Orléans ?",
        "rencontré Élodie Garçon",
    ),
    "Russian": (
        "Министр встретился с мэром в Твери 3 апреля. «Мост будет закрыт», — сказал он журналистам. Шёл дождь.",
        "Министр встретился с мэром в Твери?",
        "встретился с мэром",
    ),
    "Arabic": (
        "التقى الوزير رئيس البلدية في المدينة يوم الثلاثاء. وقال إن الجسر سيغلق غدا. كان الجو ممطرا.",
        "متى التقى الوزير رئيس البلدية في المدينة؟",
        "التقى الوزير",
    ),
    "Hebrew": (
        "השר נפגש עם ראש העיר ביום שלישי. הוא אמר כי הגשר ייסגר מחר. ירד גשם.",
        "מתי השר נפגש עם ראש העיר?",
        "נפגש עם ראש העיר",
    ),
    "emoji": (
        "The mayor 👩🏽‍⚖️ met the minister 🤝 in Turku 🇫🇮 on Tuesday. 🌧️ It rained. The bridge closes tomorrow 🚧, she said.",
        "Where did the mayor meet the minister?",
        "🇫🇮",
    ),
    "combining": (
        "E\u0301lodie met the ma\u0308yor in Orle\u0301ans. Z\u0351\u0343\u0323a\u0334lgo s\u0336t\u0336o\u0336o\u0336d by. It rained.",
        "Who met the mäyor in Orléans?",
        "E\u0301lodie",
    ),
    "both directions": (
        "The minister met ראש העיר (the mayor) in \u2067تونس\u2069 on Tuesday. \u202bגשר\u202c means bridge. It rained.",
        "Where did the minister meet the mayor?",
        "\u2067تونس\u2069",
    ),
    "astral": (
        "The 𝔪𝔦𝔫𝔦𝔰𝔱𝔢𝔯 met 𠮷野 in the old town on Tuesday. 𐍈 is a letter. It rained.",
        "Who met 𠮷野 in the old town?",
        "𠮷野",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("padding", ["", "🙂 \u0301\u202e" * 40 + "\n\n"], ids=["plain", "behind marks"])
def test_a_text_is_stored_as_it_is_found_and_cited_verbatim(tmp_path: Path, name: str, padding: str) -> None:
    text, question, words = TEXTS[name]
    engine = engine_on(tmp_path, fake_models(), threshold=0.0)
    made = engine.ingester.add_upload(Upload("a.txt", (padding + text).encode()))
    engine.ingester.add_upload(Upload("b.txt", b"The museum sells postcards. Its cafe opens at nine."))
    catch_up(engine.store, engine.ingester, engine.generations, stop=lambda: False)
    stored = engine.store.document(str(made.document_id)).text
    assert stored == padding + text
    outcome = engine.answerer.ask(Ask(question)).outcome
    engine.close()
    assert isinstance(outcome, Answered)
    citations = [citation for statement in outcome.statements for citation in statement.citations]
    assert any(words in citation.quote for citation in citations)
    for citation in citations:
        assert citation.document_id == made.document_id
        assert citation.span.of(stored) == citation.quote
        before, after = Span(0, citation.span.start).of(stored), stored[citation.span.end :]
        assert before.endswith(citation.prefix)
        assert after.startswith(citation.suffix)


@pytest.mark.parametrize(
    ("name", "language"), [("French", "French"), ("Russian", "Russian"), ("Arabic", "Arabic"), ("Hebrew", "Hebrew")]
)
def test_a_document_in_another_language_is_taken_and_says_so(tmp_path: Path, name: str, language: str) -> None:
    engine = engine_on(tmp_path, fake_models())
    upload = Upload("a.txt", TEXTS[name][0].encode())
    warned, again = engine.ingester.add_upload(upload), engine.ingester.add_upload(upload)
    engine.close()
    assert warned.status is IngestStatus.CREATED
    assert warned.warnings == (f"this document seems to be in {language}: the models know English best",)
    assert (again.status, again.warnings) == (IngestStatus.UNCHANGED, ())
