using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>An operator of two inputs and two outputs with a gradient rule, and networks of several tensors, written from
/// outside.</summary>
public sealed class SeveralOutputsTests
{
    [Fact]
    public void OwnOperatorOfTwoOutputs_FirstAndSecondOrder_AgreeWithFiniteDifferences()
    {
        Tensor x = Positive(1),
            y = Positive(2);
        Assert.Null(GradientCheck.FirstDisagreement(Weighted, [x, y]));
        Assert.Null(
            GradientCheck.FirstDisagreement(
                inputs =>
                {
                    IReadOnlyList<Tensor?> slopes = Weighted(inputs).Sum().GradientsOf(inputs, createGraph: true);
                    return (slopes[0]! * 2.0) + (slopes[1]! * slopes[0]!);
                },
                [x, y]
            )
        );
    }

    [Fact]
    public void OwnOperatorOfTwoOutputs_OneRead_HasTheGradientOfThatAlone()
    {
        Tensor x = Positive(1),
            y = Positive(2);
        Assert.Null(GradientCheck.FirstDisagreement(inputs => new Polar().ApplyAll([.. inputs])[1], [x, y]));
    }

    [Fact]
    public void OwnNetworkOfSeveralTensors_TracedInterpretedAndTrained_IsTheEagerOne()
    {
        PolarNetwork eager = new(),
            graph = new();
        eager.Initialize(1);
        graph.Initialize(1);
        GraphInput[] inputs = [GraphInput.OfItems("a", [4]), GraphInput.OfItems("b", [4])];
        Graph traced = Graph.Trace(eager, inputs);
        Assert.Equal(["a", "b"], traced.Inputs.Select(v => v.Name));
        Assert.Equal(2, traced.Outputs.Count);
        Tensor[] data = [Tensor.Uniform([3, 4], 0.5, 2.0, new Rng(3)), Tensor.Uniform([3, 4], 0.5, 2.0, new Rng(4))];
        IReadOnlyList<Tensor> expected = eager.ForwardAll(data),
            actual = new Interpreter(traced).Run(data);
        Assert.Equal(expected.Select(t => t.ToArray()), actual.Select(t => t.ToArray()));
        TrainingGraph step = TrainingGraph.Of(graph, inputs, [], (z, _) => z[0].Square().Mean() + z[1].Sum());
        step.Run(data, []);
        (expected[0].Square().Mean() + expected[1].Sum()).Backward();
        foreach (((string path, Parameter a), (_, Parameter b)) in eager.NamedParameters().Zip(graph.NamedParameters()))
        {
            Assert.True(a.Grad!.ToArray().SequenceEqual(b.Grad!.ToArray()), $"the gradient of {path} differs");
        }
    }

    [Fact]
    public void Inspect_ALayerThatReadsALaterOutput_IsAnsweredWithoutAFieldFromThereOn()
    {
        Graph graph = Graph.Trace(new AngleNetwork(), [1, 8, 8], training: true);
        Inspection inspection = Inspection.Of(graph, "angles");
        Assert.NotEmpty(inspection.Answers);
        Assert.NotNull(inspection.Layers.First(l => l.Node.Name == "before").Field);
        Assert.Null(inspection.Layers.First(l => l.Node.Name == "after").Field);
    }

    private static Tensor Weighted(IReadOnlyList<Tensor> inputs)
    {
        IReadOnlyList<Tensor> polar = new Polar().ApplyAll([.. inputs]);
        return (polar[0] * 1.5) + (polar[1] * polar[0]);
    }

    private static Tensor Positive(ulong seed)
    {
        Tensor tensor = Tensor.Uniform([2, 3], 0.5, 2.0, new Rng(seed), DType.Float64);
        tensor.RequiresGrad = true;
        return tensor;
    }

    /// <summary>Radius and angle of points (x, y).</summary>
    private sealed class Polar : Operator
    {
        public override string Name => "Polar";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs) =>
            [
                new OutputSpec(inputs[0].Shape, inputs[0].DType, Name: "radius"),
                new OutputSpec(inputs[0].Shape, inputs[0].DType, Name: "angle"),
            ];

        public override GradientReads? Reads(ReadOnlySpan<bool> needs) =>
            GradientReads.Inputs(0, 1) | GradientReads.Outputs(0);

        protected override void Run(OperatorCall call)
        {
            ArgumentNullException.ThrowIfNull(call);
            for (int output = 0; output < 2; output++)
            {
                if (call.Wants(output))
                {
                    call.SetOutput(output, Compute(call.Inputs[0], call.Inputs[1], output == 0));
                }
            }
        }

        protected override void Differentiate(GradientCall call)
        {
            ArgumentNullException.ThrowIfNull(call);
            Tensor x = call.Input(0),
                y = call.Input(1),
                radius = call.Output(),
                square = radius * radius;
            if (call.GradientOrNone(0) is { } ofRadius)
            {
                call.Give(0, ofRadius * x / radius);
                call.Give(1, ofRadius * y / radius);
            }

            if (call.GradientOrNone(1) is { } ofAngle)
            {
                call.Give(0, -(ofAngle * y / square));
                call.Give(1, ofAngle * x / square);
            }
        }

        private static Tensor Compute(Tensor x, Tensor y, bool radius)
        {
            double[] a = x.ToArray<double>(),
                b = y.ToArray<double>();
            double[] result = [.. a.Zip(b, (u, v) => radius ? Math.Sqrt((u * u) + (v * v)) : Math.Atan2(v, u))];
            return Tensor.From<double>(result, x.Shape).To(x.DType).Detach();
        }
    }

    /// <summary>Two inputs through a shared layer, and two outputs.</summary>
    private sealed class PolarNetwork : MultiModule
    {
        private readonly Linear _shared = new(4, 5);
        private readonly Polar _polar = new();

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
        {
            ArgumentNullException.ThrowIfNull(inputs);
            return _polar.ApplyAll(_shared.Forward(inputs[0]).Relu() + 0.5, _shared.Forward(inputs[1]).Relu() + 0.5);
        }
    }

    /// <summary>A convolution that reads the angle, the operator's second output.</summary>
    private sealed class AngleNetwork : Module
    {
        private readonly Conv2d _before = new(1, 2, 3);
        private readonly Polar _polar = new();
        private readonly Conv2d _after = new(2, 2, 3);

        public override Tensor Forward(Tensor x)
        {
            Tensor map = _before.Forward(x);
            return _after.Forward(_polar.ApplyAll(map, map)[1]);
        }
    }
}
