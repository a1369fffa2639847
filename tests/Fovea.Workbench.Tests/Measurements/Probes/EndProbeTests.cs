using Fovea.Data;
using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

/// <summary>The probes that look at a network when its training ends.</summary>
public sealed class EndProbeTests
{
    [Fact]
    public void Ablation_FilterWithoutOutgoingWeights_ChangesNothingExactly()
    {
        Module net = TinyNet.Create();
        Span<float> head = net.NamedParameters().Single(p => p.Path == "head.weight").Parameter.AsSpan<float>();
        for (int row = 0; row < 3; row++)
        {
            head.Slice((row * 16) + 4, 4).Clear(); // channel 1 of 4
        }

        MeasuredProbe line = One(new AblationProbe(), Labelled(net, 3, [.. Loader().Epoch(0)]));

        Assert.Equal(("conv", 4.0, 4.0, 1.0), (line.Layer, line["filters"], line["tried"], line["without"]));
        Assert.Equal((0.0, 0.0), (line["rise1"], line["error1"]));
        Assert.All([0, 2, 3], f => Assert.True(line[$"rise{f}"] != 0.0 && line[$"error{f}"] > 0.0, $"filter {f}"));
    }

    [Fact]
    public void Ablation_Rise_IsTheLossOfTheNetworkWithoutThatFilter()
    {
        Module net = TinyNet.Create();
        Batch[] batches = [.. Loader().Epoch(0)];
        ProbeContext context = Labelled(net, 3, batches);
        MeasuredProbe line = One(new AblationProbe(), context);

        double before = context.EvaluationLoss(batches).Mean;
        Span<float> head = net.NamedParameters().Single(p => p.Path == "head.weight").Parameter.AsSpan<float>();
        for (int row = 0; row < 3; row++)
        {
            head.Slice((row * 16) + 12, 4).Clear(); // channel 3
        }

        AssertNear(context.EvaluationLoss(batches).Mean - before, line["rise3"], 1e-4);
        Assert.Equal(before, line["loss"]);
    }

    [Fact]
    public void Ablation_OnlyLayerIsTheAnswer_HasNothingToTry() =>
        Assert.Empty(ProbeRunner.Run(new AblationProbe(), Labelled(new Linear(64, 3), 3, Flat())));

    [Fact]
    public void Filters_DrawnWeights_AreNoiseInTheFirstLayerAlone()
    {
        ProbeContext context = Labelled(TinyNet.Create(), 3, [.. Loader().Epoch(0)]);

        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(new FiltersProbe(), context);

        Assert.Equal(["conv", "head"], lines.Select(l => l.Layer));
        Assert.Equal((9.0, 4.0, 0.0), (lines[0]["taps"], lines[0]["filters"], lines[0]["structured"]));
        Assert.False(lines[1].Values.ContainsKey("structured"));
    }

    [Fact]
    public void Filters_PlantedGratings_AreStructured()
    {
        Conv2d conv = new(1, 12, 7, padding: 3);
        conv.Weight.CopyFrom(Filters.Gabor(12, 7));

        MeasuredProbe line = One(new FiltersProbe(), Labelled(conv, 3, [.. Loader().Epoch(0)]));

        Assert.Equal(1.0, line["structured"]);
    }

    [Fact]
    public void Field_NetworkWithASkip_IsAtMostWhatStructureSays()
    {
        MeasuredProbe[] lines =
        [
            .. ProbeRunner.Run(new FieldProbe(), Labelled(new Skipping(), 3, [.. Loader().Epoch(0)])),
        ];

        // 3 behind the first layer, 5 behind the sum; all of the middle's gradient lies there.
        Assert.Equal([3.0, 5.0], lines.Select(l => l["predicted0"]).Distinct());
        Assert.All(lines, l => Assert.InRange(l["side95"], 1, l["predicted0"]));
        Assert.All(lines, l => Assert.True(l["side50"] <= l["side95"] && l["input1"] == 8, l.Layer));
    }

    [Fact]
    public void FieldAndPosition_SeriesAreTakenAlongTheirAxis()
    {
        Sequential net = [];
        net.Add("conv", new Conv1d(1, 4, 5, padding: 2));
        net.Add("relu", new ReLU());
        net.Add("gap", new GlobalAvgPool(flatten: true));
        net.Initialize(1);
        ProbeContext context = Labelled(net, 3, BatchOf(Tensor.Normal([8, 1, 40], rng: new Rng(2)), new long[8]));

        MeasuredProbe field = ProbeRunner.Run(new FieldProbe(), context)[^1];
        IReadOnlyList<MeasuredProbe> places = ProbeRunner.Run(new PositionProbe(), context);

        Assert.Equal((5.0, 40.0), (field["predicted0"], field["input0"]));
        Assert.Equal([40.0, 40.0, 1.0], places.Select(p => p["positions0"]));
        Assert.True(places[1]["read"] > 0.9 && places[2]["read"] < 0.2, $"{places[1]["read"]} {places[2]["read"]}");
    }

    [Fact]
    public void FieldAndPosition_NoSpatialAxes_HaveNothingToTry()
    {
        ProbeContext context = Labelled(new Linear(64, 3), 3, Flat());

        Assert.Empty(ProbeRunner.Run(new FieldProbe(), context));
        Assert.Empty(ProbeRunner.Run(new PositionProbe(), context));
    }

    private static Batch Flat() => BatchOf(Tensor.Normal([6, 64], rng: new Rng(1)), [0, 1, 2, 0, 1, 2]);

    private sealed class Skipping : Module
    {
        private readonly Conv2d _first = new(1, 4, 3, padding: 1);
        private readonly Conv2d _branch = new(4, 4, 3, padding: 1);
        private readonly Linear _head = new(4, 3);

        public Skipping() => Initialize(2);

        public override Tensor Forward(Tensor x)
        {
            Tensor first = _first.Forward(x).Relu();
            return _head.Forward((first + _branch.Forward(first)).Relu().Mean([2, 3]));
        }
    }
}
