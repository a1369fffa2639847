"""PyTorch's side of the comparison: waits for commands, like bench/Fovea.Benchmarks/PeerSession.cs.

usage: torch_session.py NETWORK WEIGHTS.pth SIZE
"""
import sys
import time
import warnings

import numpy
import torch

import export

warnings.filterwarnings("ignore")
FEWEST_RUNS = 3


def forms(net, size):
    """Ways to run the network; the fastest counts."""
    yield "eager", net, torch.contiguous_format
    yield "eager, channels last", net.to(memory_format=torch.channels_last), torch.channels_last
    try:
        x = torch.randn(1, 3, size, size)
        yield "frozen", torch.jit.optimize_for_inference(torch.jit.trace(net, x)), torch.contiguous_format
    except RuntimeError as error:
        print(f"torch: not frozen: {error}", file=sys.stderr)


def timed(run, seconds):
    times, begin = [], time.perf_counter()
    while len(times) < FEWEST_RUNS or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def main():
    name, weights, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
    known = {}
    for form, _, _ in forms(export.create(name), size):
        known[form] = None
    nets = {}
    for form in known:  # a network each, as layouts are changed in place
        net = export.create(name)
        net.load_state_dict(torch.load(weights))
        nets[form] = next((n, f) for g, n, f in forms(net, size) if g == form)
    chosen = {}
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        batch = int(words[1])
        with torch.no_grad():
            if words[0] == "output":
                x = torch.from_numpy(numpy.fromfile(words[2], numpy.float32).reshape(batch, 3, size, size))
                nets["eager"][0](x).numpy().tofile(words[3])
                print("done", flush=True)
                continue
            torch.set_num_threads(int(words[2]))
            x = torch.randn(batch, 3, size, size)
            inputs = {form: x.to(memory_format=layout) for form, (_, layout) in nets.items()}
            if (batch, words[2]) not in chosen:
                tries = {}
                for form, (net, _) in nets.items():
                    for _ in range(3):
                        net(inputs[form])
                    tries[form] = min(timed(lambda: net(inputs[form]), 0.3))
                chosen[batch, words[2]] = min(tries, key=tries.get)
                print(f"torch, batch {batch}, {words[2]} threads: {chosen[batch, words[2]]}", file=sys.stderr)
            form = chosen[batch, words[2]]
            net = nets[form][0]
            net(inputs[form])
            print(*(f"{t:.4f}" for t in timed(lambda: net(inputs[form]), float(words[3]))), flush=True)


if __name__ == "__main__":
    main()
