"""Identifiers: what is masked and what only looks like one. All texts are invented."""

import json
import subprocess
import sys
from collections.abc import Iterator
from os import environ
from pathlib import Path

import pytest

from drafter.domain import Question
from drafter.errors import ScreeningFailed
from drafter.screening import deidentify, screen
from drafter.screening.identifiers import DETECTORS, Found
from drafter.screening.masking import mask
from tests.canaries import Canary, canaries
from tests.openai_server import OpenAIServer
from vectorstore.lexical import LexicalIndex, terms

PEOPLE = [
    ("Maria Gonzalez has hay fever.", "Maria Gonzalez"),
    ("Yesterday Kevin vomited twice.", "Kevin"),
    ("I asked Rachel Novak about the tablets.", "Rachel Novak"),
    ("I spoke to Oriel and then to Tamsin Okoro.", "Tamsin Okoro"),
    ("hi, my name is tamsin okoro and i cough", "tamsin okoro"),
    ("my brother is called benedek, he limps", "benedek"),
    ("maria gonzalez asked me to write", "maria gonzalez"),
    ("Xiao Lin, 30~39 year old female", "Xiao Lin"),
    ("Fern, 30~39 year old female, knee pain", "Fern"),
    ("Her maiden name was Quillfeather.", "Quillfeather"),
    ("My son Ravi and my daughter Mei-Ling both cough.", "Mei-Ling"),
    ("Wei-Ting Chen coughs at night.", "Wei-Ting Chen"),
    ("Is it true, as Őrs Szálasi wrote, that rest helps?", "Őrs Szálasi"),
    ("Best wishes,\nO. Plover", "Plover"),
    ("您好，我是歐陽靖，膽結石要開刀嗎？", "歐陽靖"),
    ("我叫褚雲飛，男，34歲，咳嗽。", "褚雲飛"),
    ("藺相如，男，42歲，血壓高。", "藺相如"),
    ("家母姓名：闕麗雲，膝蓋痛。", "闕麗雲"),
    ("我太太叫小婷，懷孕12週。", "小婷"),
    ("謝謝闕醫師的說明。", "闕"),
    ("小林，30~39歲女性，頭暈。", "小林"),
]
NUMBERS = [
    ("Tel 06 12 34 56 78", "06 12 34 56 78"),
    ("Tel 030 12345678", "030 12345678"),
    ("My mobile: 98765 43210", "98765 43210"),
    ("They do not answer at 99 668472", "99 668472"),
    ("781 1704 office", "781 1704"),
    ("請打0912345678找我", "0912345678"),
    ("Call zero nine one two three four five six seven eight", "zero nine one two three four five six seven eight"),
    ("passport no. 312345678", "312345678"),
    ("My plate number is ABC-1234.", "ABC-1234"),
    ("車牌 ABC-1234", "ABC-1234"),
    ("ID 850101-1234567", "850101-1234567"),
    ("身份证号11010119900307100X", "11010119900307100X"),
    ("DOB 11/02/79", "11/02/79"),
    ("born 3/14, he coughs", "3/14"),
    ("生日 79/3/14", "79/3/14"),
    ("民國68.3.14出生", "68.3.14"),
    ("68年3月14日開刀", "3月14日"),
    ("二〇一九年三月十四日開刀", "三月十四日"),
    ("on 14-Mar-2019", "14-Mar-2019"),
    ("the 14th day of March 2019", "14th day of March"),
    ("檢查是在2019/3/14做的", "2019/3/14"),
    ("12 larkspur lane, dunmere", "12 larkspur lane"),
    ("plover at mail dot example dot org", "plover at mail dot example dot org"),
    ("plover [at] mail [dot] org", "plover [at] mail [dot] org"),
    ("plover＠mail．org", "plover"),
    ("I teach at Greywick Primary School.", "Greywick"),
    ("就讀中正高中", "中正高中"),
]
LOOKALIKES = [
    "Graves' disease, Crohn disease, Bell's palsy, Hodgkin lymphoma and Down syndrome run in families.",
    "Alexander disease, Todd's paralysis, the vein of Galen and my Adam's apple.",
    "I take Yasmin in May, then Lyrica; we fly from Florence to Sydney and San Francisco.",
    "Polycythemia Vera and Candida are different things.",
    "BP 120/80, then 130/85; half a tablet, 1/2 on 5/8 of all days.",
    "Glucose 110, 126, 131 on three mornings; ratio 3.6*3.6; 7-8 hours of sleep.",
    "The leaflet says 10-20-30-40 mg, at most 2019-2020 mg a year.",
    "肌酐1.01，服药3-6个月后复查，门静脉1.3cm。",
    "任何医生都说没事，上周医生让我做检查。",
    "患者是头痛，病人到医院检查后应按照医生说的做。",
    "Stay on your current medications for 2 weeks.",
    "In patients of type 2 may come later.",
    "The pain.it comes and goes.in the night",
]


@pytest.mark.parametrize(("text", "gone"), PEOPLE + NUMBERS)
def test_an_identifier_is_masked(text: str, gone: str) -> None:
    assert gone not in screen(Question(text)).text


