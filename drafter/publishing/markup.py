"""The page as one HTML file: no outside request, readable on a phone, in the dark and on paper."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from drafter.domain import Asker, Language
from drafter.publishing.pages import Page, asker_text
from drafter.text import more_info_sections

if TYPE_CHECKING:
    from jinja2 import Template

_FOLDER = Path(__file__).parent
_LABELS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "share": "Share to:",
        "copy_link": "Copy link",
        "copied": "Link copied.",
        "not_copied": "Not copied; the link is",
        "mail": "E-mail",
        "print": "Print",
        "asked": "Ask Date:",
        "reply": "reply",
        "replied": "Reply Date:",
        "more": "More Info",
        "conclusion": "Conclusion",
        "similar": "Similar Q&A",
        "related": "Related FAQ",
        "colon": ": ",
        "offline": " (no language model)",
        "model": " (language model {model})",
        "reviewed": "Written with drafting software{made} and reviewed by {doctor} before it was published.",
        "general": "General information: it does not replace an examination. In an emergency, get help at once.",
    },
    "zh-Hant": {
        "share": "分享：",
        "copy_link": "複製連結",
        "copied": "已複製連結。",
        "not_copied": "無法複製，連結為",
        "mail": "電子郵件",
        "print": "列印",
        "asked": "提問日期：",
        "reply": "回覆",
        "replied": "回覆日期：",
        "more": "更多資訊",
        "conclusion": "結論",
        "similar": "相似問答",
        "related": "相關主題",
        "colon": "：",
        "offline": "（未使用語言模型）",
        "model": "（語言模型 {model}）",
        "reviewed": "本頁以草擬軟體協助撰寫{made}，經 {doctor} 審閱後發布。",
        "general": "本頁為一般資訊，不能取代診察；遇緊急狀況請撥打當地緊急電話。",
    },
    "zh-Hans": {
        "share": "分享：",
        "copy_link": "复制链接",
        "copied": "已复制链接。",
        "not_copied": "无法复制，链接为",
        "mail": "电子邮件",
        "print": "打印",
        "asked": "提问日期：",
        "reply": "回复",
        "replied": "回复日期：",
        "more": "更多信息",
        "conclusion": "结论",
        "similar": "相似问答",
        "related": "相关主题",
        "colon": "：",
        "offline": "（未使用语言模型）",
        "model": "（语言模型 {model}）",
        "reviewed": "本页以草拟软件协助撰写{made}，经 {doctor} 审阅后发布。",
        "general": "本页为一般信息，不能取代诊察；遇紧急情况请拨打当地急救电话。",
    },
}


def page_html(page: Page, *, script: bool = True) -> str:
    """The finished page; whatever the page's texts hold is shown as text, never run.

    Without its ``script`` (copy link, print) the page can be shown in a frame that runs none.

    Elements stand in the order of the site's page. The line about drafting software stands only on pages whose
    reply was written with it.
    """
    style, code = _part("page.css"), _part("page.js") if script else ""
    return _template().render(
        page=page,
        heading=f"{page.page_title} - {page.department}" if page.department else page.page_title,
        asker=_asker(page.asker, page.language),
        more=more_info_sections(page.more_info),
        labels=_LABELS[page.language],
        paragraphs=_paragraphs,
        style=style,
        style_hash=_hash(style),
        script=code,
        script_hash=_hash(code),
    )


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    return environment.get_template("page.html.j2")


@cache
def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """For the page's content security policy: nothing but these very bytes may style or run."""
    return b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _paragraphs(text: str) -> list[str]:
    return [block.strip() for block in re.split(r"\n\s*\n", text) if block.strip()]


def _asker(asker: Asker, language: Language) -> str:
    if language == "en":
        return asker_text(asker)
    age = asker.age or ""
    if age[-1:].isdigit():
        age += " 歲" if language == "zh-Hant" else " 岁"
    sex = {"female": "女性", "male": "男性"}.get(asker.sex or "")
    return "，".join(part for part in (asker.name, age, sex) if part)
