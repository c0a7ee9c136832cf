"""The network of all-MiniLM-L6-v2 as ONNX graphs, written straight from the weights: no torch.

Inputs ``input_ids`` and ``attention_mask`` (int64, texts x tokens), output ``embedding`` (float32, texts x 384,
unit length): BERT's encoder, the mean over the tokens, the L2 norm.

The int8 form quantises weights per output channel and activations per token. Per tensor, as
``onnxruntime.quantization`` does it, a text's vector would depend on the texts that share its batch. The inputs
that come from a layer norm carry a few channels far larger than the rest; those are balanced against the weights
first (SmoothQuant, Xiao et al. 2023, with exponent 0.7), from peaks observed on a few sentences.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

Weights = Mapping[str, NDArray[Any]]
Peaks = Mapping[str, NDArray[np.float32]]
"""Largest absolute input of a linear layer, per channel, by the layer's name."""

_OPSETS = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
_IR_VERSION = 8
_INPUTS = ("input_ids", "attention_mask")
_MIGRATION = 0.7
_MASKED = -1e9


@dataclass(frozen=True)
class Shape:
    """The sizes that config.json states."""

    layers: int
    heads: int
    width: int
    epsilon: float


@dataclass(frozen=True)
class Graph:
    """Nodes and constants in the making. Every method adds what it must and returns a tensor's name."""

    weights: Weights
    nodes: list[NodeProto] = field(default_factory=list)
    constants: dict[str, TensorProto] = field(default_factory=dict)
    inputs_of: dict[str, str] = field(default_factory=dict)
    """Which tensor each linear layer reads."""

    def weight(self, name: str) -> NDArray[np.float32]:
        return np.asarray(self.weights[name], dtype=np.float32)

    def constant(self, name: str, value: Any) -> str:
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value), name)
        return name

    def number(self, value: float) -> str:
        # Zero dimensions: ascontiguousarray would make one, and QuantizeLinear takes a scalar scale only.
        name = f"number {value:g}"
        self.constants.setdefault(name, numpy_helper.from_array(np.array(value, np.float32), name))
        return name

    def integers(self, *values: int) -> str:
        return self.constant(f"integers {values}", np.array(values, np.int64))

    def parameter(self, name: str) -> str:
        return self.constant(name, self.weight(name))

    def node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator} {len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output


Linear = Callable[[Graph, str, Sequence[str]], list[str]]
"""Adds linear layers, given by name, that read the same tensor; returns one output for each."""


def float_model(weights: Weights, shape: Shape, *, observed: bool = False) -> ModelProto:
    """The network in float32. ``observed`` adds outputs named "input of LAYER" for the balanced layers."""
    graph = Graph(weights)
    _mean_and_norm(graph, *_encoder(graph, shape, _float_linear))
    outputs = []
    for layer in balanced_layers(shape) if observed else ():
        graph.nodes.append(helper.make_node("Identity", [graph.inputs_of[layer]], [f"input of {layer}"]))
        outputs.append(helper.make_tensor_value_info(f"input of {layer}", TensorProto.FLOAT, None))
    return _model(graph, shape, outputs)


def int8_model(weights: Weights, shape: Shape, peaks: Peaks) -> ModelProto:
    graph = Graph(weights)
    x, mask = _encoder(graph, shape, lambda graph, x, layers: _int8_linear(graph, x, layers, peaks.get(layers[0])))
    _mean_and_norm(graph, x, mask)
    return _model(graph, shape, [])


def published_model(weights: Weights, shape: Shape) -> ModelProto:
    """The network in float32 with the inputs and the output of its published ONNX form: ``token_type_ids``, which
    must be 0, as third input, and ``last_hidden_state`` (texts x tokens x width), neither averaged nor normed."""
    graph = Graph(weights)
    x, _ = _encoder(graph, shape, _float_linear)
    graph.nodes.append(helper.make_node("Identity", [x], ["last_hidden_state"]))
    state = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["texts", "tokens", shape.width])
    return _proto(graph, (*_INPUTS, "token_type_ids"), [state])


