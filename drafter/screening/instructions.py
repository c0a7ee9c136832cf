"""Injection marks: words in a question or a past reply that read like orders to a language model.

A mark accuses nobody and stops nothing by itself: it is shown to the reviewer, beside controls that do not
depend on it. Whoever wants to get past a list of patterns can.
"""

import re
from functools import lru_cache

_ORDER = (
    r"(?:ignor\w*|disregard\w*|forget|leave|vergiss|overrid\w*|bypass\w*|drop|delete|abandon|set aside"
    r"|do not follow"
    r"|don['’]?t follow)"
)
_ORDER_HINTS = "ignor disregard forget leave vergiss overrid bypass drop delete abandon aside follow"
_RULES_HINTS = (
    " & instruct rule prompt guideline direct command polic constraint restriction setting order context"
    " information task statement instruktion angaben programming training persona system safeguard conversation"
    " assignment anweisung"
)
_RULES = (
    r"(?:instruct\w*|rules?|prompts?|guidelines?|directions?|directives?|commands?|polic(?:y|ies)|constraints?"
    r"|restrictions?|settings?|orders?|context|information|tasks?|statements?|instruktionen|angaben|programming"
    r"|training|persona|system message|safeguards?|conversation|assignments?|anweisungen)"
)
_WHICH = (
    r"(?:all|any|previous|alle[ns]?|obigen|vorherigen|prior|above|earlier|preceding|your|these|those"
    r"|former|system|other|every\w*)"
)
_TO_MODEL = (
    r"(?:assistant|model|a\.?i\.?|bot|chatbot|llm|chatgpt|gpt|language model|reader|system|drafter|grader|judge)"
)
_TO_MODEL_HINTS = "assistant model _ai (ai {ai a.i bot llm gpt reader system drafter grader judge"
_SAY = (
    r"(?:say|copy|add|write|ignore|state|tell|output|reply|respond|answer|print|repeat|include|recommend|append"
    r"|insert|mention|integrate|embed|enhance|augment|put|hide|place|sign|"
    r"always|never|must|begin|start|end|use|give|approve|return|mark)"
)
_GAP = r"(?:\W+\w+){0,4}?\W+"
_SHOW = (
    r"\b(?:print|reveal|show|repeat|tell me|output|write|give me|display|leak|spell|what (?:is|are|was|were|"
    r"does|do)"
    r"|share"
    r"|summari[sz]e|translate)\b[^.?!\n]{0,50}"
)

