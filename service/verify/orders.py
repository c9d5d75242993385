"""Sentences that speak to a model instead of telling something: they are data too, but carry no statement of a model."""

from __future__ import annotations

import re

from index.normalise import fold
from service.types import Citation

_SPEAKING = r"say|state|claim|tell|report|answer|respond|reply|write|print|output|repeat|reveal|show|display|include|insert|append|add|mention|cite|render|translate|summari[sz]e|conclude|pretend|act|begin|start|end|use|send|visit|click|call|fetch|embed|encode|list|quote|give|make|do"
_ORDERS = re.compile(
    rf"""\b(?:ignore|disregard|forget|override|bypass|skip|stop\s+following)\b.{{0,60}}\b(?:instruction|prompt|rule|context|evidence|above|previous|prior|earlier|everything|guideline|source|document|question)
    |\b(?:system|developer|hidden|secret|initial|original)\s+(?:prompt|message|instruction|note)s?\b
    |\b(?:new|updated|real|important|urgent|additional|special|following)\s+(?:instruction|order|directive|task|rule)s?\b
    |\b(?:you\s+are\s+(?:now|no\s+longer|an?|the)\b|pretend|roleplay|from\s+now\s+on|your\s+(?:task|job|role|instructions|answer|reply|response|output|system))\b
    |\b(?:as\s+an?|dear|hey|hello|attention|note\s+to|to)\s+(?:the\s+|any\s+|all\s+)?(?:ai|a\.i\.|llm|language\s+models?|assistants?|chat\s?bots?|gpt)\b
    |\b(?:api[\s_-]?key|password|credential|access\s+token|environment\s+variable)s?\b
    |<\|?/?(?:im_start|im_end|system|user|assistant|evidence|inst|sys)\b|\[/?(?:inst|sys|system)\]|\#{{2,}}\s*(?:instruction|system|response|human)
    |(?:^|[.!?:;\u2026\n"'\u201c(\[\]{{>-])\s*(?:system|assistant|user|human|ai)\s*:
    |(?:^|[.!?:;,\u2026\n"'\u201c(\[\]{{>-]\s*|\b(?:please|must|always|only|instead|just|now|then|and)\s+)(?:{_SPEAKING})\s+(?:that\b|exactly\b|only\b|the\s+(?:following|user|words?|sentence|text|reader|answer|prompt)\b|this\b|:|["\u201c'])
    |(?:^|[.!?:;\u2026\n"'\u201c(\[\]{{>]\s*|<!--\s*|\byou\s+(?:must|should|shall|will|can|have\s+to|need\s+to|are\s+to)\s+|\border\s+you\s+to\s+)(?:say|state|claim|answer|respond|reply|write|print|output|repeat|reveal|pretend|ignore|disregard)\s
    |\b(?:tell|inform|convince)\s+(?:the\s+)?(?:user|reader|asker|human)s?\b
    |</?evidence|\bend\s+of\s+(?:evidence|context|documents?|data)\b|\bbegin\s+(?:evidence|context|system)\b""",
    re.IGNORECASE | re.VERBOSE,
)


# A word of letters that look alike in several scripts hides what it is.
_MIXED = re.compile(r"[a-z][\u0370-\u052f]|[\u0370-\u052f][a-z]")

# So does one that shows otherwise than it reads: marks of no width between letters, tags, overridden directions.
_HIDDEN = re.compile("[A-Za-z][\u200b-\u200f\u2060-\u2064\ufeff]+[A-Za-z]|[\u202d\u202e\U000e0000-\U000e007f]")


def gives_orders(citation: Citation) -> bool:
    """Whether the words, or those beside them in their line, are put to whoever answers: an order, a prompt, talk of keys.

    Wide on purpose. What it takes wrongly is still found, quoted and cited by the extractive answer; only a model may not
    build on it.
    """
    before, after = citation.prefix.rsplit("\n", 1)[-1], citation.suffix.split("\n", 1)[0]
    line = f"{before}{citation.quote}{after}"
    folded = fold(line)
    return bool(_ORDERS.search(folded) or _MIXED.search(folded) or _HIDDEN.search(line))
