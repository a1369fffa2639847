using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Models.Tests;

/// <summary>The memory that a training step is said to need is what the memory pool hands out.</summary>
[Collection("threads")]
public sealed class StepMemoryZooTests(ITestOutputHelper output)
{
    // 224 in the documented longer proof.
    private static readonly int Side = int.Parse(
        Environment.GetEnvironmentVariable("FOVEA_SIDE") ?? "64",
        CultureInfo.InvariantCulture
    );

    [Theory]
    [InlineData("resnet18", 1)]
    [InlineData("resnet18", 16)]
    [InlineData("mobilenet_v2", 1)]
    [InlineData("mobilenet_v2", 16)]
    [InlineData("efficientnet_b0", 1)]
    [InlineData("efficientnet_b0", 16)]
    public void Peak_OfAStep_IsWithinThreePercentOfThePools(string name, int batch)
    {
        Shape item = [3, Side, Side];
        Module model = ModelRegistry.Create(name, item).Model;
        model.Initialize(1);
        TrainingGraph step = TrainingGraph.Of(
            model,
            [GraphInput.OfItems("x", item)],
            [GraphInput.OfItems("labels", [], DType.Int64)],
            (y, t) => new CrossEntropy().Forward(y[0], t[0])
        );
        Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: new Rng(1)),
            labels = Tensor.From<long>(new long[batch], [batch]);

        step.Run([x], [labels]); // parameters, statistics and gradients have their memory
        model.ZeroGrad();
        long before = Settled(),
            most = 0;
        step.Run([x], [labels], probe: (_, _) => most = Math.Max(most, Rented()));
        model.ZeroGrad();
        most -= Math.Min(before, Settled()); // what others gave back meanwhile was never the step's
        (long predicted, Node? at) = new StepMemory(step.Graph).Peak(batch);
        double off = (double)predicted / most - 1.0;
        Assert.True(
            Math.Abs(off) <= 0.03,
            $"{name}, batch {batch}, {Side}x{Side}: predicted {predicted:N0} bytes at {at?.Name}, the pool handed out {most:N0}, {off:P1} off"
        );
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{name}, batch {batch}, {Side}x{Side}: predicted {predicted / 1048576.0:F1} MiB, handed out {most / 1048576.0:F1} MiB, {100 * off:F2} % off"
            )
        );
    }

    /// <summary>What is rented when nothing more is given back: memory of other tests may need several collections.</summary>
    private static long Settled()
    {
        long last = Rented();
        for (int same = 0; same < 3; )
        {
            Thread.Sleep(10); // finalizers of other tests run on their own thread
            long now = Rented();
            same = now == last ? same + 1 : 0;
            last = now;
        }

        return last;
    }

    private static long Rented()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return BlockPool.RentedBytes;
    }
}