def balanced_layers(shape: Shape) -> tuple[str, ...]:
    """The layers that read a layer norm's output; of query, key and value, which share it, the first."""
    sites = ("attention.self.query", "intermediate.dense")
    return tuple(f"encoder.layer.{n}.{site}" for n in range(shape.layers) for site in sites)


def _model(graph: Graph, shape: Shape, more_outputs: list[Any]) -> ModelProto:
    embedding = helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["texts", shape.width])
    return _proto(graph, _INPUTS, [embedding, *more_outputs])


def _proto(graph: Graph, names: Sequence[str], outputs: list[Any]) -> ModelProto:
    inputs = [helper.make_tensor_value_info(name, TensorProto.INT64, ["texts", "tokens"]) for name in names]
    constants = list(graph.constants.values())
    proto = helper.make_graph(graph.nodes, "all-MiniLM-L6-v2", inputs, outputs, constants)
    return helper.make_model(proto, opset_imports=_OPSETS, ir_version=_IR_VERSION)


def _encoder(graph: Graph, shape: Shape, linear: Linear) -> tuple[str, str]:
    """The last layer's output and the mask as floats."""
    mask = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    bias = graph.node(
        "Mul",
        graph.node("Sub", graph.number(1), graph.node("Unsqueeze", mask, graph.integers(1, 2))),
        graph.number(_MASKED),
    )
    x = _embeddings(graph, shape)
    for number in range(shape.layers):
        layer = f"encoder.layer.{number}"
        attended = _attention(graph, x, bias, layer, shape=shape, linear=linear)
        x = _layer_norm(graph, graph.node("Add", attended, x), f"{layer}.attention.output.LayerNorm", shape)
        [wide] = linear(graph, x, [f"{layer}.intermediate.dense"])
        [narrow] = linear(graph, _gelu(graph, wide), [f"{layer}.output.dense"])
        x = _layer_norm(graph, graph.node("Add", narrow, x), f"{layer}.output.LayerNorm", shape)
    return x, mask


def _embeddings(graph: Graph, shape: Shape) -> str:
    words = graph.node("Gather", graph.parameter("embeddings.word_embeddings.weight"), "input_ids")
    # Every token is of type 0 (there is one text, not a pair), so its embedding is part of the positions'.
    table = (
        graph.weight("embeddings.position_embeddings.weight")
        + graph.weight("embeddings.token_type_embeddings.weight")[0]
    )
    first = graph.integers(0)
    tokens = graph.node("Slice", graph.node("Shape", "input_ids"), graph.integers(1), graph.integers(2), first)
    positions = graph.node("Slice", graph.constant("positions", table), first, tokens, first)
    return _layer_norm(graph, graph.node("Add", words, positions), "embeddings.LayerNorm", shape)


def _layer_norm(graph: Graph, x: str, name: str, shape: Shape) -> str:
    scale, shift = graph.parameter(f"{name}.weight"), graph.parameter(f"{name}.bias")
    return graph.node("LayerNormalization", x, scale, shift, axis=-1, epsilon=shape.epsilon)


def _attention(graph: Graph, x: str, bias: str, layer: str, *, shape: Shape, linear: Linear) -> str:
    size = shape.width // shape.heads
    names = [f"{layer}.attention.self.{part}" for part in ("query", "key", "value")]
    query, key, value = (
        graph.node("Transpose", graph.node("Reshape", part, graph.integers(0, 0, shape.heads, size)), perm=perm)
        for part, perm in zip(linear(graph, x, names), ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]), strict=True)
    )
    likeness = graph.node("Mul", graph.node("MatMul", query, key), graph.number(size**-0.5))
    share = graph.node("Softmax", graph.node("Add", likeness, bias), axis=-1)
    heads = graph.node("Transpose", graph.node("MatMul", share, value), perm=[0, 2, 1, 3])
    merged = graph.node("Reshape", heads, graph.integers(0, 0, shape.width))
    [output] = linear(graph, merged, [f"{layer}.attention.output.dense"])
    return output


