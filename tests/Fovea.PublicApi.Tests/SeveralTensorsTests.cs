using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.PublicApi.Tests;

/// <summary>What a user adds from outside with several tensors: an operator of two outputs with a gradient rule, one with
/// an imperative gradient, a network of two inputs and two outputs.</summary>
public sealed class SeveralTensorsTests
{
    [Fact]
    public void OwnOperatorOfTwoOutputs_EachAndBothRead_GradientsAreRight()
    {
        Tensor a = Leaf(1),
            b = Leaf(2);

        Assert.Null(GradientCheck.FirstDisagreement(x => SumProduct.Of(x[0], x[1]).Sum, [a, b]));
        Assert.Null(GradientCheck.FirstDisagreement(x => SumProduct.Of(x[0], x[1]).Product, [a, b]));
        Assert.Null(
            GradientCheck.FirstDisagreement(
                x =>
                {
                    (Tensor sum, Tensor product) = SumProduct.Of(x[0], x[1]);
                    return sum.Square() * product;
                },
                [a, b]
            )
        );
    }

    [Fact]
    public void OwnOperatorOfTwoOutputs_ByHand_GivesSumAndProduct()
    {
        Tensor a = Tensor.From([2f, -3f], [2]),
            b = Tensor.From([5f, 4f], [2]);
        a.RequiresGrad = b.RequiresGrad = true;
        (Tensor sum, Tensor product) = SumProduct.Of(a, b);
        (sum * 10 + product).Sum().Backward();

        Assert.Equal([7f, 1f], sum.ToArray());
        Assert.Equal([10f, -12f], product.ToArray());
        Assert.Equal([15f, 14f], a.Grad!.ToArray()); // 10 + b
        Assert.Equal([12f, 7f], b.Grad!.ToArray()); // 10 + a
    }

    [Fact]
    public void OwnNetworkOfTwoInputsAndOutputs_Traced_HasTheOperatorAsOneNode()
    {
        TwoByTwo network = new();
        Graph graph = Graph.Trace(network, [GraphInput.OfItems("left", [3]), GraphInput.OfItems("right", [3])]);
        Node own = graph.Nodes.Single(n => n.Operator is SumProduct);

        Assert.Equal(["left [N, 3]", "right [N, 3]"], graph.Inputs.Select(i => $"{i}"));
        Assert.Equal(["shared", "shared#2"], own.Inputs.Select(i => i.Name));
        Assert.Equal(["[N, 4]", "[N, 4]"], own.Outputs.Select(o => $"{o.Shape}"));
        Assert.Equal([own.Outputs[1], own.Outputs[0]], graph.Outputs);
        Assert.Equal([own.Outputs[0].Name, $"{own.Name}.product"], own.Outputs.Select(o => o.Name));
    }

    [Fact]
    public void OwnNetworkOfTwoInputsAndOutputs_ByInterpreterAndAsAModule_GivesTheSameBits()
    {
        TwoByTwo network = new();
        network.Initialize(3);
        Tensor left = Tensor.Normal([5, 3], rng: new Rng(1)),
            right = Tensor.Normal([5, 3], rng: new Rng(2));
        IReadOnlyList<Tensor> eager = network.ForwardAll(left, right);
        Graph graph = Graph.Trace(network, [GraphInput.OfItems("left", [3]), GraphInput.OfItems("right", [3])]);

        Assert.Equal(
            eager.Select(t => t.ToArray()),
            new Interpreter(graph).Run([left, right]).Select(t => t.ToArray())
        );
        Assert.Equal(
            eager.Select(t => t.ToArray()),
            new GraphModule(graph).ForwardAll(left, right).Select(t => t.ToArray())
        );
    }

