"""20 training steps of a small network in PyTorch, and the outputs of a few layers, as numbers to compare with.

Run:  python3 tests/golden/training.py > tests/golden/training.json
Values come from a rule, not a generator, so both sides make the same ones:
value(i, scale, shift) = scale * sin(0.7 * i + shift), computed in double and rounded to float.
"""
import json
import math
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_num_threads(1)


def rule(shape, scale, shift):
    count = math.prod(shape)
    return torch.tensor([scale * math.sin(0.7 * i + shift) for i in range(count)], dtype=torch.float64).float().reshape(shape)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(8)
        self.conv2 = nn.Conv2d(8, 12, 3, stride=2, padding=1, groups=2)
        self.bn2 = nn.BatchNorm2d(12)
        self.fc = nn.Linear(12 * 4 * 4, 5)

    def forward(self, x):
        x = F.max_pool2d(torch.relu(self.bn1(self.conv1(x))), 2)
        x = torch.relu(self.bn2(self.conv2(x)))
        return self.fc(x.flatten(1))


def training(make_optimizer, steps=20):
    net = Net()
    with torch.no_grad():
        for index, (name, p) in enumerate(net.named_parameters()):
            if name.startswith("bn") and name.endswith("weight"):
                p.fill_(1.0)
            else:
                p.copy_(rule(tuple(p.shape), 0.2, 0.3 * index))
    optimizer = make_optimizer(net.parameters())
    losses = []
    for step in range(steps):
        x = rule((16, 1, 16, 16), 1.0, 0.11 * step)
        y = torch.tensor([(3 * i + step) % 5 for i in range(16)])
        optimizer.zero_grad()
        loss = F.cross_entropy(net(x), y, label_smoothing=0.1)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    state = {k: {"shape": list(v.shape), "sum": v.double().sum().item(), "abs": v.double().abs().sum().item(), "first": v.flatten()[0].item()}
             for k, v in net.state_dict().items()}
    net.eval()
    with torch.no_grad():
        logits = net(rule((4, 1, 16, 16), 1.0, 5.0))
    return {"losses": losses, "state": state, "evalLogits": logits.flatten().tolist()}


def layer(module, shape, seed=0):
    with torch.no_grad():
        for index, p in enumerate(module.parameters()):
            p.copy_(rule(tuple(p.shape), 0.3, 0.5 + 0.4 * index))
    x = rule(shape, 1.0, 0.2).requires_grad_(True)
    y = module(x)
    y.backward(rule(tuple(y.shape), 1.0, 0.9))
    return {
        "input": list(shape),
        "shape": list(y.shape),
        "output": y.flatten().tolist(),
        "dx": x.grad.flatten().tolist(),
        "parameters": [p.grad.flatten().tolist() for p in module.parameters()],
    }


layers = {
    "conv2d_dilated_grouped": layer(nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(2, 1), dilation=(2, 1), groups=2), (2, 4, 9, 7)),
    "conv2d_reflect": layer(nn.Conv2d(2, 3, 3, padding=2, padding_mode="reflect"), (1, 2, 6, 5)),
    "conv2d_circular": layer(nn.Conv2d(2, 3, 3, padding=1, padding_mode="circular"), (1, 2, 6, 5)),
    "conv2d_replicate": layer(nn.Conv2d(2, 3, 3, padding=2, padding_mode="replicate"), (1, 2, 6, 5)),
    "conv1d_same": layer(nn.Conv1d(3, 4, 8, padding="same"), (2, 3, 15)),
    "conv3d": layer(nn.Conv3d(2, 3, 3, stride=2, padding=1), (1, 2, 5, 6, 7)),
    "conv_transpose2d": layer(nn.ConvTranspose2d(3, 4, 3, stride=2, padding=1, output_padding=1), (2, 3, 4, 5)),
    "conv_transpose1d": layer(nn.ConvTranspose1d(4, 6, 4, stride=3, padding=1, groups=2, dilation=2, output_padding=1), (2, 4, 5)),
}

json.dump({
    "torch": torch.__version__,
    "layers": layers,
    "sgd": training(lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-3, nesterov=True)),
    "adam": training(lambda p: torch.optim.Adam(p, lr=0.01)),
}, sys.stdout)
