using System.Globalization;

namespace Fovea.Tests;

public sealed class BorderProfileTests
{
    private static (BorderProfile Profile, Graph Graph) Of(Module network, Shape item, int axis = 0)
    {
        Graph graph = Graph.Trace(network, item);
        return (BorderProfile.Of(graph, ReceptiveFields.Of(graph), axis), graph);
    }

    private static void RequireNear(string what, IEnumerable<double> expected, IReadOnlyList<double>? got)
    {
        double[] want = [.. expected];
        string Text(IEnumerable<double> values) =>
            string.Join(" ", values.Select(v => v.ToString("G5", CultureInfo.InvariantCulture)));
        Assert.True(
            got is not null && got.Count == want.Length && want.Zip(got).All(p => Math.Abs(p.First - p.Second) < 1e-9),
            $"{what}: expected {Text(want)}, got {(got is null ? "nothing" : Text(got))}"
        );
    }

    /// <summary>Layers of 3 taps with padding 1; the corner is the square of the border, the edge the border
    /// itself.</summary>
    [Theory]
    [InlineData(1, 4.0 / 9.0, 6.0 / 9.0)]
    [InlineData(2, 0.3086, 0.5556)]
    [InlineData(5, 0.1561, 0.3951)]
    public void Coverage_ZeroPaddedThreeTaps_HasThePublishedCornersAndEdges(int layers, double corner, double edge)
    {
        Sequential network = new([.. Enumerable.Range(0, layers).Select(_ => new Conv2d(1, 1, 3, padding: 1))]);
        foreach (int axis in new[] { 0, 1 })
        {
            (BorderProfile profile, Graph graph) = Of(network, [1, 16, 20], axis);
            IReadOnlyList<double> coverage = profile.Coverage(graph.Output)!;
            Assert.Equal(16 + (4 * axis), coverage.Count);
            Assert.Equal(edge, coverage[0], 1e-4);
            Assert.Equal(corner, coverage[0] * coverage[0], 1e-4);
            Assert.Equal(1.0, coverage[8], 1e-12);
            RequireNear("not the same from both ends", coverage, [.. coverage.Reverse()]);
        }
    }

    [Fact]
    public void Coverage_OtherPadding_LosesNothing()
    {
        foreach (PaddingMode mode in new[] { PaddingMode.Reflect, PaddingMode.Replicate, PaddingMode.Circular })
        {
            (BorderProfile profile, Graph graph) = Of(new Conv1d(1, 1, 3, padding: 1, paddingMode: mode), [1, 8]);
            RequireNear($"{mode}", Enumerable.Repeat(1.0, 8), profile.Coverage(graph.Output));
        }
    }

    [Fact]
    public void Coverage_OnePosition_LosesWhatThePaddingTakes()
    {
        (BorderProfile profile, Graph graph) = Of(
            new Sequential(new Conv1d(1, 1, 3, padding: 1), new Conv1d(1, 1, 3, padding: 1)),
            [1, 1]
        );
        RequireNear("two layers on one position", [1.0 / 9.0], profile.Coverage(graph.Output));
    }

    [Fact]
    public void Coverage_SqueezeExciteAndHead_LeaveTheMapAsItIs()
    {
        (BorderProfile profile, Graph graph) = Of(
            new Sequential(
                new Conv1d(1, 4, 3, padding: 1),
                new SqueezeExcite(4, 2),
                new GlobalAvgPool(flatten: true),
                new Linear(4, 2)
            ),
            [1, 6]
        );
        RequireNear(
            "behind the gate",
            [2.0 / 3.0, 1.0, 1.0, 1.0, 1.0, 2.0 / 3.0],
            profile.Coverage(graph.Nodes.Single(n => n.Operator.Name == "Multiply").Output)
        );
        Assert.Null(profile.Coverage(graph.Output));
    }

