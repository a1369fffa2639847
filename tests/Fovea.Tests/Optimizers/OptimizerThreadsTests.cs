using Fovea.Kernels;

namespace Fovea.Tests;

[Collection("threads")]
public sealed class OptimizerThreadsTests
{
    [Theory, MemberData(nameof(OptimizerTests.Rules), MemberType = typeof(OptimizerTests))]
    public void Step_OneToThreeThreads_GivesTheSameBits(string rule)
    {
        double[] one = With(1, () => Trained(rule));
        Bits.AssertSame(one, With(2, () => Trained(rule)), "2 threads");
        Bits.AssertSame(one, With(3, () => Trained(rule)), "3 threads");
    }

    [Fact]
    public void ByNorm_OneToThreeThreads_GivesTheSameBits()
    {
        (double Norm, double[] Gradient) one = With(1, Clipped);
        for (int threads = 2; threads <= 3; threads++)
        {
            (double norm, double[] gradient) = With(threads, Clipped);
            Assert.Equal(one.Norm, norm);
            Bits.AssertSame(one.Gradient, gradient, $"{threads} threads");
        }
    }

    [Fact]
    public void Step_AfterTheFirst_AllocatesNothing()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        Optimizer[] optimizers =
        [
            new SGD(network, 0.1, 0.9),
            new Adam(network),
            new RMSprop(network, momentum: 0.5, centered: true),
        ];
        network.SetGradients(0);
        long allocated = With(
            1,
            () =>
            {
                foreach (Optimizer optimizer in optimizers)
                {
                    optimizer.Step();
                    optimizer.Step();
                }

                long before = GC.GetAllocatedBytesForCurrentThread();
                foreach (Optimizer optimizer in optimizers)
                {
                    optimizer.Step();
                }

                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        );
        Assert.Equal(0, allocated);
    }

    private static double[] Trained(string rule)
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        Optimizer optimizer = Optimizer.Parse(rule, network, 0.01);
        WeightAverage average = new(network, 0.9);
        for (int step = 0; step < 3; step++)
        {
            OptimizerTests.Steps(network, optimizer, step, step + 1);
            average.Update();
        }

        return [.. network.Values(), .. average.StateDict().Values.SelectMany(t => t.ToArray<double>())];
    }

    private static (double, double[]) Clipped()
    {
        MixedNetwork network = OptimizerTests.New(DType.Float32);
        network.SetGradients(0);
        return (GradientClipping.ByNorm(network.Parameters(), 1), network.Weight.Grad!.ToArray<double>());
    }

    private static T With<T>(int threads, Func<T> function)
    {
        int before = WorkerPool.Threads;
        try
        {
            WorkerPool.Threads = threads;
            return function();
        }
        finally
        {
            WorkerPool.Threads = before;
        }
    }
}
