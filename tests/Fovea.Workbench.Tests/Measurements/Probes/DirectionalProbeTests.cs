using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

public sealed class DirectionalProbeTests
{
    [Fact]
    public void Try_HealthyNetwork_AgreesInEachLayer()
    {
        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(new DirectionalProbe(), Training());

        Assert.Equal(["conv", "norm", "head"], lines.Select(l => l.Layer));
        Assert.All(lines, l => Assert.True(l["relative"] < 1e-5 && l["analytic"] != 0, Text(l)));
    }

    [Fact]
    public void Try_GradientOfTwiceItsSize_IsOffByHalf()
    {
        MeasuredProbe line = Layer(new Faulty(x => new OwnSquare(2.0).Apply(x)), "first");

        AssertNear(0.5, line["relative"], 1e-4);
        AssertNear(2.0, line["analytic"] / line["numeric"], 1e-4);
    }

    [Fact]
    public void Try_GradientCutOff_HasASlopeAndNoGradient()
    {
        MeasuredProbe line = Layer(new Faulty(x => x.Detach()), "first");

        Assert.True(line["analytic"] == 0 && line["numeric"] != 0, Text(line));
        AssertNear(1.0, line["relative"], 1e-9);
    }

    [Fact]
    public void Try_LayerWithoutUse_IsZeroThroughout()
    {
        MeasuredProbe line = Layer(new Faulty(x => x * 0.0), "first");

        Assert.Equal((0.0, 0.0, 0.0), (line["analytic"], line["numeric"], line["relative"]));
    }

    [Fact]
    public void Try_BiasBeforeANormalization_IsNoAlarm()
    {
        // Its gradient is rounding alone, and so is the slope.
        Sequential model = new(new Linear(2, 3), new BatchNorm1d(3));
        ((Linear)model[0]).Weight.RequiresGrad = false;
        ProbeContext context = Labelled(model, 3, Items());

        MeasuredProbe line = ProbeRunner.Run(new DirectionalProbe(), context).Single(l => l.Layer == "0");

        Assert.True(line["relative"] < 1e-3, Text(line));
    }

    [Fact]
    public void Try_NetworkOfSinglePrecisionAlone_StaysBelowAHundredth()
    {
        Tensor held = Tensor.Full([3], 0.5); // does not become double with the network
        Faulty model = new(x => x * held);

        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(new DirectionalProbe(), Labelled(model, 3, Items()));

        Assert.All(lines, l => Assert.True(l["relative"] < 1e-2 && l["analytic"] != 0, Text(l)));
        Assert.All(model.Parameters(), p => Assert.Equal(DType.Float32, p.DType));
    }

    private static MeasuredProbe Layer(Module model, string layer) =>
        ProbeRunner.Run(new DirectionalProbe(), Labelled(model, 3, Items())).Single(l => l.Layer == layer);

    private static Fovea.Data.Batch Items() => BatchOf(Tensor.Normal([6, 2], rng: new Rng(1)), [0, 1, 2, 0, 1, 2]);

    private static string Text(MeasuredProbe line) =>
        $"{line.Layer}: {string.Join(", ", line.Values.Select(v => $"{v.Key} {v.Value:G6}"))}";

    /// <summary>Two layers with something in between.</summary>
    private sealed class Faulty(Func<Tensor, Tensor> between) : Module
    {
        private readonly Linear _first = new(2, 3);
        private readonly Linear _second = new(3, 3);

        public override Tensor Forward(Tensor x) => _second.Forward(between(_first.Forward(x)));
    }
}
