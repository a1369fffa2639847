"""PyTorch's side of the comparison: waits for commands, like bench/Fovea.Benchmarks/PeerSession.cs.

usage: torch_session.py NETWORK WEIGHTS.safetensors ITEM      ITEM is CxHxW or CxL
"""
import copy
import sys
import time
import warnings

import numpy
import torch

import export
import networks

warnings.filterwarnings("ignore")
FEWEST_RUNS = 3


def forms(name, weights, item):
    """Ways to run the network, each with a layout of its input; the fastest counts."""
    eager = networks.create(name, item)
    eager.load_state_dict(export.read_safetensors(weights))
    eager.eval()
    known = {"eager": (eager, torch.contiguous_format)}
    if len(item) == 3:  # the layout is one of images
        known["eager, channels last"] = (copy.deepcopy(eager).to(memory_format=torch.channels_last), torch.channels_last)
    try:
        frozen = torch.jit.optimize_for_inference(torch.jit.trace(eager, torch.randn(1, *item)))
        known["frozen"] = (frozen, torch.contiguous_format)
    except RuntimeError as error:
        print(f"torch: not frozen: {error}", file=sys.stderr)
    return known


def timed(run, seconds):
    times, begin = [], time.perf_counter()
    while len(times) < FEWEST_RUNS or time.perf_counter() - begin < seconds:
        start = time.perf_counter()
        run()
        times.append(1e3 * (time.perf_counter() - start))
    return times


def main():
    name, weights, item = sys.argv[1], sys.argv[2], [int(size) for size in sys.argv[3].split("x")]
    nets = forms(name, weights, item)
    chosen = {}
    print("ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        batch = int(words[1])
        with torch.no_grad():
            if words[0] == "output":
                x = torch.from_numpy(numpy.fromfile(words[2], numpy.float32).reshape(batch, *item))
                nets["eager"][0](x).numpy().tofile(words[3])
                print("done", flush=True)
                continue
            torch.set_num_threads(int(words[2]))
            x = torch.randn(batch, *item)
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
