"""Many processes over one DRAFTER_HOME: `make bench-processes` made small, and the builder in the background."""

import time
from pathlib import Path

from drafter.domain import Exchange, Question
from drafter.opening import archive_of, retriever_of
from drafter.screening import deidentify
from drafter.settings import Settings
from tests.bench_processes import soak
from tests.soak.figures import print_table
from tests.soak.plan import Plan


def test_readers_find_every_approval_while_others_import_and_build_and_are_killed(
    home: Path, tmp_path: Path
) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    plan = Plan(minutes=0.3, readers=2, kills=3, seed=5, import_every=1.0, command_every=8.0, start_with=100)
    figures = soak(plan, home, beside)
    print_table(figures)
    assert figures.errors == []
    assert figures.lost == []
    assert figures.findings
    assert figures.never_found == 0
    assert figures.builds_left <= 2


def test_what_came_since_the_build_is_indexed_in_the_background_once(home: Path) -> None:
    settings = Settings(home=home, embedder="static")
    with archive_of(settings) as archive:
        archive.add_exchanges(Exchange(Question(f"My toe {n} is sore."), f"Rest toe {n}.") for n in range(1_001))
        retrievers = [retriever_of(settings, archive) for _ in range(3)]
        for retriever in retrievers:
            retriever.find(deidentify("my toe is sore"), limit=1)
        while retrievers[0].status()["exchanges"] != 1_001:
            time.sleep(0.1)
        assert len(list((home / "index" / "builds").iterdir())) == 1
        for retriever in retrievers:
            retriever.find(deidentify("my toe is sore"), limit=1)
            assert retriever.build != "none"
