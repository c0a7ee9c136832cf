"""`make bench`: what screening and checks notice, and how long they take.

    python -m tests.bench_safety [--folds]

Prints what is noticed in lines that nothing was fitted to, in development sets, in real questions, among the
identifiers and orders of the tests, and on the seed page; then the time on one core. With --folds also the red
flags by cross-validation, which takes a quarter of an hour. What needs the sets beside the checkout is left out
where there are none.
"""

import argparse
import json
import random
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from drafter.checking import check, own_words
from drafter.cli.importing import import_sample
from drafter.domain import Draft, Question, RedFlag
from drafter.opening import open_drafter
from drafter.publishing import parse_page
from drafter.screening import screen
from drafter.screening.instructions import instructions_in
from drafter.screening.masking import mask
from drafter.screening.pack import pack
from drafter.settings import Settings
from tests.bench import ROOT, show
from tests.canaries import canaries
from tests.fit_redflags import LINES, by_author, by_categories, left_out, read_lines, report, thresholds
from tests.injections import INJECTIONS, INNOCENT
from tests.rewordings import REWORDINGS

DEV = ROOT.parent / "shared" / "data" / "dev"
HELD_OUT = ROOT / "tests" / "redflag_lines_held_out"
_QUESTIONS = 400
"""Real ones of each corpus."""
_WORDS = 600


def rows_of(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []


def flags(text: str) -> tuple[RedFlag, ...]:
    return screen(Question(text)).red_flags


def banner(text: str) -> bool:
    return any(flag.assertion == "present" for flag in flags(text))


def share(found: list[bool]) -> str:
    return f"{sum(found)}/{len(found)}" + (f" ({sum(found) / len(found):.1%})" if found else "")


def measure_red_flags() -> None:
    gravest = {name for name, category in pack().categories.items() if category.gravest}
    for path in (*sorted(HELD_OUT.glob("*.jsonl")), DEV / "redflags.jsonl"):
        rows = rows_of(path)
        if not rows:
            continue
        urgent = [row for row in rows if row["label"] in (1, "red_flag")]
        of_gravest = [row for row in urgent if row["category"] in gravest]
        harmless = [row for row in rows if row not in urgent]
        show(f"red flags, {path.stem}: banner for emergencies", share([banner(row["text"]) for row in urgent]))
        show("  of ambulance and safety", share([banner(row["text"]) for row in of_gravest]))
        show("  false banners", share([banner(row["text"]) for row in harmless]))
    for path in sorted((DEV / "corpus").glob("*.jsonl")):
        if path.stem in ("medquad", "seed"):
            continue
        texts = sorted({f"{row.get('title') or ''}\n{row['question']}".strip() for row in rows_of(path)})
        chosen = random.Random(0).sample(texts, min(_QUESTIONS, len(texts)))
        marked = [flags(text) for text in chosen if len(text) < 20_000]
        banners = [any(flag.assertion == "present" for flag in found) for found in marked]
        noticed = [any(flag.assertion != "denied" for flag in found) for found in marked]
        show(f"real questions, {path.stem}: banner; any mark", f"{share(banners)}; {share(noticed)}")


def measure_rewordings() -> None:
    texts = [row["text"] for path in sorted(HELD_OUT.glob("*.jsonl")) for row in rows_of(path) if row["label"]]
    noticed = [text for text in texts if text.isascii() and banner(text)]
    for reword in REWORDINGS:
        gone = [not banner(reword(text)) for text in noticed]
        show(f"banner gone after {reword.__name__}", share(gone))


def measure_masking() -> None:
    found = canaries(500)
    leaked = [any(tell in mask(one.text).text.lower() for tell in one.tells) for one in found]
    show("identifiers of the tests that stay unmasked", share(leaked))
    rows = rows_of(DEV / "pii.jsonl")
    spans = [(mask(row["text"]).text, span["text"]) for row in rows for span in row["spans"]]  # type: ignore[index]  # objects
    kept = [(mask(row["text"]).text, span["text"]) for row in rows for span in row["keep_spans"]]  # type: ignore[index]  # objects
    if rows:
        show("identifiers of the development set masked", share([said not in text for text, said in spans]))
        show("  look-alikes kept", share([said in text for text, said in kept]))


def measure_orders() -> None:
    show("orders of the tests marked", share([bool(instructions_in(one.text)) for one in INJECTIONS]))
    show("  innocent sentences marked", share([bool(instructions_in(text)) for text in INNOCENT]))
    for name in ("injections", "injections_benign"):
        if rows := rows_of(DEV / f"{name}.jsonl"):
            show(f"development set {name} marked", share([bool(instructions_in(row["text"])) for row in rows]))


def measure_seed_page() -> None:
    for path in sorted((DEV / "raw" / "seed").glob("*.txt")):
        page = parse_page(path.read_text("utf-8"))
        asked = Question(page.body, page.title, page.department or None, page.asked_on, page.asker)
        now = datetime.now(UTC)
        draft = own_words(asked, screen(asked), page.replies[0].reply, page.more_info, now=now)
        for concern in draft.concerns:
            show(f"seed page: {concern.code}", concern.message[:120])


def long_questions(count: int) -> list[Question]:
    """Of six hundred words each, no sentence twice."""
    texts = [row["text"] for path in sorted(LINES.glob("[ln]*.jsonl")) for row in rows_of(path)]
    english = [text for text in texts if text.isascii()]
    random.Random(1).shuffle(english)
    words = " ".join(english).split()
    return [Question(" ".join(words[n * _WORDS : (n + 1) * _WORDS])) for n in range(count)]


def measure_time() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        models = ROOT / "build" / "test-models"
        models.mkdir(parents=True, exist_ok=True)
        (home / "models").symlink_to(models)
        settings = Settings(home=home)
        import_sample(settings)
        drafter = replace(open_drafter(settings), keep=False, anyway=True)
        with drafter.archive:
            questions = long_questions(60)
            check(drafter.draft(questions[0]))
            # Patterns are compiled when a word first asks for them, so a process grows quicker for a while.
            taken = [_timed(question, drafter.draft(question)) for question in questions[1:]]
    for name, times in zip(("screening", "checking its draft", "together"), zip(*taken, strict=True), strict=True):
        early, late = times[:20], times[-20:]
        said = f"{statistics.median(late):.0f} ms, {max(late):.0f} ms; at first {statistics.median(early):.0f} ms"
        show(f"{name}, 600 words, one core: median, most", said)


def _timed(question: Question, draft: Draft) -> tuple[float, float, float]:
    start = time.process_time()
    screen(question)
    middle = time.process_time()
    check(draft)
    end = time.process_time()
    return 1000 * (middle - start), 1000 * (end - middle), 1000 * (end - start)


def cross_validate() -> None:
    lines = read_lines(sorted(LINES.glob("*.jsonl")))
    held = left_out(lines, by_author)
    marks = thresholds(held)
    report("each author left out", held, *marks)
    report("of these, the pack", held.where([line.author == "pack" for line in lines]), *marks)
    report("each seventh of the categories left out", left_out(lines, by_categories), *marks)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", action="store_true", help="also cross-validate the red flags")
    given = parser.parse_args()
    measure_time()
    measure_red_flags()
    measure_rewordings()
    measure_masking()
    measure_orders()
    measure_seed_page()
    if given.folds:
        cross_validate()


if __name__ == "__main__":
    main()
