"""Names, shapes and order of the parameters and buffers of torchvision's models, to compare the zoo's with.

Made with torchvision 0.14.1: python3 tests/golden/torchvision_names.py > tests/golden/torchvision_names.json
One string a model. A line of it is a module with something of its own in state_dict(), in that order:
  features.0 weight:64,3,3,3 bias:64      its entries, each with its shape
  features.1 bn:64                        weight, bias, running_mean, running_var of 64 values and the scalar num_batches_tracked
"""
import json
import sys

import torch.nn.init
import torchvision.models as models

NAMES = (
    [f"vgg{depth}{bn}" for depth in (11, 13, 16, 19) for bn in ("", "_bn")]
    + ["alexnet", "squeezenet1_0", "squeezenet1_1", "densenet121", "densenet169", "densenet201", "googlenet"]
    + ["resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d", "wide_resnet50_2", "wide_resnet101_2"]
    + ["mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large"]
    + [f"efficientnet_b{i}" for i in range(8)] + ["efficientnet_v2_s", "efficientnet_v2_m", "efficientnet_v2_l"]
    + [f"mnasnet{factor}" for factor in ("0_5", "0_75", "1_0", "1_3")] + [f"shufflenet_v2_{factor}" for factor in ("x0_5", "x1_0", "x1_5", "x2_0")]
    + [f"regnet_{kind}_{size}" for kind in "xy" for size in ("400mf", "800mf", "1_6gf", "3_2gf")]
)
BATCH_NORM = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"]


def describe(model):
    grouped = {}
    for path, tensor in model.state_dict().items():
        module, _, name = path.rpartition(".")
        grouped.setdefault(module, []).append((name, list(tensor.shape)))
    in_order = [f"{module}.{name}" for module, entries in grouped.items() for name, _ in entries]
    assert in_order == list(model.state_dict()), "entries of a module do not stand together"
    lines = []
    for module, entries in grouped.items():
        if [name for name, _ in entries] == BATCH_NORM:
            channels = entries[0][1]
            assert all(shape == channels for _, shape in entries[:4]) and entries[4][1] == []
            lines.append(f"{module} bn:{channels[0]}")
        else:
            lines.append(" ".join([module] + [f"{name}:{','.join(map(str, shape))}" for name, shape in entries]))
    return "\n".join(lines)


def build(name):
    options = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
    return getattr(models, name)(weights=None, **options)


# Values do not matter here, so none are drawn.
for rule in [n for n in dir(torch.nn.init) if n.endswith("_") and not n.startswith("_")]:
    setattr(torch.nn.init, rule, lambda tensor, *_, **__: tensor)

json.dump({name: describe(build(name)) for name in NAMES}, sys.stdout, indent=1)
sys.stdout.write("\n")
