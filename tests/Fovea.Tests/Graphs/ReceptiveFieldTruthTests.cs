namespace Fovea.Tests;

/// <summary>Receptive fields against what a network really does: which pixels have a gradient, or change the
/// output.</summary>
public sealed class ReceptiveFieldTruthTests(ITestOutputHelper output)
{
    private static readonly string[] Inexact = ["transposed", "squeeze-excite", "global pool", "flatten", "narrow"];
    private static readonly string[] Modes = ["Reflect", "Replicate", "Circular"];

    [Fact]
    public void Mask_TwoHundredRandomGraphs_IsTheSetOfPixelsWithGradient()
    {
        Dictionary<string, int> graphs = [];
        int units = 0,
            tight = 0;
        for (ulong seed = 0; seed < 200; seed++)
        {
            Rng rng = new Rng(2026).Split(seed);
            RandomNetwork network = RandomNetwork.Draw(rng);
            foreach (string kind in network.Kinds)
            {
                graphs[kind] = graphs.GetValueOrDefault(kind) + 1;
            }

            Tensor x = Tensor.Uniform(Shape.Create([1, .. network.Item.Sizes]), 0.5, 1.5, rng, DType.Float64);
            x.RequiresGrad = true;
            Tensor y = network.Module.Forward(x);
            Assert.True(
                network.Graph.Output.Shape.Single == y.Shape,
                $"seed {seed}: traced {network.Graph.Output.Shape}, run {y.Shape}: {network.Text}"
            );
            ReceptiveFields fields = ReceptiveFields.Of(network.Graph);
            foreach (int[] position in Positions(y.Shape, rng))
            {
                bool[] truth = WithGradient(x, y, position);
                RequireSame(seed, network, position, truth, fields.Mask(network.Graph.Output, position));
                tight += RequireInterval(seed, network, fields[network.Graph.Output]!, position, truth);
                units++;
            }
        }

        string counts =
            $"{units} units of 200 graphs, {tight} axes tight; graphs with {string.Join(", ", graphs.OrderBy(g => g.Key).Select(g => $"{g.Key} {g.Value}"))}";
        output.WriteLine(counts);
        Assert.True(
            graphs.Count >= 28 && graphs.Values.Min() >= 5 && units > 2000 && tight > 200,
            $"too few of a kind: {counts}"
        );
    }

    [Fact]
    public void Mask_GraphsWithMaxPools_IsTheSetOfPixelsThatChangeTheOutput()
    {
        int pools = 0,
            units = 0;
        for (ulong seed = 0; pools < 50; seed++)
        {
            Rng rng = new Rng(7).Split(seed);
            RandomNetwork network = RandomNetwork.Draw(rng, maxPools: true);
            if (!network.Has("max pool", "adaptive max pool") || network.Has("squeeze-excite"))
            {
                continue; // in squeeze-excite the gate of zeros is no product of positive factors
            }

            pools++;
            Graph graph = network.Graph;
            ReceptiveFields fields = ReceptiveFields.Of(graph);
            Tensor[] responses = Responses(network);
            Shape shape = responses[0].Shape;
            foreach (int[] position in Positions(shape, rng))
            {
                bool[] truth =
                [
                    .. responses.Select(r => Channels(shape, position).Any(i => r.AsReadOnlySpan<double>()[i] != 0.0)),
                ];
                RequireSame(seed, network, position, truth, fields.Mask(graph.Output, position));
                units++;
            }
        }

        Assert.True(units > 300, $"only {units} units of {pools} graphs");
    }

    /// <summary>For each pixel the output to a 1 there, in all channels, and zeros elsewhere.</summary>
    private static Tensor[] Responses(RandomNetwork network)
    {
        int channels = network.Item[0],
            plane = (int)(network.Item.Count / channels);
        Tensor[] responses = new Tensor[plane];
        for (int pixel = 0; pixel < plane; pixel++)
        {
            double[] values = new double[channels * plane];
            for (int c = 0; c < channels; c++)
            {
                values[(c * plane) + pixel] = 1.0;
            }

            responses[pixel] = network.Module.Forward(Tensor.From(values, Shape.Create([1, .. network.Item.Sizes])));
        }

        return responses;
    }

