using System.Globalization;

namespace Fovea.Tests;

/// <summary>Predicted second moments and gradients against measured ones, as factors of a layer: the mean over 5 seeds
/// must be within 5 %.</summary>
public sealed class SignalPredictionTests(ITestOutputHelper output)
{
    private const int Width = 500;
    private const int Layers = 20;
    private const int Batch = 400;
    private const int Seeds = 5;

    private static Sequential Stack(Func<Module> layer) => new([.. Enumerable.Range(0, Layers).Select(_ => layer())]);

    private static Linear Weights(Initializer rule)
    {
        Linear linear = new(Width, Width, bias: false);
        linear.Weight.Initializer = rule;
        return linear;
    }

    public static TheoryData<string, Initializer, double> Rules =>
        new()
        {
            { "He", new KaimingNormal(), 1.0 },
            { "Glorot", new XavierNormal(), 0.5 },
            { "layer default", new LayerDefault(), 1.0 / 6.0 },
        };

    [Theory, MemberData(nameof(Rules))]
    public void Prediction_ReLUNetwork_IsTheMeasuredFactor(string rule, Initializer initializer, double published) =>
        RequireFactors(rule, () => Stack(() => new Sequential(Weights(initializer), new ReLU())), published, published);

    [Fact]
    public void Prediction_ResidualNetworkWithoutNormalization_DoublesInEveryBlock() =>
        RequireFactors(
            "residual",
            () => Stack(() => new Residual(new Sequential(new ReLU(), Weights(new KaimingNormal())))),
            2.0,
            2.0
        );

    /// <summary>pi / (pi - 1) in every layer: Yang et al. 2019, A mean field theory of batch normalization. The ReLU in
    /// front gives the first layer data like the others', and halves once.</summary>
    [Fact]
    public void Prediction_BatchNormWithoutSkips_GradientsExplode() =>
        RequireFactors(
            "batch norm",
            () =>
                new Sequential(
                    new ReLU(),
                    Stack(() => new Sequential(Weights(new KaimingNormal()), new BatchNorm1d(Width), new ReLU()))
                ),
            null,
            Math.PI / (Math.PI - 1.0) * Root(0.5, Layers)
        );

    [Fact]
    public void Prediction_OneByOneConvolutions_AreTheMeasuredFactor()
    {
        Module Layer()
        {
            Conv2d conv = new(128, 128, 1, bias: false);
            conv.Weight.Initializer = new KaimingNormal();
            return new Sequential(conv, new ReLU());
        }

        RequireFactors("1x1 convolutions", () => Stack(Layer), 1.0, 1.0, Shape.Create([128, 2, 2]), 64);
    }

    /// <summary>The second moment behind a zero-padded convolution is that of a full one times the share of taps on
    /// input.</summary>
    [Theory]
    [InlineData(3, 7, 0.819)]
    [InlineData(3, 4, 0.694)]
    [InlineData(7, 7, 0.570)]
    public void Prediction_ZeroPadding_TakesItsShare(int kernel, int size, double published)
    {
        Conv2d conv = new(64, 64, kernel, padding: kernel / 2, bias: false);
        conv.Weight.Initializer = new KaimingNormal();
        Graph graph = Graph.Trace(conv, [64, size, size]);
        SignalPrediction prediction = SignalPrediction.Of(graph);
        Assert.Equal(published, prediction[graph.Output]!.MeanSquare / 2.0, 1e-3);
        Assert.Equal(published, prediction.Gradient(graph.Input)!.Value / 2.0, 1e-3);
        double measured =
            Enumerable.Range(0, Seeds).Average(seed => Measure(conv, [64, size, size], 32, (ulong)seed).Forward) / 2.0;
        Assert.True(
            Math.Abs((measured / published) - 1.0) < 0.05,
            string.Create(
                CultureInfo.InvariantCulture,
                $"kernel {kernel} on {size}: share measured {measured:F4}, published {published:F4}"
            )
        );
    }

    [Fact]
    public void Prediction_BiasesAndBranches_AreTheMeasuredMoments()
    {
        Sequential network = new(
            new Linear(Width, Width),
            new SiLU(),
            new Residual(new Sequential(new Linear(Width, Width), new Tanh(), Weights(new KaimingNormal()))),
            new Dropout(0.3),
            new Concat(new Linear(Width, 200), new Sequential(Weights(new XavierNormal()), new GELU())),
            new LayerNorm([700]),
            new Linear(700, 300),
            new LeakyReLU(0.2)
        );
        RequireFactors("branches", () => network, null, null, layers: 1);
    }

    [Fact]
    public void Prediction_NodeWithoutRule_IsUnknownFromThere()
    {
        Graph graph = Graph.Trace(new TracedFunction(x => (x.Relu() / (x + 1.0)).Relu()), [5]);
        SignalPrediction prediction = SignalPrediction.Of(graph);
        Assert.Null(prediction[graph.Output]);
        Assert.NotNull(prediction[graph.Nodes[0].Output]);
        Assert.Null(prediction.Gradient(graph.Input));
        Assert.Equal(1.0, prediction.Gradient(graph.Output));
    }

    private void RequireFactors(
        string what,
        Func<Module> build,
        double? forward,
        double? backward,
        Shape? item = null,
        int batch = Batch,
        int layers = Layers
    )
    {
        Module network = build();
        Shape shape = item ?? [Width];
        Graph graph = Graph.Trace(network, shape, training: true);
        SignalPrediction prediction = SignalPrediction.Of(graph);
        (double Forward, double Backward) predicted = (
            Root(prediction[graph.Output]!.MeanSquare, layers),
            Root(prediction.Gradient(graph.Input)!.Value, layers)
        );
        (double Forward, double Backward)[] all =
        [
            .. Enumerable.Range(0, Seeds).Select(seed => Measure(network, shape, batch, (ulong)seed)),
        ];
        (double Forward, double Backward) measured = (
            all.Average(m => Root(m.Forward, layers)),
            all.Average(m => Root(m.Backward, layers))
        );
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, factors of a layer: forward measured {measured.Forward:F4}, predicted {predicted.Forward:F4}, published {forward:F4}; gradient measured {measured.Backward:F4}, predicted {predicted.Backward:F4}, published {backward:F4}"
        );
        output.WriteLine(text);
        Assert.True(Near(predicted.Forward, measured.Forward) && Near(predicted.Backward, measured.Backward), text);
        Assert.True(
            Near(forward ?? predicted.Forward, predicted.Forward, 0.01)
                && Near(backward ?? predicted.Backward, predicted.Backward, 0.02),
            text
        );
    }

    private static bool Near(double a, double b, double tolerance = 0.05) => Math.Abs((a / b) - 1.0) <= tolerance;

    private static double Root(double value, int layers) => Math.Pow(value, 1.0 / layers);

    /// <summary>Mean squares of output over input, and of the input's gradient over the output's.</summary>
    private static (double Forward, double Backward) Measure(Module network, Shape item, int batch, ulong seed)
    {
        network.Initialize(seed).Train();
        Rng rng = new(seed + 1000);
        Tensor x = Tensor.Normal(Shape.Create([batch, .. item.Sizes]), rng: rng);
        x.RequiresGrad = true;
        Tensor y = network.Forward(x),
            gradient = Tensor.Normal(y.Shape, rng: rng);
        y.Backward(gradient);
        return (MeanSquare(y) / MeanSquare(x), MeanSquare(x.Grad!) / MeanSquare(gradient));
    }

    private static double MeanSquare(Tensor tensor) => tensor.ToArray<double>().Average(v => v * v);
}
