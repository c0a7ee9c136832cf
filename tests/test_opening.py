"""What the settings wire together: the builder in the background."""

import threading
from pathlib import Path

from pydantic import SecretStr

from drafter.domain import Exchange, Question
from drafter.opening import embedder_of, open_drafter
from drafter.retrieval import build_index, longest_tail
from drafter.screening import screen
from drafter.settings import Settings
from tests.openai_server import OpenAIServer


def test_a_long_tail_starts_a_builder_that_ends_and_leaves_a_build(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    settings = Settings(
        home=sample_home,
        embedder="openai:embed",
        embedder_base_url=openai_server.url,
        api_key=SecretStr("invented-key"),
    )
    drafter = open_drafter(settings)
    with drafter.archive as archive:
        build_index(archive, embedder_of(settings), settings.index_folder)
        before = drafter.retriever.status()["build"]
        many = longest_tail(archive.count_exchanges()) // 2 + 1
        archive.add_exchanges(Exchange(Question(f"Knee number {n}?"), f"Advice {n}.") for n in range(many))
        assert drafter.retriever.find(screen(Question("Knee number 7?")).text, limit=3)
        # Waited for by a thread of its own, the process is no zombie when it has ended.
        (waiting,) = [thread for thread in threading.enumerate() if thread.name == "index-builder"]
        assert drafter.retriever.find(screen(Question("Knee number 8?")).text, limit=3)
        waiting.join(timeout=240)
        assert not waiting.is_alive()
        after = drafter.retriever.status()
        assert after["build"] != before
        assert after["exchanges"] == after["in the archive"]
        assert after["added since"] == 0
    assert {request.authorization for request in openai_server.requests} == {"Bearer invented-key"}


def test_no_builder_is_started_when_it_is_switched_off_or_the_tail_is_short(
    sample_home: Path, openai_server: OpenAIServer
) -> None:
    for automatically, many in ((False, 1_001), (True, 100)):
        settings = Settings(
            home=sample_home,
            embedder="openai:embed",
            embedder_base_url=openai_server.url,
            api_key=SecretStr("invented-key"),
            index_automatically=automatically,
        )
        drafter = open_drafter(settings)
        with drafter.archive as archive:
            build_index(archive, embedder_of(settings), settings.index_folder)
            archive.add_exchanges(Exchange(Question(f"Knee {many} {n}?"), f"Advice {n}.") for n in range(many))
            assert drafter.retriever.find(screen(Question("Knee?")).text, limit=3)
        assert not any(thread.name == "index-builder" for thread in threading.enumerate())
