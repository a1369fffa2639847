"""Compares Fovea with ONNX Runtime and PyTorch: same networks, same weights, in turns. Prints medians and, per row, fastest peer / Fovea.

Needs python3-torch, python3-torchvision and node; bench/peers/run.sh installs what is missing and starts this.
"""
import argparse
import os
import statistics
import subprocess
import sys
import tempfile

import numpy

import report
import sessions

FIRST = ["vgg16", "resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_small", "efficientnet_b0"]
SIDE = 224  # of images for networks designed for larger ones
CHECKED = 3  # items in the batch that all engines must agree on


def check(engines, item, folder):
    """The largest difference of any two engines, as a part of the largest output; not a number where an output is not finite."""
    with tempfile.TemporaryDirectory(dir=folder) as files:
        source = os.path.join(files, "input")
        numpy.random.default_rng(0).standard_normal((CHECKED, *item)).astype(numpy.float32).tofile(source)
        outputs = []
        for engine in engines:
            target = os.path.join(files, engine.name)
            engine.ask("output", CHECKED, source, target, expected="done")
            outputs.append(numpy.fromfile(target, numpy.float32))
    if len({len(y) for y in outputs}) > 1:
        raise sessions.SessionError(f"outputs have {', '.join(f'{len(y)} ({e.name})' for e, y in zip(engines, outputs))} values")
    y = numpy.stack(outputs)
    if not numpy.isfinite(y).all():
        return float("nan")
    return float((y.max(0) - y.min(0)).max() / max(numpy.abs(y[-1]).max(), 1e-30))


def compare(engines, batch, threads, rounds, seconds):
    """Median milliseconds by engine, taken in turns; each round begins with another engine."""
    times = {engine.name: [] for engine in engines}
    for i in range(rounds):
        turn = i % len(engines)
        for engine in engines[turn:] + engines[:turn]:
            times[engine.name] += [float(t) for t in engine.ask("time", batch, threads, seconds).split()]
    return {name: statistics.median(t) for name, t in times.items()}


def measure(network, item, options):
    """The rows of a network, printed and given one by one."""
    with sessions.running(network, item, options.folder) as engines:
        difference = check(engines, item, options.folder)
        settings = [(batch, threads) for batch in options.batch for threads in options.threads] if options.rounds else [(CHECKED, 1)]
        for batch, threads in settings:
            ms = compare(engines, batch, threads, options.rounds, options.seconds) if options.rounds else {}
            row = report.Row(network, sessions.text(item), batch, threads, ms, difference)
            print(row, flush=True)
            yield row


def chosen(options):
    """Items by network: images are at most 224 wide unless told otherwise."""
    zoo = sessions.zoo()
    unknown = [name for name in options.networks if name not in ("all", *zoo)]
    if unknown:
        sys.exit(f"not in the zoo: {', '.join(unknown)}; the zoo has {', '.join(zoo)}")
    if "all" in options.networks and subprocess.run([sessions.PYTHON, f"{sessions.HERE}/networks.py", *zoo]).returncode != 0:
        sys.exit("bench/peers does not cover the zoo")
    names = list(zoo) if "all" in options.networks else options.networks or FIRST

    def usual(item):
        return item if len(item) < 3 else [item[0], *(min(size, SIDE) for size in item[1:])]
    return {name: options.input or usual(zoo[name]) for name in dict.fromkeys(names)}


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("networks", nargs="*", help=f"names of the zoo, 'all' for all of it; left out: {' '.join(FIRST)}")
    parser.add_argument("--input", metavar="CxHxW", type=lambda text: [int(size) for size in text.split("x")],
                        help=f"shape of an item for all networks; left out: what each was designed for, images at most {SIDE} wide")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 16])
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=5, help="turns of each engine; 0: only outputs are compared")
    parser.add_argument("--seconds", type=float, default=1.0, help="of each engine's turn")
    parser.add_argument("--markdown", metavar="FILE", help="where to write the tables of docs/performance.md")
    parser.add_argument("--export", action="store_true", help="only make the files that are missing")
    parser.add_argument("--folder", default="/tmp/fovea-peers", help="where files and peers are kept")
    return parser.parse_args()


def main():
    options = arguments()
    rows, failures = [], {}
    items = chosen(options)
    os.makedirs(options.folder, exist_ok=True)
    print(report.HEADER, flush=True)
    for network, item in items.items():
        try:
            if options.export:
                print(sessions.export(network, item, options.folder), flush=True)
                continue
            for row in measure(network, item, options):
                rows.append(row)
        except sessions.SessionError as error:
            failures[network] = str(error)
            print(f"{network:<20} {sessions.text(item):>10} failed: {error}", flush=True)
        if options.markdown:
            with open(options.markdown, "w") as file:
                file.write(report.markdown(rows, failures))
    print(f"fastest peer / Fovea: {report.summary(rows)}")
    wrong = report.complaints(rows, failures)
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