    [Fact]
    public void OwnNetworkOfTwoInputsAndOutputs_StepAsAGraph_HasTheEagerGradients()
    {
        TwoByTwo network = new();
        network.Initialize(3);
        Tensor left = Tensor.Normal([5, 3], rng: new Rng(1)),
            right = Tensor.Normal([5, 3], rng: new Rng(2)),
            target = Tensor.Normal([5, 4], rng: new Rng(3));
        TrainingGraph step = TrainingGraph.Of(
            network,
            [GraphInput.OfItems("left", [3]), GraphInput.OfItems("right", [3])],
            [GraphInput.OfItems("target", [4])],
            Loss
        );
        IReadOnlyList<Tensor> results = new Interpreter(step.Graph).Run([left, right, target, Tensor.Full([], 1)]);
        Loss(network.ForwardAll(left, right), [target]).Backward();

        Assert.Equal(2, step.ScoreCount);
        Assert.Equal(step.Parameters.Select(p => p.Grad!.ToArray()), results.Skip(3).Select(t => t.ToArray()));

        static Tensor Loss(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
            (outputs[0] - targets[0]).Square().Mean() + (outputs[1] * targets[0]).Mean();
    }

    [Fact]
    public void OwnOperatorWithImperativeGradient_InANetworkOfSeveralInputs_IsCheckedAndTraced()
    {
        Tensor a = Leaf(1),
            b = Leaf(2);
        Graph graph = Graph.Trace(
            new Imperative(),
            [GraphInput.OfItems("a", [4], DType.Float64), GraphInput.OfItems("b", [4], DType.Float64)]
        );

        Assert.Null(GradientCheck.FirstDisagreement(x => new Imperative().ForwardAll(x)[0], [a, b]));
        Assert.Equal(["Hypotenuse"], graph.Nodes.Select(n => n.Operator.Name));
        Assert.Equal(
            new Imperative().ForwardAll(a, b)[0].ToArray<double>(),
            new Interpreter(graph).Run([a, b])[0].ToArray<double>()
        );
    }

    [Fact]
    public void OwnNetworkOfTwoInputsAndOutputs_Inspected_AnswersEveryQuestion()
    {
        Inspection inspection = Inspection.Of(
            Graph.Trace(
                new TwoByTwo(),
                [GraphInput.OfItems("left", [3]), GraphInput.OfItems("right", [3])],
                training: true
            )
        );

        Assert.Equal(QuestionCatalog.BuiltIn.Count, inspection.Answers.Count);
        Assert.Equal(16, inspection.Totals.Params); // the shared layer's, once
    }

    [Fact]
    public void OwnNetworkOfSeveralTensors_UsedAsOne_SaysWhy()
    {
        ShapeException error = Assert.Throws<ShapeException>(() => new Doubled().Forward(Tensor.Zeros([1, 2])));

        Assert.Contains("the network gives 2. Call ForwardAll.", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "takes one tensor, got 2",
            Assert.Throws<ShapeException>(() => new ReLU().ForwardAll(Tensor.Zeros([1]), Tensor.Zeros([1]))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void OwnNetworkAndSamplesOfSeveralTensors_Fitted_LossFalls()
    {
        TwoByTwo network = new();
        network.Initialize(3);
        SampleSource data = new("products", new Products(64, 1), new Products(16, 2));
        double before = Evaluator.Run(network, data.Test, Loss).Loss;
        TrainingOptions options = new()
        {
            Epochs = 20,
            Batch = 16,
            LearningRate = 0.02,
        };

        TrainingResult result = Trainer.Fit(network, data, options, Loss, [new LargestError()]);

        Assert.Equal(TrainingOutcome.Finished, result.Outcome);
        Assert.True(
            result.Test!.Metrics["LargestError"] is > 0 and < 3,
            $"largest error {result.Test.Metrics["LargestError"]}"
        );
        Assert.True(result.Test!.Loss < 0.5 * before, $"test loss {before} to {result.Test.Loss}");

        static Tensor Loss(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
            (outputs[0] - targets[0]).Square().Mean() + (outputs[1] - targets[1]).Square().Mean();
    }

    private static Tensor Leaf(ulong seed)
    {
        Tensor x = Tensor.Uniform([3, 4], 0.5, 2, new Rng(seed), DType.Float64);
        x.RequiresGrad = true;
        return x;
    }

    /// <summary>a + b and a b at once.</summary>
    private sealed class SumProduct : Operator
    {
        public override string Name => "SumProduct";

        public static (Tensor Sum, Tensor Product) Of(Tensor a, Tensor b) =>
            new SumProduct().ApplyAll(a, b) is [var sum, var product]
                ? (sum, product)
                : throw new InvalidOperationException();

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) =>
            inputs[0] == inputs[1]
                ? inputs[0]
                : throw new ShapeException($"{Subject}: both must have one shape, got {inputs[0]} and {inputs[1]}.");

        public override IReadOnlyList<OutputSpec> Outputs(ReadOnlySpan<TensorSpec> inputs)
        {
            OutputSpec sum = base.Outputs(inputs)[0];
            return [sum, sum with { Name = "product" }];
        }

        public override GradientReads? Reads(ReadOnlySpan<bool> needs) => GradientReads.Inputs(0, 1);

        protected override void Run(OperatorCall call)
        {
            Tensor a = call.Inputs[0].Detach(),
                b = call.Inputs[1].Detach();
            call.SetOutput(0, a + b);
            if (call.Wants(1))
            {
                call.SetOutput(1, a * b);
            }
        }

        protected override void Differentiate(GradientCall call)
        {
            for (int input = 0; input < 2; input++)
            {
                if (call.GradientOrNone(0) is { } sum)
                {
                    call.Give(input, sum);
                }

                if (call.GradientOrNone(1) is { } product)
                {
                    call.Give(input, product * call.Input(1 - input));
                }
            }
        }
    }

    /// <summary>sqrt(a^2 + b^2), with its gradient computed by hand.</summary>
    private sealed class Hypotenuse : Operator
    {
        public override string Name => "Hypotenuse";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call)
        {
            Tensor a = call.Inputs[0].Detach(),
                b = call.Inputs[1].Detach(),
                result = (a.Square() + b.Square()).Sqrt();
            call.Save(a / result, b / result);
            return result;
        }

        protected override void Backward(OperatorCall call, Tensor gradient)
        {
            call.Accumulate(0, gradient * call.Saved[0]);
            call.Accumulate(1, gradient * call.Saved[1]);
        }
    }

    private sealed class TwoByTwo : MultiModule
    {
        private readonly Linear _shared = new(3, 4);

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs)
        {
            (Tensor sum, Tensor product) = SumProduct.Of(_shared.Forward(inputs[0]), _shared.Forward(inputs[1]));
            return [product, sum];
        }
    }

    /// <summary>A metric of the user's own, over both outputs.</summary>
    private sealed class LargestError : Metric
    {
        private double _largest;

        public override bool HigherIsBetter => false;

        public override double Value => _largest;

        public override void Reset() => _largest = 0;

        public override void Add(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets) =>
            _largest = outputs
                .Zip(targets, (output, target) => (output - target).Abs().Max().Item())
                .Append(_largest)
                .Max();
    }

    private sealed class Imperative : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) =>
            [new Hypotenuse().Apply([.. inputs])];
    }

    private sealed class Doubled : MultiModule
    {
        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) => [inputs[0], inputs[0]];
    }

    /// <summary>Pairs of vectors, and what a fixed layer would make of them.</summary>
    private sealed class Products(int count, ulong seed) : ISampleSet
    {
        private readonly Linear _teacher = (Linear)new Linear(3, 4).Initialize(11);

        public string Name => "products";

        public int Count => count;

        public Sample Read(int index)
        {
            Rng rng = new Rng(seed).Split((ulong)index);
            Tensor left = Tensor.Normal([1, 3], rng: rng),
                right = Tensor.Normal([1, 3], rng: rng);
            return NoGrad.Run(() =>
            {
                Tensor a = _teacher.Forward(left),
                    b = _teacher.Forward(right);
                return new Sample([left.Reshape(3), right.Reshape(3)], [(a * b).Reshape(4), (a + b).Reshape(4)]);
            });
        }
    }
}
