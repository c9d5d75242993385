"""The words by which reports say who said what."""

from __future__ import annotations

import re

# Forms that stand with a subject: finite and past. A quotation may also stand with any other verb of one word in -ed.
SAID = frozenset(
    """said says say told tells tell added adds noted notes stated states stressed stresses warned warns warn argued argues argue
    claimed claims claim described describes explained explains explain insisted insists insist acknowledged acknowledges confirmed
    confirms denied denies deny rejected rejects wrote writes write continued concluded concludes declared declares replied replies
    responded responds suggested suggests suggest asserted asserts remarked remarks recalled recalls estimated estimates estimate
    accused accuses alleged alleges denounced denounces condemned condemns admitted admits admit announced announces asked asks
    called calls cautioned cautions conceded concedes contended contends countered counters criticised criticized disclosed
    discloses dismissed dismisses emphasised emphasized forecast hinted hints implied implies indicated indicates informed joked jokes
    lamented laments maintained maintains maintain mentioned mentions objected objects observed observes pledged pledges predicted
    predicts predict promised promises proposed proposes protested protests quipped reassured reiterated reiterates repeated repeats
    reported reports report retorted revealed reveals signalled signaled speculated swore testified testifies tweeted posted
    underlined underscored urged urges vowed vows wondered wonders demanded demands blamed blames praised praises
    complained complains boasted mused murmured muttered whispered shouted sighed shrugged laughed smiled snapped
    thundered interjected began went pleaded apologised apologized agreed thinks thought believes believed feared fears hopes hoped
    put puts hit quoted cites cited laid ruled pointed made disputed disputes summed relayed guessed ventured offered reckons
    reckoned figured calculated expects""".split()
)
# Of these only what follows tells that something is said.
NEEDS = {
    "put": {"it"}, "puts": {"it"}, "hit": {"back", "out"}, "laid": {"out"}, "ruled": {"out"}, "pointed": {"out", "to"},
    "made": {"clear"}, "went": {"on"}, "summed": {"up", "it"}, "began": {"by"},
}  # fmt: skip
# Without a clause or a quotation they tell what somebody did.
NEEDS_CONTENT = frozenset(
    """called calls asked asks announced promised promises reported reports agreed offered observed maintained maintains declined
    continued proposed pledged revealed reveals posted added adds thought thinks believed believes feared fears hopes hoped expects
    figured calculated wondered wonders indicated indicates signalled signaled objected began protested put declared forecast report
    demanded demands made shrugged laughed smiled sighed urged urges repeated responded noted wrote writes write""".split()
)
SAYING = frozenset(
    """saying adding telling asking arguing claiming warning noting insisting stating stressing accusing calling confirming denying
    explaining suggesting announcing admitting acknowledging pointing promising predicting describing declaring writing replying
    recalling joking repeating reiterating cautioning conceding complaining blaming pledging vowing urging demanding""".split()
)
INVERTS = SAID - frozenset("put puts hit made laid ruled went quoted cited cites informed".split())
INFINITIVES = frozenset("say argue claim warn insist suggest maintain admit add explain tell deny report".split())
MODALS = frozenset("would will could might may did does do must".split())
BE = frozenset("is are was were be been being".split())
HAVE = frozenset("has have had having".split())
NOT = frozenset("not never hardly nobody none neither no without".split())
ADVERBS = frozenset(
    """also then later further again repeatedly only just even still once already yesterday today earlier first twice both all
    reportedly simply instead soon often always now thus tartly since meanwhile afterwards therefore""".split()
)
NOT_ADVERBS = frozenset("family ally italy assembly july monopoly supply reply anomaly homily daily weekly".split())
PRONOUNS = frozenset("he she they it we i you who whom which that this these those there one".split())
WHO = frozenset("who which that".split())
POSSESSIVES = frozenset("his her its their our my your whose".split())
DETERMINERS = POSSESSIVES | frozenset(
    "the a an another some several many most both two three four five six this these other each every no any".split()
)
PREPOSITIONS = frozenset(
    """of at for in from with on to by about after before during since until under over between among against through near
    within into as than like regarding despite amid following""".split()
)
NOUN_PREPOSITIONS = frozenset("of at for from in with".split())  # that may stand inside a speaker's description
STOPPERS = (
    frozenset(
        """and or but nor so because if when while where whereas although though unless whether how why what than then yet as not
        never be to up out off down back away there here also too when again ago meanwhile however asked pressed""".split()
    )
    | BE | HAVE | MODALS | PRONOUNS
    | frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today tomorrow tonight later earlier".split())
)  # fmt: skip
CLAUSE_OPENERS = frozenset("that whether how why what if where when".split())
DOCUMENT_NOUNS = frozenset(
    """statement readout communique communiqu\u00e9 letter release report note memo tweet post account filing email e-mail message
    bulletin summary transcript version notice circular paper advisory""".split()
)
CLAIM_NOUNS = frozenset(
    """claim statement assertion warning suggestion argument promise pledge remark insistence view announcement admission denial
    accusation allegation complaint comment contention prediction assurance assessment estimate threat""".split()
)
ROLES = frozenset(
    """president vice prime minister chancellor secretary treasury state foreign defense defence interior finance energy
    environment transport health justice education economy senator sen rep representative governor gov general gen mr mrs ms miss mx
    dr king queen prince princess chairman chairwoman chair chief executive officer ceo cfo coo premier spokesman spokeswoman
    spokesperson press national security council white house ambassador mayor deputy financial operating fire police city county
    member sheriff commissioner director manager analyst coach captain capt superintendent staff cabinet sir lord lady dame baroness
    admiral adm colonel col major sgt sergeant lieutenant lt professor prof judge justice former acting reverend rev father sister brother
    pope bishop archbishop cardinal rabbi imam sheikh emir sultan speaker congressman congresswoman mp mep commander inspector
    detective attorney counsel correspondent reporter editor host anchor operator moderator chairperson envoy special
    engineer doctor nurse farmer harbourmaster captain's hon madam mme m herr frau signor se\u00f1or countess count duke duchess
    auntie uncle aunt old young late first vice-president under-secretary undersecretary advocate head leader negotiator mediator
    economist trader investor broker banker lawyer union technician driver pilot skipper fisherman""".split()
)
DESCRIBED = re.compile(
    r"\b(?:officials?|authorities|spokes\w+|ministry|minister|government|administration|department|white house|statement|"
    r"readout|party|embassy|agency|police|office|council|company|analysts?|experts?|sources?|aides?|diplomats?|union|bureau|board|"
    r"bank|court|commission|committee|association|operator|engineers?|newsletter|colleagues?|people|staff|workers?|residents?)\b",
    re.IGNORECASE,
)
INSTITUTIONS = frozenset(
    """ministry bureau agency department office council committee commission board bank court union association company firm group
    corporation corp inc ltd plc ag gmbh university institute observatory centre center party parliament congress senate house
    government administration embassy police service authority authorities press radio news times post daily observer herald tribune gazette
    chronicle journal telegraph guardian mail television tv network agency federation society club college school hospital
    dynamics systems industries holdings energy electric power airlines airport railways street square road avenue island
    islands sea strait river lake bay harbour harbor port mountain valley county state states kingdom republic nations
    league conference summit desk call palace kremlin lines metals capital securities shipping rail works mills motors foods
    partners logistics analytics research ferries steel mining oil gas grain insurance""".split()
)
PERSON_NOUNS = frozenset(
    """official spokesman spokeswoman spokesperson minister president director secretary aide adviser advisor diplomat engineer
    analyst expert source witness resident colleague lawyer doctor professor astronomer officer chief head leader chairman chairwoman chair
    executive manager envoy ambassador governor mayor senator premier chancellor commissioner negotiator mediator captain
    skipper wife husband mother father son daughter sister brother friend neighbour neighbor woman man person member worker
    keeper owner founder scientist researcher economist reporter journalist editor host historian economist trader investor
    shareholder farmer fisherman sailor pilot driver technician commander general colonel judge prosecutor candidate deputy
    counterpart interpreter translator king queen prince""".split()
)
WOMEN = frozenset(
    "ms mrs miss mme madam frau dame lady baroness queen princess countess duchess sister aunt auntie mother wife daughter woman".split()
)
MEN = frozenset("mr sir lord king prince count duke brother uncle father husband son man herr".split())
TITLES = frozenset("mr mrs ms mx dr prof sen rep gov gen lt col sgt capt adm rev hon st mme jr sr".split())
SAME_ROLE = {
    "ceo": "executive", "spokesperson": "spokes", "spokesman": "spokes", "spokeswoman": "spokes", "chairman": "chair",
    "chairwoman": "chair", "chairperson": "chair", "cfo": "financial", "leader": "leader", "premier": "minister",
}  # fmt: skip
