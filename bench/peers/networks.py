"""The networks of Fovea's zoo in PyTorch: torchvision's own where it has them, else modules whose state has the names and shapes of Fovea's.

usage: networks.py NAME...   ends with an error that names the networks neither has
"""
import sys

import torch
import torchvision
from torch import nn
from torch.nn import functional
from torchvision.models.resnet import Bottleneck


class NormRelu(nn.BatchNorm2d):
    """Batch normalization and the ReLU behind it; where a residual is given, it is added in between."""

    def forward(self, x, residual=None):
        h = super().forward(x)
        return functional.relu(h if residual is None else h + residual, inplace=True)


def filters(inputs, outputs, kernel, stride=1, groups=1):
    """A convolution without bias, padded by half its kernel."""
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


class SmallCnn(nn.Module):
    def __init__(self, channels, classes=10):
        super().__init__()

        def block(inputs, outputs):
            return [filters(inputs, outputs, 3), NormRelu(outputs)]
        self.features = nn.Sequential(
            *block(channels, 16), *block(16, 32), nn.MaxPool2d(2), *block(32, 48), *block(48, 48), nn.MaxPool2d(2), *block(48, 64), nn.AdaptiveAvgPool2d(1), nn.Flatten())
        self.head = nn.Linear(64, classes)

    def forward(self, x):
        return self.head(self.features(x))


class CifarBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = filters(inputs, outputs, 3, stride)
        self.bn1 = NormRelu(outputs)
        self.conv2 = filters(outputs, outputs, 3)
        self.bn2 = NormRelu(outputs)
        self.downsample = nn.Sequential(filters(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs)) if inputs != outputs else nn.Identity()

    def forward(self, x):
        return self.bn2(self.conv2(self.bn1(self.conv1(x))), self.downsample(x))


class CifarResNet(nn.Module):
    def __init__(self, depth, channels, classes=10):
        super().__init__()

        def stage(inputs, outputs, stride):
            return nn.Sequential(CifarBlock(inputs, outputs, stride), *(CifarBlock(outputs, outputs, 1) for _ in range((depth - 2) // 6 - 1)))
        self.conv1 = filters(channels, 16, 3)
        self.bn1 = NormRelu(16)
        self.layer1 = stage(16, 16, 1)
        self.layer2 = stage(16, 32, 2)
        self.layer3 = stage(32, 64, 2)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(64, classes)

    def forward(self, x):
        h = self.layer3(self.layer2(self.layer1(self.bn1(self.conv1(x)))))
        return self.fc(self.pool(h).flatten(1))


class SamePool(nn.Module):
    """The max pool of TF-Slim's residual networks: 3x3, stride 2, padded by TensorFlow's rule, which is 0 in front and 1 behind of an even size, 1 and 1 of an odd one."""

    def forward(self, x):
        return functional.max_pool2d(x, 3, 2, [int(size) % 2 for size in x.shape[2:]], ceil_mode=True)


class SlimResNet(nn.Module):
    """A residual network as in TF-Slim: the stride sits in the last bottleneck of a stage, its shortcut takes every second value."""

    def __init__(self, units, channels, classes=1000):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = SamePool()
        for i, count in enumerate(units):
            setattr(self, f"layer{i + 1}", self.stage(128 << i if i else 64, 64 << i, count, strided=i < 3))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2048, classes)

    @staticmethod
    def stage(inputs, planes, units, strided):
        outputs = 4 * planes
        first = Bottleneck(inputs, planes, downsample=nn.Sequential(filters(inputs, outputs, 1), nn.BatchNorm2d(outputs)))
        last = Bottleneck(outputs, planes, 2, nn.MaxPool2d(1, 2)) if strided else Bottleneck(outputs, planes)
        return nn.Sequential(first, *(Bottleneck(outputs, planes) for _ in range(units - 2)), last)

    def forward(self, x):
        h = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        h = self.layer4(self.layer3(self.layer2(self.layer1(h))))
        return self.fc(self.avgpool(h).flatten(1))


class MobileNetV1(nn.Module):
    UNITS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)]

    def __init__(self, channels, classes=1000):
        super().__init__()

        def part(inputs, outputs, kernel, stride=1, groups=1):
            return [filters(inputs, outputs, kernel, stride, groups), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)]
        units, last = [nn.Sequential(*part(channels, 32, 3, 2))], 32
        for count, stride in self.UNITS:
            units.append(nn.Sequential(*part(last, last, 3, stride, last), *part(last, count, 1)))
            last = count
        self.features = nn.Sequential(*units)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Sequential(nn.Dropout(0.001), nn.Linear(last, classes))

    def forward(self, x):
        return self.classifier(self.avgpool(self.features(x)).flatten(1))


