using System.Reflection;
using Fovea.Kernels;

namespace Fovea.Tests;

public sealed class OperatorCatalogTests
{
    /// <summary>Operators that only rules of gradients apply, and that are told from forward ones by no part of their
    /// name.</summary>
    private static readonly string[] OfRules = ["ChannelSum", "ChannelExpand", "ConvolutionForward", "MaxPoolGather"];

    private static Type[] OperatorTypes =>
        [.. typeof(Operator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Operator)) && !t.IsAbstract)];

    [Fact]
    public void All_OperatorsOfForwardGraphs_AreCovered()
    {
        HashSet<Type> listed = [.. OperatorCatalog.All.SelectMany(e => e.Operators)];
        string[] missing =
        [
            .. OperatorTypes
                .Where(t => !listed.Contains(t.IsGenericType ? t.GetGenericTypeDefinition() : t) && !IsOfGradients(t))
                .Select(t => t.Name),
        ];

        Assert.True(missing.Length == 0, $"not in the catalogue: {string.Join(", ", missing)}");
        Assert.True(listed.Count > 40, $"the catalogue lists {listed.Count} classes");
    }

    [Fact]
    public void Options_OfListedOperators_AreWrittenByTheTableAlone()
    {
        string[] byHand =
        [
            .. OperatorCatalog
                .All.SelectMany(e => e.Operators)
                .Distinct()
                .Where(t => t.GetProperty(nameof(Operator.Options))!.DeclaringType != typeof(Operator))
                .Select(t => t.Name),
        ];

        Assert.True(byHand.Length == 0, $"Options are overridden in {string.Join(", ", byHand)}");
    }

    [Fact]
    public void Attributes_OfListedOperators_AreRecordsOfValues()
    {
        Type[] records =
        [
            .. typeof(Operator).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(OperatorAttributes))),
        ];
        string[] wrong =
        [
            .. from record in records
            from field in record.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            where !IsValue(field.FieldType)
            select $"{record.Name}.{field.Name} is {field.FieldType.Name}",
        ];

        Assert.True(records.Length > 20, $"found {records.Length} records");
        Assert.True(wrong.Length == 0, string.Join(", ", wrong));
    }

    [Fact]
    public void Entries_OptionsByPosition_AreAmongTheFields() =>
        Assert.All(
            OperatorCatalog.All,
            e =>
            {
                Assert.All(e.Positional, p => Assert.Contains(e.Fields, f => f.Name == p));
                Assert.Equal(e.Fields.Count, e.Fields.Select(f => f.Name).Distinct().Count());
                Assert.NotEqual("", e.Summary);
            }
        );

    [Theory]
    [InlineData("conv", new[] { "x", "weight", "bias" })]
    [InlineData("batchnorm", new[] { "x", "weight", "bias", "running_mean", "running_var", "num_batches_tracked" })]
    [InlineData("layernorm", new[] { "x", "weight", "bias" })]
    [InlineData("dropout", new[] { "x", "key" })]
    [InlineData("matmul", new[] { "a", "b" })]
    [InlineData("crossentropy", new[] { "x", "target", "class_weights" })]
    public void Find_Word_TellsTheInputs(string word, string[] slots) =>
        Assert.Equal(slots, OperatorCatalog.Find(word)!.Slots.Select(s => s.Name));

    [Theory]
    [InlineData(true, true, "x weight bias running_mean running_var num_batches_tracked")]
    [InlineData(false, true, "x running_mean running_var num_batches_tracked")]
    [InlineData(true, false, "x weight bias")]
    [InlineData(false, false, "x")]
    public void SlotsOf_BatchNorm_AreTheInputsOfItsNode(bool affine, bool running, string slots)
    {
        Node node = Assert.Single(
            Graph.Trace(new BatchNorm2d(3, affine: affine, trackRunningStats: running), [3, 4, 4], training: true).Nodes
        );
        IReadOnlyList<InputSlot> present = OperatorCatalog.Of(node.Operator)!.SlotsOf(node.Operator.Attributes);

        Assert.Equal(slots, string.Join(' ', present.Select(s => s.Name)));
        Assert.Equal(node.Inputs.Count, present.Count);
    }

    [Theory]
    [InlineData("add", true)]
    [InlineData("concat", true)]
    [InlineData("matmul", true)]
    [InlineData("relu", false)]
    [InlineData("conv", false)]
    public void Joins_Word_TellsWhetherItTakesSeveral(string word, bool joins) =>
        Assert.Equal(joins, OperatorCatalog.Find(word)!.Joins);

    [Fact]
    public void Options_GradientOfAFunction_AreThoseOfTheFunction()
    {
        Assert.Equal(
            [new OperatorOption("slope", "0.2")],
            new ElementwiseGradient<LeakyReluFunction>("LeakyReLUGradient", new(0.2)).Options
        );
        Assert.Equal(
            [new OperatorOption("factor", "-1")],
            new ElementwiseGradient<ScaleShiftFunction>("Scale", new(-1.0, 0.0)).Options
        );
        Assert.Empty(new ElementwiseGradient<ReluFunction>("ReLUGradient", default).Options);
    }

    [Fact]
    public void Find_UnknownWord_IsNull() => Assert.Null(OperatorCatalog.Find("nothing"));

    [Fact]
    public void Make_AttributesOfAnotherOperator_AreRefused() =>
        Assert.Contains(
            "conv: its attributes are ConvolutionAttributes, got LayerNormAttributes",
            Assert
                .Throws<ArgumentException>(() => OperatorCatalog.Find("conv")!.Make(new LayerNormAttributes([3])))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void Operation_Words_AreThoseOfOperatorsWithoutALayer() =>
        Assert.Equal(
            "abs add ceiling clamp concat cos cumsum detach divide equal erf exp flip floor greater greaterorequal less "
                + "lessorequal log matmul max maximum mean minimum multiply narrow negate notequal pad permute power "
                + "reshape round sign sin sqrt square squeeze subtract sum topk transpose unsqueeze where",
            string.Join(' ', Operation.Words.Order(StringComparer.Ordinal))
        );

    private static bool IsOfGradients(Type type)
    {
        string name = type.Name.Split('`')[0];
        return name.EndsWith("Gradient", StringComparison.Ordinal)
            || name.EndsWith("Curvature", StringComparison.Ordinal)
            || name.Contains("Backward", StringComparison.Ordinal)
            || OfRules.Contains(name);
    }

    /// <summary>Numbers, words, and data compared by value: no tensor, module, array, list or function.</summary>
    private static bool IsValue(Type type) =>
        type.IsEnum
        || type.IsPrimitive
        || type == typeof(string)
        || type.IsSubclassOf(typeof(OperatorAttributes))
        || type.IsSubclassOf(typeof(ReshapeForm))
        || type == typeof(ReshapeForm)
        || type.IsGenericParameter
        || Nullable.GetUnderlyingType(type) is not null
        || (type.IsValueType && typeof(IEquatable<>).MakeGenericType(type).IsAssignableFrom(type));
}
