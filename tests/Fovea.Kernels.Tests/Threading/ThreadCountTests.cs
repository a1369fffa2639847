using CsCheck;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Tests that set the number of threads run alone.</summary>
[CollectionDefinition("threads", DisableParallelization = true)]
public sealed class ThreadsCollection;

/// <summary>The same bits with 1, 2 and 3 threads, and a pool that survives what its chunks do.</summary>
[Collection("threads")]
public sealed unsafe class ThreadCountTests
{
    [Fact]
    public void Convolution_OneTwoThreeThreads_GivesTheSameBits()
    {
        RandomCases.Check(
            Gen.Select(RandomGeometry.Any, Gen.ULong),
            77,
            60,
            item =>
            {
                ConvolutionGeometry g = item.Item1;
                Rng rng = new(item.Item2);
                float[] x = Normal(g.InputCount, rng),
                    w = Normal(g.WeightCount, rng),
                    dy = Normal(g.OutputCount, rng);
                float[][] results =
                [
                    .. new[] { 1, 2, 3 }.Select(threads => WithThreads(threads, () => AllPasses(g, x, w, dy))),
                ];
                Assert.True(
                    Same(results[0], results[1]) && Same(results[0], results[2]),
                    $"{g}: results differ between 1, 2 and 3 threads"
                );
            }
        );
    }

    [Fact]
    public void Convolution_LayersOfRealNetworksOneTwoThreeThreads_GivesTheSameBits()
    {
        WindowAxis a28 = new(28, 3, 1, 1, 1, 1),
            a14s2 = new(14, 3, 2, 1, 1, 1),
            a56 = new(56, 3, 1, 1, 1, 1),
            series = new(150, 8, 1, 1, 3, 4);
        ConvolutionGeometry[] layers =
        [
            new(24, 16, 16, 1, WindowAxis.None, a28, a28, PaddingMode.Zeros),
            new(20, 32, 64, 1, WindowAxis.None, a14s2, a14s2, PaddingMode.Reflect),
            new(1, 64, 64, 1, WindowAxis.None, a56, a56, PaddingMode.Zeros),
            new(3, 48, 48, 48, WindowAxis.None, a28, a28, PaddingMode.Zeros),
            new(16, 64, 64, 1, WindowAxis.None, WindowAxis.None, series, PaddingMode.Zeros),
        ];
        foreach (ConvolutionGeometry g in layers)
        {
            Rng rng = new(79);
            float[] x = Normal(g.InputCount, rng),
                w = Normal(g.WeightCount, rng),
                dy = Normal(g.OutputCount, rng);
            float[][] results =
            [
                .. new[] { 1, 2, 3 }.Select(threads => WithThreads(threads, () => AllPasses(g, x, w, dy))),
            ];
            Assert.True(
                Same(results[0], results[1]) && Same(results[0], results[2]),
                $"{g}: results differ between 1, 2 and 3 threads"
            );
        }
    }

    [Fact]
    public void Gemm_OneTwoThreeThreads_GivesTheSameBits()
    {
        Rng rng = new(78);
        (int m, int n, int k) = (37, 1003, 65);
        float[] a = Normal(m * k, rng),
            b = Normal(k * n, rng);
        float[][] results =
        [
            .. new[] { 1, 2, 3 }.Select(threads => WithThreads(threads, () => Product(m, n, k, a, b))),
        ];
        Assert.True(
            Same(results[0], results[1]) && Same(results[0], results[2]),
            "37x65 * 65x1003 differs between 1, 2 and 3 threads"
        );
    }

    [Fact]
    public void For_AnyThreads_RunsEveryChunkOnce()
    {
        foreach (int threads in new[] { 1, 2, 3, 5 })
        {
            WithThreads<object?>(
                threads,
                () =>
                {
                    for (int round = 0; round < 300; round++)
                    {
                        int chunks = round % 67;
                        int[] counts = new int[chunks];
                        WorkerPool.For(chunks, i => Interlocked.Increment(ref counts[i]));
                        Assert.All(counts, c => Assert.Equal(1, c));
                    }

                    return null;
                }
            );
        }
    }

    [Fact]
    public void For_ShortLoopsInARow_NoThreadRunsAnothersChunks() =>
        WithThreads<object?>(
            4,
            () =>
            {
                for (int round = 0; round < 5000; round++)
                {
                    int chunks = 2 + (round % 4),
                        own = round,
                        foreign = 0;
                    int[] counts = new int[chunks];
                    WorkerPool.For(chunks, i => Interlocked.Add(ref own == round ? ref counts[i] : ref foreign, 1));
                    own = -1; // a chunk that runs from now on is late
                    Assert.True(
                        foreign == 0 && counts.All(c => c == 1),
                        $"round {round}: chunks ran {string.Join(", ", counts)} times, {foreign} late"
                    );
                }

                return null;
            }
        );

