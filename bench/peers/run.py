"""Compares Fovea with ONNX Runtime and PyTorch: same networks, same weights, in turns. Prints medians and, per row, fastest peer / Fovea.

Needs python3-torch, python3-torchvision and node; bench/peers/run.sh installs what is missing and starts this.
"""
import argparse
import os
import statistics
import subprocess
import sys

import numpy

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
FIRST = ["vgg16", "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0"]
OTHERS = ["alexnet", "vgg11", "vgg16_bn", "resnet34", "resnet101", "squeezenet1_1", "densenet121", "googlenet", "mobilenet_v3_large"]
CHECKED = 3  # items in the batch that all engines must agree on
TOLERANCE = 1e-3  # of the largest output


class Engine:
    """A process that runs one network, and waits between commands."""

    def __init__(self, name, command, environment):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
        self.answer("ready")

    def answer(self, expected=None):
        line = self.process.stdout.readline().strip()
        if not line or (expected and line != expected):
            sys.exit(f"{self.name}: expected {expected or 'times'}, got '{line}'")
        return line

    def ask(self, *words, expected=None):
        self.process.stdin.write(" ".join(str(w) for w in words) + "\n")
        self.process.stdin.flush()
        return self.answer(expected)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def start(network, size, folder, modules):
    """The engines over one network: files are made where they are missing."""
    file = os.path.join(folder, f"{network}-{size}")
    os.makedirs(file, exist_ok=True)
    if not os.path.exists(f"{file}/{network}.onnx"):
        subprocess.run(["/usr/bin/python3", f"{HERE}/export.py", network, str(size), file], check=True)
    tool = f"{ROOT}/bench/Fovea.Benchmarks/bin/Release/net10.0/Fovea.Benchmarks.dll"
    environment = {**os.environ, "NODE_PATH": modules}
    return [
        Engine("fovea", ["dotnet", tool, "peer", network, f"{file}/{network}.safetensors", f"3x{size}x{size}"], environment),
        Engine("ort", ["node", f"{HERE}/ort_session.js", f"{file}/{network}.onnx", str(size)], environment),
        Engine("torch", ["/usr/bin/python3", f"{HERE}/torch_session.py", network, f"{file}/{network}.pth", str(size)], environment),
    ]


def check(engines, size, folder):
    """The largest difference of any two engines, as a part of the largest output."""
    source = os.path.join(folder, "input.bin")
    numpy.random.default_rng(0).standard_normal((CHECKED, 3, size, size)).astype(numpy.float32).tofile(source)
    outputs = []
    for engine in engines:
        target = os.path.join(folder, f"output-{engine.name}.bin")
        engine.ask("output", CHECKED, source, target, expected="done")
        outputs.append(numpy.fromfile(target, numpy.float32))
    scale = max(numpy.abs(outputs[-1]).max(), 1e-30)
    return max(float(numpy.abs(a - b).max() / scale) for a in outputs for b in outputs)


def compare(engines, batch, threads, rounds, seconds):
    """Median milliseconds by engine, taken in turns; each round begins with another engine."""
    times = {engine.name: [] for engine in engines}
    for i in range(rounds):
        turn = i % len(engines)
        for engine in engines[turn:] + engines[:turn]:
            times[engine.name] += [float(t) for t in engine.ask("time", batch, threads, seconds).split()]
    return {name: statistics.median(t) for name, t in times.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", nargs="*", help=f"torchvision names; 'all' for {len(FIRST + OTHERS)}; left out: {' '.join(FIRST)}")
    parser.add_argument("--size", type=int, default=224)
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each engine's turn")
    parser.add_argument("--folder", default="/tmp/fovea-peers", help="where files and peers are kept")
    options = parser.parse_args()
    networks = FIRST + OTHERS if options.networks == ["all"] else options.networks or FIRST
    os.makedirs(options.folder, exist_ok=True)
    ratios, wrong = [], []
    print(f"{'network':<20} {'batch':>5} {'threads':>7} {'fovea ms':>10} {'ort ms':>10} {'torch ms':>10} {'peer/fovea':>10}  {'difference':>10}", flush=True)
    for network in networks:
        engines = start(network, options.size, options.folder, os.path.join(options.folder, "node_modules"))
        difference = check(engines, options.size, options.folder)
        if not difference <= TOLERANCE:
            wrong.append(f"{network} ({difference:.1e})")
        for batch in options.batch:
            for threads in options.threads:
                ms = compare(engines, batch, threads, options.rounds, options.seconds)
                ratio = min(ms["ort"], ms["torch"]) / ms["fovea"]
                ratios.append(ratio)
                print(f"{network:<20} {batch:>5} {threads:>7} {ms['fovea']:>10.2f} {ms['ort']:>10.2f} {ms['torch']:>10.2f} {ratio:>10.3f}  {difference:>10.1e}", flush=True)
        for engine in engines:
            engine.close()
    print(f"fastest peer / Fovea: geometric mean {statistics.geometric_mean(ratios):.3f}, worst {min(ratios):.3f}, Fovea ahead in {sum(r > 1 for r in ratios)} of {len(ratios)}")
    if wrong:
        sys.exit(f"outputs differ by more than {TOLERANCE} of the largest: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
