namespace Fovea.Interop.Onnx;

/// <summary>Reads a written model back and runs it beside the graph.</summary>
internal static class SelfCheck
{
    private const int Items = 2;

    /// <summary>Compares on random inputs.</summary>
    /// <param name="network">What was read back.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="options">What was asked for.</param>
    /// <returns>The largest difference of an output, and the largest value of one.</returns>
    public static (double Difference, double Value) Compare(OnnxNetwork network, Graph graph, OnnxExportOptions options)
    {
        int batch = options.Open.HasFlag(OnnxOpenAxes.Batch) ? Items : 1;
        Rng random = new(options.CheckSeed);
        Tensor[] raw =
        [
            .. graph.Inputs.Select((v, i) => Random(v, batch, random, i == 0 ? options.Preprocessing : null)),
        ];
        Tensor[] inputs = [.. raw];
        inputs[0] = options.Preprocessing?.Apply(raw[0]) ?? raw[0];
        IReadOnlyList<Tensor> expected = new Interpreter(graph) { AppliesUpdates = false }.Run(inputs),
            actual;
        using (NoGrad.Enter())
        {
            actual = network.ForwardAll(raw);
        }

        double difference = 0.0,
            value = 0.0;
        for (int i = 0; i < expected.Count; i++)
        {
            double[] a = expected[i].ToArray<double>(),
                b = actual[i].ToArray<double>();
            if (expected[i].Shape != actual[i].Shape)
            {
                throw new ModelFormatException(
                    $"{network.Name}: read back, output '{network.Outputs[i].Name}' is {actual[i].Shape}, and {expected[i].Shape} in the network. This is a fault of the export."
                );
            }

            for (int k = 0; k < a.Length; k++)
            {
                bool isSame = a[k].Equals(b[k]); // also infinities, and not-a-number
                double distance = isSame ? 0.0 : Math.Abs(a[k] - b[k]);
                difference = Math.Max(difference, double.IsNaN(distance) ? double.PositiveInfinity : distance);
                value = Math.Max(value, double.IsFinite(a[k]) ? Math.Abs(a[k]) : 0.0);
            }
        }

        return (difference, value);
    }

    private static Tensor Random(Value input, int batch, Rng random, OnnxPreprocessing? preprocessing)
    {
        Shape shape = input.Shape.At(batch);
        if (input.DType == DType.Int64)
        {
            return Tensor.Zeros(shape, DType.Int64);
        }

        Tensor values = preprocessing is null
            ? Tensor.Normal(shape, rng: random)
            : Tensor.Uniform(shape, 0.0, preprocessing.Range, rng: random);
        return values.To(input.DType);
    }
}
