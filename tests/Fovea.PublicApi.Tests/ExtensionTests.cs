using Fovea.Data;

namespace Fovea.PublicApi.Tests;

/// <summary>What a user adds from outside, with the public API alone: an operator with its gradient, a layer, a loss,
/// an optimizer rule, a data set.</summary>
public sealed class ExtensionTests
{
    [Fact]
    public void OwnOperator_InOwnLayer_IsDifferentiatedAndChecked()
    {
        Tensor x = Tensor.Normal([3, 4], rng: new Rng(1), dtype: DType.Float64);
        x.RequiresGrad = true;
        Assert.Null(GradientCheck.FirstDisagreement(inputs => new Cubed().Apply(inputs[0]), [x]));
    }

    [Fact]
    public void OwnLayerLossAndDataset_InALoop_Learn()
    {
        ScaleLayer layer = new();
        SGD optimizer = new(layer, 0.1);
        Loader loader = new(
            new Line(),
            new LoaderOptions
            {
                BatchSize = 8,
                Shuffle = true,
                Seed = 3,
            }
        );
        for (int epoch = 0; epoch < 30; epoch++)
        {
            foreach (Batch batch in loader.Epoch(epoch))
            {
                optimizer.ZeroGrad();
                new MeanCubeError().Forward(layer.Forward(batch.Inputs), batch.Inputs * 3).Backward();
                optimizer.Step();
            }
        }

        Assert.InRange(layer.Scale.Item(), 2.5, 3.5);
    }

    [Fact]
    public void OwnInitializer_OfAParameter_IsUsedByInitialize()
    {
        Linear linear = new(2, 2);
        linear.Weight.Initializer = new Alternating();
        linear.Initialize(1);
        Assert.Equal([1f, -1f, 1f, -1f], linear.Weight.ToArray());
    }

    private sealed class Cubed : Operator
    {
        public override string Name => "Cubed";

        public override Shape OutputShape(ReadOnlySpan<Shape> inputs) => inputs[0];

        protected override Tensor Forward(OperatorCall call)
        {
            Tensor x = call.Inputs[0].Detach();
            call.Save(x);
            return x * x * x;
        }

        protected override void Backward(OperatorCall call, Tensor gradient) =>
            call.Accumulate(0, call.Saved[0].Square() * 3 * gradient);
    }

    private sealed class ScaleLayer : Module
    {
        public Parameter Scale { get; } = new([1], new Constant(1), ParameterKind.Other);

        public override Tensor Forward(Tensor x) => x * Scale;
    }

    private sealed class MeanCubeError : Loss
    {
        public override Tensor Forward(Tensor prediction, Tensor target) => (prediction - target).Abs().Power(3).Mean();
    }

    private sealed class Alternating : Initializer
    {
        public override void Fill(Tensor tensor, Rng rng)
        {
            double sign = -1;
            Fill(tensor, () => sign = -sign);
        }

        public override string ToString() => "alternating";
    }

    private sealed class Line : IDataset
    {
        public string Name => "line";

        public int Count => 32;

        public Shape ItemShape => [1];

        public IReadOnlyList<string> Classes => ["all", "none"];

        public int Label(int index) => 0;

        public void Read(int index, Span<float> destination) => destination[0] = (index - 16) / 16f;
    }
}