@pytest.mark.parametrize("text", LOOKALIKES)
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    assert mask(text).text == text


def test_three_identifiers_that_overlap_become_one() -> None:
    assert mask("Kind regards,\nMary-Jane Q. Fitzgerald Novak Okoro").placeholders
    overlapping = [Found(0, 6, "NAME"), Found(4, 12, "ORG"), Found(10, 16, "ADDRESS")]
    masked = mask("Abcdefghijklmnop coughs.", detectors=[lambda text: iter(overlapping)])
    assert masked.text == "[NAME_1] coughs."


@pytest.mark.parametrize("error", [ValueError, RuntimeError, OSError, AssertionError, MemoryError, StopIteration])
def test_whatever_a_detector_dies_of_stops_the_draft(error: type[Exception]) -> None:
    def dies(text: str) -> Iterator[Found]:
        raise error("broken on purpose")

    with pytest.raises(ScreeningFailed, match="nothing was sent"):
        screen(Question("My knee hurts."), detectors=(*DETECTORS, dies))
    with pytest.raises(ScreeningFailed, match="was not used"):
        deidentify("My knee hurts.", detectors=(dies, *DETECTORS))


# -- 500 canaries through the whole way


def escaped(found: tuple[Canary, ...], text: str) -> list[Canary]:
    lower = text.lower()
    return [canary for canary in found if any(tell in lower for tell in canary.tells)]


def drafter(*arguments: str | Path, **settings: str) -> str:
    """What the command wrote to both its outputs."""
    done = subprocess.run(
        [sys.executable, "-m", "drafter", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=240,
        check=False,
        env=environ | settings,
    )
    said = done.stdout.decode()
    assert done.returncode == 0, said[-2000:]
    return said


def write(path: Path, rows: list[dict[str, str]]) -> Path:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def test_none_of_500_canaries_reaches_a_request_a_log_the_index_or_a_batch(
    home: Path, tmp_path: Path, openai_server: OpenAIServer
) -> None:
    found = canaries(500)
    past, asked = found[:200], found[200:]
    exchanges = write(
        tmp_path / "past.jsonl",
        [
            {
                "question": q.text,
                "reply": f"Rest for two days and drink enough, please. {r.text}",
                "department": "GP",
            }
            for q, r in zip(past[::2], past[1::2], strict=True)
        ],
    )
    questions = write(
        tmp_path / "asked.jsonl",
        [
            {"id": str(n), "question": f"{a.text}\n{b.text}"}
            for n, (a, b) in enumerate(zip(asked[::2], asked[1::2], strict=True))
        ],
    )
    served = {
        "DRAFTER_MODEL": "openai:ok",
        "DRAFTER_EMBEDDER": "openai:words",
        "DRAFTER_BASE_URL": openai_server.url,
        "DRAFTER_QUERY_REWRITE": "true",
        "PYTHONWARNINGS": "default",
    }
    out = tmp_path / "drafts.jsonl"
    said = drafter("import", exchanges, **served) + drafter("batch", questions, "--out", out, **served)
    rows = out.read_text(encoding="utf-8")
    assert len(rows.splitlines()) == 150
    sent = json.dumps([request.body for request in openai_server.requests], ensure_ascii=False)
    assert sum(request.path.endswith("completions") for request in openai_server.requests) >= 200

    assert escaped(found, sent) == []
    assert escaped(found, said) == []
    assert escaped(found, rows) == []
    files = [path for path in (home / "index").rglob("*") if path.is_file()]
    assert len(files) > 3
    for path in files:
        # Both of the ways in which SQLite and others write text.
        content = path.read_bytes()
        assert escaped(found, content.decode("utf-8", "ignore")) == [], path.name
        assert escaped(found, content.decode("utf-16-le", "ignore")) == [], path.name
    # tantivy packs its dictionary, so its terms are asked for one by one.
    (lexical,) = {path.parent for path in files if path.name == "meta.json"}
    statistics = LexicalIndex(lexical, terms=1).statistics
    invented = {canary.tells[-1] for canary in found if canary.kind in ("name", "handle")}
    assert [
        t for tell in invented if tell.isascii() for t in terms(tell) if len(t) > 9 and statistics.frequency(t)
    ] == []
    assert statistics.frequency("rest") > 0


# -- on the sets beside the checkout


def test_people_and_numbers_of_a_public_synthetic_set(shared: Path) -> None:
    """Read while the rules were written: a floor against regressions, not a measurement."""
    path = shared / "data" / "dev" / "robustness" / "presidio_synth.jsonl"
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    floors = {
        "PERSON": 0.6,
        "PHONE_NUMBER": 0.98,
        "EMAIL_ADDRESS": 1,
        "CREDIT_CARD": 1,
        "US_SSN": 1,
        "IBAN_CODE": 1,
    }
    for kind, floor in floors.items():
        spans = [(row["text"], span["text"]) for row in rows for span in row["spans"] if span["type"] == kind]
        kept = sum(original in mask(text).text for text, original in spans)
        assert 1 - kept / len(spans) >= floor, kind