# (hints, pattern): a pattern is tried only where its hints stand in the lower-case text, for speed; see _groups.
_ENGLISH = (
    (_ORDER_HINTS + _RULES_HINTS, rf"\b{_ORDER}\b{_GAP}{_WHICH}\b{_GAP}{_RULES}\b"),
    (
        _ORDER_HINTS + _RULES_HINTS,
        rf"\b{_ORDER}\b{_GAP}{_RULES}\W+(?:above|before|so far|you (?:were|have been|got|are) given"
        rf"|given to you|you have)\b",
    ),
    (
        _ORDER_HINTS + " & above before davor previous earlier told said",
        rf"\b{_ORDER}\W+(?:everything|all|alles|anything|what(?:ever)?){_GAP}(?:above|before|davor|previous\w*"
        rf"|earlier|told|said)\b",
    ),
    (
        "you",
        r"\byou are (?:now (?:an?|in|my(?! (?:last|only|best)\b)|the|free|acting|going|called)|no longer "
        r"(?:an?|bound|restricted"
        r"|required|limited))\b"
        r"|\bnow you are (?:an?|the|my)\b|\bfrom now on,? (?:you|answer|respond|act|reply)",
    ),
    (
        "above foregoing & ignor disregard forget overrid bypass",
        r"\b(?:ignore|disregard|forget|override|bypass)\W+(?:all |everything )?(?:of )?(?:the )?(?:above|for"
        r"egoing)\b",
    ),
    (
        "vergiss ignorier abweichend olvid oublie ignorez ignora",
        r"\b(?:vergiss|ignorier\w*)\W+(?:alle[ns]?|die|was)\b|\babweichend zu\b[^.!?\n]{0,20}\b(?:instru|anweis)\w*"
        r"|\b(?:olvid[ae]\w*|ignor[ae]\w*|oublie[rz]?|ignore[rz])\b[^.!?\n]{0,24}"
        r"\b(?:instrucciones|reglas|instructions|règles|consignes)\b",
    ),
    ("i", r"\bi([\W_])g\1n\1o\1r\1e\b"),
    (
        "base64 rot13 morse cipher hexadecimal reverse backwards pig_latin",
        rf"\b{_SAY}\b[^.?!\n]{{0,60}}\b(?:in|using|as|with|by)\b[^.?!\n]{{0,20}}"
        r"\b(?:base64|rot13|morse|cipher|hexadecimal|reverse|backwards|pig latin)\b",
    ),
    (
        "pretend imagine play acting_ act_ repeat_after",
        r"\b(?:pretend|imagine) (?:that )?(?:to be|you are|you['’]re|you were)\b|\brole-?play\b"
        r"|(?:^|[.!?,;:\n]\s*|\bplease |\byou (?:will |must |should )?)act(?:ing)? (?:as|like) (?:a|an|my|th"
        r"e|if you)\b|\brepeat after me\b",
    ),
    (
        "instruction directive order task prompt & : ：",
        r"\b(?:new|updated|additional|important|secret|final) (?:instructions?|directives?|orders?|task"
        r"|system prompt)\s*[:：]",
    ),
    (
        _TO_MODEL_HINTS + " user developer admin & : ：",
        rf"(?:^|[\n(\[{{<!>-])\s*(?:{_TO_MODEL}|user|developer|admin)\s*(?:prompt|message|note|override)?\s*[:：]",
    ),
    (
        _TO_MODEL_HINTS + " & : ： must shall has_to is_to should will note message instruction attention",
        rf"\b{_TO_MODEL}\s*[:：]\s*{_SAY}\b|\b{_TO_MODEL}\W+(?:must|shall|has to|is to|should (?:only|always"
        rf"|now)|will (?:only|now))\b"
        rf"|\b(?:note|message|instructions?|attention)\s*(?:to|for|:)\s*(?:the |any |all )?{_TO_MODEL}s?\b",
    ),
    (
        "< [inst [/inst ##",
        r"<\|?/?(?:im_start|im_end|system|assistant|user|endoftext|instructions?|prompt|question|sources?|data"
        r"|context)\|?>"
        r"|\[/?INST\]|<</?SYS>>|^\s*#{2,}\s*(?:instructions?|system|response|human|assistant|end)\b",
    ),
    (
        "end stop begin & \"\"\" ''' ``` --- ===",
        r"(?:\"{3}|'{3}|`{3}|-{3,}|={3,})\s*(?:end|stop|begin)\b|^\s*(?:end|stop)(?: of \w+)?\s*\n\s*(?:\"{3}"
        r"|'{3}|`{3}|-{3,}|={3,})",
    ),
    (
        "prompt instruction rules guidelines configuration password text word message line patient"
        " & print reveal show repeat tell_me output write give_me display leak spell what share summari translate",
        rf"{_SHOW}\b(?:system prompt"
        r"|your (?:(?:system|initial|original|hidden|secret|first|own|full|exact|previous|prior) )*"
        r"(?:instructions?|prompts?|rules|guidelines|configuration|passwords?)"
        r"|(?:text|words?|messages?|instructions?|prompts?|lines?) (?:that (?:is|was|stands?) )?"
        r"(?:before|above|preceding|prior to|ahead of) (?:my|this|the)"
        r"|(?:hidden|initial|original|secret) (?:prompts?|instructions?)"
        r"|(?:other|another|previous) patients?['’]?s? (?:questions?|data|records?|replies|names?))\b",
    ),
    (
        "just_output only_ exactly_ must_ nothing_else nothing_more as_your_",
        r"\bjust output\b|(?<!\bi )(?<!\bwe )(?<!he )(?<!they )\b(?:only|exactly|must) (?:say|output|reply|r"
        r"espond|answer|print|return"
        r"|write)\b(?! (?:if|yes|no|to)\b)"
        rf"|\b{_SAY}\b[^.?!\n]{{0,30}}\b(?:and nothing (?:else|more)|as your (?:whole|only|entire|full) \w+)",
    ),
    (
        "answer reply response draft output message",
        rf"\b{_SAY}\b(?:[^.?!\n]|[.?!](?=\S)){{0,90}}\b(?:in|to|at the (?:end|start|beginning|top) of|into)"
        rf" (?:your|the|every|each|this) (?:next )?"
        r"(?:answer|reply|response|draft|output|message)s?\b"
        r"|\b(?:modify|replace|rewrite|invert|reverse|encode|encrypt|apply|write|translate|use)\b[^.?!\n]{0,50}"
        r"\byour (?:answer|reply|response|output|message)\b",
    ),
    ("- __", rf"\b(?i:{_SAY})\W+(?:\w+\W+){{0,3}}?(?-i:[A-Z]{{3,}}[-_]\d+)"),
    (
        "review approv check send",
        r"\bno (?:further )?(?:review|approval|check\w*) (?:is )?(?:needed|required|necessary)"
        r"|\b(?:skip|bypass|without) (?:the |any )?(?:human |clinician['’]?s? |doctor['’]?s? )?review\b"
        r"(?! (?:at|with|in|of|appointment|visit))"
        r"|\b(?:auto-?|pre-?)approved?\b|\bsend (?:it |this )?(?:now|immediately|at once|without)\b",
    ),
    (
        "_as_ on_behalf_of in_the_name_of",
        r"\bsign (?:it |this |the reply )?(?:off )?(?:as|on behalf of|in the name of)\b|\b(?:reply|answer"
        r"|respond|write) as (?:the |a |dr)",
    ),
    (
        "criteria __met mark score points rating",
        r"\bcriteria_met\b|\b(?:give|award|assign)\b[^.?!\n]{0,30}\b(?:full|maximum|highest|perfect) (?:marks?"
        r"|score|points|rating)"
        r"|\"?score\"?\s*[:=]\s*(?:\d|\"?full)",
    ),
    (
        "]( < javascript: data:",
        r"!\[[^\]]*\]\(|\[[^\]]*\]\(\s*(?:https?:|javascript:|\[URL)|<\s*(?:script|img|iframe|object|svg"
        r"|meta)\b|<!--|javascript:|data:text/",
    ),
    ("jailbreak developer dan anything god inject", r"\b(?:jailbreak|developer mode|dan mode|do anything now"
        "|prompt injection|god ?mode)\b"),
    (
        "warning disclaimer flag concern safety",
        r"\b(?:don['’]?t|do not|never) (?:mention|include|add|give|show|raise) (?:any )?(?:warnings?"
        r"|disclaimers?|red flags?|concerns?|safety)\b",
    ),
    ("{", r"\{\s*(?:say|write|print|output|ignore|system|reply|add)\b[^}]{0,80}\}"),
)  # fmt: skip
_ENCODED = re.compile(r"(?<![A-Za-z0-9+/])(?=[A-Za-z0-9+/]*\d)(?=[a-z0-9+/]*[A-Z])(?:[A-Za-z0-9+/]{4}){15,}={0,2}")
_CHINESE = (
    r"(?:忽略|無視|无视|忘記|忘记|忘掉|不要理會|不要理会|不理會|取消|跳過|跳过|繞過|绕过|覆蓋|覆盖|違反"
    r"|违反)[^。！？\n]{0,12}"
    r"(?:指示|指令|設定|设定|規則|规则|提示|命令|限制|守則|守则|對話|对话)",
    r"(?:你|您)(?:現在|现在)(?:起|開始|开始)?(?:是|扮演)(?:一個|一个|一名|不受|新的|自由|[沒没]有)",
    r"(?:從現在|从现在)(?:起|開始|开始)[，,]?你|假[裝装](?:你|自己)是|(?:請|请)?扮演|角色扮演",
    r"只(?:准|能|要|需|許|许)?(?:輸出|输出|回答|回覆|回复|說|说|寫|写)[“「\"『]|只(?:輸出|输出)",
    r"(?:輸出|输出|回覆|回复|寫上|写上|加上)[“「\"『][^”」\"』]{1,30}[”」\"』]",
    r"(?:只|直接|請|请|必須|必须|務必|务必|並|并)(?:要|需)?(?:在[^。\n]{0,8})?(?:輸出|输出|回覆|回复|寫|写|"
    r"說|说|回答)[上出下]?"
    r"[“「\"『]",
    r"在(?:你的|您的)?(?:回答|回覆|回复|答案|草稿|回信)(?:之?中|裡|裏|里)(?:加入|寫|写|加上|附上|放)",
    r"(?:不要|別|别|勿|不得)(?:提|寫|写|加)[^。\n]{0,4}(?:警告|警語|警语|風險|风险|副作用)",
    r"(?:^|[\n（(\[【<])\s*(?:系統|系统|助手|助理|模型|開發者|开发者|管理員|管理员|AI)(?:提示|訊息|消息"
    r"|指令)?\s*[:：]",
    r"(?:模型|助手|助理|AI|機器人|机器人)(?:必須|必须|應該|应该|請|请|只能|務必|务必)",
    r"(?:顯示|显示|告訴我|告诉我|輸出|输出|重複|重复|洩漏|泄露|公開|公开|說出|说出)[^。！？\n]{0,12}"
    r"(?:系統提示|系统提示|提示詞|提示词|你的(?:指令|規則|规则|設定|设定|提示)|其他(?:病人|患者))",
    r"新(?:的)?(?:指令|指示|任務|任务|命令|規則|规则)\s*[:：]",
    r"(?:無需|无需|不需|不必|免|不用)(?:要)?(?:人工)?(?:審核|审核|審查|审查|覆核|复核)|直接(?:發送|发送|發出"
    r"|发出|送出)",
    r"(?:以|用)[^。！？\n]{0,8}(?:院長|院长|主任|醫師|医师|醫生|医生)[^。！？\n]{0,4}(?:名義|名义|身分|身份)",
    r"(?:簽名|签名|署名)(?:為|为|成)|開發者模式|开发者模式|越獄|越狱",
)


