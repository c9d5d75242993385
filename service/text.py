"""An answer as plain text for a terminal."""

from __future__ import annotations

from service.schemas import Numbering
from service.types import Answer, Answered, Citation, Refused


def readable(answer: Answer) -> str:
    """The statements with their marks, then each citation with its source and exact place."""
    match answer.outcome:
        case Refused(message=message, nearest=nearest):
            passages = [
                f"  {passage.name} [{passage.span.start}:{passage.span.end}]\n    {_line(passage.text)}" for passage in nearest
            ]
            return "\n".join([message, *passages])
        case Answered(statements=statements, short_answer=short, missing=missing):
            numbering = Numbering()
            lines = [] if short is None else [f"{short}\n"]
            for statement in statements:
                marks = "".join(f" [{numbering.number(citation)}]" for citation in statement.citations)
                lines.append(statement.text + marks)
            lines += [] if missing is None else [f"\nNot found in the documents: {missing}"]
            lines.append("")
            lines += [_source(number, citation) for number, citation in numbering.numbered()]
            return "\n".join(lines)


def _source(number: int, citation: Citation) -> str:
    speaker = citation.attribution.speaker
    place = None if citation.section == speaker else citation.section  # a turn's section is its speaker
    who = [speaker, citation.attribution.reported_by and f"reported by {citation.attribution.reported_by}"]
    facts = [citation.title or citation.name, place, citation.outlet, citation.published_at, *who]
    told = ", ".join(fact for fact in facts if fact)
    return f"[{number}] {told} [{citation.span.start}:{citation.span.end}]"


def _line(text: str) -> str:
    return " ".join(text.split())