def _gelu(graph: Graph, x: str) -> str:
    """The exact form, x (1 + erf(x / sqrt 2)) / 2; ONNX Runtime fuses these nodes into one."""
    error = graph.node("Erf", graph.node("Div", x, graph.number(2**0.5)))
    return graph.node("Mul", graph.node("Mul", x, graph.node("Add", error, graph.number(1))), graph.number(0.5))


def _mean_and_norm(graph: Graph, x: str, mask: str) -> None:
    shares = graph.node("Unsqueeze", mask, graph.integers(-1))
    total = graph.node("ReduceSum", graph.node("Mul", x, shares), graph.integers(1), keepdims=0)
    count = graph.node("ReduceSum", shares, graph.integers(1), keepdims=0)
    mean = graph.node("Div", total, count)
    graph.nodes.append(helper.make_node("LpNormalization", [mean], ["embedding"], axis=-1, p=2))


def _float_linear(graph: Graph, x: str, layers: Sequence[str]) -> list[str]:
    graph.inputs_of.update(dict.fromkeys(layers, x))
    outputs = []
    for layer in layers:
        matrix = graph.constant(f"{layer}.weight", graph.weight(f"{layer}.weight").T)
        outputs.append(graph.node("Add", graph.node("MatMul", x, matrix), graph.parameter(f"{layer}.bias")))
    return outputs


def _int8_linear(graph: Graph, x: str, layers: Sequence[str], peaks: NDArray[np.float32] | None) -> list[str]:
    matrices = [graph.weight(f"{layer}.weight").T for layer in layers]
    if peaks is not None:
        factors = _balance(peaks, matrices)
        x = graph.node("Mul", x, graph.constant(f"{layers[0]}.balance", 1 / factors))
        matrices = [matrix * factors[:, None] for matrix in matrices]
    codes, scale = _quantised(graph, x)
    outputs = []
    for layer, matrix in zip(layers, matrices, strict=True):
        product = _int8_product(graph, codes, matrix, layer)
        outputs.append(graph.node("Add", graph.node("Mul", product, scale), graph.parameter(f"{layer}.bias")))
    return outputs


def _balance(peaks: NDArray[np.float32], matrices: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """What to divide each input channel by, so that quantisation loses least; geometric mean 1."""
    largest = np.max([np.abs(matrix).max(axis=1) for matrix in matrices], axis=0)
    factors = np.maximum(peaks, 1e-3) ** _MIGRATION / largest ** (1 - _MIGRATION)
    return np.asarray(factors / np.exp(np.log(factors).mean()), dtype=np.float32)


def _quantised(graph: Graph, x: str) -> tuple[str, str]:
    """Codes around 128 and each token's scale."""
    largest = graph.node("ReduceMax", graph.node("Abs", x), axes=[-1], keepdims=1)
    # A token of zeros must not divide by zero.
    scale = graph.node("Max", graph.node("Mul", largest, graph.number(1 / 127)), graph.number(1e-12))
    return graph.node("QuantizeLinear", graph.node("Div", x, scale), graph.number(1), _zero_point(graph)), scale


def _int8_product(graph: Graph, codes: str, matrix: NDArray[np.float32], layer: str) -> str:
    scales = np.abs(matrix).max(axis=0) / 127
    weights = graph.constant(f"{layer}.int8", np.rint(matrix / scales).astype(np.int8))
    channels = graph.constant(f"{layer}.scales", scales.astype(np.float32))
    return graph.node(
        "MatMulIntegerToFloat",
        *(codes, weights, graph.number(1), channels, _zero_point(graph)),
        domain="com.microsoft",
    )


def _zero_point(graph: Graph) -> str:
    graph.constants.setdefault("zero point", numpy_helper.from_array(np.array(128, np.uint8), "zero point"))
    return "zero point"
