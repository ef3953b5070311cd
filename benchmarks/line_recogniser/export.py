"""Writes trained weights as the file that `readers.ocr` runs: ONNX, numbers of two bytes, letters beside it.

python -m benchmarks.line_recogniser.export line_reader.pt readers/data
"""

import hashlib
import sys
import warnings
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from benchmarks.line_recogniser.letters import LETTERS
from benchmarks.line_recogniser.network import LineNetwork
from readers.line_strips import HEIGHT

_LARGE = 256


def main() -> None:
    """Write line_reader.onnx and line_reader.txt; print their SHA-256."""
    weights, folder = Path(sys.argv[1]), Path(sys.argv[2])
    network = LineNetwork()
    network.load_state_dict(torch.load(weights, map_location="cpu"))
    path = folder / "line_reader.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.eval(), (torch.rand(2, 1, HEIGHT, 256),), str(path), dynamo=False, opset_version=17,
            input_names=["ink"], output_names=["told"],
            dynamic_axes={"ink": {0: "lines", 3: "columns"}, "told": {0: "lines", 1: "steps"}},
        )  # fmt: skip
    onnx.save(halved(onnx.load(path)), path)
    (folder / "line_reader.txt").write_text(LETTERS, encoding="utf-8")
    for name in ("line_reader.onnx", "line_reader.txt"):
        print(name, hashlib.sha256((folder / name).read_bytes()).hexdigest())


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its large weights in two bytes each; they are made four again when it is loaded."""
    graph, casts = model.graph, []
    for tensor in list(graph.initializer):
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= _LARGE:
            graph.initializer.remove(tensor)
            graph.initializer.append(numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}/half"))
            casts.append(helper.make_node("Cast", [f"{tensor.name}/half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


if __name__ == "__main__":
    main()
