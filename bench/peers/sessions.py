"""The engines that are compared: a process each, which waits for commands; and the files they read."""
import contextlib
import os
import subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
PYTHON = "/usr/bin/python3"
TOOL = os.path.join(os.path.dirname(HERE), "Fovea.Benchmarks/bin/Release/net10.0/Fovea.Benchmarks.dll")


class SessionError(Exception):
    """An engine, or the making of its files, failed; the engine itself has said why on standard error."""


class Engine:
    """A process that runs one network, and waits between commands."""

    def __init__(self, name, command, environment):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def answer(self, expected=None):
        line = self.process.stdout.readline().strip()
        if not line or (expected and line != expected):
            raise SessionError(f"{self.name}: expected {expected or 'times'}, got {repr(line) if line else 'no answer'}")
        return line

    def ask(self, *words, expected=None):
        with contextlib.suppress(BrokenPipeError):  # of an engine that has ended; that there is no answer tells
            print(*words, file=self.process.stdin, flush=True)
        return self.answer(expected)

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def zoo():
    """All networks of the zoo: the shapes of the items they were designed for, by name."""
    listed = subprocess.run(["dotnet", TOOL, "zoo"], check=True, stdout=subprocess.PIPE, text=True).stdout
    return {name: [int(size) for size in item.split("x")] for name, item in (line.split() for line in listed.splitlines())}


def text(item):
    return "x".join(map(str, item))


def export(network, item, folder):
    """The path of a network's files without their endings. What is missing is made, in a process of its own, which gives its memory back."""
    path = os.path.join(folder, f"{network}-{text(item)}")
    os.makedirs(path, exist_ok=True)
    if not all(os.path.exists(f"{path}/{network}.{ending}") for ending in ("safetensors", "onnx")):
        if subprocess.run([PYTHON, f"{HERE}/export.py", network, text(item), path]).returncode != 0:
            raise SessionError("export.py: no files for the engines")
    return os.path.join(path, network)


@contextlib.contextmanager
def running(network, item, folder):
    """The engines over one network, for the length of a with statement."""
    files, shape = export(network, item, folder), text(item)
    commands = {
        "fovea": ["dotnet", TOOL, "peer", network, f"{files}.safetensors", shape],
        "ort": ["node", f"{HERE}/ort_session.js", f"{files}.onnx", shape],
        "torch": [PYTHON, f"{HERE}/torch_session.py", network, f"{files}.safetensors", shape],
    }
    environment = {**os.environ, "NODE_PATH": os.path.join(folder, "node_modules")}
    with contextlib.ExitStack() as stack:
        engines = []
        for name, command in commands.items():
            engines.append(Engine(name, command, environment))
            stack.callback(engines[-1].close)
            engines[-1].answer("ready")
        yield engines
