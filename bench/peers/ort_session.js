// ONNX Runtime's side of the comparison: waits for commands, like bench/Fovea.Benchmarks/PeerSession.cs.
// usage: node ort_session.js NETWORK.onnx ITEM      ITEM is CxHxW or CxL
const fs = require('fs');
const readline = require('readline');
const ort = require('onnxruntime-node');

const path = process.argv[2];
const item = process.argv[3].split('x').map(Number);
const FEWEST_RUNS = 3;
const inputs = {};
let current = { threads: 0, session: null };

// The session for a number of threads. Only one is kept: each has weights and memory of its own.
async function session(threads) {
  if (current.threads !== threads) {
    await current.session?.release();
    current = { threads, session: await ort.InferenceSession.create(path,
      { intraOpNumThreads: threads, interOpNumThreads: 1, graphOptimizationLevel: 'all', logSeverityLevel: 3 }) };
  }
  return current.session;
}

async function output(batch, from, to) {
  const bytes = fs.readFileSync(from);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const result = await (await session(1)).run({ x: new ort.Tensor('float32', values, [batch, ...item]) });
  fs.writeFileSync(to, Buffer.from(result.y.data.buffer, result.y.data.byteOffset, result.y.data.byteLength));
  return 'done';
}

async function time(batch, threads, seconds) {
  const s = await session(threads);
  const count = item.reduce((a, b) => a * b, batch);
  inputs[batch] ??= new ort.Tensor('float32', new Float32Array(count).map(() => 2 * Math.random() - 1), [batch, ...item]);
  const x = inputs[batch];
  await s.run({ x });
  const times = [];
  const begin = process.hrtime.bigint();
  while (times.length < FEWEST_RUNS || Number(process.hrtime.bigint() - begin) < 1e9 * seconds) {
    const start = process.hrtime.bigint();
    await s.run({ x });
    times.push(Number(process.hrtime.bigint() - start) / 1e6);
  }
  return times.map(t => t.toFixed(4)).join(' ');
}

(async () => {
  await session(1);
  console.log('ready');
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [verb, batch, ...rest] = line.split(' ');
    console.log(await (verb === 'output' ? output(+batch, rest[0], rest[1]) : time(+batch, +rest[0], +rest[1])));
  }
})();
