using Fovea.Interop.Onnx;
using Fovea.Kernels;
using Xunit;

namespace Fovea.Interop.Tests.Onnx;

/// <summary>Every operator of Fovea is written, or stands here with the reason why not.</summary>
public sealed class OnnxCatalogTests
{
    /// <summary>What a graph of evaluation does not hold: gradients are computed by their operators beside it, losses and what
    /// drops units are of training.</summary>
    private static readonly Dictionary<Type, string> NotWritten = new()
    {
        [typeof(DropOperator)] = "evaluation leaves it out",
        [typeof(CrossEntropyOperator)] = "a loss",
        [typeof(ClassDistribution)] = "of losses",
        [typeof(LabelWeight)] = "of losses",
        [typeof(Elementwise<HuberFunction>)] = "a loss",
        [typeof(Elementwise<XLogXFunction>)] = "of losses",
        [typeof(Elementwise<NotPositiveFunction>)] = "of gradients",
        [typeof(ElementwiseGradient<>)] = "a gradient",
        [typeof(ExtremeGradient)] = "a gradient",
        [typeof(PReluGradient)] = "a gradient",
        [typeof(SoftmaxGradient)] = "a gradient",
        [typeof(CrossEntropyGradient)] = "a gradient",
        [typeof(SumOver)] = "the gradient of broadcasting",
        [typeof(Scatter)] = "the gradient of a choice",
        [typeof(ZerosAround)] = "the gradient of a part",
        [typeof(PadGradient)] = "a gradient",
        [typeof(BatchNormGradient)] = "a gradient",
        [typeof(GroupNormGradient)] = "a gradient",
        [typeof(LayerNormGradient)] = "a gradient",
        [typeof(ScaleNumber)] = "of the gradients of normalizations",
        [typeof(RepeatAlong)] = "of the gradients of normalizations",
        [typeof(NormalizationMask)] = "of the gradients of normalizations",
    };

    [Fact]
    public void Writings_OfAllOperatorsOfTheCatalogue_AreThereOrNamedWithAReason()
    {
        HashSet<Type> written = [.. OnnxCatalog.All.SelectMany(o => o.Writes).Select(w => w.Operator)];
        Type[] known = [.. Known()];
        Assert.True(known.Length > 70, $"the catalogue has {known.Length} operators");
        Assert.DoesNotContain(known, t => !written.Contains(t) && !NotWritten.ContainsKey(t));
        Assert.DoesNotContain(NotWritten.Keys, written.Contains);
        Assert.Empty(NotWritten.Keys.Except(known)); // what is gone goes from here too
        Assert.Empty(written.Except(known));
    }

    [Fact]
    public void Writings_OfAnOperator_AreOne() =>
        Assert.Empty(
            OnnxCatalog
                .All.SelectMany(o => o.Writes)
                .GroupBy(w => w.Operator)
                .Where(g => g.Count() > 1)
                .Select(g => g.Key)
        );

    /// <summary>The classes of the catalogue; that of functions once for every function.</summary>
    private static IEnumerable<Type> Known()
    {
        Type[] functions =
        [
            .. typeof(IUnaryFunction)
                .Assembly.GetTypes()
                .Where(t => t.IsValueType && t.GetInterfaces().Contains(typeof(IUnaryFunction))),
        ];
        return OperatorCatalog
            .All.SelectMany(e => e.Operators)
            .SelectMany(t => t == typeof(Elementwise<>) ? functions.Select(f => t.MakeGenericType(f)) : [t])
            .Distinct();
    }
}
