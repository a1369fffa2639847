"""Hands ONNX files to onnx.checker, with shape inference: python3 check.py FILE_OR_FOLDER..."""

import os
import sys

import onnx


def files(arguments):
    for argument in arguments:
        if os.path.isdir(argument):
            for name in sorted(os.listdir(argument)):
                if name.endswith(".onnx"):
                    yield os.path.join(argument, name)
        else:
            yield argument


def main():
    accepted, refused = 0, 0
    for path in files(sys.argv[1:]):
        try:
            onnx.checker.check_model(path, full_check=True)
            accepted += 1
        except Exception as error:  # whatever it is, the file is not accepted
            refused += 1
            print(f"{path}: {error}")
    print(f"onnx {onnx.__version__}: {accepted} accepted, {refused} refused")
    return 1 if refused or not accepted else 0


if __name__ == "__main__":
    sys.exit(main())
