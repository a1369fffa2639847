using Fovea.Kernels;

namespace Fovea.Tests;

/// <summary>Gradient rules under a trace with an open batch: run at batches of 1, 2 and 5 they give the eager
/// gradients.</summary>
public sealed class TracedRuleTests
{
    private static readonly GraphInput Map = GraphInput.OfItems("x", [3, 4], DType.Float64);
    private static readonly GraphInput Rows = GraphInput.OfItems("y", [3, 1], DType.Float64);
    private static readonly GraphInput One = new("one", SymbolicShape.Fixed([1, 3, 4]), DType.Float64);
    private static readonly GraphInput Channels = new("c", SymbolicShape.Fixed([3, 1]), DType.Float64);
    private static readonly GraphInput Slopes = new("w", SymbolicShape.Fixed([3]), DType.Float64);
    private static readonly GraphInput Positions = GraphInput.OfItems("i", [4], DType.Int64);
    private static readonly GraphInput Chosen = GraphInput.OfItems("v", [4], DType.Float64);
    private static readonly GraphInput Labels = GraphInput.OfItems("labels", [4], DType.Int64);
    private static readonly ClassTargetOptions Targets = new(0.1, 1, AreLabels: true);

    private static readonly Dictionary<string, (Func<Tensor[], Operator> Make, GraphInput[] Inputs)> Rules = new()
    {
        ["Concat channels"] = (_ => new Concatenate(1), [Map, Rows with { Shape = SymbolicShape.BatchOf([2, 4]) }]),
        ["Concat batch"] = (_ => new Concatenate(0), [Map, Map with { Name = "z" }]),
        ["Narrow"] = (_ => new Narrow(-1, 1, 2), [Map]),
        ["ZerosAround"] = (_ => new ZerosAround(2, 1, SymbolicShape.Fixed([7])), [Map]),
        ["Pad zeros"] = (_ => new Pad(1, PaddingMode.Zeros, 2.0, 2), [Map]),
        ["Pad reflect"] = (_ => new Pad(1, PaddingMode.Reflect, 0.0, 2), [Map]),
        ["Pad circular"] = (_ => new Pad(2, PaddingMode.Circular, 0.0, 1), [Map]),
        ["Permute"] = (_ => new Permute("Permute", [2, 0, 1]), [Map]),
        ["Reshape"] = (x => Reshape.To("Reshape", x[0].Shape, [x[0].Shape[0], 12]), [Map]),
        ["Reshape merging the batch"] = (x => Reshape.To("Reshape", x[0].Shape, [-1, 2]), [Map]),
        ["Flatten"] = (_ => Reshape.ForFlatten(0, -1), [Map]),
        ["Unsqueeze"] = (_ => Reshape.ForUnsqueeze(0), [Map]),
        ["Cast"] = (_ => new Cast(DType.Float32), [Map]),
        ["Expand batch"] = (_ => new Expand(SymbolicShape.BatchOf([3, 4])), [One]),
        ["SumOver batch"] = (x => new SumOver(0, [0, 2], mean: true), [Map]),
        ["Add"] = (_ => new Add(), [Map, Rows]),
        ["Add fixed batch of 1"] = (_ => new Add(), [Map, One]),
        ["Subtract"] = (_ => new Subtract(), [Map, One]),
        ["Multiply"] = (_ => new Multiply(), [Map, Channels]),
        ["Multiply fixed batch of 1"] = (_ => new Multiply(), [One, Map]),
        ["Divide"] = (_ => new Divide(), [Map, Channels]),
        ["Maximum"] = (_ => new Extreme(larger: true), [Map, Rows]),
        ["Minimum"] = (_ => new Extreme(larger: false), [One, Map]),
        ["ExtremeGradient"] = (_ => new ExtremeGradient(), [Map, Channels, Map with { Name = "dy" }]),
        ["PReLU"] = (_ => new PReluOperator(), [Map, Slopes]),
        ["PReLUGradient"] = (_ => new PReluGradient(), [Map, Slopes, Map with { Name = "dy" }]),
        ["Softplus"] = (_ => new Elementwise<SoftplusFunction>("Softplus", new(1.5, 3)), [Map]),
        ["ReLU"] = (_ => new Elementwise<ReluFunction>("ReLU", default), [Map]),
        ["scale"] = (_ => ScalarOperators.Multiply(3), [Map]),
        ["SiluGradient"] = (_ => new ElementwiseGradient<SiluFunction>("g", default), [Map, Map with { Name = "dy" }]),
        ["GeluGradient"] = (_ => new ElementwiseGradient<GeluFunction>("g", default), [Map, Map with { Name = "dy" }]),
        ["Sum all"] = (_ => new Sum([], keepDims: false, mean: false), [Map]),
        ["Mean all"] = (_ => new Sum([], keepDims: false, mean: true), [Map]),
        ["Mean batch"] = (_ => new Sum([0], keepDims: false, mean: true), [Map]),
        ["Mean kept"] = (_ => new Sum([0, 2], keepDims: true, mean: true), [Map]),
        ["DivideByCount"] = (x => new DivideByCount(GraphTracer.Open([x[0].Shape[0]])), [Map]),
        ["Max"] = (_ => new Max(1, keepDims: false), [Map]),
        ["Max batch"] = (_ => new Max(0, keepDims: true), [Map]),
        ["Scatter"] = (x => new Scatter(1, GraphTracer.Open([x[0].Shape[0], 3, 4])), [Positions, Chosen]),
        ["Gather"] = (_ => new Gather(1), [Map, Positions]),
        ["Softmax"] = (_ => new SoftmaxOperator(1, logarithm: false), [Map]),
        ["LogSoftmax"] = (_ => new SoftmaxOperator(-1, logarithm: true), [Map]),
        ["SoftmaxGradient"] = (_ => new SoftmaxGradient(1, logarithm: false), [Map, Map with { Name = "dy" }]),
        ["LogSoftmaxGradient"] = (_ => new SoftmaxGradient(1, logarithm: true), [Map, Map with { Name = "dy" }]),
        ["CrossEntropy"] = (_ => new CrossEntropyOperator(Targets), [Map, Labels, Slopes]),
        ["CrossEntropyGradient"] = (_ => new CrossEntropyGradient(Targets), [Map, Labels, Chosen, Slopes]),
        ["ClassDistribution"] = (_ => new ClassDistribution(Targets, 3, DType.Float64), [Labels, Slopes]),
        ["LabelWeight"] = (_ => new LabelWeight(1, DType.Float64), [Labels, Slopes]),
    };

    public static TheoryData<string> Names => [.. Rules.Keys];

    [Theory, MemberData(nameof(Names))]
    public void Differentiate_InATraceWithOpenBatch_GivesTheEagerGradientsAtAnyBatch(string name)
    {
        (Func<Tensor[], Operator> make, GraphInput[] inputs) = Rules[name];
        string? wrong = TracedRule.FirstDisagreement(make, inputs);
        Assert.True(wrong is null, $"{name}: {wrong}");
    }
}
