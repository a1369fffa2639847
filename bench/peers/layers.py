"""Compares single convolutions with ONNX Runtime and PyTorch on one thread: each as a network by itself, and where input and output have one shape, four in a row.

A network of one layer pays for bringing its input and output from and to planes, which in whole networks happens once. The last columns are what a further layer adds: a third of
the difference between four and one. Needs what bench/peers/run.sh installs and builds.
"""
import argparse
import collections
import os
import re
import sys

import torch

import export
import report
import run
import sessions

PROBLEMS = os.path.join(os.path.dirname(sessions.HERE), "Fovea.Benchmarks/Layers/problems.txt")
USUAL = ["efficientnet_b0:dw", "convnext_t:dw", "replknet:dw", "res2a_branch2b", "res3a_branch2b*4", "res4a_branch2b*6", "res5a_branch2b*3", "resnet_50:res2a_branch2a", "mobilenet:conv8", "mobilenet:conv10"]
CHAIN = 4


class Layer:
    """A convolution as bench/Fovea.Benchmarks/Layers/problems.txt writes it, square or one-dimensional."""

    def __init__(self, problem):
        self.problem, self.name = re.fullmatch(r'(.*)n"(.*)"', problem).groups()
        size = {key: int(value) for key, value in re.findall(r"([a-z]+)(\d+)", self.problem)}
        axes = [axis for axis in "dhw" if f"i{axis}" in size]
        axes = ["h", "h"] if axes == ["h"] else axes
        each = {option: [size.get(option + axis, usual) for axis in axes] for option, usual in (("i", 1), ("k", 1), ("s", 1), ("p", 0), ("d", 0))}
        self.channels, self.outputs, self.groups = size["ic"], size["oc"], size.get("g", 1)
        self.kernel, self.stride, self.padding, self.dilation = each["k"], each["s"], each["p"], [d + 1 for d in each["d"]]
        self.item = [self.channels, *each["i"]]

    @property
    def repeats(self):
        """Whether the output has the shape of the input."""
        return self.item == [self.outputs, *((i + 2 * p - d * (k - 1) - 1) // s + 1 for i, p, d, k, s in zip(self.item[1:], self.padding, self.dilation, self.kernel, self.stride))]

    def text(self, count):
        """So many in a row, in Fovea's language."""
        line = (f"conv {self.outputs} {sessions.text(self.kernel)} stride={sessions.text(self.stride)} padding={sessions.text(self.padding)} "
                f"dilation={sessions.text(self.dilation)} groups={self.groups}")
        return "; ".join([f"input {sessions.text(self.item)}"] + [line] * count)

    def module(self, count):
        """So many in a row, with the parameter names that the text gives them."""
        convolution = [torch.nn.Conv1d, torch.nn.Conv2d, torch.nn.Conv3d][len(self.kernel) - 1]
        return torch.nn.Sequential(collections.OrderedDict(
            (f"conv{i + 1}", convolution(self.channels, self.outputs, self.kernel, self.stride, self.padding, self.dilation, self.groups)) for i in range(count)))


def find(texts):
    """The layers whose problems hold one of the texts, in the order of the list."""
    with open(PROBLEMS) as lines:
        problems = [line.strip() for line in lines if line[0] not in "#[\n"]
    return [Layer(problem) for problem in problems if any(text in problem for text in texts)]


def files(layer, count, folder):
    """The path of the network's files without their endings; weights are drawn from seed 0."""
    path = os.path.join(folder, "layers", re.sub(r"\W", "_", f"{layer.problem}_{count}"))
    os.makedirs(os.path.dirname(path), exist_ok=True)
    torch.manual_seed(0)
    net = layer.module(count).eval()
    export.write_safetensors(f"{path}.safetensors", net.state_dict())
    torch.onnx.export(net, torch.randn(1, *layer.item), f"{path}.onnx", opset_version=13, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    return path


def measure(layer, count, options):
    """Milliseconds by engine: the median of its quickest turn, for others that use the machine disturb whole turns."""
    path, item = files(layer, count, options.folder), sessions.text(layer.item)
    commands = {
        "fovea": ["dotnet", sessions.TOOL, "peer", layer.text(count), f"{path}.safetensors", item],
        "ort": ["node", f"{sessions.HERE}/ort_session.js", f"{path}.onnx", item],
        "torch": [sessions.PYTHON, f"{sessions.HERE}/layer_session.py", f"{layer.problem}n\"{layer.name}\"", str(count), f"{path}.safetensors", item],
    }
    with sessions.started(commands, options.folder) as engines:
        difference = run.check(engines, layer.item, options.folder)
        if not report.agrees(difference):
            raise sessions.SessionError(f"outputs differ by {difference:.1e} of the largest")
        turns = [run.compare(engines[i % 3:] + engines[:i % 3], 1, 1, 1, options.seconds) for i in range(options.rounds)]
        return {engine.name: min(turn[engine.name] for turn in turns) for engine in engines}


def cells(ms):
    fastest = min(ms[peer] for peer in report.PEERS)
    return [f"{ms[engine]:.3f}" for engine in ("fovea", *report.PEERS)] + [f"{fastest / ms['fovea']:.2f}"]


def row(layer, options):
    """The cells of a layer: alone, in a chain, and of a further one in a chain."""
    one = measure(layer, 1, options)
    if not layer.repeats:
        return [layer.name, *cells(one)] + [""] * 8
    many = measure(layer, CHAIN, options)
    return [layer.name, *cells(one), *cells(many), *cells({engine: max(1e-6, many[engine] - one[engine]) / (CHAIN - 1) for engine in one})]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("layers", nargs="*", default=USUAL, help=f"parts of names or sizes in {PROBLEMS}; left out: {' '.join(USUAL)}")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each engine")
    parser.add_argument("--seconds", type=float, default=0.4, help="of each turn")
    parser.add_argument("--markdown", metavar="FILE", help="where to write the table")
    parser.add_argument("--folder", default="/tmp/fovea-peers", help="where files and peers are kept")
    options = parser.parse_args()
    engines = ["Fovea", "ORT", "PyTorch", "ratio"]
    header = ["layer, ms", *engines, *(f"x{CHAIN} {e}" for e in engines), *(f"+1 {e}" for e in engines)]
    table, failures = [], []
    print(f"{header[0]:<34}" + "".join(f"{h:>11}" for h in header[1:]), flush=True)
    for layer in find(options.layers):
        try:
            table.append(row(layer, options))
            print(f"{table[-1][0]:<34}" + "".join(f"{c:>11}" for c in table[-1][1:]), flush=True)
        except sessions.SessionError as error:
            failures.append(f"{layer.name}: {error}")
            print(failures[-1], flush=True)
        if options.markdown:
            with open(options.markdown, "w") as file:
                file.writelines("| " + " | ".join(r) + " |\n" for r in [header, ["---"] + ["--:"] * (len(header) - 1), *table])
    if failures:
        sys.exit("\n".join(failures))


if __name__ == "__main__":
    main()
