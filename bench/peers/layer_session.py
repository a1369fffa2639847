"""PyTorch's side of bench/peers/layers.py: torch_session.py over layers in a row, which may also run in oneDNN's own layouts from the first to the last.

usage: layer_session.py PROBLEM COUNT WEIGHTS.safetensors ITEM
"""
import copy
import sys

import torch
import torch.utils.mkldnn

import layers
import networks
import torch_session


class Blocked(torch.nn.Module):
    """Input and output are planes, as for the other forms; weights and everything between lie as oneDNN wants it."""

    def __init__(self, net):
        super().__init__()
        self.net = torch.utils.mkldnn.to_mkldnn(copy.deepcopy(net))

    def forward(self, x):
        return self.net(x.to_mkldnn()).to_dense()


def forms(name, weights, item):
    known = usual_forms(name, weights, item)
    known["mkldnn"] = (Blocked(known["eager"][0]), torch.contiguous_format)
    return known


problem, count = sys.argv[1], int(sys.argv[2])
networks.create = lambda name, item: layers.Layer(problem).module(count)
usual_forms, torch_session.forms = torch_session.forms, forms
sys.argv[1:] = [problem, *sys.argv[3:]]
torch_session.main()
