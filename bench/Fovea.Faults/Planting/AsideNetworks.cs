using Fovea.Initialization;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of first values and of what a network sees, put aside.</summary>
internal static class AsideNetworks
{
    private const int DeepLayers = 16;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All => [.. FirstValues, .. Sight];

    private static IEnumerable<Fault> FirstValues =>
        [
            new(
                "biases of a layer at -20",
                [Cause.DeadUnits, Cause.FirstValues],
                (p, seed) =>
                {
                    Module net = p.Build(seed);
                    Parameter[] shifts = Shifts(net);
                    if (shifts.Length < 3)
                    {
                        return null;
                    }

                    shifts[^2].Fill(-20);
                    return new Case(net, p.Source, p.Options(seed));
                }
            ),
            new(
                "last bias 40",
                [Cause.FirstValues],
                (p, seed) =>
                {
                    // SGD comes back from it, as the gradient grows with it.
                    if (AsideKinds.IsSgd(p))
                    {
                        return null;
                    }

                    Module net = p.Build(seed);
                    Parameter last = Shifts(net)[^1];
                    last.AsSpan<float>()[0] = 40;
                    return new Case(net, p.Source, p.Options(seed)) { Layer = NetworkFaults.LayerOf(last) };
                }
            ),
            new(
                "gain 3 in 16 layers",
                [Cause.FirstValues, Cause.Exploding, Cause.NonFinite, Cause.RateTooHigh],
                (p, seed) => p.IsText && !p.HasBatchNorm ? Deep(p, seed, 3) : null
            ),
            new(
                "filters of two patterns",
                [Cause.Symmetry, Cause.Underfitting],
                (p, seed) =>
                {
                    Module net = p.Build(seed);
                    foreach (Parameter weight in NetworkFaults.Weights(net))
                    {
                        Span<float> values = weight.AsSpan<float>();
                        int size = values.Length / weight.Shape[0];
                        for (int filter = 2; filter < weight.Shape[0]; filter++)
                        {
                            values.Slice(filter % 2 * size, size).CopyTo(values.Slice(filter * size, size));
                        }
                    }

                    foreach (Parameter bias in net.Parameters().Where(q => q.Kind == ParameterKind.Bias))
                    {
                        bias.Fill(0);
                    }

                    return new Case(net, p.Source, p.Options(seed));
                }
            ),
        ];

    private static IEnumerable<Fault> Sight =>
        [
            Text(
                "first layer skips eight of nine",
                [Cause.ReceptiveField, Cause.Underfitting, Cause.InputUnused],
                p => "conv 12 1 stride=9; relu; " + Unpooled(p)
            ),
            Text(
                "pooled at once",
                [Cause.ReceptiveField, Cause.Underfitting, Cause.InputUnused],
                p => (AsideKinds.IsSeries(p) ? "avgpool 20; " : "avgpool 14; ") + Unpooled(p)
            ),
            new(
                "sees less than the distance that matters",
                [Cause.ReceptiveField, Cause.Underfitting, Cause.InputUnused],
                (p, seed) =>
                    new Case(
                        p.Build(
                            seed,
                            "conv 16 3 padding=same; relu; conv 24 3 padding=same; relu; globalavgpool flatten=true; linear 32; relu; linear classes"
                        ),
                        p.Source,
                        p.Options(seed)
                    )
            )
            {
                On = AsideKinds.Dots,
            },
        ];

    /// <summary>A chain of many layers whose weights are drawn by He's rule, times a factor.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="gain">The factor.</param>
    private static Case Deep(Problem problem, ulong seed, double gain)
    {
        Module net = problem.Build(
            seed,
            "conv 12 3 padding=same; relu; maxpool 2; "
                + string.Concat(Enumerable.Repeat("conv 12 3 padding=same; relu; ", DeepLayers - 1))
                + "maxpool 2; flatten; linear classes"
        );
        Rng rng = new(seed);
        foreach ((Parameter weight, int i) in NetworkFaults.Weights(net).SkipLast(1).Select((w, i) => (w, i)))
        {
            new KaimingNormal().Fill(weight, rng.Split((ulong)i));
            foreach (ref float value in weight.AsSpan<float>())
            {
                value *= (float)gain;
            }
        }

        return new Case(net, problem.Source, problem.Options(seed));
    }

    /// <summary>Biases of layers and shifts of normalizations.</summary>
    private static Parameter[] Shifts(Module net) =>
        [
            .. net.Parameters()
                .Where(p => p.Kind != ParameterKind.Weight && p.Path.EndsWith("bias", StringComparison.Ordinal)),
        ];

    private static string Unpooled(Problem problem) =>
        problem.Network.Replace("maxpool 2; ", "", StringComparison.Ordinal);

    private static Fault Text(string name, string[] accepts, Func<Problem, string> text) =>
        new(name, accepts, (p, seed) => p.IsText ? new Case(p.Build(seed, text(p)), p.Source, p.Options(seed)) : null);
}
