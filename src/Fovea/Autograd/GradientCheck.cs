using System.Globalization;

namespace Fovea;

/// <summary>Compares the gradients of <see cref="Tensor.Backward"/> with finite differences.</summary>
/// <remarks>
/// In double: central differences of the sum of the output weighted with fixed random numbers. The constants are those
/// of PyTorch's gradcheck:
/// step 1e-6, and |analytic - numeric| at most 1e-5 + 1e-3 |numeric|. Near a kink (ReLU at 0, equal values in a max)
/// finite differences are wrong; choose inputs away from it.
/// </remarks>
public static class GradientCheck
{
    /// <summary>The step of the central difference.</summary>
    public const double Step = 1e-6;

    /// <summary>The absolute part of the tolerance.</summary>
    public const double AbsoluteTolerance = 1e-5;

    /// <summary>The part of the tolerance relative to the numeric gradient.</summary>
    public const double RelativeTolerance = 1e-3;

    /// <summary>Checks every element of every input that requires a gradient.</summary>
    /// <param name="function">A deterministic function of the inputs.</param>
    /// <param name="inputs">Leaves of type Float64; those with <see cref="Tensor.RequiresGrad"/> are checked.
    /// Parameters of a module may be passed here too.</param>
    /// <returns>Null where all agree, otherwise the first disagreement in words: input, element, both
    /// gradients.</returns>
    /// <exception cref="ArgumentException">An input to check is not Float64, or none requires a gradient.</exception>
    public static string? FirstDisagreement(Func<IReadOnlyList<Tensor>, Tensor> function, IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(inputs);
        List<int> wanted = [.. Enumerable.Range(0, inputs.Count).Where(i => inputs[i].RequiresGrad)];
        if (wanted.Count == 0 || wanted.Any(i => inputs[i].DType != DType.Float64))
        {
            throw new ArgumentException(
                "GradientCheck: pass Float64 inputs, at least one with RequiresGrad.",
                nameof(inputs)
            );
        }

        foreach (Tensor input in inputs)
        {
            input.Grad = null;
        }

        Tensor output = function(inputs);
        Tensor weights = Tensor.Uniform(output.Shape, 0.5, 1.5, new Rng(1), DType.Float64);
        output.Backward(weights);
        double[] projection = weights.ToArray<double>();
        foreach (int i in wanted)
        {
            if (Compare(function, inputs, i, projection) is { } disagreement)
            {
                return disagreement;
            }
        }

        return null;
    }

    private static string? Compare(
        Func<IReadOnlyList<Tensor>, Tensor> function,
        IReadOnlyList<Tensor> inputs,
        int index,
        double[] projection
    )
    {
        Tensor input = inputs[index];
        if (input.Grad is null && input.Count > 0)
        {
            return $"input {index} {input.Shape}: no gradient arrived";
        }

        double[] analytic = input.Grad?.ToArray<double>() ?? [];
        double[] original = input.ToArray<double>();
        for (int e = 0; e < original.Length; e++)
        {
            double numeric = (At(original[e] + Step, e) - At(original[e] - Step, e)) / (2 * Step);
            input.Write<double>(original);
            if (!(Math.Abs(analytic[e] - numeric) <= AbsoluteTolerance + (RelativeTolerance * Math.Abs(numeric))))
            {
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"input {index} {input.Shape}, element {e}: analytic {analytic[e]:R}, numeric {numeric:R}"
                );
            }
        }

        return null;

        double At(double value, int element)
        {
            double[] changed = [.. original];
            changed[element] = value;
            input.Write<double>(changed);
            double[] output = function(inputs).ToArray<double>(); // recorded, as the function may ask for gradients itself
            double sum = 0;
            for (int i = 0; i < output.Length; i++)
            {
                sum += output[i] * projection[i];
            }

            return sum;
        }
    }
}
