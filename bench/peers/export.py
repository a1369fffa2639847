"""Makes one network with weights drawn from seed 0, as .onnx for ONNX Runtime and .safetensors for Fovea and PyTorch.

usage: export.py NETWORK ITEM FOLDER      ITEM is CxHxW or CxL
"""
import json
import os
import struct
import sys
import warnings

import numpy
import torch
import torchvision
from torch.onnx import symbolic_helper
from torchvision.models.resnet import Bottleneck

import networks

warnings.filterwarnings("ignore")
TYPES = {torch.float32: "F32", torch.int64: "I64"}
READ = {"F32": numpy.float32, "I64": numpy.int64}
OPSET = 13
SAMPLES = 4  # that the statistics of normalizations are taken from


def draw(name, item):
    """The network in evaluation. Normalizations get scales, shifts and statistics that are not those of a new network, so that folding them is put to the test,
    and the statistics are those of the network's own signals, so that these neither vanish nor explode on their way and outputs depend on inputs."""
    torch.manual_seed(0)
    net = networks.create(name, item)
    for module in net.modules():
        if isinstance(module, torch.nn.modules.batchnorm._BatchNorm):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
            module.momentum = 1.0
        elif isinstance(module, (torch.nn.Dropout, torchvision.ops.StochasticDepth)):
            module.p = 0.0
    for module in net.modules():
        if isinstance(module, Bottleneck):
            module.bn3.weight.data.mul_(0.2)  # of 200 layers the outputs would else magnify rounding some thousand times
    with torch.no_grad():
        net.train()(torch.randn(SAMPLES, *item))
    return net.eval()


def write_safetensors(path, state):
    header, offset = {}, 0
    for name, tensor in state.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for tensor in state.values():
            tensor.contiguous().numpy().tofile(file)


def read_safetensors(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(*struct.unpack("<Q", file.read(8))))
        state = {}
        for name, entry in header.items():  # in the order of the data, as written
            values = numpy.fromfile(file, READ[entry["dtype"]], int(numpy.prod(entry["shape"])))
            state[name] = torch.from_numpy(values).reshape(entry["shape"])
    return state


def same_convolution(g, x, weight, bias, stride, padding, dilation, groups):
    """A convolution with padding="same" as a node, which PyTorch's exporter does not know; of stride and dilation 1."""
    reach = [size - 1 for size in symbolic_helper._get_tensor_sizes(weight)[2:]]
    inputs = [x, weight] if symbolic_helper._is_none(bias) else [x, weight, bias]
    return g.op("Conv", *inputs, pads_i=[r // 2 for r in reach] + [r - r // 2 for r in reach], group_i=symbolic_helper._maybe_get_const(groups, "i"))


def write_onnx(path, net, item):
    torch.onnx.register_custom_op_symbolic("aten::_convolution_mode", same_convolution, OPSET)
    torch.onnx.export(net, torch.randn(1, *item), path, opset_version=OPSET, input_names=["x"], output_names=["y"], dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})


def main():
    name, item, folder = sys.argv[1], [int(size) for size in sys.argv[2].split("x")], sys.argv[3]
    net = draw(name, item)
    # Files appear under their names when they are whole.
    for ending, write in [("safetensors", lambda path: write_safetensors(path, net.state_dict())), ("onnx", lambda path: write_onnx(path, net, item))]:
        path = f"{folder}/{name}.{ending}"
        write(f"{path}.part")
        os.replace(f"{path}.part", path)


if __name__ == "__main__":
    main()
