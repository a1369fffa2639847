"""Small files of NumPy of every kind, and what numpy.load says is in them.

Run:  python3 tests/golden/arrays.py tests/golden/arrays
Values come from a rule: value(i) = i * 0.5 - 3, rounded to integers where the type has no fractions.
"""
import datetime
import json
import os
import sys

import numpy as np

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
expected = {}


def ramp(shape, dtype):
    values = np.arange(int(np.prod(shape)), dtype=np.float64).reshape(shape) * 0.5 - 3
    return (values > 0) if dtype == "?" else np.abs(values).astype(dtype) if "u" in dtype else values.astype(dtype)


def plain(array):
    return {"shape": list(array.shape), "values": [float(v) for v in np.asarray(array).reshape(-1)]}


def path(name):
    return os.path.join(folder, name)


def save(name, array, version=None):
    with open(path(name), "wb") as f:
        np.lib.format.write_array(f, np.asarray(array), version=version, allow_pickle=True)
    try:
        expected[name] = plain(np.load(path(name)))
    except (ValueError, TypeError):
        pass  # one that is to be refused


for code in ["?", "i1", "u1", "<i2", ">i2", "<u2", "<i4", ">u4", "<i8", ">i8", "<f2", ">f2", "<f4", ">f4", "<f8", ">f8"]:
    save(f"type_{'big_' if '>' in code else ''}{code.strip('<>').replace('?', 'b1')}.npy", ramp((2, 3), code))
for order in "CF":
    for shape in [(), (0,), (5,), (2, 3), (2, 3, 4), (3, 0, 2), (1, 4, 1)]:
        array = np.array(ramp(shape, ">f4" if order == "F" else "<f4"), order=order)
        save(f"order_{order}_{'x'.join(map(str, shape)) or 'scalar'}.npy", array)
for version in [(1, 0), (2, 0), (3, 0)]:
    save(f"version_{version[0]}.npy", np.asfortranarray(ramp((2, 3), ">f8")), version)
save("refused_object.npy", np.array([1, "a", None], dtype=object))
save("refused_fields.npy", np.zeros(2, dtype=[("x", "f4"), ("y", "i4")]))
save("refused_text.npy", np.array(["a", "bc"]))
save("refused_bytes.npy", np.array([b"a", b"bc"]))
save("refused_complex.npy", np.array([1j, 2]))
save("refused_time.npy", np.array([datetime.datetime(2020, 1, 1)], dtype="datetime64[s]"))
save("refused_large.npy", np.array([2**63 + 1], dtype=np.uint64))

arrays = {"a": ramp((2, 3), "<f4"), "layer1/conv.weight": np.asfortranarray(ramp((4, 3), ">f8")), "../up": ramp((2,), "i1"),
          "scalar": np.float32(1.5), "empty": np.zeros((0, 3), "f4")}
np.savez(path("stored.npz"), **arrays)
np.savez_compressed(path("deflated.npz"), **arrays)
for name in ["stored.npz", "deflated.npz"]:
    expected[name] = {n: plain(a) for n, a in np.load(path(name)).items()}
np.savez(path("refused.npz"), fine=ramp((2,), "f4"), bad=np.array([{"x": 1}], dtype=object))

with open(path("expected.json"), "w") as f:
    json.dump(expected, f)
    f.write("\n")