    /// <summary>Corners, edges, the centre, and six at random; by the axes that the output has.</summary>
    private static IEnumerable<int[]> Positions(Shape output, Rng rng)
    {
        int[] sizes = output.Sizes[2..].ToArray();
        List<int[]> all =
        [
            [],
        ];
        foreach (int size in sizes)
        {
            all = [.. all.SelectMany(p => new[] { 0, size / 2, size - 1 }.Distinct().Select(i => (int[])[.. p, i]))];
        }

        int step = all.Count > 9 ? 2 : 1; // in three dimensions every other one
        return
        [
            .. all.Where((_, i) => i % step == 0),
            .. Enumerable.Range(0, 6).Select(_ => Array.ConvertAll(sizes, s => rng.Next(s))),
        ];
    }

    private static IEnumerable<int> Channels(Shape output, int[] position)
    {
        int plane = (int)(output.Count / output[1]),
            at = 0;
        for (int axis = 0; axis < position.Length; axis++)
        {
            at = (at * output[2 + axis]) + position[axis];
        }

        return Enumerable.Range(0, output[1]).Select(c => (c * plane) + at);
    }

    private static bool[] WithGradient(Tensor x, Tensor y, int[] position)
    {
        double[] seed = new double[y.Count];
        foreach (int i in Channels(y.Shape, position))
        {
            seed[i] = 1.0;
        }

        x.Grad = null;
        y.Backward(Tensor.From(seed, y.Shape), retainGraph: true);
        double[] gradient = x.Grad!.ToArray<double>();
        int plane = gradient.Length / x.Shape[1];
        return
        [
            .. Enumerable
                .Range(0, plane)
                .Select(p => Enumerable.Range(0, x.Shape[1]).Any(c => gradient[(c * plane) + p] != 0.0)),
        ];
    }

    private static void RequireSame(ulong seed, RandomNetwork network, int[] position, bool[] truth, bool[]? mask)
    {
        string where = $"seed {seed}, position [{string.Join(", ", position)}] of {network.Text}";
        Assert.True(mask is not null, $"no mask: {where}");
        int[] missing = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] && !mask[i])],
            extra = [.. Enumerable.Range(0, truth.Length).Where(i => !truth[i] && mask[i])];
        Assert.True(
            missing.Length + extra.Length == 0,
            $"pixels missing [{string.Join(", ", missing)}], not read [{string.Join(", ", extra)}]: {where}"
        );
    }

    /// <summary>The interval contains every pixel; where nothing is cut off, its ends are pixels of the set. Padding
    /// that repeats the input reads elsewhere and is left out.</summary>
    private static int RequireInterval(
        ulong seed,
        RandomNetwork network,
        ReceptiveField field,
        int[] position,
        bool[] truth
    )
    {
        if (network.Has(Modes))
        {
            return 0;
        }

        int tight = 0,
            given = 0;
        for (int axis = 0; axis < field.Axes.Count; axis++)
        {
            int at = field.Axes[axis].Axis >= 0 ? position[given++] : 0,
                size = network.Item[1 + axis];
            int[] read = [.. Along(truth, network.Item, axis)];
            FieldSpan[] seen = [.. field.Axes[axis].Lines.Select(l => l.At(at)).OfType<FieldSpan>()];
            double low = seen.Select(s => s.Low).DefaultIfEmpty(1.0).Min(),
                high = seen.Select(s => s.High).DefaultIfEmpty(0.0).Max();
            string what =
                $"seed {seed}, axis {axis}, position {at}: interval {low} to {high}, pixels {string.Join(",", read)} of {network.Text}";
            Assert.True(read.All(r => r >= low && r <= high), what);
            if (low >= 0 && high < size && !network.Has(Inexact) && read.Length > 0)
            {
                Assert.True(read.Min() == low && read.Max() == high, $"not tight: {what}");
                tight++;
            }
        }

        return tight;
    }

    /// <summary>The positions of an axis at which a set has anything.</summary>
    private static IEnumerable<int> Along(bool[] set, Shape item, int axis)
    {
        int inner = item.Sizes[(2 + axis)..].ToArray().Aggregate(1, (a, b) => a * b);
        return Enumerable.Range(0, set.Length).Where(i => set[i]).Select(i => i / inner % item[1 + axis]).Distinct();
    }
}
