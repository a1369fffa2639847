namespace Fovea.Models.Tests;

/// <summary>The receptive field of an output, measured: which single input values change it.</summary>
internal static class MeasuredField
{
    /// <summary>Asserts where the field of an output begins and ends: of the inputs beside its ends, the inner ones are
    /// seen and the outer ones are not.</summary>
    /// <param name="text">The network; it is built with the fewest channels, for one spatial axis.</param>
    /// <param name="features">Paths of the modules to apply in order, up to the map whose field is meant.</param>
    /// <param name="stride">Input positions between the fields of neighbouring outputs.</param>
    /// <param name="size">Size of a field.</param>
    /// <param name="padding">Positions before the input at which the field of output 0 begins.</param>
    public static void AssertIs(string text, string[] features, int stride, int size, int padding)
    {
        // An output whose field lies within the input.
        int output = (padding / stride) + 1,
            first = (output * stride) - padding,
            last = first + size - 1;
        string small =
            $"{text.TrimEnd(')')}{(text.Contains('(', StringComparison.Ordinal) ? "," : "(")}width=0.01,dims=1,channels=1)";
        bool[] seen = Sees(
            ModelRegistry.Create(small).Model,
            features,
            (last + (2 * stride) - 1) / stride * stride,
            output,
            [first - 1, first, last, last + 1]
        );
        Assert.True(
            seen is [false, true, true, false],
            $"{text}: of inputs {first - 1}, {first}, {last}, {last + 1} output {output} depends on [{string.Join(", ", seen)}]; the ends of its field should be {first} and {last}"
        );
    }

    private static bool[] Sees(Module model, string[] features, int length, int output, int[] inputs)
    {
        // With positive filters, no biases and an input of zeros, a single one can only make outputs larger, and does
        // where it is seen. Doubles, for the range.
        foreach (
            Parameter parameter in model
                .To(DType.Float64)
                .Eval()
                .Parameters()
                .Where(p => p.Kind is ParameterKind.Weight or ParameterKind.Bias)
        )
        {
            parameter.Fill(parameter.Kind == ParameterKind.Weight ? 0.5 : 0.0);
        }

        double[] ones = new double[inputs.Length * length];
        for (int i = 0; i < inputs.Length; i++)
        {
            ones[(i * length) + inputs[i]] = 1.0;
        }

        Dictionary<string, Module> modules = model.NamedModules().ToDictionary(m => m.Path, m => m.Module);
        Tensor y = NoGrad.Run(() =>
            features.Aggregate(
                Tensor.From<double>(ones, [inputs.Length, 1, length]),
                (h, path) => modules[path].Forward(h)
            )
        );
        double[] values = y.ToArray<double>();
        return [.. inputs.Select((_, i) => values[(i * y.Shape[1] * y.Shape[2]) + output] > 0)];
    }
}
