"""Verbs of questions about calls: their base forms, and how they are told as past."""

from __future__ import annotations

# Base forms that stand after "did", "will" or "can" in questions about calls: they end the subject.
VERBS = frozenset(
    """abandon accept accuse achieve acknowledge act add address admit advise affect affirm afford agree aim allege allow
    amount announce answer anticipate apologise apologize appeal appear apply appoint approve argue arrive ask assess assure
    attack attend authorise back ban be become begin believe belong blame block boast break bring build burn buy call cancel
    carry cast cause caution change charge choose cite claim close collapse come comment commit compare compensate complain
    concede conclude condemn confirm connect consider contain continue contradict contribute cost count cover create
    criticise criticize cut damage date deal decide declare decline deliver demand denounce deny depend describe detain
    develop die differ disappear disclose discuss dismiss dispute drop earn employ end enter escape estimate exchange
    exclude exist expect explain export express extend face fail fall fear feel fight file fill find finish fire fix fly
    follow force forecast form free fund gain get give go grow guarantee guess happen have hear help hit hold hope hurt
    identify impose improve include increase inform insist inspect intend introduce invest investigate invite involve join
    judge keep kill know lack land last launch lay lead learn leave let lie lift limit link list live look lose lower
    maintain make manage mark matter mean meet mention mind miss monitor move name need negotiate note object observe occur
    offer open oppose order owe own participate pass pause pay permit persuade pick plan play pledge point postpone praise
    predict prefer prepare present press prevent produce project promise propose protect protest provide publish pull push
    put quit quote raise reach react read realise receive recognise recommend record recover reduce refer refuse regain
    regard regret reject release rely remain remember remove repair repeat replace reply report request require resign
    resolve respond restore restrict resume retire return reveal rise rule run save say schedule see seek seem sell send
    serve set settle share shift show shut sign sit sleep speak spend stand start state stay step stop stress strike suffer
    suggest supply support suspend switch take talk tell test testify thank think threaten track trade travel treat trigger
    trust try turn underline understand urge use vary visit voice vote vow wait want warn watch welcome win wish withdraw
    wonder work worry write
    acquit approach arrest award backfire beat bid bind bite blow bomb borrow boycott brief bury calm campaign catch check cheer
    climb collide commend confess confide convict convince cough crash curb defeat defend defy deliberate deport detonate dig
    dine disagree disband discover donate double downgrade draft draw drive drown eat eject elect embrace encourage endorse
    endanger erupt evacuate evict exaggerate exempt expand expel explode exploit export favour fine fit flee flood fund grab
    grant greet ground hack halt hand hang harm hide hire ignite ignore import impound injure insult insure interrupt interview
    jail jump kidnap kiss knit laugh lay leak lend light load lobby loot lock march match mediate melt mend merge misread
    mislead mock mourn murder nod nominate notice notify obey obtain order outlaw overrule overturn park pardon patrol plead
    plunge poison postpone prefer preside prevail print privatise probe profit prosecute prove provoke punish purchase
    push question raid ransom ratify reassure rebook rebuff rebuild rebuke recall recede reckon redeem reduce reelect refund
    refute regulate reimburse reinstate relax relent renew rent reopen rescind rescue resent reverse review revive revoke ride
    ring risk rob sack sail salute sanction scold scrap seal search secure seize sentence shake shed shell shoot shrink sign
    silence sing sink slide slip slow smuggle snub soar spy stab steal storm sue summon surge surrender survive swap swear
    swim telephone terminate tighten topple torture tow train transfer trap trick trim uphold upgrade veto violate void wake walk
    warm weaken weigh win wipe wound wreck yield""".split()
)
# Forms after "was" or "has", and simple pasts after "who", that do not end in -ed.
IRREGULAR = {
    "say": "said", "tell": "told", "give": "gave", "make": "made", "take": "took", "meet": "met", "go": "went",
    "come": "came", "see": "saw", "speak": "spoke", "think": "thought", "put": "put", "hold": "held", "send": "sent",
    "get": "got", "lose": "lost", "find": "found", "hear": "heard", "know": "knew", "leave": "left", "pay": "paid",
    "sell": "sold", "buy": "bought", "keep": "kept", "bring": "brought", "begin": "began", "fall": "fell", "rise": "rose",
    "write": "wrote", "read": "read", "run": "ran", "set": "set", "cut": "cut", "cost": "cost", "spend": "spent",
    "win": "won", "mean": "meant", "feel": "felt", "break": "broke", "choose": "chose", "fly": "flew", "hit": "hit",
    "let": "let", "quit": "quit", "stand": "stood", "understand": "understood", "withdraw": "withdrew", "become": "became",
    "have": "had", "do": "did", "deal": "dealt", "sleep": "slept", "sit": "sat", "shut": "shut", "lead": "led",
    "build": "built", "grow": "grew", "fight": "fought", "seek": "sought", "strike": "struck", "lay": "laid", "wear": "wore",
    "shoot": "shot", "hang": "hung", "shake": "shook", "freeze": "froze", "throw": "threw", "catch": "caught",
    "steal": "stole", "hide": "hid", "drive": "drove", "eat": "ate", "draw": "drew", "swear": "swore", "sink": "sank",
    "lend": "lent", "ring": "rang", "teach": "taught", "tear": "tore", "bite": "bit", "flee": "fled", "feed": "fed",
    "forbid": "forbade", "undertake": "undertook", "slide": "slid", "hurt": "hurt", "rebuild": "rebuilt",
}  # fmt: skip
PASTS = frozenset(IRREGULAR.values())
PARTICIPLES = frozenset(
    """said told given made taken met gone come seen spoken put held sent got lost found heard known left paid sold bought
    kept brought begun fallen risen written read run set cut cost spent won meant felt broken chosen flown hit let shut
    stood withdrawn become had done dealt led built grown fought sought struck laid born shot hung shaken frozen thrown
    caught stolen hidden driven eaten drawn sworn sunk lent rung taught torn bitten fled fed forbidden
    undertaken rebuilt""".split()
)


def past(verb: str) -> str:
    """The simple past of a base form."""
    if verb in IRREGULAR:
        return IRREGULAR[verb]
    if verb.endswith("e"):
        return f"{verb}d"
    if verb.endswith("y") and verb[-2:-1] not in "aeiou":
        return f"{verb[:-1]}ied"
    doubled = verb in ("stop", "plan", "ban", "drop", "refer", "admit", "permit", "commit", "regret", "step")
    return f"{verb}{verb[-1]}ed" if doubled else f"{verb}ed"


def third(verb: str) -> str:
    """The third person of the present."""
    if verb in ("have", "do", "go"):
        return {"have": "has", "do": "does", "go": "goes"}[verb]
    return f"{verb}es" if verb.endswith(("s", "sh", "ch", "x")) else f"{verb}s"