    [Fact]
    public void Paths_ValidThreeTapsOnSeven_AreOneThreeNine()
    {
        (BorderProfile profile, Graph graph) = Of(new Conv2d(1, 1, 3), [1, 7, 7]);
        IReadOnlyList<double> paths = profile.Paths(graph.Output)!;
        RequireNear("per axis", [1.0 / 3.0, 2.0 / 3.0, 1.0, 1.0, 1.0, 2.0 / 3.0, 1.0 / 3.0], paths);
        Assert.Equal(
            [1.0, 3.0, 9.0],
            new[] { paths[0] * paths[0], paths[0] * paths[3], paths[3] * paths[3] }.Select(p => Math.Round(9.0 * p, 9))
        );
    }

    [Fact]
    public void Coverage_RandomNetworks_IsTheOutputOfMeansToOnes()
    {
        for (ulong seed = 0; seed < 150; seed++)
        {
            Rng rng = new Rng(41).Split(seed);
            int size = 8 + rng.Next(12);
            Sequential? network = Fits(
                new Sequential([.. Enumerable.Range(0, 1 + rng.Next(5)).Select(_ => Averaging(rng))]),
                [1, size]
            );
            if (network is null)
            {
                continue;
            }

            foreach (Parameter weight in network.To(DType.Float64).Parameters())
            {
                weight.Fill(1.0 / (weight.Shape.Count / weight.Shape[0]));
            }

            (BorderProfile profile, Graph graph) = Of(network, [1, size]);
            Tensor y = network.Forward(Tensor.Ones([1, 1, size], DType.Float64));
            RequireNear(
                $"seed {seed}: {string.Join(" -> ", graph.Nodes)}",
                y.ToArray<double>(),
                profile.Coverage(graph.Output)
            );
        }
    }

    [Fact]
    public void Paths_RandomNetworks_AreGradientsOfSums()
    {
        for (ulong seed = 0; seed < 150; seed++)
        {
            Rng rng = new Rng(43).Split(seed);
            int size = 8 + rng.Next(12);
            Sequential? network = Fits(
                new Sequential([.. Enumerable.Range(0, 1 + rng.Next(5)).Select(_ => Summing(rng))]),
                [1, size]
            );
            if (network is null)
            {
                continue;
            }

            foreach (Parameter weight in network.To(DType.Float64).Parameters())
            {
                weight.Fill(1.0);
            }

            (BorderProfile profile, Graph graph) = Of(network, [1, size]);
            Tensor x = Tensor.Ones([1, 1, size], DType.Float64);
            x.RequiresGrad = true;
            network.Forward(x).Sum().Backward();
            double[] counts = x.Grad!.ToArray<double>();
            RequireNear(
                $"seed {seed}: {string.Join(" -> ", graph.Nodes)}",
                counts.Select(c => c / counts.Max()),
                profile.Paths(graph.Output)
            );
        }
    }

    /// <summary>The network, if every layer fits its input.</summary>
    private static Sequential? Fits(Sequential network, Shape item)
    {
        try
        {
            _ = Graph.Trace(network, item);
            return network;
        }
        catch (ShapeException)
        {
            return null;
        }
    }

    private static Padding Around(Rng rng) =>
        rng.Next(3) switch
        {
            0 => Padding.Explicit(rng.Next(3), rng.Next(3)),
            1 => Padding.Same,
            _ => Padding.SameTensorFlow,
        };

    private static Conv1d Filter(Rng rng) =>
        new(
            1,
            1,
            1 + rng.Next(4),
            1 + rng.Next(2),
            Around(rng),
            1 + rng.Next(2),
            bias: false,
            paddingMode: rng.Next(3) == 0 ? PaddingMode.Replicate : PaddingMode.Zeros
        );

    private static Conv1d Same(Rng rng) => new(1, 1, 1 + rng.Next(5), 1, Padding.Same, bias: false);

