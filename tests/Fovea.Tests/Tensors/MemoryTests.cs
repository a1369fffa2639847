using System.Diagnostics;

namespace Fovea.Tests;

/// <summary>Memory of a training loop is flat, without a single Dispose.</summary>
[Collection("threads")]
public sealed class MemoryTests
{
    [Fact]
    public void Training_TwoThousandSteps_WorkingSetGrowsUnderTwoPercent()
    {
        Sequential net = new(
            new Conv2d(1, 8, 3, padding: 1),
            new BatchNormRelu2d(8),
            new MaxPool2d(2),
            new Flatten(),
            new Linear(8 * 8 * 8, 10)
        );
        SGD optimizer = new(net, 0.01, momentum: 0.9);
        CrossEntropy loss = new();
        Tensor x = Tensor.Normal([32, 1, 16, 16]);
        Tensor y = Tensor.From<long>([.. Enumerable.Range(0, 32).Select(i => i % 10L)], [32]);
        Run(net, optimizer, loss, x, y, 500);
        long before = WorkingSet();
        Run(net, optimizer, loss, x, y, 2000);
        long after = WorkingSet();
        Assert.True(
            after < before * 1.02,
            $"working set grew from {before / 1e6:F1} to {after / 1e6:F1} MB in 2,000 steps"
        );
    }

    [Fact]
    public void AsSpan_OfATensorThatIsGone_StaysItsOwn()
    {
        Span<float> held = Tensor.Full([1000], 7).AsSpan<float>();
        for (int i = 0; i < 200; i++)
        {
            Tensor.Full([1000], i);
            if (i % 50 == 0)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        Assert.True(held.IndexOfAnyExcept(7f) < 0, "memory of a span was handed to another tensor");
    }

    private static void Run(Sequential net, SGD optimizer, CrossEntropy loss, Tensor x, Tensor y, int steps)
    {
        for (int i = 0; i < steps; i++)
        {
            optimizer.ZeroGrad();
            loss.Forward(net.Forward(x), y).Backward();
            optimizer.Step();
        }
    }

    private static long WorkingSet()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
