"""Writes networks of torchvision with random weights, for the program's command 'torch': each as an ONNX file and as a
checkpoint, with an input, the output in evaluation, and the state after one step of training.

    apt-get install python3-torchvision && /usr/bin/python3 torchvision_models.py DIR
"""

import os
import sys

import torch
import torchvision

NAMES = [
    "resnet18",
    "resnet50",
    "vgg11_bn",
    "alexnet",
    "squeezenet1_1",
    "mobilenet_v2",
    "mobilenet_v3_small",
    "densenet121",
    "shufflenet_v2_x1_0",
    "efficientnet_b0",
    "mnasnet1_0",
    "regnet_x_400mf",
    "convnext_tiny",
]


def quiet(net):
    """Nothing is drawn in training, so that a step can be compared."""
    for m in net.modules():
        if isinstance(m, (torch.nn.Dropout, torch.nn.Dropout2d, torchvision.ops.StochasticDepth)):
            m.p = 0.0


def statistics(net):
    """Running statistics as after training, not 0 and 1."""
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm2d):
            m.running_mean.uniform_(-0.2, 0.2)
            m.running_var.uniform_(0.5, 1.5)
    for name, p in net.named_parameters():
        # The exporter makes one tensor of those that are equal, which would then be learned as one.
        if p.dim() != 2 and p.dim() != 4:
            p.data.uniform_(0.7, 1.3) if name.endswith("weight") else p.data.uniform_(-0.1, 0.1)


def write(name, folder):
    torch.manual_seed(1)
    net = getattr(torchvision.models, name)(weights=None)
    quiet(net)
    statistics(net)
    # The pools of VGG and AlexNet are exported where their sizes divide.
    x = torch.randn(4, 3, *([224, 224] if name in ("vgg11_bn", "alexnet") else [128, 128]))
    net.eval()
    with torch.no_grad():
        y = net(x)
    export(net, x, os.path.join(folder, name + ".onnx"))
    torch.save(net.state_dict(), os.path.join(folder, name + ".pth"))
    size = 224 if x.shape[2] == 224 else 64
    step(net.double(), x[:2, :, :size, :size].double().contiguous(), folder, name, x, y)


def step(net, x, folder, name, x32, y32):
    """A step of training, in double: in single precision it is right to some 1e-2 where normalizations meet ReLU."""
    export(net, x, os.path.join(folder, name + ".step.onnx"))
    net.train()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    loss = torch.nn.functional.cross_entropy(net(x), torch.tensor([1, 2]))
    loss.backward()
    optimizer.step()
    torch.save(
        {"input": x32, "scores": y32, "stepped": x, "loss": loss.detach()}, os.path.join(folder, name + ".case.pth")
    )
    torch.save(net.state_dict(), os.path.join(folder, name + ".step.pth"))
    print(name, "loss", loss.item(), flush=True)


def export(net, x, path):
    torch.onnx.export(
        net,
        x,
        path,
        input_names=["input"],
        output_names=["scores"],
        dynamic_axes={"input": {0: "batch"}, "scores": {0: "batch"}},
        # Evaluation without merging normalizations into convolutions, so that names and statistics stay.
        training=torch.onnx.TrainingMode.PRESERVE,
        opset_version=16,
    )


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    for name in NAMES:
        write(name, sys.argv[1])