def _groups(hints: str) -> list[list[str]]:
    """Groups joined by "&" of which each must be met; an underscore stands for a space, two for itself."""
    plain = hints.replace("__", "\0").split(" & ")
    return [[h.replace("_", " ").replace("\0", "_") for h in group.split()] for group in plain]


_MARKS = tuple((_groups(hints), re.compile(mark, re.IGNORECASE | re.MULTILINE)) for hints, mark in _ENGLISH)
_CHINESE_MARKS = re.compile("|".join(f"(?:{mark})" for mark in _CHINESE), re.MULTILINE)
_LONGEST_MARK = 120


@lru_cache(maxsize=4096)
def instructions_in(text: str) -> tuple[str, ...]:
    """The phrases in reading order, each at most 120 characters, doubles left out."""
    lower = text.lower()
    marks = [mark for groups, mark in _MARKS if all(any(hint in lower for hint in group) for group in groups)]
    marks.append(_ENCODED)
    if any("\u4e00" <= c <= "\u9fff" for c in text):
        marks.append(_CHINESE_MARKS)
    spans = sorted(match.span() for mark in marks for match in mark.finditer(text))
    phrases = (" ".join(text[start : min(end, start + _LONGEST_MARK)].split()) for start, end in spans)
    return tuple(dict.fromkeys(phrase for phrase in phrases if phrase))
