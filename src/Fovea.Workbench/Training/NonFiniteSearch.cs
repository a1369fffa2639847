namespace Fovea.Workbench;

/// <summary>Finds where numbers stopped being finite.</summary>
internal static class NonFiniteSearch
{
    /// <summary>Names the first part with a value that is not finite: a parameter, else an operator's output on these
    /// inputs, else a gradient.</summary>
    public static string Describe(Module model, IReadOnlyList<Tensor>? inputs)
    {
        if (FirstParameter(model) is { } parameter)
        {
            return $"parameter '{parameter}' is not finite since the update before";
        }

        if (inputs is not null && FirstOutput(model, inputs) is { } output)
        {
            return $"the first output that is not finite is that of {output}";
        }

        return FirstGradient(model) is { } gradient
            ? $"the gradient of '{gradient}' is not finite"
            : "every output of the network is finite; the loss itself is not";
    }

    /// <summary>The path of the first parameter or buffer with a value that is not finite, or null.</summary>
    public static string? FirstParameter(Module model) =>
        model.StateDict().Where(t => !IsFinite(t.Value)).Select(t => t.Key).FirstOrDefault();

    /// <summary>The path of the first parameter whose gradient is not finite, or null.</summary>
    public static string? FirstGradient(Module model) =>
        model
            .NamedParameters()
            .Where(p => p.Parameter.Grad is { } g && !IsFinite(g))
            .Select(p => p.Path)
            .FirstOrDefault();

    public static bool IsFinite(Tensor tensor)
    {
        switch (tensor.DType)
        {
            case DType.Float32:
                return Array.TrueForAll(tensor.ToArray<float>(), float.IsFinite);
            case DType.Float64:
                return Array.TrueForAll(tensor.ToArray<double>(), double.IsFinite);
            default:
                return true;
        }
    }

    private static string? FirstOutput(Module model, IReadOnlyList<Tensor> inputs)
    {
        if (!inputs.All(IsFinite))
        {
            return "the data: the inputs themselves";
        }

        string? found = null;
        using (OperatorObserver.Observe((op, output) => found ??= IsFinite(output) ? null : op.Subject))
        using (NoGrad.Enter())
        {
            model.ForwardAll(inputs);
        }

        return found;
    }
}
