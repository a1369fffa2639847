using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Compiled concatenations give what eager ones do, and copy only what cannot be computed in place.</summary>
[Collection("threads")]
public sealed class ConcatenationTests
{
    private const double Bound = 1e-3; // of the largest value: Winograd's algorithm is allowed

    [Fact]
    public void Run_RandomBranches_GivesTheEagerMaps()
    {
        for (ulong seed = 0; seed < 80; seed++)
        {
            Rng rng = new Rng(51).Split(seed);
            int channels = rng.Next(3) == 0 ? 3 : 16 * (1 + rng.Next(2));
            BranchyNetwork network = new(rng, channels, 3 + rng.Next(9));
            Shape item = [channels, 5 + rng.Next(6), 5 + rng.Next(6)];
            AssertEager($"seed {seed}: {network.Text}on {item}", network, item);
        }
    }

    [Fact]
    public void Steps_PiecesOfWholeBlocks_CopyNothing()
    {
        Conv2d one = new(16, 32, 1),
            two = new(16, 64, 3, padding: 1);
        MaxPool2d pool = new(3, stride: 1, padding: 1);
        AssertSteps(0, new Lambda(x => Tensor.Concat([one.Forward(x), pool.Forward(x), two.Forward(x)])));
    }

    [Fact]
    public void Steps_DenseBlock_LiesInTheMemoryOfItsLast()
    {
        Conv2d[] layers = [.. Enumerable.Range(0, 4).Select(i => new Conv2d(16 * (i + 1), 16, 3, padding: 1))];
        AssertSteps(
            0,
            new Lambda(x => layers.Aggregate(x, (maps, layer) => Tensor.Concat([maps, layer.Forward(maps)])))
        );
        AssertSteps(
            0,
            new Lambda(x =>
            {
                List<Tensor> maps = [x];
                foreach (Conv2d layer in layers)
                {
                    maps.Add(layer.Forward(maps.Count == 1 ? x : Tensor.Concat([.. maps])));
                }

                return Tensor.Concat([.. maps]);
            })
        );
    }

    [Fact]
    public void Steps_ResidualSumsAsPieces_CopyNothing()
    {
        Conv2d[] layers = [.. Enumerable.Range(0, 2).Select(_ => new Conv2d(32, 32, 3, padding: 1))];
        Conv2d first = new(16, 32, 1);
        AssertSteps(
            0,
            new Lambda(x =>
            {
                Tensor a = first.Forward(x),
                    b = layers[0].Forward(a) + a,
                    c = layers[1].Forward(b) + b;
                return Tensor.Concat([a, b, c]);
            })
        );
    }

    [Fact]
    public void Steps_PiecesWithinABlockOrUsedTwice_AreCopied()
    {
        Conv2d odd = new(16, 24, 1),
            even = new(16, 16, 3, padding: 1);
        AssertSteps(1, new Lambda(x => Tensor.Concat([odd.Forward(x), even.Forward(x)])));
        AssertSteps(1, new Lambda(x => even.Forward(x) is var y ? Tensor.Concat([y, y]) : y));
        AssertSteps(1, new Lambda(x => even.Forward(x) is var y ? Tensor.Concat([Tensor.Concat([y, x]), y]) : y));
    }

    [Fact]
    public void ArenaBytes_DenseBlock_HoldsEachMapOnce()
    {
        const int Depth = 8,
            Side = 32;
        Conv2d[] layers = [.. Enumerable.Range(0, Depth).Select(i => new Conv2d(16 * (i + 1), 16, 1))];
        CompiledNetwork network = new Lambda(x =>
            layers.Aggregate(x, (maps, layer) => Tensor.Concat([maps, layer.Forward(maps)]))
        ).Compile([16, Side, Side]);
        long last = 4L * 16 * (Depth + 1) * ((Side * Side) + 1); // the last concatenation, its planes shifted by a pixel
        Assert.InRange(network.ArenaBytes(1), last, last + 64);
    }

    private static void AssertSteps(int concatenations, Module network)
    {
        string[] found =
        [
            .. AssertEager("network", network, [16, 9, 10])
                .Steps(1)
                .Where(s => s.Contains("concat", StringComparison.Ordinal)),
        ];
        Assert.True(
            found.Length == concatenations,
            $"expected {concatenations} concatenations to be run, got {found.Length}: {string.Join("; ", found)}"
        );
    }

    /// <summary>Batches of 1 and 3, 1 to 3 threads.</summary>
    private static CompiledNetwork AssertEager(string what, Module network, Shape item)
    {
        CompiledNetwork compiled = network.Eval().Compile(item);
        foreach (int batch in new[] { 1, 3 })
        {
            Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(52));
            float[] expected = NoGrad.Run(() => network.Forward(x)).ToArray(),
                found = WithThreads(1, () => compiled.Run(x).ToArray());
            double largest = expected.Max(Math.Abs),
                error = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
            Assert.True(
                error <= Bound * largest,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}, batch {batch}: error {error / largest:E2} of the largest value {largest:G4}, allowed {Bound}"
                )
            );
            Assert.True(
                found.AsSpan().SequenceEqual(WithThreads(2, () => compiled.Run(x).ToArray())),
                $"{what}, batch {batch}: 1 and 2 threads differ"
            );
            Assert.True(
                found.AsSpan().SequenceEqual(WithThreads(3, () => compiled.Run(x).ToArray())),
                $"{what}, batch {batch}: 1 and 3 threads differ"
            );
        }

        return compiled;
    }

    private static float[] WithThreads(int threads, Func<float[]> run)
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = threads;
            return run();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
