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

# Data sets: images and labels under the names and in the layouts of Keras, MedMNIST and scikit-learn.
def items(*shape, dtype="u1"):
    return (np.arange(int(np.prod(shape))) * 7 % 256).reshape(shape).astype(dtype)


def first(channels_first):
    return plain(channels_first[1].astype("f4"))


labels = np.arange(10) % 3
images = items(10, 4, 5, 3)
np.savez_compressed(path("keras.npz"), x_train=images, y_train=labels.reshape(-1, 1), x_test=images[:4], y_test=labels[:4].reshape(-1, 1))
expected["keras.npz"] = first(images.transpose(0, 3, 1, 2) / np.float32(255))
grey = items(10, 4, 5)
np.savez(path("medmnist.npz"), train_images=grey, train_labels=labels.astype("u1"), val_images=grey[:2], val_labels=labels[:2], test_images=grey[:4], test_labels=labels[:4])
expected["medmnist.npz"] = first(grey[:, None] / np.float32(255))
floats = np.asfortranarray(items(30, 3, 4, 5, dtype=">f8") / 16)
np.savez(path("together.npz"), X=floats, y=np.arange(30) % 3, names=np.array(["a", "b", "c"]))
expected["together.npz"] = plain(floats[1])
turned = np.asfortranarray(images)
np.savez(path("fortran.npz"), x_train=turned, y_train=labels, x_test=turned, y_test=labels.astype("f4"))
expected["fortran.npz"] = first(images.transpose(0, 3, 1, 2) / np.float32(255))
series = items(10, 7, dtype="f4")
np.savez(path("series.npz"), x_train=series, y_train=labels, x_test=series, y_test=labels)
expected["series.npz"] = first(series[:, None])

with open(path("expected.json"), "w") as f:
    json.dump(expected, f)
    f.write("\n")
