namespace Fovea.Models.Tests;

/// <summary>The receptive field of an output, measured: which single input values change it.</summary>
internal static class ReceptiveField
{
    /// <summary>Finds the first and last input position that an output position depends on.</summary>
    /// <param name="model">A network for one spatial axis and one channel, without negative constants. Its parameters are overwritten.</param>
    /// <param name="features">Paths of the modules to apply in order, up to the map whose field is meant.</param>
    /// <param name="length">Input length.</param>
    /// <param name="output">Output position.</param>
    public static (int First, int Last) Of(Module model, string[] features, int length, int output)
    {
        // With positive filters, no biases and an input of zeros, a single one can only make outputs larger, and does where it is seen.
        foreach (Parameter parameter in model.Eval().Parameters().Where(p => p.Kind is ParameterKind.Weight or ParameterKind.Bias))
        {
            parameter.Fill(parameter.Kind == ParameterKind.Weight ? 0.5 : 0.0);
        }

        Dictionary<string, Module> modules = model.NamedModules().ToDictionary(m => m.Path, m => m.Module);
        Tensor impulses = Tensor.From<float>([.. Enumerable.Range(0, length * length).Select(i => i % (length + 1) == 0 ? 1f : 0f)], [length, 1, length]);
        Tensor y;
        using (NoGrad.Enter())
        {
            y = features.Aggregate(impulses, (h, path) => modules[path].Forward(h));
        }

        float[] values = y.ToArray();
        int channels = y.Shape[1], positions = y.Shape[2];
        int[] seen = [.. Enumerable.Range(0, length).Where(i => values[(i * channels * positions) + output] > 0)];
        return (seen[0], seen[^1]);
    }
}
