"""Scores of torchvision's models in evaluation, in double precision, for weights and an input made by a rule: to compare the zoo's with.

Made with torchvision 0.14.1: python3 tests/golden/torchvision_scores.py > tests/golden/torchvision_scores.json
Value i of the entry named s is scale * u + shift, rounded to float, with u = hash(i * 2654435761 + fnv1a(s)) / 2^31 - 1 in [-1, 1); see fill() for scale and shift.
Models too large for a test come with a tenth of their channels.
"""
import json
import math
import sys

import numpy as np
import torch
import torch.nn.init
import torchvision.models as models
from torch import nn

INPUT = (1, 3, 75, 67)
KEPT = 16


def fnv1a(text):
    value = 2166136261
    for byte in text.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def units(name, shape):
    x = np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(2654435761) + np.uint32(fnv1a(name))
    x ^= x >> 16
    x *= np.uint32(0x7FEB352D)
    x ^= x >> 15
    x *= np.uint32(0x846CA68B)
    x ^= x >> 16
    return x.astype(np.float64).reshape(shape) / 2.0**31 - 1.0


def fill(model):
    for name, tensor in model.state_dict().items():
        if tensor.dim() == 0:
            continue
        if tensor.dim() > 1:
            scale, shift = math.sqrt(6.0 / math.prod(tensor.shape[1:])), 0.0
        elif name.endswith(("weight", "running_var")):
            scale, shift = 0.5, 1.0
        else:
            scale, shift = 0.2, 0.0
        tensor.copy_(torch.from_numpy((scale * units(name, tensor.shape) + shift).astype(np.float32)))


def tenth(channels):
    return int(channels * 0.1 + 0.5)


def small_vgg():
    plan = [v if v == "M" else tenth(v) for v in models.vgg.cfgs["A"]]
    model = models.VGG(models.vgg.make_layers(plan, batch_norm=True), init_weights=False)
    hidden = tenth(4096)
    model.classifier[0] = nn.Linear(tenth(512) * 49, hidden)
    model.classifier[3] = nn.Linear(hidden, hidden)
    model.classifier[6] = nn.Linear(hidden, 1000)
    return model


def small_alexnet():
    model = models.alexnet()
    channels = 3
    for module in (model.features[i] for i in (0, 3, 6, 8, 10)):
        out = tenth(module.out_channels)
        module.weight = nn.Parameter(torch.zeros(out, channels, *module.kernel_size))
        module.bias = nn.Parameter(torch.zeros(out))
        channels = out
    hidden = tenth(4096)
    model.classifier[1] = nn.Linear(channels * 36, hidden)
    model.classifier[4] = nn.Linear(hidden, hidden)
    model.classifier[6] = nn.Linear(hidden, 1000)
    return model


def scores(model):
    with torch.no_grad():
        fill(model)
        x = torch.from_numpy(units("input", INPUT).astype(np.float32)).double()
        y = model.double().eval()(x)[0]
    return {"max": float(y.abs().max()), "first": y[:KEPT].tolist()}


for rule in [n for n in dir(torch.nn.init) if n.endswith("_") and not n.startswith("_")]:
    setattr(torch.nn.init, rule, lambda tensor, *_, **__: tensor)

MODELS = {
    "alexnet(width=0.1)": small_alexnet,
    "vgg11_bn(width=0.1)": small_vgg,
    "squeezenet1_0": models.squeezenet1_0,
    "squeezenet1_1": models.squeezenet1_1,
    "densenet121": models.densenet121,
    "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),
    "resnet18": models.resnet18,
    "resnet50": models.resnet50,
    "resnext50_32x4d": models.resnext50_32x4d,
    "mobilenet_v2": models.mobilenet_v2,
    "mobilenet_v3_small": models.mobilenet_v3_small,
    "mobilenet_v3_large": models.mobilenet_v3_large,
    "efficientnet_b0": models.efficientnet_b0,
    "efficientnet_v2_s": models.efficientnet_v2_s,
    "mnasnet1_0": models.mnasnet1_0,
    "shufflenet_v2_x1_0": models.shufflenet_v2_x1_0,
    "regnet_x_400mf": models.regnet_x_400mf,
    "regnet_y_400mf": models.regnet_y_400mf,
}
json.dump({name: scores(build()) for name, build in MODELS.items()}, sys.stdout, indent=1)
sys.stdout.write("\n")