    [Fact]
    public void For_WarmPool_AllocatesNothing() =>
        WithThreads<object?>(
            2,
            () =>
            {
                int done = 0;
                Action<int> body = _ => Interlocked.Increment(ref done);
                long least = long.MaxValue;
                for (int round = 0; round < 50; round++)
                {
                    long start = GC.GetTotalAllocatedBytes(precise: true);
                    WorkerPool.For(4, body);
                    least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - start);
                }

                Assert.Equal((0L, 200), (least, done));
                return null;
            }
        );

    [Fact]
    public void For_NestedInAChunk_RunsOnThatThread() =>
        WithThreads<object?>(
            3,
            () =>
            {
                int sum = 0;
                WorkerPool.For(8, _ => WorkerPool.For(8, _ => Interlocked.Increment(ref sum)));
                Assert.Equal(64, sum);
                return null;
            }
        );

    [Fact]
    public void For_AChunkThrows_RethrowsAndThePoolGoesOn() =>
        WithThreads<object?>(
            2,
            () =>
            {
                for (int round = 0; round < 50; round++)
                {
                    InvalidOperationException error = Assert.Throws<InvalidOperationException>(() =>
                        WorkerPool.For(
                            10,
                            i =>
                            {
                                if (i == 7)
                                {
                                    throw new InvalidOperationException("chunk 7");
                                }
                            }
                        )
                    );
                    Assert.Equal("chunk 7", error.Message);
                }

                int done = 0;
                WorkerPool.For(10, _ => Interlocked.Increment(ref done));
                Assert.Equal(10, done);
                return null;
            }
        );

    [Fact]
    public void For_CalledFromSeveralThreadsAtOnce_CompletesEachLoop()
    {
        int[] sums = new int[4];
        Thread[] callers =
        [
            .. Enumerable
                .Range(0, 4)
                .Select(t => new Thread(() =>
                {
                    for (int round = 0; round < 200; round++)
                    {
                        WorkerPool.For(20, _ => Interlocked.Increment(ref sums[t]));
                    }
                })),
        ];
        Array.ForEach(callers, c => c.Start());
        Array.ForEach(callers, c => c.Join());
        Assert.All(sums, s => Assert.Equal(4000, s));
    }

    private static float[] Normal(long count, Rng rng) =>
        [.. Enumerable.Range(0, (int)count).Select(_ => (float)rng.NextNormal())];

    private static bool Same(float[] a, float[] b) =>
        System
            .Runtime.InteropServices.MemoryMarshal.Cast<float, int>(a)
            .SequenceEqual(System.Runtime.InteropServices.MemoryMarshal.Cast<float, int>(b));

    private static T WithThreads<T>(int threads, Func<T> action)
    {
        int before = WorkerPool.Threads;
        WorkerPool.Threads = threads;
        try
        {
            return action();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    private static float[] AllPasses(ConvolutionGeometry g, float[] x, float[] w, float[] dy)
    {
        ConvolutionPlan plan = ConvolutionPlan.For(g);
        using NativeBuffer bx = new(x),
            bw = new(w),
            bdy = new(dy),
            y = new(dy.Length),
            dx = new(x.Length),
            dw = new(w.Length),
            db = new(g.OutChannels);
        ConvolutionKernels.Forward(plan, bx.Pointer, bw.Pointer, null, y.Pointer);
        ConvolutionKernels.BackwardData(plan, bdy.Pointer, bw.Pointer, null, dx.Pointer);
        ConvolutionKernels.BackwardWeights(plan, bx.Pointer, bdy.Pointer, dw.Pointer);
        ConvolutionKernels.BackwardBias(g.Batch, g.OutChannels, g.OutPlane, bdy.Pointer, db.Pointer);
        return [.. y.ToArray(), .. dx.ToArray(), .. dw.ToArray(), .. db.ToArray()];
    }

    private static float[] Product(int m, int n, int k, float[] a, float[] b)
    {
        using NativeBuffer ba = new(a),
            bb = new(b),
            c = new(m * n);
        Gemm.Multiply(false, false, m, n, k, ba.Pointer, bb.Pointer, c.Pointer, null);
        return c.ToArray();
    }
}
