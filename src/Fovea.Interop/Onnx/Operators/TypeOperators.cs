namespace Fovea.Interop.Onnx;

/// <summary>Conversions of element types.</summary>
internal static class TypeOperators
{
    /// <summary>The operators.</summary>
    public static IReadOnlyList<OnnxOperator> All { get; } =
    [
        new("Cast")
        {
            Graph = c => Cast(c, Target(c)),
            Specs = c => [new(Target(c), c[0].Shape)],
            Evaluate = c => [To(c[0], Target(c))],
            Writes = [OnnxWriting.Of<Cast>(Write)],
        },
        new("CastLike")
        {
            Graph = c => c[0].IsKnown ? [To(c[0], c[1].Type).AsKnown()] : Cast(c, c[1].Type),
            Specs = c => [new(c[1].Type, c[0].Shape)],
            Evaluate = c => [To(c[0], c[1].Type)],
        },
    ];

    /// <summary>A value converted: floats to integers by truncation, integers by their lowest bits.</summary>
    public static OnnxValue To(OnnxValue x, ElementType type)
    {
        if (x.Type.IsFloat() || type.IsFloat())
        {
            return OnnxValue.Of(type, x.Reals(), x.Shape);
        }

        return OnnxValue.Of(type, Array.ConvertAll(x.Integers(), v => type.Wrap(x.Type.Number(v))), x.Shape);
    }

    private static ElementType Target(OnnxCall c)
    {
        int number = (int)c.Node.Int("to", 0);
        return ElementTypes.Known(number)
            ?? throw c.Error($"conversion to {ElementTypes.NameOf(number)} is not supported");
    }

    /// <summary>Conversions that a graph has: between floats, and where values can only be meant to fit.</summary>
    private static OnnxValue?[]? Cast(OnnxCall c, ElementType to)
    {
        ElementType from = c[0].Type;
        if (from == to || (to == ElementType.Float && from is ElementType.Float16 or ElementType.BFloat16))
        {
            return [new OnnxValue(to, c.X())];
        }

        bool isWide = to is ElementType.Float or ElementType.Double && from != ElementType.UInt64;
        bool isTraced = c.Placeholder > 0 && from.IsFloat() && to is ElementType.Int64 or ElementType.Int32;
        return isWide || isTraced ? [new OnnxValue(to, c.X().To(to.Carrier()))]
            : from.IsFloat() && to == ElementType.Bool ? [new OnnxValue(to, c.X().NotEqualTo(0.0).To(DType.Int64))]
            : null;
    }

    /// <summary>Truth values stay what they are until somebody reads them as numbers.</summary>
    private static void Write(OnnxUse use)
    {
        if (use.Node.Inputs[0].DType == use.Type || use.IsTruth(0))
        {
            use.IsInput(0);
            return;
        }

        use.Is(use.Add("Cast", use.Inputs, OnnxAttribute.Int("to", (long)OnnxTensors.TypeOf(use.Type))));
    }
}
