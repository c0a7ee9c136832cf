"""Whether a sign is present, denied, or not about now; for the language of patients.

Clinicians' negation rules hide real emergencies here: a symptom can itself be a negation ("can't pee"), and a
husband or a daughter is the patient by proxy. So only a cue that stands before the sign in its own clause
denies it; history, hypothesis and other people's illness count only without a word that says "now".
"""

import re
from bisect import bisect_left
from functools import cached_property
from itertools import pairwise
from typing import Literal, NamedTuple

State = Literal["present", "doubtful", "denied", "elsewhere"]
"""``doubtful``: a denial that may not reach this far. ``elsewhere``: earlier, hypothetical or somebody else's."""

_SENTENCE_END = re.compile(r"[.!?](?=\s|$)|[。！？\n;；]")
_CLAUSE_END = re.compile(
    r"[.!?](?=\s|$)|[。！？\n;；:：(（]|,(?=\s*(?:i\b|i'|he\b|she\b|it\b|they\b|my\b|his\b|her\b|there\b|now\b"
    r"|since\b|today\b|then\b|and (?:now|i|he|she|my|it|then)\b|so\b|which\b|woke\b|and \w+ing\b))"
    r"|，|\b(?:but|however|except|though|although|yet|instead|otherwise|apart from|other than|only that|just"
    r"|and (?:see|hav|feel|gett|vomit|throw|sweat|shak|can't|now)\w*)\b|\s[-–—]\s|但|可是|不过|只是|而且|现在"
)
_THOUGHT_END = re.compile(rf"{_SENTENCE_END.pattern}|\b(?:but|however)\b|但|可是|不过")
_DENIAL = re.compile(
    r"(?:\b(?:no|not|never|without|denies|denied|nor|neither|none|nil|isn't|aren't|wasn't|weren't|hasn't"
    r"|haven't|hadn't|doesn't|don't|didn't"
    r"|free of|absence of|negative for|rules? out|ruled out|nothing like|ain't)\b|没有|并没有|并没|并无|无"
    r"|没(?!力|感|知|办|法|用|效|反|意|呼|尿|胎|胃)|否认|从未|从来没|不会|未|也没)"
)
# A denying word that does not deny what follows.
_NO_DENIAL = re.compile(
    r"\b(?:no|not|never|without|don't|doesn't|didn't|isn't|wasn't|haven't|hasn't|aren't)\b(?=\s+(?:only|just"
    r"|sure|certain|better|improv\w*|going away|go away|gone|goes|getting|help\w*|relie\w*|stop\w*|eas\w*"
    r"|work\w*|touch\w*|know|think it|wait|worse than|had (?:a |such |any)?\w* ?like|like this|like that"
    r"|felt (?:so|this|like)|been (?:so|this)|seen|sleep\w*|slept|eat\w*|eaten|drink\w*"
    r"|wak\w*|respond\w*|feel\w* (?:well|right|good|it|my|him|the)"
    r"|want(?! to (?:die|kill|hurt|harm|end|cut))|realis\w*|realiz\w*|long|able|much"
    r"|change|luck|use|idea|energy|appetite|reason|longer|matter|breathing|moving|himself|herself"
    r"|myself|answering|being able|knowing|any better|let|until|have (?:a|any) (?:car|doctor|insurance|money"
    r"|thermometer|gp)|warning|feeling|control|one|where|urine|wind|gas|stool|pulse|wet|nappy|nappies|diapers?"
    r"|wee|pee|tears|response|sense|sensation|strength|memory))"
    r"|没有?(?:改善|好转|用|效|退|停|缓解|办法|力|感觉|知觉|反应|意识|呼吸|尿|胎动|放屁|排便|大便|胃口|消)"
    r"|无(?:力|法|感|效|尿|知觉)|未(?:满|见好|改善)"
)
_EARLIER = re.compile(
    r"\b(?:in|since|back in|from|around|of|during|year) (?:19[4-9]\d|20[0-2]\d)\b|\b(?:years?|yrs|decades?"
    r"|months?) (?:ago|back|earlier|before)\b|\bas a (?:child|kid|teen\w*|baby|student|young|boy|girl)\b"
    r"|\bwhen (?:i|he|she) (?:was|were) (?:\d|a|an|young|little|small|in|at|pregnant|born|diagnosed|six|seven"
    r"|eight|nine|ten)\b|\blast (?:year|summer|winter|spring|autumn|time|decade|pregnancy|may|june|july|march"
    r"|april)\b"
    r"|\bprevious(?:ly)?\b|\bused to\b|\bhistory of\b|\bin the past\b|\bat (?:the )?age(?: of)? \d|\bonce had\b"
    r"|\bhad (?:it|this|that|one) before\b|\blong ago\b|\bin (?:my|his|her) (?:teens|twenties|thirties"
    r"|childhood|first pregnancy|last pregnancy)\b"
    r"|\b(?:fully |completely |well )?recovered\b|\ball clear\b|\bin remission\b|\bcame (?:back )?clear\b"
    r"|\bwas treated for\b|\bseizure free\b|\bfree for\b|\blast (?:attack|episode|one|seizure|fit) (?:was|in"
    r"|\d)"
    r"|\blast (?:week|month)\b(?= the| and (?:it|i'm|he's|she's) (?:fine|gone|ok|better)"
    r"|[^.]{0,30}(?:all gone|fine now|better now|home now))|\ball (?:gone|better|fine) now\b(?! but)"
    r"|曾经|曾|以前|过去|小时候|年前|去年|当年|前年|已经好了|都好了|痊愈|康复"
)
_NOW = re.compile(
    r"\b(?:today|tonight|this (?:morning|afternoon|evening|week)|(?:minutes?|mins?|hours?|hrs?|days?) ago"
    r"|since (?:yesterday|last night|this|lunch|breakfast|an hour)|last night|yesterday|right now|just now"
    r"|currently|again"
    r"|at the moment|suddenly|getting worse|worse|is back|are back|came back|has come back|new|keeps?"
    r"|still (?:there|have|has|hurts)|always|\d+ (?:minutes?|hours?)|overnight|woke)\b"
    r"|(?<!home )(?<!fine )(?<!well )(?<!ok )(?<!better )(?<!good )(?<!gone )(?<!safe )\bnow\b(?! (?:fine|ok"
    r"|home|well|better|\d|asking|recovered|all))"
    r"|最近|今天|今早|今晚|现在(?!都好|已经好|没)|昨天|昨晚|刚刚|刚才|突然|又(?:开始|发|痛)|越来越|小时|分钟"
    r"|这两天|这几天"
)
_HYPOTHETICAL = re.compile(
    r"\b(?:warning signs?|signs? (?:of|that)|symptoms? of|what (?:is|are|does|do|would) (?:a|an|the|it|signs)"
    r"|what(?:'s| is) the (?:maximum|max|most|difference|risk)|leaflet|label|package insert|booklet|poster"
    r"|website says|article"
    r"|i (?:read|saw|heard) (?:that|about|somewhere|online)|read(?:ing)? about|(?:tablets?|instructions?|box"
    r"|sheet|doctor) (?:say|says|said) (?:to )?(?:call|see|go|come|look|watch|if|that)|side effects?"
    r"|if (?:i|he|she|you|it|they|we|someone|somebody|this|that|my \w+) (?:ever|get|gets|got|have|has|had"
    r"|should|notice|see|feel|start\w*|develop\w*|need|happen\w*|come|comes)|in case|what if|ever happens?"
    r"|how common|how likely|chances? of|risks? of"
    r"|hereditary|genetic|inherit\w*|prevent\w*|avoid|protect\w*|vaccin(?:e|ation) (?:before|for|against)"
    r"|at what (?:temperature|point|level)|how (?:many|much|high|low) (?:can|should|is|does)"
    r"|should i get (?:tested|checked|my)|do i need (?:a scan|screening|to be tested)"
    r"|screening|how do (?:i|you|we) (?:treat|know|tell|recogni[sz]e|baby|spot)|baby ?proof|can (?:i|you"
    r"|we) (?:still )?(?:get|catch|develop|carry|have)|can \w+ cause|does \w+ cause|could cause|may cause"
    r"|might cause|i (?:worry|fear) about (?:getting|having) (?:a|an))\b"
    r"|请问[^。！]{0,12}(?:前兆|症状|征兆|会不会|是什么|有哪些|多少|几颗|可以)|万一|预防|前兆有哪些|疫苗"
    r"|如果(?:发生|出现|有)|说明书|副作用"
)
_OTHERS = re.compile(
    r"\b(?:father|mother|mum|mom|dad|grandfather|grandmother|grandma|grandpa|nan|uncle|aunt|cousin|brother"
    r"|sister|friend|colleague|coworker|co-worker|neighbour|neighbor|boss|someone|somebody|celebrity|actor|wife"
    r"|husband|patient)\b"
    r"[^.!?;。]{0,30}?\b(?:died|passed away|was diagnosed|lost (?:his|her|their) (?:sight|life|leg)"
    r"|ha[sd] (?:a |an |the )?(?:\w+ )?(?:heart attack|stroke|aneurysm|sepsis|cancer|seizure|clot|syndrome"
    r"|bypass|marfan|dvt|ectopic|meningitis|glaucoma|diabetes|anaphylaxis|transplant|overdose|torsion))"
    r"|\b(?:cat|dog|puppy|kitten|rabbit|hamster|horse|pet|parrot|budgie|guinea pig) (?:had|has|was|is)\b"
    r"|\bfamily history\b|\bruns in (?:the|my) family\b|\bon (?:tv|television|the news|netflix|grey's)\b"
    r"|\b(?:film|movie|novel|book|episode|character)\b"
    r"|(?:爷爷|奶奶|爸爸|妈妈|外公|外婆|叔叔|阿姨|舅舅|同事|朋友|邻居)[^，。]{0,8}(?:过世|去世|死于|曾)"
)
_ASSESSED = re.compile(
    r"\b(?:discharged|ruled out|(?:ct|mri|scan|ecg|ekg|x-?ray|ultrasound|bloods?|blood tests?|tests?|troponin"
    r"|lumbar puncture|d-?dimer|angiogram)\b[^.!?;]{0,60}\b(?:clear|normal|negative|fine|okay|ok|all good)"
    r"|(?:er|a&e|emergency|hospital|gp|doctor|specialist|cardiologist|neurologist)\b[^.!?;]{0,50}"
    r"\b(?:ruled out|all clear|nothing serious|sent (?:me|him|her|us) home|put (?:it )?down to|diagnosed (?:as"
    r"|it as|with)|said (?:it is|it's|it was|i have|that) (?:\w+ )?(?:fine|nothing|a|an|just|only)|reassured"
    r"|all normal))"
    r"|检查(?:都|结果)?(?:正常|没事|没问题)|出院|排除"
)
_TROUBLED = re.compile(
    r"\b(?:(?:it|pain|headache|fever|they|symptoms?)(?:'s| is| are|'re)? (?:come |came |coming )?(?:back|again)"
    r"|(?:has|have) come back|worse|still (?:have|has|in|hurts|there|getting)|since then|today"
    r"|tonight|now (?:i|it|he|she|the|my|there)|new (?:pain|symptom\w*|numbness|weakness))\b|又|还是|更"
)


