"""What a name can stand for: a person, a body that speaks and is no person, a thing."""

from __future__ import annotations

import re
from enum import Enum, auto

from index.normalise import fold
from service.attribution.names import article_off
from service.attribution.vocabulary import INSTITUTIONS, PERSON_NOUNS, ROLES
from service.cast import Cast, Figure
from service.history.words import ARTICLES
from service.sides import SEATS

PERSON_HEADS = (
    PERSON_NOUNS
    | (
        ROLES
        - INSTITUTIONS
        - frozenset("white national security foreign treasury first late old young staff cabinet fire city operating".split())
    )
    | frozenset(
        """accountant auctioneer artist broker captain carpenter civilian clerk colleague consultant cook dentist designer diver
    engineer farmer fisherman florist founder gardener geologist grower historian hydrologist inventor investor judge landlord
    mechanic merchant neighbour neighbor nurse owner painter passenger patient physicist pilot pensioner plumber politician
    programmer prosecutor publisher rancher rescuer resident scientist seismologist shepherd surgeon surveyor technician tenant
    tourist trader translator veterinarian volunteer watchman welder widow widower worker""".split()
    )
)
_PLACES = frozenset(
    """call desk sea strait river lake bay harbour harbor port mountain valley road street square avenue canal dam bridge
    island islands station park hill hills mine tunnel province coast gulf peninsula ocean airport""".split()
)
_BODY_HEADS = (INSTITUTIONS | {"side", "contractor", "manufacturer", "maker", "authorities", "officials"}) - _PLACES
_PEOPLES = re.compile(r"(?:ans|ese|ish|ch|is|ts)$")
# Words that companies' names end in, beside those of `INSTITUTIONS`.
_COMPANY_TAILS = frozenset(
    """lines rail capital metals grain securities motors foods steel oil gas mining shipping ferries technologies labs
    partners ventures insurance logistics telecom airways wings pharma pharmaceuticals robotics aerospace bank brothers
    trust fund funds works mills brewery dairy hotels stores heating semiconductors electronics software""".split()
)
_BODY_ROLES = frozenset(
    "fund company firm group airline operator bank broker carrier utility maker shareholder brewer retailer".split()
)
_DOERS = re.compile(r"(?:er|or|ist|ian|ant|ee|head|chief|chair|aide|deputy|mate|man|woman|person)$")


class Kind(Enum):
    """What a name can stand for."""

    PERSON = auto()
    BODY = auto()  # an institution, a company: one that speaks and is no person
    THING = auto()


def kind_of(name: str, cast: Cast) -> Kind:
    """What a name or a description stands for: as the documents tell, else by its words."""
    low = fold(article_off(name)).split()
    if not name[:1].isupper() or not low or name.split(maxsplit=1)[0].casefold() in ARTICLES:
        return _kind_of_description(name, low)
    figure = cast.figure(name)
    if _is_company(name, cast):
        return Kind.BODY
    if figure is not None and (figure.is_person or (figure.gender and " " in figure.name and not figure.is_institution)):
        return Kind.PERSON
    if low[-1] in SEATS or _is_body(figure, low):
        return Kind.BODY
    if low[-1] in _PLACES:
        return Kind.THING
    unknown = figure is None or bool(figure.roles and not figure.is_institution)
    return Kind.PERSON if len(low) > 1 and unknown else Kind.THING


def _is_company(name: str, cast: Cast) -> bool:
    """Whether a name, or the longer one that it begins, ends as a company's does and bears no person's title."""
    first = fold(name).split()
    for figure in cast.figures:
        full = fold(figure.name).split()
        if full[: len(first)] == first and full[-1] in _COMPANY_TAILS and figure.gender is None:
            return True
    return first[-1] in _COMPANY_TAILS and len(first) > 1


def _is_body(figure: Figure | None, low: list[str]) -> bool:
    """Whether the words are an institution's; the first of `Taiwan Strait` are not."""
    named = set(low) if figure is None else {*low, *fold(figure.name).split()}
    if figure is not None and figure.roles and not figure.is_institution:
        heads = {role[-1] for role in figure.roles}
        return bool(heads & _BODY_ROLES) or (len(low) == 1 and not all(_DOERS.search(head) for head in heads))
    return bool(named & INSTITUTIONS) and not named & _PLACES


def _kind_of_description(name: str, low: list[str]) -> Kind:
    head = re.split(r"\s(?:of|at|for|in|on|from|with|who|whom|that|which)\s", " ".join(low))[0].split()
    if head and (head[-1] in PERSON_HEADS or head[-1].endswith(("man", "woman", "person"))):
        return Kind.PERSON
    is_people = bool(head) and name.rsplit(maxsplit=1)[-1][0].isupper() and bool(_PEOPLES.search(name))
    return Kind.BODY if is_people or (head and head[-1] in _BODY_HEADS) else Kind.THING
