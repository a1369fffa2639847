"""Small checkpoints of every kind, and what is in them, to compare with.

Run:  python3 tests/golden/checkpoints.py tests/golden/checkpoints
Values come from a rule, so both sides make the same ones: value(i) = i * 0.5 - 3, exact in every type of floats here.
"""
import argparse
import collections
import io
import json
import os
import pickle
import struct
import sys
import tarfile
import zipfile

import numpy as np
import torch
import torch.nn as nn

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
expected = {}


def ramp(shape, dtype=torch.float32):
    count = int(np.prod(shape)) if shape else 1
    return (torch.arange(count, dtype=torch.float64) * 0.5 - 3).reshape(shape).to(dtype)


def plain(tensors):
    return {
        name: {"shape": list(t.shape), "values": [float(v) for v in t.detach().reshape(-1).double().tolist()]}
        for name, t in tensors.items()
    }


def save(name, value, tensors, **options):
    torch.save(value, os.path.join(folder, name), **options)
    expected[name] = plain(tensors)


def rewrite(source, name, change, zip64=False, descriptors=False):
    """The same archive with changed entries: change(name, bytes) gives the new pair, or None to leave it out."""
    with zipfile.ZipFile(os.path.join(folder, source)) as old:
        entries = [change(e.filename, old.read(e)) for e in old.infolist()]
    path = os.path.join(folder, name)
    target = Unseekable(path) if descriptors else path
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for entry in filter(None, entries):
            info = zipfile.ZipInfo(entry[0])
            with new.open(info, "w", force_zip64=zip64) as f:
                f.write(entry[1])
    if descriptors:
        target.close()


class Unseekable(io.RawIOBase):
    """A stream that cannot go back: zipfile then writes sizes behind the data."""

    def __init__(self, path):
        self.f = open(path, "wb")

    def write(self, data):
        return self.f.write(data)

    def writable(self):
        return True

    def flush(self):
        if not self.f.closed:
            self.f.flush()

    def close(self):
        self.f.close()


# Strides and offsets, shared storage, ties, scalars and empty tensors: rows 1, 2 and 4.
base = ramp((4, 6))
views = collections.OrderedDict(
    transposed=base.t(),
    channels_last=ramp((2, 3, 2, 2)).contiguous(memory_format=torch.channels_last),
    column=base[:, 2],
    step=base[1:, ::2],
    row=base[3],
    expanded=ramp((3, 1)).expand(3, 4),
    tied_a=base,
    tied_b=base,
    scalar=torch.tensor(7.5),
    num_batches_tracked=torch.tensor(12),
    empty=torch.zeros(0),
    empty_rows=torch.zeros(3, 0, 2),
)
save("views_zip.pth", views, views)
save("views_stream.pth", views, views, _use_new_zipfile_serialization=False)

# Every type: row 3.
types = collections.OrderedDict(
    (str(t).split(".")[1], ramp((2, 5), t) if t != torch.bool else ramp((2, 5)) > 0)
    for t in [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
              torch.int8, torch.bool]
)
types["uint8"] = torch.arange(246, 256, dtype=torch.uint8).reshape(2, 5)
save("types_zip.pth", types, types)
save("types_stream.pth", types, types, _use_new_zipfile_serialization=False)
torch.save({"fine": ramp((2,)), "odd.one": torch.complex(ramp((3,)), ramp((3,)))}, os.path.join(folder, "complex.pth"))
torch.save({"q.weight": torch.quantize_per_tensor(ramp((3,)), 0.1, 0, torch.qint8)}, os.path.join(folder, "quantized.pth"))
torch.save({"s": ramp((3, 3)).to_sparse()}, os.path.join(folder, "sparse.pth"))

# Where states are: rows 5 and 6.
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
for p in net.state_dict().values():
    p.copy_(ramp(tuple(p.shape), p.dtype))
state = net.state_dict()
optimizer = torch.optim.Adam(net.parameters())
net(torch.ones(2, 1, 5, 5)).sum().backward()
optimizer.step()
for p in net.state_dict().values():
    p.copy_(ramp(tuple(p.shape), p.dtype))
save("wrapped.pth", {f"module._orig_mod.module.{k}": v for k, v in state.items()}, state)
save("averaged.pth", {"n_averaged": torch.tensor(3), **{f"module.{k}": v for k, v in state.items()}},
     {"n_averaged": torch.tensor(3), **{f"module.{k}": v for k, v in state.items()}})