# Only these deny a whole list: "no fever, rash or vomiting".
_LISTS = ("no", "without", "denies", "denied", "never", "not", "nor", "没有", "无", "没")


def _not_a_list(between: str) -> bool:
    steps = [part for part in re.split(r",|/| or | nor | and ", between) if part.strip()]
    return any(len(part.split()) > 3 for part in steps)


# What follows these is not denied with what stands before them.
_NEXT_THOUGHT = re.compile(r"\b(?:and|when|since|because|while|then|as|after|until)\b")


_FIRST_WORDS = 14
"""Characters in which "In 2015, ..." and the like open a clause."""


Span = tuple[int, int]


class Cue(NamedTuple):
    start: int
    end: int


class Assertions:
    """Answers for one folded text (lower case, one kind of apostrophe, see ``folding.fold``)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._told: dict[tuple[Span, Span], bool | None] = {}
        self._history: dict[Span, list[Cue]] = {}

    @cached_property
    def _denials(self) -> list[Cue]:
        pseudo = {match.start() for match in _NO_DENIAL.finditer(self._text)}
        return [Cue(*match.span()) for match in _DENIAL.finditer(self._text) if match.start() not in pseudo]

    @cached_property
    def _clause_ends(self) -> list[int]:
        return [match.start() for match in _CLAUSE_END.finditer(self._text)]

    @cached_property
    def _sentence_ends(self) -> list[int]:
        return [match.start() for match in _SENTENCE_END.finditer(self._text)]

    @cached_property
    def _assessed(self) -> bool:
        return bool(_ASSESSED.search(self._text)) and not _TROUBLED.search(self._text)

    def sentences(self) -> list[Span]:
        """Where each sentence begins and ends, with the mark that ends it."""
        edges = [0, *(end + 1 for end in self._sentence_ends), len(self._text)]
        return [(start, end) for start, end in pairwise(edges) if start < end]

    def sentence_span(self, start: int, end: int) -> Span:
        """Where the sentence in which ``start:end`` stands begins and ends."""
        return self._span(self._sentence_ends, start, end)

    def _span(self, ends: list[int], start: int, end: int) -> Span:
        left, right = bisect_left(ends, start), bisect_left(ends, end)
        return (ends[left - 1] + 1 if left else 0), (ends[right] if right < len(ends) else len(self._text))

    def of(self, start: int, end: int, *, about_now_only: bool = True, beside: Span | None = None) -> State:
        """The state of a sign at ``start:end``; history is not asked about when ``about_now_only`` is False.

        A "not" that belongs to the sign ``beside`` it denies nothing else ("a rash that does not fade, with
        fever").
        """
        denied = self._denied(start, beside or (start, start))
        if denied or not about_now_only:
            return denied or "present"
        return "elsewhere" if self._elsewhere(start, end) else "present"

    def _denied(self, start: int, beside: Span) -> State | None:
        left = bisect_left(self._clause_ends, start)
        clause_start = self._clause_ends[left - 1] if left else -1
        cues = [
            cue
            for cue in self._denials
            if clause_start < cue.start and cue.end <= start and not beside[0] <= cue.start < beside[1]
        ]
        if not cues:
            return None
        between = self._text[cues[-1].end : start]
        if _NEXT_THOUGHT.search(between):
            return None
        if "," in between and (self._text[cues[-1].start : cues[-1].end] not in _LISTS or _not_a_list(between)):
            return None
        return "denied" if len(between.split()) <= 10 and len(between) <= 70 else "doubtful"

    def _elsewhere(self, start: int, end: int) -> bool:
        sentence = self.sentence_span(start, end)
        thought = self._span(self._thought_ends, start, end)
        if (sentence, thought) not in self._told:
            self._told[sentence, thought] = self._told_of(self._text[slice(*sentence)], self._text[slice(*thought)])
        told = self._told[sentence, thought]
        return self._earlier(start, thought) if told is None else told

    def _told_of(self, sentence: str, thought: str) -> bool | None:
        """Whether everything in a thought is elsewhere; None when it depends on where in it a sign stands."""
        if _OTHERS.search(sentence) and not _NOW.search(sentence):
            return True
        if _NOW.search(thought):
            return self._assessed
        return True if self._assessed or _HYPOTHETICAL.search(sentence) else None

    def _earlier(self, start: int, thought: Span) -> bool:
        """History stands in the sign's clause: after it, or before it and not closed by a comma."""
        if thought not in self._history:
            self._history[thought] = [Cue(*cue.span()) for cue in _EARLIER.finditer(self._text, *thought)]
        for cue in self._history[thought]:
            opens_clause = cue.start - thought[0] < _FIRST_WORDS
            if cue.start >= start or opens_clause or not re.search("[,，]", self._text[cue.end : start]):
                return True
        return False

    @cached_property
    def _thought_ends(self) -> list[int]:
        """Where a sentence ends or turns: what came before "but" may be history."""
        return [match.start() for match in _THOUGHT_END.finditer(self._text)]
