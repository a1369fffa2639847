using System.Globalization;

namespace Fovea.Models.Tests;

/// <summary>What tests of compiled networks prepare and compare.</summary>
internal static class CompiledAgreement
{
    /// <summary>Most that a compiled network's scores differ from the eager ones, of the largest score: Winograd's
    /// algorithm is allowed.</summary>
    public const double Bound = 1e-3;

    /// <summary>The model in evaluation, its normalizations with statistics that are not those of the start.</summary>
    public static Module WithStatistics(Module model)
    {
        Rng rng = new(3);
        foreach ((string path, StateBuffer buffer) in model.NamedBuffers())
        {
            foreach (ref float value in buffer.AsSpan<float>())
            {
                value = path.EndsWith("running_mean", StringComparison.Ordinal)
                    ? (float)(0.1 * (rng.NextDouble() - 0.5))
                    : (float)(0.5 + rng.NextDouble());
            }
        }

        return model.Eval();
    }

    /// <summary>The scores by the operators' own kernels.</summary>
    public static float[] Eager(Module model, Tensor x) => NoGrad.Run(() => model.Forward(x)).ToArray();

    /// <summary>Fails where scores differ by more than a share of the largest.</summary>
    public static void AssertNear(string what, float[] expected, float[] found, double bound)
    {
        double largest = expected.Max(Math.Abs),
            error = expected.Zip(found, (e, f) => Math.Abs(e - f)).Max();
        Assert.True(
            error <= bound * largest,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{what}: error {error / largest:E2} of the largest score {largest:G4}, allowed {bound}"
            )
        );
    }

    /// <summary>Runs with a number of threads.</summary>
    public static float[] WithThreads(int threads, Func<float[]> run)
    {
        int before = Kernels.WorkerPool.Threads;
        try
        {
            Kernels.WorkerPool.Threads = threads;
            return run();
        }
        finally
        {
            Kernels.WorkerPool.Threads = before;
        }
    }
}
