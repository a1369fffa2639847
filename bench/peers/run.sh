#!/bin/sh
# Compares Fovea with ONNX Runtime and PyTorch on the same networks and weights, in turns, and prints fastest peer / Fovea.
# usage: bench/peers/run.sh [NETWORK...] [--batch N...] [--threads N...] [--rounds N] [--seconds S]; see run.py --help
# FOVEA_PEERS is the folder for peers and files, /tmp/fovea-peers where not set.
set -e
here=$(cd "$(dirname "$0")" && pwd)
folder=${FOVEA_PEERS:-/tmp/fovea-peers}
mkdir -p "$folder"
/usr/bin/python3 -c 'import torch, torchvision' 2>/dev/null || apt-get install -y python3-torch python3-torchvision
# The package's install script only fetches GPU libraries; the CPU engine comes with the package itself.
[ -d "$folder/node_modules/onnxruntime-node" ] || npm install --prefix "$folder" --ignore-scripts --no-audit --no-fund onnxruntime-node@1.30.0
dotnet build "$here/../Fovea.Benchmarks" -c Release --nologo -v q
exec /usr/bin/python3 "$here/run.py" --folder "$folder" "$@"
