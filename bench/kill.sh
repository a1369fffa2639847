#!/usr/bin/env bash
# Trains a network, then again some times with the process killed (kill -9) at a random moment and continued, up to three
# times a trial, and compares the weights of each trial with those of the run that nobody disturbed, byte by byte.
#
#   bench/kill.sh [TRIALS] [MODEL] [SEED]
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
trials=${1:-20}
model=${2:-small_cnn}
RANDOM=${3:-1}

fovea=("dotnet" "$root/src/Fovea.Cli/bin/Release/net10.0/Fovea.Cli.dll")
[ -f "${fovea[1]}" ] || dotnet build "$root/src/Fovea.Cli" -c Release -v q --nologo > /dev/null
runs=$(mktemp -d)
trap 'rm -rf "$runs"' EXIT
options=(--data shapes --train-items 2000 --test-items 200 --epochs 3 --batch 32 --checkpoint-steps 5)

weights() { sha256sum "$1/checkpoints/best" "$1/checkpoints/last" | cut -c1-16 | tr '\n' ' '; }

start=$(date +%s%N)
"${fovea[@]}" train "$model" "${options[@]}" --out "$runs/whole" > "$runs/whole.log" 2>&1
took=$((($(date +%s%N) - start) / 1000000))
expected=$(weights "$runs/whole")
echo "undisturbed: $((took / 1000)) s, checkpoints $expected"

equal=0 kills=0
for trial in $(seq "$trials"); do
  folder="$runs/$trial" command=(train "$model" "${options[@]}" --out "$runs/$trial") killed=0
  while true; do
    "${fovea[@]}" "${command[@]}" > "$runs/$trial.log" 2>&1 &
    process=$!
    if [ "$killed" -lt 3 ]; then
      sleep "$(awk "BEGIN { print ($took * $RANDOM / 32768 + 300) / 1000 }")"
      if kill -9 "$process" 2> /dev/null; then killed=$((killed + 1)); fi
    fi
    if wait "$process" 2> /dev/null; then break; fi
    # Killed before the first checkpoint there is nothing to continue: it begins anew.
    if [ -e "$folder/checkpoints/last" ] || [ -e "$folder/checkpoints/last.previous" ]; then
      command=(train --resume "$folder")
    else
      rm -rf "$folder"
    fi
    [ "$killed" -le 3 ] || break
  done
  kills=$((kills + killed))
  if [ "$(weights "$folder")" = "$expected" ]; then
    equal=$((equal + 1))
  else
    echo "trial $trial: other weights after $killed kills"
  fi
  rm -rf "$folder"
done
echo "$equal of $trials trials with $kills kills end with the same bytes"
[ "$equal" -eq "$trials" ]
