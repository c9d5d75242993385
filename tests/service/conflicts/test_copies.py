"""What was written once is one source, however often it is printed."""

from __future__ import annotations

from service.conflicts.copies import copied, one_origin, origins
from tests.service.conflicts.told import document

WIRE = (
    "PORT LENA (Coast Wire) \u2014 The ferry Alma was held in the harbour for nine hours after a cable broke, its owner said. "
    "The company employs sixty people on four boats. A board of inquiry will meet next week in the old customs house. "
    "“We were lucky,” captain Rosa Brandt told reporters on the quay."
)
EDITED = (
    "The ferry Alma was held in the harbour for nine hours after a cable broke, its owner said yesterday. "
    "The company employs sixty people on four boats. “We were lucky,” captain Rosa Brandt told reporters on the quay. "
    "Our own harbour festival opens on Sunday."
)
REPORT = (
    "Rosa Brandt has sailed the Alma since she was twenty. When the cable went she was asleep. “We were lucky,” she says now, "
    "with her boots on the table, and laughs about the nine hours that the passengers spent playing cards."
)
TRANSCRIPT = "ROSA BRANDT: We were lucky. The cable broke at six. Nobody slept.\n\nREPORTER: For how long were you held?"


def test_an_edited_copy_and_its_wire_story_are_one_origin() -> None:
    assert copied(document("a", WIRE), document("b", EDITED))


def test_reports_that_share_a_quotation_are_several() -> None:
    texts = [document("a", WIRE), document("c", REPORT), document("d", TRANSCRIPT)]
    assert not any(copied(one, other) for one in texts for other in texts if one is not other)


def test_documents_are_one_origin_by_way_of_a_third() -> None:
    assert one_origin([document("a", WIRE), document("b", EDITED)])
    assert not one_origin([document("a", WIRE), document("b", EDITED), document("c", REPORT)])


def test_a_copied_sentence_counts_once_and_the_copys_own_counts_by_itself() -> None:
    wire, edited, report = document("a", WIRE), document("b", EDITED), document("c", REPORT)
    held = "The ferry Alma was held in the harbour for nine hours after a cable broke, its owner said"
    told = [
        (wire, f"{held}."),
        (edited, f"{held} yesterday."),
        (edited, "Our own harbour festival opens on Sunday."),
        (report, REPORT),
    ]
    assert origins(told[:2]) == [0, 0]
    assert origins([told[0], told[3]]) == [0, 1]


def test_a_short_sentence_in_two_documents_is_no_sign_of_copying() -> None:
    assert origins([(document("c", REPORT), "“We were lucky.”"), (document("d", TRANSCRIPT), "We were lucky.")]) == [0, 1]
