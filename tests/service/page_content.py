"""What the page's tests ask about: two reports of a call, and two texts that are hard to highlight in."""

from tests.service.page_server import FakeReadout

ARTICLE = """\
President Joe Biden on April 2 held a phone call with Chinese communist leader Xi Jinping as tensions remain.
The call is the first contact between the two leaders since meeting in Woodside, California, last November.
“At Woodside, the two leaders agreed to maintain open lines of communication,” a senior official said.
The official described the call as a “check-in” and added that no breakthrough was likely.
Mr. Kirby added that the two leaders also discussed the Chinese-owned social media app TikTok.
“TikTok came up today, yes,” Mr. Kirby said.
The official said the two sides need to maintain close consultations on the trade in chemicals.
"""
INTERVIEW = """\
President Biden took time from campaigning to have a phone call yesterday with Chinese leader Xi Jinping.

JOHN RUWITCH, BYLINE: Hello.

INSKEEP: What did they talk about?

RUWITCH: Yeah, well, they covered a ton of ground. They talked about everything \
from trade with North Korea to climate change. He raised U.S. concerns about Chinese support \
for Russia's defense industrial base.

INSKEEP: That's right.

WANG HUIYAO: China wants to stabilize and it wants the United States to keep its promises.

RUWITCH: Yeah, well, both of them – they agreed to continue talking, which was good.
"""
# Characters beyond U+FFFF and combining marks before the quote: here code points and UTF-16 units part.
SYMBOLS = (
    "📞 The call 🇺🇸🤝🇨🇳 began at noon. Cafe\u0301 talk, e\u0301te\u0301, n\u0303andu\u0301.\n"
    "👩‍👩‍👧‍👦 Families waited. 𝒳𝒴𝒵 “Yes 👍🏽, we agreed,” Zoe\u0308 said. 🎉 Then it ended.\n"
)
TWICE = (
    "ANNA: We agree.\nBORIS: On what? We agree on nothing.\n"
    + "A quiet line of filler. " * 40
    + "\nBORIS: Fine. We agree.\nANNA: So it is settled.\n"
)


def customer_documents(fake: FakeReadout) -> None:
    """The content for the tests and for a look by eye: two reports and one text full of symbols."""
    article = fake.add(
        "000_1e07ea5eec70e880.txt",
        ARTICLE,
        title="Biden and Xi hold first call since Woodside",
        outlet="The Daily Ledger",
        published_at="2024-04-02",
    )
    talk = fake.add("004_65b998d26dcba495.txt", INTERVIEW, published_at="2024-04-04")
    symbols = fake.add("symbols.txt", SYMBOLS, title="Symbols 📞")
    twice = fake.add("twice.txt", TWICE)
    kirby = {"speaker": "John Kirby", "reported_by": "The Daily Ledger"}
    ruwitch = {"speaker": "John Ruwitch", "section": "RUWITCH"}
    tiktok = fake.cite(1, article, "“TikTok came up today, yes,” Mr. Kirby said.", **kirby)
    fake.answer(
        "Was TikTok discussed?",
        [
            ("“TikTok came up today, yes,” Mr. Kirby said.", [1]),
            (
                "Mr. Kirby added that the two leaders discussed the Chinese-owned social media app TikTok.",
                [2],
            ),
        ],
        [
            tiktok,
            fake.cite(
                2,
                article,
                "the two leaders also discussed the Chinese-owned social media app TikTok",
                **kirby,
            ),
        ],
        short_answer="yes",
    )
    fake.answer(
        "What was discussed?",
        [
            (
                "They talked about everything from trade with North Korea to climate change, Ruwitch said.",
                [1],
            ),
            ("He raised U.S. concerns about Chinese support for Russia's defense industrial base.", [2]),
            ("“TikTok came up today, yes,” Mr. Kirby said.", [3]),
            (
                "A senior official said that both sides need close consultations, and both agreed to talk.",
                [4, 5],
            ),
        ],
        [
            fake.cite(
                1,
                talk,
                "They talked about everything from trade with North Korea to climate change.",
                **ruwitch,
            ),
            fake.cite(
                2,
                talk,
                "He raised U.S. concerns about Chinese support for Russia's defense industrial base.",
                **ruwitch,
            ),
            fake.cite(3, article, "“TikTok came up today, yes,” Mr. Kirby said.", **kirby),
            fake.cite(
                4,
                article,
                "need to maintain close consultations on the trade in chemicals",
                speaker="a senior official",
            ),
            fake.cite(5, talk, "they agreed to continue talking, which was good.", **ruwitch),
        ],
        resolved_question="What was discussed on the call between Joe Biden and Xi Jinping?",
        status="partial",
        missing="how long the call took",
    )
    fake.answer(
        "When was the call?",
        [
            (
                "President Joe Biden on April 2 held a phone call with Chinese communist leader Xi Jinping.",
                [1],
            ),
            ("The interview of April 4 says that the call was yesterday.", [2]),
        ],
        [
            fake.cite(1, article, "President Joe Biden on April 2 held a phone call", speaker="The Daily Ledger"),
            fake.cite(2, talk, "a phone call yesterday with Chinese leader Xi Jinping"),
        ],
        short_answer="April 2",
        conflicts=[
            {
                "about": "The day of the call",
                "values": [
                    {"value": "on April 2", "citations": [1]},
                    {"value": "yesterday", "citations": [2]},
                ],
            }
        ],
        dates=[{"text": "yesterday", "basis": "2024-04-04", "value": "2024-04-03", "citation": 2}],
        degraded=True,
        warnings=["One document has no date and was not compared."],
    )
    fake.answer(
        "What did Zoe\u0308 say?",
        [("“Yes 👍🏽, we agreed,” Zoe\u0308 said.", [1, 2])],
        [
            fake.cite(1, symbols, "“Yes 👍🏽, we agreed,” Zoe\u0308 said."),
            fake.cite(2, symbols, "Cafe\u0301 talk, e\u0301te\u0301"),
        ],
    )
    fake.answer(
        "Did they agree?",
        [("Both agreed in the end.", [1, 2]), ("Not on everything.", [3])],
        [
            fake.cite(1, twice, "We agree", occurrence=1),
            fake.cite(2, twice, "We agree", occurrence=3),
            fake.cite(3, twice, "We agree on nothing."),
        ],
    )
    fake.refuse(
        "What did they eat?",
        "no_evidence",
        "Neither document says anything about food or a meal.",
        [
            fake.passage(
                article,
                "The official described the call as a “check-in” and added that no breakthrough was likely.",
            ),
            fake.passage(talk, "they covered a ton of ground."),
            fake.passage(twice, "We agree", occurrence=3),
        ],
    )
    fake.fail(
        "Break, please",
        {
            "type": "about:blank",
            "status": 503,
            "code": "overloaded",
            "title": "The service is busy",
            "detail": "Sixteen questions are being answered already.",
        },
    )
    fake.fail(
        "Break midway",
        {
            "type": "about:blank",
            "status": 500,
            "code": "internal",
            "title": "Something broke",
            "detail": "",
            "stream": True,
        },
    )
