namespace Fovea.Interop.Onnx;

/// <summary>Parts of tensors as nodes of ONNX.</summary>
internal static partial class SelectionOperators
{
    /// <summary>A run of positions along an axis; one that goes to the axis' end is written as such.</summary>
    /// <param name="use">Where the node goes.</param>
    /// <param name="x">What is cut.</param>
    /// <param name="axis">The axis.</param>
    /// <param name="start">The first position.</param>
    /// <param name="end">Behind the last position; <see cref="long.MaxValue"/> for the end.</param>
    public static string WriteSlice(OnnxUse use, string x, int axis, long start, long end) =>
        use.Add("Slice", [x, use.Ints("starts", [start]), use.Ints("ends", [end]), use.Ints("axes", [axis])]);

    private static void WriteNarrow(OnnxUse use)
    {
        (int given, OpenSize start, OpenSize length) = use.Attributes<NarrowAttributes>();
        int axis = given < 0 ? given + use.From.Rank : given;
        if (start.ScalesWithBatch || length.ScalesWithBatch)
        {
            throw use.Cannot("it takes positions that depend on the batch");
        }

        long end = start.Value + length.Value;
        bool isWhole = end == use.From.Single[axis] && !use.From.ScalesWithBatch(axis);
        use.Is(WriteSlice(use, use[0], axis, start.Value, isWhole ? long.MaxValue : end));
    }

    private static void WriteFlip(OnnxUse use)
    {
        long[] axes =
        [
            .. use.Attributes<FlipAttributes>().Axes.ToArray().Select(a => (long)(a < 0 ? a + use.From.Rank : a)),
        ];
        string x = use[0];
        for (int i = 0; i < axes.Length; i++) // as they are read: one axis a node
        {
            OnnxUse one = i == axes.Length - 1 ? use : use.At($"axis{axes[i]}");
            string[] where = [one.Ints("starts", [-1]), one.Ints("ends", [long.MinValue]), one.Ints("axes", [axes[i]])];
            x = one.Add("Slice", [x, .. where, one.Ints("steps", [-1])]);
        }

        use.Is(x);
    }

    /// <summary>Positions of one element a run lack the axis along which they are.</summary>
    private static void WriteGather(OnnxUse use)
    {
        (int given, bool isSeveral) = use.Attributes<GatherAttributes>();
        int axis = given < 0 ? given + use.From.Rank : given;
        if (isSeveral)
        {
            use.Is(use.Add("GatherElements", use.Inputs, OnnxAttribute.Int("axis", axis)));
            return;
        }

        OnnxUse put = use.At("positions"),
            one = use.At("values");
        string positions = put.Add("Unsqueeze", [use[1], put.Ints("axes", [axis])]),
            values = one.Add("GatherElements", [use[0], positions], OnnxAttribute.Int("axis", axis));
        use.Is(use.Add("Squeeze", [values, use.Ints("axes", [axis])]));
    }
}
