"""Scores of torchvision's mobile networks and EfficientNets with weights given by a formula, to compare the zoo's with.

Made with torchvision 0.14.1: python3 tests/golden/mobile_outputs.py > tests/golden/mobile_outputs.json
Element k of entry number e (parameters first, then buffers, each in order) comes from u = ((7919 k + 10473 e) mod 2003) / 1001 - 1:
matrices and filters u sqrt(6 / fan in), means and biases 0.1 u, scales and variances 1 + 0.2 u. The image is u with e = 0, [2, 3, 40, 40]; 10 classes; evaluation.
"""
import json
import math
import sys

import numpy
import torch
import torchvision.models as models


def u(entry, shape):
    k = numpy.arange(math.prod(shape), dtype=numpy.int64)
    return torch.from_numpy(((7919 * k + 10473 * entry) % 2003 / 1001.0 - 1.0).reshape(shape))


def fill(model):
    norms = {path for path, module in model.named_modules() if isinstance(module, torch.nn.BatchNorm2d)}
    for entry, (path, tensor) in enumerate(list(model.named_parameters()) + list(model.named_buffers())):
        module, _, name = path.rpartition(".")
        if name == "num_batches_tracked":
            continue
        values = u(entry, list(tensor.shape))
        if name == "weight" and module not in norms:
            values = values * math.sqrt(6.0 / tensor[0].numel())
        elif name in ("weight", "running_var"):
            values = 1.0 + 0.2 * values
        else:
            values = 0.1 * values
        tensor.data.copy_(values)


def scores(name):
    model = getattr(models, name)(weights=None, num_classes=10).double().eval()
    fill(model)
    with torch.no_grad():
        return model(u(0, [2, 3, 40, 40])).flatten().tolist()


NAMES = ["mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "efficientnet_b0", "efficientnet_v2_s"]
json.dump({name: scores(name) for name in NAMES}, sys.stdout, indent=1)
sys.stdout.write("\n")
