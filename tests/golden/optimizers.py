"""Writes optimizers.json: what PyTorch's optimizers, schedules and gradient clipping compute on fixed numbers.

Run: python3 optimizers.py   (made with PyTorch 1.13)
Everything is computed in double. Gradients depend on no parameter, so that errors do not add up through them.
A null gradient is a step in which the parameter has none.
"""
import json
import math
import os

import torch

STEPS = 10
SHAPES = [[3, 5], [7]]


def numbers(seed, count, scale):
    """A fixed sequence without a generator: fractions of a golden-ratio walk, in (-scale, scale)."""
    return [scale * (2 * ((seed * 0.754877666 + (i + 1) * 0.618033988749895) % 1.0) - 1) for i in range(count)]


def start():
    return [torch.tensor(numbers(k, math.prod(s), 1.0), dtype=torch.float64).reshape(s) for k, s in enumerate(SHAPES)]


def gradients():
    steps = []
    for t in range(STEPS):
        grads = [torch.tensor(numbers(10 + 3 * t + k, math.prod(s), 0.5 + 0.3 * t), dtype=torch.float64).reshape(s) for k, s in enumerate(SHAPES)]
        steps.append([grads[0], None if t in (0, 4) else grads[1]])
    return steps


RATES = [0.05 if t < 6 else 0.02 for t in range(STEPS)]

CASES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.05),
    "sgd,decay=0.1": lambda p: torch.optim.SGD(p, lr=0.05, weight_decay=0.1),
    "sgd,momentum=0.9": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
    "sgd,momentum=0.9,dampening=0.3,decay=0.01": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd,momentum=0.8,nesterov,decay=0.02": lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.8, nesterov=True, weight_decay=0.02),
    "adam": lambda p: torch.optim.Adam(p, lr=0.05),
    "adam,beta1=0.8,beta2=0.95,eps=1e-4,decay=0.1": lambda p: torch.optim.Adam(p, lr=0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1),
    "adamw": lambda p: torch.optim.AdamW(p, lr=0.05),
    "adamw,beta1=0.85,beta2=0.98,eps=1e-5,decay=0.3": lambda p: torch.optim.AdamW(p, lr=0.05, betas=(0.85, 0.98), eps=1e-5, weight_decay=0.3),
    "rmsprop": lambda p: torch.optim.RMSprop(p, lr=0.05),
    "rmsprop,alpha=0.9,eps=1e-4,decay=0.1": lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-4, weight_decay=0.1),
    "rmsprop,momentum=0.7": lambda p: torch.optim.RMSprop(p, lr=0.05, momentum=0.7),
    "rmsprop,alpha=0.9,centered": lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.9, centered=True),
    "rmsprop,alpha=0.95,momentum=0.6,centered,decay=0.05": lambda p: torch.optim.RMSprop(p, lr=0.05, alpha=0.95, momentum=0.6, centered=True, weight_decay=0.05),
}


def run(make):
    values = [torch.nn.Parameter(p) for p in start()]
    optimizer = make(values)
    after = []
    for t, grads in enumerate(gradients()):
        for group in optimizer.param_groups:
            group["lr"] = RATES[t]
        for value, grad in zip(values, grads):
            value.grad = None if grad is None else grad.clone()
        optimizer.step()
        after.append([v.detach().flatten().tolist() for v in values])
    return after


def clip(max_norm):
    values = [torch.nn.Parameter(p) for p in start()]
    for value, grad in zip(values, gradients()[3]):
        value.grad = grad.clone()
    norm = torch.nn.utils.clip_grad_norm_(values, max_norm)
    return {"max_norm": max_norm, "norm": norm.item(), "gradients": [v.grad.flatten().tolist() for v in values]}


def schedule(make, steps, base=0.1):
    """Factors on the base learning rate for steps 0, 1, ... of a schedule that is stepped each optimizer step."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = make(optimizer)
    factors = []
    for _ in range(steps):
        factors.append(optimizer.param_groups[0]["lr"] / base)
        optimizer.step()
        scheduler.step()
    return factors


S = torch.optim.lr_scheduler
SCHEDULES = {
    "step=7,gamma=0.3": schedule(lambda o: S.StepLR(o, 7, 0.3), 40),
    "multistep=5/6/30,gamma=0.2": schedule(lambda o: S.MultiStepLR(o, [5, 6, 30], 0.2), 40),
    "exponential=0.93": schedule(lambda o: S.ExponentialLR(o, 0.93), 40),
    "cosine": schedule(lambda o: S.CosineAnnealingLR(o, 40), 40),
    "cosine,min=0.05": schedule(lambda o: S.CosineAnnealingLR(o, 40, eta_min=0.005), 40),
    "onecycle": schedule(lambda o: S.OneCycleLR(o, 0.1, total_steps=40, cycle_momentum=False), 40),
    "onecycle,peak=0.2,div=10,final=100": schedule(
        lambda o: S.OneCycleLR(o, 0.1, total_steps=40, pct_start=0.2, div_factor=10, final_div_factor=100, cycle_momentum=False), 40),
}

METRICS = [5.0, 4.0, 4.0, 3.9999, 3.9, 3.95, 3.95, 4.1, 3.8999, 3.7, float("nan"), 3.8, 3.8, 3.8, 3.8, 3.8, 3.6, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7, 3.7]


def plateau(**options):
    base = 0.1
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base)
    scheduler = S.ReduceLROnPlateau(optimizer, **options)
    factors = []
    for metric in METRICS:
        scheduler.step(metric)
        factors.append(optimizer.param_groups[0]["lr"] / base)
    return factors


PLATEAUS = {
    "plateau,factor=0.5,patience=2": plateau(factor=0.5, patience=2),
    "plateau,factor=0.1,patience=1,min=0.005": plateau(factor=0.1, patience=1, min_lr=0.0005),
    "plateau,factor=0.5,patience=1,threshold=0.05": plateau(factor=0.5, patience=1, threshold=0.05),
    "plateau,factor=0.5,patience=0,cooldown=3": plateau(factor=0.5, patience=0, cooldown=3),
}


def dirac(shape, groups):
    weight = torch.full(shape, 9.0)
    torch.nn.init.dirac_(weight, groups)
    return {"shape": shape, "groups": groups, "ones": torch.nonzero(weight.flatten()).flatten().tolist()}


result = {
    "made_with": f"PyTorch {torch.__version__}",
    "shapes": SHAPES,
    "start": [p.flatten().tolist() for p in start()],
    "gradients": [[None if g is None else g.flatten().tolist() for g in step] for step in gradients()],
    "rates": RATES,
    "optimizers": {name: run(make) for name, make in CASES.items()},
    "clips": [clip(0.5), clip(100.0)],
    "schedules": SCHEDULES,
    "metrics": [None if math.isnan(m) else m for m in METRICS],
    "plateaus": PLATEAUS,
    "dirac": [dirac([4, 4, 3, 3], 1), dirac([6, 2, 3], 2), dirac([4, 6, 2, 3, 4], 1), dirac([5, 3, 1, 1], 1)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "optimizers.json"), "w") as file:
    json.dump(result, file, indent=None, separators=(",", ":"))
    file.write("\n")
