using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>Faults of optimizers, schedules and of what happens at a step, of the second set put aside.</summary>
internal static class BlindSteps
{
    private const int Late = 12;

    /// <summary>All of them.</summary>
    public static IEnumerable<Fault> All => [.. Options, .. Steps];

    private static IEnumerable<Fault> Options =>
        [
            AsideKinds.ByOptions("Adam's epsilon 1", [Cause.RateTooLow], (p, o) => WithAdam(p, o, "eps=1")),
            AsideKinds.ByOptions(
                "Adam's betas swapped",
                [Cause.RateTooHigh, Cause.NonFinite, Cause.Exploding],
                (p, o) => WithAdam(p, o, "beta1=0.999,beta2=0.9")
            ),
            AsideKinds.ByHand(
                "a plateau's rule that takes better for worse",
                [Cause.Schedule, Cause.RateTooLow],
                (_, _) => TenthEachEpoch()
            ),
            AsideKinds.ByHand(
                "optimizer of another copy",
                [Cause.NotOptimized],
                (p, seed) =>
                    new Habits { Optimizer = (_, o) => Optimizer.Parse(o.Optimizer, p.Build(seed), o.LearningRate) }
            ) with
            {
                IsExact = true,
            },
        ];

    private static IEnumerable<Fault> Steps =>
        [
            AsideKinds.ByHand(
                "gradients twelve updates late",
                [Cause.WrongGradient, Cause.RateTooHigh],
                (p, _) => AsideKinds.IsSgd(p) ? Delayed() : null
            ),
            AsideKinds.ByHand(
                "gradients in eight bits without a scale",
                [Cause.WrongGradient, Cause.Vanishing],
                (p, _) =>
                    AsideKinds.IsSgd(p)
                        ? new Habits { BeforeStep = (net, _, _) => Each(net.Parameters(), Float8) }
                        : null
            ),
            AsideKinds.ByHand(
                "weights kept in four bits",
                [Cause.RateTooLow, Cause.NotOptimized],
                (_, _) => new Habits { Stepped = net => Array.ForEach(NetworkFaults.Weights(net), InFourBits) }
            ),
            AsideKinds.ByHand("an average slower than the run evaluated", [], (_, _) => Averaged(0.999f)),
        ];

    private static TrainingOptions? WithAdam(Problem problem, TrainingOptions options, string option) =>
        problem.Optimizer.StartsWith("adam", StringComparison.Ordinal)
            ? options with
            {
                Optimizer = $"{options.Optimizer},{option}",
            }
            : null;

    private static Habits TenthEachEpoch()
    {
        int now = 0;
        return new Habits
        {
            EpochBegins = (_, epoch) => now = epoch,
            Rate = (u, _) => Math.Pow(0.1, now) * Math.Min(1, (u + 1) / 10.0),
        };
    }

    /// <summary>The step takes gradients that were computed so many updates ago, as with workers that do not wait for each
    /// other; the first ones are zero.</summary>
    private static Habits Delayed()
    {
        Queue<float[][]> waiting = new();
        return new Habits
        {
            BeforeStep = (net, _, _) =>
            {
                Tensor[] gradients = [.. net.Parameters().Select(p => p.Grad!)];
                waiting.Enqueue([.. gradients.Select(g => g.ToArray())]);
                float[][]? old = waiting.Count > Late ? waiting.Dequeue() : null;
                for (int i = 0; i < gradients.Length; i++)
                {
                    if (old is null)
                    {
                        gradients[i].Fill(0);
                    }
                    else
                    {
                        old[i].CopyTo(gradients[i].AsSpan<float>());
                    }
                }
            },
        };
    }

    private static void Each(IEnumerable<Parameter> parameters, Func<float, float> change)
    {
        foreach (Parameter parameter in parameters)
        {
            foreach (ref float value in parameter.Grad!.AsSpan<float>())
            {
                value = change(value);
            }
        }
    }

    /// <summary>The nearest value of four exponent bits and three of the fraction (E4M3): at least 2 to the power of -9, at
    /// most 448.</summary>
    private static float Float8(float value)
    {
        float size = MathF.Min(448, MathF.Abs(value)),
            step = MathF.Pow(2, MathF.Max(-6, MathF.Floor(MathF.Log2(MathF.Max(size, 1e-30f)))) - 3);
        return MathF.CopySign(MathF.Round(size / step) * step, value);
    }

    private static void InFourBits(Parameter weight)
    {
        Span<float> values = weight.AsSpan<float>();
        float largest = 0;
        foreach (float value in values)
        {
            largest = MathF.Max(largest, MathF.Abs(value));
        }

        foreach (ref float value in values)
        {
            value = MathF.Round(value / largest * 7) * largest / 7;
        }
    }

    /// <summary>The average of the weights alone is evaluated, from the first values on and without a warm-up.</summary>
    /// <param name="decay">The share of the average that stays.</param>
    private static Habits Averaged(float decay)
    {
        Dictionary<Parameter, float[]> average = [];
        return new Habits
        {
            EpochBegins = (net, epoch) =>
            {
                if (epoch == 0)
                {
                    average = net.Parameters().ToDictionary(p => p, p => p.ToArray());
                }
            },
            Stepped = _ =>
            {
                foreach ((Parameter parameter, float[] mean) in average)
                {
                    ReadOnlySpan<float> values = parameter.AsReadOnlySpan<float>();
                    for (int i = 0; i < mean.Length; i++)
                    {
                        mean[i] = (decay * mean[i]) + ((1 - decay) * values[i]);
                    }
                }
            },
            Evaluates = _ => Swap(average),
            Evaluated = _ => Swap(average),
        };

        static void Swap(Dictionary<Parameter, float[]> average)
        {
            foreach ((Parameter parameter, float[] mean) in average)
            {
                float[] own = parameter.ToArray();
                mean.CopyTo(parameter.AsSpan<float>());
                own.CopyTo(mean, 0);
            }
        }
    }
}