    private static Module Averaging(Rng rng) =>
        rng.Next(10) switch
        {
            < 2 => Filter(rng),
            7 => new Upsample(2.0),
            8 => new Upsample(2.0, UpsampleMode.Linear, alignCorners: rng.Next(2) == 0),
            9 => new Sequential( // two taps at every position; the weights are a quarter
                new ConvTranspose1d(1, 1, 4, 2, rng.Next(3), bias: false),
                new Lambda(x => x * 2.0)
            ),
            2 => new AvgPool1d(
                2 + rng.Next(2),
                1 + rng.Next(2),
                rng.Next(2),
                ceilMode: rng.Next(2) == 0,
                countIncludePad: rng.Next(2) == 0
            ),
            3 => new MaxPool1d(1, 1 + rng.Next(2)),
            4 => new AdaptiveAvgPool1d(2 + rng.Next(4)),
            5 => new Sequential(new Residual(new Sequential(Same(rng), Same(rng))), new Lambda(x => x * 0.5)),
            _ => new Sequential(new Concat(Same(rng), Same(rng), new Identity()), new Conv1d(3, 1, 1, bias: false)),
        };

    private static Module Summing(Rng rng) =>
        rng.Next(7) switch
        {
            < 2 => Filter(rng),
            5 => new Upsample(2.0),
            6 => new ConvTranspose1d(1, 1, 1 + rng.Next(5), 1 + rng.Next(3), bias: false),
            2 => new AvgPool1d(
                2 + rng.Next(2),
                1 + rng.Next(2),
                rng.Next(2),
                ceilMode: rng.Next(2) == 0,
                divisorOverride: 1
            ),
            3 => new Residual(new Sequential(Same(rng), Same(rng)), Same(rng)),
            _ => new Sequential(new Concat(Same(rng), Same(rng), new Identity()), new Conv1d(3, 1, 2, bias: false)),
        };

    [Fact]
    public void Coverage_ConcatenationAlongTheAxis_IsTheirsBehindOneAnother()
    {
        Concat network = new(new Conv1d(1, 1, 3, padding: 1), new AvgPool1d(2)) { Axis = 2 };
        (BorderProfile profile, Graph graph) = Of(network, [1, 4]);
        RequireNear("concatenation", [2.0 / 3.0, 1.0, 1.0, 2.0 / 3.0, 1.0, 1.0], profile.Coverage(graph.Output));
    }

    /// <summary>By hand: of the taps that meet a position of the enlarged map, those whose source lies outside add
    /// nothing. Taps 1 and 3 meet even positions, 0 and 2 odd ones.</summary>
    [Theory]
    [InlineData(4, 2, 1, "0.5 1 1 1 1 1 1 0.5")]
    [InlineData(4, 2, 0, "0.5 0.5 1 1 1 1 1 1 0.5 0.5")]
    [InlineData(2, 2, 0, "1 1 1 1 1 1 1 1")]
    [InlineData(3, 1, 1, "0.66667 1 1 0.66667")]
    [InlineData(1, 2, 0, "1 0 1 0 1 0 1")]
    public void Coverage_Transposed_IsTheShareOfTapsOnInput(int kernel, int stride, int padding, string expected)
    {
        ConvTranspose1d layer = new(1, 1, kernel, stride, padding, bias: false);
        layer.To(DType.Float64);
        layer.Weight.Fill(1.0 / Math.Max(1, kernel / stride));
        (BorderProfile profile, Graph graph) = Of(layer, [1, 4]);
        RequireNear(
            "run",
            layer.Forward(Tensor.Ones([1, 1, 4], DType.Float64)).ToArray<double>(),
            profile.Coverage(graph.Output)
        );
        Assert.Equal(
            expected.Split(' '),
            profile.Coverage(graph.Output)!.Select(c => c.ToString("G5", CultureInfo.InvariantCulture))
        );
    }

    [Fact]
    public void Coverage_MaxPoolWithPadding_LosesNothing()
    {
        // The padding of a max pool never wins, so a constant stays what it is.
        (BorderProfile profile, Graph graph) = Of(new MaxPool1d(3, 2, 1), [1, 9]);
        RequireNear("max pool", Enumerable.Repeat(1.0, 5), profile.Coverage(graph.Output));
    }
}
