using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>An operator from outside takes one class: it is traced, listed, run and trained without being registered
/// anywhere.</summary>
public sealed class OwnOperatorTests
{
    [Fact]
    public void OwnOperator_Traced_HasItsAttributesAndOptions()
    {
        Graph graph = Graph.Trace(new Warped(0.25), [3, 4, 4]);
        Operator op = Assert.Single(graph.Nodes).Operator;

        Assert.Equal(new WarpAttributes(0.25), op.Attributes);
        Assert.Equal([new OperatorOption("amount", "0.25")], op.Options);
        Assert.Null(OperatorCatalog.Of(op));
    }

    [Fact]
    public void OwnOperator_InANetwork_IsInspected()
    {
        Graph graph = Graph.Trace(
            new Sequential(new Conv2d(3, 4, 3), new Warped(0.25), new GlobalAvgPool(flatten: true), new Linear(4, 2)),
            [3, 8, 8]
        );
        Inspection inspection = Inspection.Of(graph, "mine");

        Assert.Equal(
            ["Conv2d", "Warp", "GlobalAvgPool", "Linear"],
            inspection.Layers.Select(l => l.Node.Operator.Name)
        );
        Assert.NotEmpty(inspection.Answers);
    }

    [Fact]
    public void OwnOperator_InAGraph_IsInterpreted()
    {
        Warped module = new(0.25);
        Graph graph = Graph.Trace(module, [3]);
        Tensor x = Tensor.From([1f, -2f, 0.5f, 3f, 0f, -1f], [2, 3]);

        Assert.Equal([1.25f, -1f, 0.5625f, 5.25f, 0f, -0.75f], new Interpreter(graph).Run(x).ToArray());
        Assert.Equal(module.Forward(x).ToArray(), new Interpreter(graph).Run(x).ToArray());
    }

    [Fact]
    public void OwnOperator_NamedAsOneOfTheCatalogue_IsNotTakenForIt()
    {
        Graph graph = Graph.Trace(new Lambda(x => new OwnRelu().Apply(x)), [3]);

        Assert.Null(OperatorCatalog.Of(graph.Nodes[0].Operator));
        Assert.Contains(
            "the operator ReLU has no word in the network text",
            Assert.Throws<NotSupportedException>(() => NetworkText.Print(graph)).Message,
            StringComparison.Ordinal
        );
    }

    private sealed record WarpAttributes(double Amount) : OperatorAttributes;

    /// <summary>x + amount x².</summary>
    private sealed class Warp(WarpAttributes attributes) : Operator
    {
        public override string Name => "Warp";

        public override WarpAttributes Attributes => attributes;

        public override IReadOnlyList<OperatorOption> Options =>
            [new("amount", attributes.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture))];

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0);

        protected override Tensor Forward(OperatorCall call)
        {
            Tensor x = call.Inputs[0].Detach();
            return x + (attributes.Amount * x * x);
        }

        protected override void Differentiate(GradientCall call) =>
            call.Give(0, call.Gradient() * (1.0 + (2.0 * attributes.Amount * call.Input(0))));
    }

    private sealed class Warped(double amount) : Module
    {
        private readonly WarpAttributes _attributes = new(amount);

        public override Tensor Forward(Tensor x) => new Warp(_attributes) { Owner = this }.Apply(x);
    }

    /// <summary>Not the ReLU of the house: it is 1 where x is positive.</summary>
    private sealed class OwnRelu : Operator
    {
        public override string Name => "ReLU";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call) =>
            Tensor.From(Array.ConvertAll(call.Inputs[0].ToArray(), v => v > 0f ? 1f : 0f), call.OutputShape);
    }
}
