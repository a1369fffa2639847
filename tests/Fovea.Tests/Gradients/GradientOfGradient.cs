using System.Globalization;

namespace Fovea.Tests;

/// <summary>Compares gradients of gradients with finite differences of gradients, in double: the step and the tolerance are
/// those of <see cref="GradientCheck"/>.</summary>
/// <remarks>The function checked is (x, s) -> the sum over inputs of w times the gradient of (s y(x)): by the inputs x it is the
/// second derivative, by the seed s the linearity of the gradient.</remarks>
internal static class GradientOfGradient
{
    /// <summary>Null where all agree, otherwise the first disagreement in words.</summary>
    /// <param name="function">A deterministic function of the inputs.</param>
    /// <param name="inputs">Float64 leaves; those with RequiresGrad are checked.</param>
    public static string? FirstDisagreement(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs)
    {
        Tensor seed = Tensor.Uniform(function(inputs).Shape, 0.5, 1.5, new Rng(21), DType.Float64);
        seed.RequiresGrad = true;
        Tensor[] leaves = [.. inputs.Where(i => i.RequiresGrad), seed];
        Tensor Projection()
        {
            IReadOnlyList<Tensor?> first = function(inputs).GradientsOf(leaves[..^1], seed, createGraph: true);
            Tensor sum = Tensor.Zeros([], DType.Float64);
            for (int i = 0; i < first.Count; i++)
            {
                Tensor weights = Tensor.Uniform(leaves[i].Shape, 0.5, 1.5, new Rng((ulong)i + 1), DType.Float64);
                sum += first[i] is { } gradient ? (weights * gradient).Sum() : Tensor.Zeros([], DType.Float64);
            }

            return sum;
        }

        IReadOnlyList<Tensor?> analytic = Projection().GradientsOf(leaves);
        for (int i = 0; i < leaves.Length; i++)
        {
            double[] values = analytic[i]?.ToArray<double>() ?? new double[leaves[i].Count];
            if (Compare(Projection, leaves[i], values) is { } disagreement)
            {
                return $"{(i == leaves.Length - 1 ? "seed" : $"input {i}")} {leaves[i].Shape}, {disagreement}";
            }
        }

        return null;
    }

    private static string? Compare(Func<Tensor> projection, Tensor leaf, double[] analytic)
    {
        double[] original = leaf.ToArray<double>();
        for (int e = 0; e < original.Length; e++)
        {
            double numeric =
                (At(original[e] + GradientCheck.Step, e) - At(original[e] - GradientCheck.Step, e))
                / (2 * GradientCheck.Step);
            leaf.Write<double>(original);
            double allowed = GradientCheck.AbsoluteTolerance + (GradientCheck.RelativeTolerance * Math.Abs(numeric));
            if (!(Math.Abs(analytic[e] - numeric) <= allowed))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"element {e}: analytic {analytic[e]:R}, numeric {numeric:R}"
                );
            }
        }

        return null;

        double At(double value, int element)
        {
            double[] changed = [.. original];
            changed[element] = value;
            leaf.Write<double>(changed);
            return projection().Item();
        }
    }
}