class EvenFilters(nn.Conv1d):
    """A convolution of series with an even kernel: keeps their length by one zero more behind than in front."""

    def forward(self, x):
        if torch.onnx.is_in_onnx_export():  # ONNX has it as one node, PyTorch runs quicker with the padding apart
            return functional.conv1d(x, self.weight, self.bias, padding="same")
        reach = self.kernel_size[0] - 1
        return super().forward(functional.pad(x, (reach // 2, reach - reach // 2)))


def series(inputs, outputs, kernel, bias=True):
    """A convolution of series that keeps their length."""
    return nn.Conv1d(inputs, outputs, kernel, padding=kernel // 2, bias=bias) if kernel % 2 else EvenFilters(inputs, outputs, kernel, bias=bias)


class SeriesFcn(nn.Module):
    def __init__(self, channels, classes=2):
        super().__init__()

        def block(inputs, outputs, kernel):
            return [series(inputs, outputs, kernel), nn.BatchNorm1d(outputs), nn.ReLU(inplace=True)]
        self.features = nn.Sequential(*block(channels, 128, 8), *block(128, 256, 5), *block(256, 128, 3), nn.AdaptiveAvgPool1d(1), nn.Flatten())
        self.head = nn.Linear(128, classes)

    def forward(self, x):
        return self.head(self.features(x))


class SeriesBlock(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv1 = series(inputs, outputs, 8)
        self.bn1 = nn.BatchNorm1d(outputs)
        self.conv2 = series(outputs, outputs, 5)
        self.bn2 = nn.BatchNorm1d(outputs)
        self.conv3 = series(outputs, outputs, 3)
        self.bn3 = nn.BatchNorm1d(outputs)
        projection = [] if inputs == outputs else [series(inputs, outputs, 1)]
        self.shortcut = nn.Sequential(*projection, nn.BatchNorm1d(outputs))

    def forward(self, x):
        h = functional.relu(self.bn1(self.conv1(x)), inplace=True)
        h = functional.relu(self.bn2(self.conv2(h)), inplace=True)
        return functional.relu(self.bn3(self.conv3(h)) + self.shortcut(x), inplace=True)


class SeriesResNet(nn.Module):
    def __init__(self, channels, classes=2):
        super().__init__()
        self.block1 = SeriesBlock(channels, 64)
        self.block2 = SeriesBlock(64, 128)
        self.block3 = SeriesBlock(128, 128)
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.head = nn.Linear(128, classes)

    def forward(self, x):
        return self.head(self.pool(self.block3(self.block2(self.block1(x)))).flatten(1))


class InceptionModule(nn.Module):
    def __init__(self, inputs, width):
        super().__init__()
        self.bottleneck = series(inputs, width, 1, bias=False) if inputs > 1 else nn.Identity()
        narrow = width if inputs > 1 else inputs
        self.conv40 = series(narrow, width, 40, bias=False)
        self.conv20 = series(narrow, width, 20, bias=False)
        self.conv10 = series(narrow, width, 10, bias=False)
        self.pool = nn.MaxPool1d(3, 1, 1)
        self.pooled = series(inputs, width, 1, bias=False)
        self.bn = nn.BatchNorm1d(4 * width)

    def forward(self, x):
        h = self.bottleneck(x)
        joined = torch.cat([self.conv40(h), self.conv20(h), self.conv10(h), self.pooled(self.pool(x))], 1)
        return functional.relu(self.bn(joined), inplace=True)


class InceptionTime(nn.Module):
    def __init__(self, channels, classes=2, width=32, depth=6):
        super().__init__()
        wide = 4 * width
        self.blocks = nn.ModuleList(InceptionModule(wide if i else channels, width) for i in range(depth))
        self.shortcuts = nn.ModuleList(nn.Sequential(series(wide if i else channels, wide, 1, bias=False), nn.BatchNorm1d(wide)) for i in range(depth // 3))
        self.pool = nn.AdaptiveAvgPool1d(1)
        self.head = nn.Linear(wide, classes)

    def forward(self, x):
        h = skipped = x
        for i, block in enumerate(self.blocks):
            h = block(h)
            if i % 3 == 2:
                h = skipped = functional.relu(h + self.shortcuts[i // 3](skipped), inplace=True)
        return self.head(self.pool(h).flatten(1))


# What torchvision has not, or has under the name for another network: builders by name, given the channels of an item.
OWN = {
    "small_cnn": SmallCnn,
    **{f"resnet{depth}": (lambda channels, depth=depth: CifarResNet(depth, channels)) for depth in (20, 32, 44, 56, 110)},
    "resnet200": lambda channels: SlimResNet([3, 24, 36, 3], channels),
    "mobilenet_v1": MobileNetV1,
    "fcn": SeriesFcn,
    "resnet_ts": SeriesResNet,
    "inception_time": InceptionTime,
}
TORCHVISION_CHANNELS = 3


def known(name):
    return name in OWN or callable(getattr(torchvision.models, name, None))


def create(name, item):
    """The network for items of a shape, [C, H, W] or [C, L], as new."""
    if name in OWN:
        return OWN[name](item[0])
    if not known(name):
        raise ValueError(f"{name}: neither torchvision nor networks.py has this network; write it there, with the names of Fovea's parameters")
    if item[0] != TORCHVISION_CHANNELS:
        raise ValueError(f"{name}: torchvision's networks take {TORCHVISION_CHANNELS} channels, the items have {item[0]}")
    options = {"aux_logits": False, "init_weights": True} if name == "googlenet" else {}
    return getattr(torchvision.models, name)(weights=None, **options)


if __name__ == "__main__":
    unknown = [name for name in sys.argv[1:] if not known(name)]
    if unknown:
        sys.exit(f"neither torchvision nor networks.py has {', '.join(unknown)}; write them there, with the names of Fovea's parameters")
