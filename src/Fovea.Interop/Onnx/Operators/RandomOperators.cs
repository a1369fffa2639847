namespace Fovea.Interop.Onnx;

/// <summary>What drops units at random.</summary>
internal static class RandomOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } = [new("Dropout") { Graph = Dropout, IsRandom = true }];

    /// <summary>The share of units that a node drops in training.</summary>
    public static double Ratio(OnnxNode node, OnnxValue? input) =>
        node.Opset < 12 ? node.Float("ratio", 0.5)
        : input is { IsReadable: true, Shape.Count: 1 } ? input.Reals()[0]
        : 0.5;

    /// <summary>Nothing happens in evaluation. A node that says that it is in training draws numbers of its own.</summary>
    private static OnnxValue?[] Dropout(OnnxCall c)
    {
        double ratio = Ratio(c.Node, c.Find(1));
        if (c.Opset >= 12 && c.Find(2) is not null && c.Number(2, 0.0) != 0.0 && ratio > 0.0)
        {
            throw c.Unsupported(
                "drops units in evaluation too (training_mode), with random numbers that another program drew; export the model in evaluation"
            );
        }

        Tensor y = c.Layer.Drop?.Forward(c.X()) ?? c.X();
        OnnxValue result = ReferenceEquals(y, c.X()) ? c[0] : c.Like(y);
        if (!c.Wants(1))
        {
            return [result];
        }

        ElementType mask = c.Opset < 10 ? c[0].Type : ElementType.Bool;
        Tensor ones = c.X().EqualTo(c.X()); // 0 where x is not a number
        ones = Tensor.Where(ones, ones, Tensor.Scalar(1.0, ones.DType));
        return [result, new OnnxValue(mask, ones.To(mask.Carrier()))];
    }
}
