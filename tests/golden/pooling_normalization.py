"""Writes pooling_normalization.json: what PyTorch answers for pools, normalizations and upsampling.

Data by rule, so that nothing but options and answers is stored: element i of x is ((7 i + 3) mod 11 - 5) / 4 + (i mod 3) / 16,
of dy ((3 i + 2) mod 9 - 4) / 8, of a weight 1 + (i mod 5) / 8, of a bias (i mod 4) / 4 - 0.5, of a residual ((5 i + 1) mod 7 - 3) / 4. Float64 throughout.
Made with PyTorch 1.13.0: python3 pooling_normalization.py > pooling_normalization.json
"""
import json
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def make(shape, rule):
    n = 1
    for s in shape:
        n *= s
    return torch.tensor([rule(i) for i in range(n)]).reshape(shape)


def x_of(shape): return make(shape, lambda i: ((7 * i + 3) % 11 - 5) / 4 + (i % 3) / 16).requires_grad_()
def dy_of(shape): return make(shape, lambda i: ((3 * i + 2) % 9 - 4) / 8)


def flat(t): return None if t is None else [float(f"{v:.10g}") for v in t.detach().reshape(-1).tolist()]


rows = []


def run(op, shape, options, layer, residual=False, steps=1, evaluate=False):
    for name, p in layer.named_parameters():
        with torch.no_grad():
            p.copy_(make(p.shape, (lambda i: 1 + (i % 5) / 8) if name == "weight" else (lambda i: (i % 4) / 4 - 0.5)))
    for _ in range(steps - 1):
        layer(x_of(shape))
    if evaluate:
        layer.eval()
    x = x_of(shape)
    y = layer(x)
    r = None
    if residual:
        r = make(y.shape, lambda i: ((5 * i + 1) % 7 - 3) / 4).requires_grad_()
        y = torch.relu(y + r)
    elif op == "batchnormrelu":
        y = torch.relu(y)
    y.backward(dy_of(y.shape))
    params = {n: flat(p.grad) for n, p in layer.named_parameters()}
    buffers = {n: flat(b) for n, b in layer.named_buffers()}
    rows.append(dict(op=op, x=list(shape), options=options, steps=steps, eval=evaluate, shape=list(y.shape), y=flat(y), dx=flat(x.grad),
                     dresidual=flat(r.grad) if r is not None else None, gradients=params, buffers=buffers))


class Fn(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x): return self.f(x)


for rank, shape in ((1, (2, 2, 9)), (2, (2, 2, 6, 7)), (3, (1, 1, 4, 3, 5))):
    for kernel, stride, padding, ceil in ((2, 2, 0, False), (3, 2, 1, False), (3, 2, 1, True), (2, 3, 0, True), (3, 1, 1, False), (3, 3, 0, True)):
        o = dict(rank=rank, kernel=kernel, stride=stride, padding=padding, ceil=ceil)
        run("maxpool", shape, o, getattr(nn, f"MaxPool{rank}d")(kernel, stride, padding, ceil_mode=ceil))
        for include in (True, False):
            run("avgpool", shape, dict(o, include=include), getattr(nn, f"AvgPool{rank}d")(kernel, stride, padding, ceil_mode=ceil, count_include_pad=include))
    for size in (1, 2, 3, 8):
        run("adaptiveavg", shape, dict(rank=rank, size=size), getattr(nn, f"AdaptiveAvgPool{rank}d")(size))
        run("adaptivemax", shape, dict(rank=rank, size=size), getattr(nn, f"AdaptiveMaxPool{rank}d")(size))
for rank, shape in ((1, (2, 2, 9)), (2, (2, 2, 6, 7))):
    for norm in (2.0, 4.0):
        run("lppool", shape, dict(rank=rank, norm=norm, kernel=3, stride=2), getattr(nn, f"LPPool{rank}d")(norm, 3, 2))

for shape in ((5, 3), (4, 3, 5), (3, 3, 4, 5), (2, 3, 2, 3, 4)):
    rank = max(1, len(shape) - 2)
    for affine, track, momentum, steps, ev in ((True, True, 0.1, 1, False), (True, True, None, 2, False), (False, False, 0.1, 1, True), (True, True, 0.3, 3, True)):
        run("batchnorm", shape, dict(rank=rank, affine=affine, track=track, momentum=momentum), getattr(nn, f"BatchNorm{rank}d")(3, momentum=momentum, affine=affine, track_running_stats=track), steps=steps, evaluate=ev)
for ev in (False, True):
    run("batchnormrelu", (3, 3, 4, 5), dict(), nn.BatchNorm2d(3), steps=2, evaluate=ev)
    run("batchnormrelu", (3, 3, 4, 5), dict(residual=True), nn.BatchNorm2d(3), residual=True, steps=2, evaluate=ev)
for shape in ((3, 6), (2, 6, 5), (2, 6, 3, 3)):
    for groups in (1, 2, 3):
        run("groupnorm", shape, dict(groups=groups, channels=6, affine=groups != 3), nn.GroupNorm(groups, 6, affine=groups != 3))
for shape, normalized in (((4, 7), (7,)), ((2, 3, 5), (5,)), ((2, 3, 4, 5), (4, 5))):
    for affine in (True, False):
        run("layernorm", shape, dict(shape=list(normalized), affine=affine), nn.LayerNorm(normalized, elementwise_affine=affine))
for rank, shape in ((1, (3, 2, 7)), (2, (3, 2, 3, 4)), (3, (2, 2, 2, 3, 2))):
    for affine, track, steps, ev in ((False, False, 1, False), (True, True, 2, False), (True, True, 2, True)):
        run("instancenorm", shape, dict(rank=rank, affine=affine, track=track), getattr(nn, f"InstanceNorm{rank}d")(2, affine=affine, track_running_stats=track), steps=steps, evaluate=ev)

for shape, linear in (((2, 2, 5), "linear"), ((1, 2, 4, 5), "bilinear"), ((1, 1, 2, 3, 4), "trilinear")):
    for scale in (2.0, 1.5, 3.0, 0.6):
        run("upsample", shape, dict(scale=scale, mode="nearest", align=False), Fn(lambda x: F.interpolate(x, scale_factor=scale, mode="nearest")))
        for align in (False, True):
            run("upsample", shape, dict(scale=scale, mode="linear", align=align), Fn(lambda x: F.interpolate(x, scale_factor=scale, mode=linear, align_corners=align)))
    for size in (1, 4, 7):
        run("upsample", shape, dict(size=size, mode="nearest", align=False), Fn(lambda x: F.interpolate(x, size=size, mode="nearest")))
        for align in (False, True):
            run("upsample", shape, dict(size=size, mode="linear", align=align), Fn(lambda x: F.interpolate(x, size=size, mode=linear, align_corners=align)))

print('{"torch":"%s","rows":[' % torch.__version__)
print(",\n".join(json.dumps(row, separators=(",", ":")) for row in rows))
print("]}")
