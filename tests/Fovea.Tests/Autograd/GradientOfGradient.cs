using System.Globalization;

namespace Fovea.Tests;

/// <summary>Compares gradients of gradients with finite differences of gradients, in double.</summary>
internal static class GradientOfGradient
{
    /// <summary>Differentiates a weighted sum of the first gradients, by every input and by the seed of the first
    /// pass.</summary>
    /// <param name="function">A function of the inputs, all of whose operators have gradient rules.</param>
    /// <param name="inputs">Leaves of type Float64; those with RequiresGrad are checked.</param>
    /// <returns>The first disagreement in words, or null.</returns>
    public static string? FirstDisagreement(
        Func<IReadOnlyList<Tensor>, Tensor> function,
        params IReadOnlyList<Tensor> inputs
    )
    {
        Tensor[] wanted = [.. inputs.Where(t => t.RequiresGrad)];
        Tensor y = function(inputs);
        Tensor seed = Random(y.Shape, 11);
        seed.RequiresGrad = true;
        Tensor[] weights = [.. wanted.Select((t, i) => Random(t.Shape, 20 + (ulong)i))];
        Tensor[] first = [.. y.GradientsOf(wanted, seed, createGraph: true).Select(g => g!)];
        Tensor[] variables = [.. wanted, seed];
        Tensor sum = first.Select((g, i) => (g * weights[i]).Sum()).Aggregate((a, b) => a + b);
        IReadOnlyList<Tensor?> second = sum.GradientsOf(variables);
        for (int i = 0; i < variables.Length; i++)
        {
            string what = i == wanted.Length ? "seed" : $"input {i}";
            if (Compare(variables[i], second[i], Weighted) is { } wrong)
            {
                return $"{what} {variables[i].Shape}, {wrong}";
            }
        }

        return null;

        double Weighted() => function(inputs).GradientsOf(wanted, seed).Select((g, i) => Dot(g!, weights[i])).Sum();
    }

    private static string? Compare(Tensor variable, Tensor? gradient, Func<double> function)
    {
        double[] original = variable.ToArray<double>(),
            analytic = gradient?.ToArray<double>() ?? new double[original.Length];
        for (int e = 0; e < original.Length; e++)
        {
            double numeric =
                (At(original[e] + GradientCheck.Step) - At(original[e] - GradientCheck.Step))
                / (2 * GradientCheck.Step);
            variable.Write<double>(original);
            double allowed = GradientCheck.AbsoluteTolerance + (GradientCheck.RelativeTolerance * Math.Abs(numeric));
            if (!(Math.Abs(analytic[e] - numeric) <= allowed))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"element {e}: analytic {analytic[e]:R}, numeric {numeric:R}"
                );
            }

            double At(double value)
            {
                double[] changed = [.. original];
                changed[e] = value;
                variable.Write<double>(changed);
                return function();
            }
        }

        return null;
    }

    private static Tensor Random(Shape shape, ulong seed) =>
        Tensor.Uniform(shape, 0.5, 1.5, new Rng(seed), DType.Float64);

    private static double Dot(Tensor a, Tensor b) =>
        a.ToArray<double>().Zip(b.ToArray<double>(), (p, q) => p * q).Sum();
}
