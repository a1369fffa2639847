using Fovea.Interop.Onnx.Messages;

namespace Fovea.Interop.Onnx;

/// <summary>Reductions as nodes of ONNX.</summary>
internal static partial class ReductionOperators
{
    /// <summary>A reduction. Axes are an attribute up to opset 17, of sums up to 12, and then an input.</summary>
    public static string Write(OnnxUse use, string type, string x, IEnumerable<int> axes, bool keep)
    {
        bool isInput = use.Opset >= 18 || type == "ReduceSum";
        string[] inputs = isInput ? [x, use.Ints("axes", axes.Select(a => (long)a))] : [x];
        AttributeProto keeps = OnnxAttribute.Int("keepdims", keep ? 1 : 0);
        return use.Add(type, inputs, isInput ? [keeps] : [keeps, OnnxAttribute.Ints("axes", axes)]);
    }

    private static void WriteSum(OnnxUse use)
    {
        SumAttributes a = use.Attributes<SumAttributes>();
        int rank = use.From.Rank;
        if (rank == 0)
        {
            use.IsInput(0);
            return;
        }

        int[] axes = a.Axes.Span.IsEmpty
            ? [.. Enumerable.Range(0, rank)]
            : [.. a.Axes.ToArray().Select(i => i < 0 ? i + rank : i).Order()];
        use.Is(Write(use, a.IsMean ? "ReduceMean" : "ReduceSum", use[0], axes, a.Keep));
    }

    private static void WriteMax(OnnxUse use)
    {
        (int axis, bool keep) = use.Attributes<MaxAttributes>();
        use.Is(Write(use, "ReduceMax", use[0], [axis < 0 ? axis + use.From.Rank : axis], keep));
    }

    private static void WriteCumSum(OnnxUse use)
    {
        (int axis, bool isReversed) = use.Attributes<CumulativeSumAttributes>();
        string along = use.Tensor("axis", Tensor.Scalar(axis < 0 ? axis + use.From.Rank : axis, DType.Int64));
        use.Is(use.Add("CumSum", [use[0], along], OnnxAttribute.Int("reverse", isReversed ? 1 : 0)));
    }

    private static void WriteTopK(OnnxUse use)
    {
        (OpenSize count, int axis, bool isLargest) = use.Attributes<TopKAttributes>();
        if (count.ScalesWithBatch)
        {
            throw use.Cannot($"it takes {count} values, a number that depends on the batch");
        }

        string[] results = use.AddAll(
            2,
            "TopK",
            [use[0], use.Ints("count", [count.Value])],
            OnnxAttribute.Int("axis", axis < 0 ? axis + use.From.Rank : axis),
            OnnxAttribute.Int("largest", isLargest ? 1 : 0)
        );
        use.Is(results[0]);
        use.Is(results[1], 1);
    }
}
