using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Tests that change the number of threads run alone.</summary>
[CollectionDefinition("Pooling and normalization on several threads", DisableParallelization = true)]
public sealed class PoolingNormalizationThreads { }

[Collection("Pooling and normalization on several threads")]
public sealed class PoolingNormalizationThreadsTests
{
    public static TheoryData<string> Names => [.. Layers().Keys];

    private static Dictionary<string, (Func<Module> Layer, Shape X)> Layers() =>
        new()
        {
            ["max"] = (() => new MaxPool2d(3, 2, 1), [3, 17, 37, 41]),
            ["average"] = (() => new AvgPool2d(3, 2, 1), [3, 17, 37, 41]),
            ["tiles"] = (() => new AvgPool2d(2), [3, 17, 37, 41]),
            ["global"] = (() => new GlobalAvgPool(), [3, 17, 37, 41]),
            ["norm"] = (() => new LpPool2d(2.0, 2), [3, 7, 37, 41]),
            ["batch"] = (() => new BatchNorm2d(5), [9, 5, 97, 101]),
            ["batch small planes"] = (() => new BatchNormRelu2d(67), [33, 67, 7, 7]),
            ["group"] = (() => new GroupNorm(15, 3), [3, 15, 37, 41]),
            ["layer"] = (() => new LayerNorm([41]), [1200, 41]),
            ["instance"] = (() => new InstanceNorm2d(15, affine: true), [3, 15, 37, 41]),
            ["upsample"] = (() => new Upsample(2.0, UpsampleMode.Linear), [3, 7, 37, 41]),
        };

    [Theory, MemberData(nameof(Names))]
    public void Threads_OneTwoThree_GiveTheSameBits(string name)
    {
        int threads = WorkerPool.Threads;
        try
        {
            float[][]? first = null;
            foreach (int count in new[] { 1, 2, 3 })
            {
                WorkerPool.Threads = count;
                float[][] results = Run(Layers()[name]);
                first ??= results;
                Assert.Equal(first, results);
            }
        }
        finally
        {
            WorkerPool.Threads = threads;
        }
    }

    private static float[][] Run((Func<Module> Layer, Shape X) of)
    {
        Module layer = of.Layer();
        Tensor x = Tensor.Normal(of.X, 1.0, 2.0, new Rng(1));
        x.RequiresGrad = true;
        Tensor y = layer.Forward(x);
        y.Backward(Tensor.Normal(y.Shape, rng: new Rng(2)));
        return
        [
            y.ToArray(),
            x.Grad!.ToArray(),
            .. layer.Parameters().Select(p => p.Grad!.ToArray()),
            .. layer.NamedBuffers().Select(b => b.Buffer.ToArray()),
        ];
    }
}
