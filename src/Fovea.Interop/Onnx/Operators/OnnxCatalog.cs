using System.Collections.Frozen;

namespace Fovea.Interop.Onnx;

/// <summary>The operators of ONNX that are known here, by name: one list, of the families.</summary>
internal static class OnnxCatalog
{
    private static readonly FrozenDictionary<(string Domain, string Name), OnnxOperator> ByName = new[]
    {
        FunctionOperators.All,
        ArithmeticOperators.All,
        ReductionOperators.All,
        ConstantOperators.All,
        LayoutOperators.All,
        SelectionOperators.All,
        TypeOperators.All,
        ConvolutionOperators.All,
        PoolOperators.All,
        NormalizationOperators.All,
        SoftmaxOperators.All,
        ProductOperators.All,
        Quantization.All,
        PadOperators.All,
        RandomOperators.All,
        ScatterOperators.All,
        ResizeOperators.All,
        GridOperators.All,
        RegionOperators.All,
        DeformableOperators.All,
    }
        .SelectMany(family => family)
        .ToFrozenDictionary(o => (o.Domain, o.Name));

    private static readonly FrozenDictionary<Type, OnnxWriting> ByOperator = ByName
        .Values.SelectMany(o => o.Writes)
        .ToFrozenDictionary(w => w.Operator);

    /// <summary>All operators.</summary>
    public static IEnumerable<OnnxOperator> All => ByName.Values;

    /// <summary>The operator of a node; null where it is not supported.</summary>
    public static OnnxOperator? Find(OnnxNode node) => ByName.GetValueOrDefault((node.Domain, node.Operator));

    /// <summary>The standard operator of a name; null where it is not supported.</summary>
    public static OnnxOperator? Find(string name) => ByName.GetValueOrDefault(("", name));

    /// <summary>The way back of an operator of Fovea; null where it has none.</summary>
    public static OnnxWriting? FindWriting(Operator op) => ByOperator.GetValueOrDefault(op.GetType());

    /// <summary>Why an operator of Fovea has no way back.</summary>
    public static string WhyNotWritten(Operator op) =>
        OperatorCatalog.Of(op) is not { } entry ? "it is not one of Fovea's own"
        : entry.Family == OperatorFamily.Gradient ? "it is of gradients, and files hold networks"
        : entry.Family == OperatorFamily.Loss ? "it is of losses, and files hold networks"
        : entry.Family == OperatorFamily.Random ? "it is of training; trace the network in evaluation"
        : "it has no counterpart";

    /// <summary>Checks that all nodes have operators that are supported.</summary>
    /// <exception cref="ModelFormatException">Some have not; the message lists them all, with their nodes.</exception>
    public static void RequireAll(IReadOnlyList<OnnxNode> nodes, string file)
    {
        string[] unknown =
        [
            .. nodes
                .Where(n => Find(n) is null)
                .GroupBy(n => (n.Domain, n.Operator, n.Opset))
                .Select(g =>
                    $"{(g.Key.Domain.Length == 0 ? "" : g.Key.Domain + ".")}{g.Key.Operator} (opset {g.Key.Opset}) in {string.Join(", ", g.Select(n => $"'{n.Name}'"))}"
                ),
        ];
        if (unknown.Length > 0)
        {
            throw new ModelFormatException($"{file}: operators that are not supported: {string.Join("; ", unknown)}.")
            {
                IsUnsupported = true,
            };
        }
    }
}