save("inside.pth", {"epoch": 3, "best": np.float64(0.5), "loss": torch.tensor(0.25), "state_dict": state,
                    "optimizer": optimizer.state_dict(), "args": argparse.Namespace(lr=0.1)}, state)
torch.save({"model": state, "model_ema": {k: v * 2 for k, v in state.items()}}, os.path.join(folder, "two.pth"))
expected["two.pth"] = plain({k: v * 2 for k, v in state.items()})

# Whole modules, read as data: row 7.
save("module_zip.pth", net, state)
torch.serialization.get_source_lines_and_file = None  # so that the classes' source is not put into the file
save("module_stream.pth", net, state, _use_new_zipfile_serialization=False)
torch.jit.script(net).save(os.path.join(folder, "script.pt"))
rewrite("script.pt", "script_data.pt", lambda n, d: None if "/code/" in n else (n, d))
os.remove(os.path.join(folder, "script.pt"))
expected["script_data.pt"] = plain(state)


class Runs:
    def __reduce__(self):
        return (os.system, ("touch /tmp/fovea-was-run",))


torch.save({"w": ramp((2,)), "x": Runs()}, os.path.join(folder, "runs.pth"))

# Archives: rows 9 and 10.
small = collections.OrderedDict(w=ramp((2, 3)), b=ramp((3,), torch.float64), h=ramp((2,), torch.float16))
save("small.pth", small, small)
rewrite("small.pth", "other_root.pth", lambda n, d: (n.replace("small/", "any name/deep/"), d))
rewrite("small.pth", "zip64.pth", lambda n, d: (n, d), zip64=True)
rewrite("small.pth", "descriptors.pth", lambda n, d: (n, d), descriptors=True)
rewrite("small.pth", "no_data.pth", lambda n, d: None if n.endswith("data/1") else (n, d))
for name in ["other_root.pth", "zip64.pth", "descriptors.pth"]:
    expected[name] = plain(small)


def big(name, data):
    width = {"data/0": 4, "data/1": 8, "data/2": 2}.get(name.split("/", 1)[1])
    return (name, b"".join(data[i:i + width][::-1] for i in range(0, len(data), width)) if width else data)


rewrite("small.pth", "big_endian.pth", big)
with zipfile.ZipFile(os.path.join(folder, "big_endian.pth"), "a") as z:
    z.writestr("small/byteorder", "big")
expected["big_endian.pth"] = plain(small)


# The tar archive before PyTorch 0.2, as torch.serialization.legacy_load reads it; nothing writes it any more.
def old_tar(name):
    def dump(f, value):
        pickle.dump(value, f, protocol=2)

    storages, tensors, value = io.BytesIO(), io.BytesIO(), io.BytesIO()
    dump(storages, 1)
    dump(storages, (4711, "cpu", torch.FloatStorage))
    data = struct.pack("<q", 6) + base[0].numpy().astype("<f4").tobytes()
    storages.write(data)
    dump(storages, [(4712, 4711, 2, 3)])
    dump(tensors, 2)
    for key, storage, sizes, strides, offset in [(1, 4711, (3, 2), (1, 3), 0), (2, 4712, (2,), (1,), 1)]:
        dump(tensors, (key, storage, torch.FloatTensor))
        tensors.write(struct.pack("<i", len(sizes)) + b"\x07\x07\x07\x07")
        tensors.write(struct.pack(f"<{len(sizes)}q{len(sizes)}qq", *sizes, *strides, offset))

    class Old:
        def __init__(self, key):
            self.key = key

    class Pickler(pickle.Pickler):
        def persistent_id(self, obj):
            return obj.key if isinstance(obj, Old) else None

    Pickler(value, protocol=2).dump(collections.OrderedDict(a=Old(1), b=Old(2)))
    with tarfile.open(os.path.join(folder, name), "w", format=tarfile.PAX_FORMAT) as tar:
        for part, content in [("sys_info", io.BytesIO(pickle.dumps({}, 2))), ("pickle", value),
                              ("tensors", tensors), ("storages", storages)]:
            info = tarfile.TarInfo(part)
            info.size = len(content.getvalue())
            tar.addfile(info, io.BytesIO(content.getvalue()))
    loaded = torch.load(os.path.join(folder, name))
    expected[name] = plain(loaded)


old_tar("tar.pth")

with open(os.path.join(folder, "expected.json"), "w") as f:
    json.dump(expected, f)
    f.write("\n")
