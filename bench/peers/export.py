"""Makes one torchvision network with weights drawn from a seed, as .onnx for ONNX Runtime, .pth for PyTorch and .safetensors for Fovea.

usage: export.py NETWORK SIZE FOLDER
"""
import json
import struct
import sys
import warnings

import torch
import torchvision

warnings.filterwarnings("ignore")
NAMES = {torch.float32: "F32", torch.int64: "I64"}


def create(name):
    """The network in evaluation. Normalizations get statistics that are not those of a new network, so that folding them is put to the test."""
    torch.manual_seed(0)
    options = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    net = getattr(torchvision.models, name)(weights=None, **options)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0, 0.1)
            module.running_mean.normal_(0, 0.1)
            module.running_var.uniform_(0.5, 1.5)
    return net.eval()


def write_safetensors(path, state):
    header, offset = {}, 0
    for name, tensor in state.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)))
        file.write(text)
        for tensor in state.values():
            file.write(tensor.contiguous().numpy().tobytes())


if __name__ == "__main__":
    name, size, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    net = create(name)
    torch.save(net.state_dict(), f"{folder}/{name}.pth")
    write_safetensors(f"{folder}/{name}.safetensors", net.state_dict())
    torch.onnx.export(net, torch.randn(1, 3, size, size), f"{folder}/{name}.onnx", opset_version=13, input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
