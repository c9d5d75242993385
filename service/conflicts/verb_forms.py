"""By which words a deed is told: the irregular forms of its verb, and the verbs that reports use for the same."""

from __future__ import annotations

from index.normalise import terms

# Forms that no stemmer brings together, beside those that `index.normalise` knows.
_FORMS = """
bind bound
bite bit bitten
break broke broken
catch caught
drink drank drunk
drive drove driven
eat ate eaten
feed fed
flee fled
forbid forbade forbidden
freeze froze frozen
hang hung
hide hid hidden
lend lent
ring rang rung
seek sought
shake shook shaken
shoot shot
sink sank sunk
sleep slept
slide slid
steal stole stolen
stick stuck
strike struck
swear swore sworn
tear tore torn
throw threw thrown
undertake undertook undertaken
wear wore worn
withdraw withdrew withdrawn
"""
# Each line is one deed, as far as a question that takes it for granted goes.
_SAME = """
announce declare
apologise apologize sorry
approve endorse
arrest detain seize hold capture apprehend imprison jail prisoner custody
attack hack hit target
begin start
buy purchase acquire
call telephone ring phone
cancel scrap
cut sever
decline drop fall slide
detain seize hold
die kill dead
dismiss fire sack
end finish
expel deport
free release
hurt injure wound
impose levy
increase raise
limit restrict curb ban
mend repair fix
postpone defer delay
promise pledge vow undertake agree
quit resign
rebuff reject
refuse decline
rise climb gain jump
suspend freeze
"""


def _read(table: str) -> dict[str, frozenset[str]]:
    read: dict[str, frozenset[str]] = {}
    for line in table.strip().splitlines():
        stems = frozenset(term for word in line.split() for term in terms(word))
        for stem in stems:
            read[stem] = read.get(stem, frozenset()) | stems
    return read


_FORMS_BY_STEM, _SAME_BY_STEM = _read(_FORMS), _read(_SAME)


def told_as(verb: str) -> frozenset[str]:
    """The stems by which a deed may be told, of its own verb and of others."""
    own = _FORMS_BY_STEM.get(verb, frozenset({verb}))
    same = frozenset().union(*(_SAME_BY_STEM.get(stem, frozenset()) for stem in own))
    return own | same | frozenset().union(*(_FORMS_BY_STEM.get(stem, frozenset()) for stem in same))
