using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Tests that change the number of threads; they run alone.</summary>
[CollectionDefinition("Threads", DisableParallelization = true)]
public sealed class ThreadsCollection;

[Collection("Threads")]
public sealed class ThreadInvarianceTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor>> Cases = new()
    {
        ["gelu"] = x => x.Gelu(),
        ["relu"] = x => x.Relu(),
        ["per channel"] = x => x * x.Mean([0, 2], keepDims: true),
        ["sum"] = x => x.Sum(),
        ["sum over batch and space"] = x => x.Sum([0, 2]),
        ["sum over channels"] = x => x.Sum([1]),
        ["variance"] = x => x.Variance([0, 2]),
        ["max"] = x => x.Max([2]),
        ["softmax"] = x => x.Softmax(1) * x.LogSoftmax(2),
        ["permute"] = x => x.Permute(2, 0, 1),
        ["pad"] = x => x.Pad(3, PaddingMode.Reflect),
        ["linear"] = x => new Linear(1501, 3, rng: new Rng(1)).Forward(x),
        ["product"] = x => x.MatMul(x.Transpose()),
        ["dropout"] = x => new Dropout(0.5, new Rng(1)).Forward(x),
        ["cross entropy"] = x => new CrossEntropy().Forward(x, Tensor.Zeros([9, 1501], DType.Int64)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void ForwardAndBackward_OneTwoThreeThreads_GiveTheSameBits(string name)
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = 1;
            (float[] y, float[] dx) = Run(name);
            for (int threads = 2; threads <= 3; threads++)
            {
                WorkerPool.Threads = threads;
                (float[] otherY, float[] otherDx) = Run(name);
                Assert.True(y.AsSpan().SequenceEqual(otherY), $"{name}: output differs with {threads} threads");
                Assert.True(dx.AsSpan().SequenceEqual(otherDx), $"{name}: gradient differs with {threads} threads");
            }
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }

    private static (float[] Y, float[] Dx) Run(string name)
    {
        Tensor x = Tensor.Normal([9, 5, 1501], rng: new Rng(6));
        x.RequiresGrad = true;
        Tensor y = Cases[name](x);
        y.Backward(Tensor.Uniform(y.Shape, 0.5, 1.5, new Rng(2)));
        return (y.ToArray(), x.Grad!.ToArray());
    }
}
