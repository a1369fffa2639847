#!/usr/bin/env bash
# Trains a network on UCR problems, three seeds each, and prints the test accuracies and their mean.
# The official split; the checkpoint with the lowest training loss is tested, once, at the end.
#
#   bench/ucr.sh FOLDER [MODEL] [EPOCHS] [PROBLEM...]
#
# FOLDER holds one folder a problem with PROBLEM_TRAIN.tsv and PROBLEM_TEST.tsv.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=${1:?usage: bench/ucr.sh FOLDER [MODEL] [EPOCHS] [PROBLEM...]}
model=${2:-resnet_ts}
epochs=${3:-}
shift; shift || true; shift || true
problems=("$@")
[ ${#problems[@]} -gt 0 ] || problems=(GunPoint ItalyPowerDemand CBF ECG200)

dotnet build "$root/src/Fovea.Cli" -c Release -v q --nologo > /dev/null
fovea=("dotnet" "$root/src/Fovea.Cli/bin/Release/net10.0/Fovea.Cli.dll")
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
echo "model $model, seeds 0 1 2"
for problem in "${problems[@]}"; do
  values=()
  start=$SECONDS
  for seed in 0 1 2; do
    out="$runs/$problem-$seed"
    "${fovea[@]}" train "$model" --data "$folder/$problem" --validation 0 --seed "$seed" --out "$out" --preflight off ${epochs:+--epochs "$epochs"} > "$runs/log" 2>&1 || { cat "$runs/log" >&2; exit 1; }
    values+=("$("${fovea[@]}" evaluate "$out" --data "$folder/$problem" --json | grep -o '"value":[ ]*[0-9.]*' | head -1 | grep -o '[0-9.]*$')")
  done
  printf '%s\n' "${values[@]}" | awk -v name="$problem" -v seconds=$((SECONDS - start)) \
    '{ s += $1; line = line sprintf(" %6.2f", 100 * $1) } END { printf "%-24s%s   mean %6.2f   %d s\n", name, line, 100 * s / NR, seconds }'
done
