using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>The memory that a step is said to need is what the pool hands out.</summary>
[Collection("threads")]
public sealed class StepMemoryTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    public void Peak_OfAResidualNetwork_IsWhatThePoolHandsOut(int batch)
    {
        TracedResNet net = new();
        net.Initialize(1);
        TrainingGraph step = TrainingGraph.Of(
            net,
            [GraphInput.OfItems("x", [3, 64, 64])],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy().Forward(y[0], t[0])
        );
        Tensor x = Tensor.Normal([batch, 3, 64, 64]),
            labels = Tensor.From<long>(new long[batch], [batch]);
        step.Run([x], [labels]); // gradients and statistics have their memory
        net.ZeroGrad();
        long before = Rented(),
            most = 0;
        step.Run([x], [labels], probe: (_, _) => most = Math.Max(most, Rented() - before));
        long predicted = new StepMemory(step.Graph).Peak(batch).Bytes;
        Assert.True(
            Math.Abs(most - predicted) <= 0.03 * most,
            $"predicted {predicted:N0} bytes, the pool gave {most:N0}"
        );
    }

    [Fact]
    public void Kept_InAChain_NamesValuesAndTheirReaders()
    {
        Sequential net = new(new Conv2d(1, 2, 3, padding: 1), new ReLU(), new Conv2d(2, 2, 3), new Flatten());
        TrainingGraph step = TrainingGraph.Of(net, [GraphInput.OfItems("x", [1, 6, 6])], [], (y, _) => y[0].Sum());
        StepMemory memory = new(step.Graph);
        Assert.Equal(["1", "x", "weight"], memory.Kept.Select(k => k.Value.Name)); // ReLU's output for itself and the second convolution
        Assert.Equal(2 * 36 * sizeof(float) * 5, memory.KeptBytes(5));
        Assert.Equal(["grad.2", "grad.1"], memory.Kept[0].Readers.Select(r => r.Name.Split('#')[0]).Distinct());
    }

    private static long Rented()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return BlockPool.RentedBytes;
    }
}
