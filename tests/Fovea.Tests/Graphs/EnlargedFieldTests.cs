namespace Fovea.Tests;

/// <summary>Receptive fields behind up-sampling and transposed convolutions, against the input positions that have a
/// gradient.</summary>
public sealed class EnlargedFieldTests(ITestOutputHelper output)
{
    private const int Graphs = 300;

    private static readonly string[] SeeAll = ["squeeze-excite", "global pool", "flatten"];
    private static readonly string[] Wanted =
    [
        "1-D",
        "2-D",
        "nearest up-sampling",
        "linear up-sampling",
        "transposed",
        "strided",
        "dilated",
        "average pool",
        "adaptive pool",
        "add",
        "concat",
        "u-net",
    ];
    private static readonly string[] Modes = ["Reflect", "Replicate", "Circular"];

    [Fact]
    public void Mask_EveryPosition_IsTheSetWithGradient()
    {
        Dictionary<string, int> kinds = [];
        int units = 0;
        for (ulong seed = 0; seed < Graphs; seed++)
        {
            Rng rng = new Rng(61).Split(seed);
            RandomNetwork network = RandomNetwork.Draw(rng, enlarging: true);
            foreach (string kind in network.Kinds)
            {
                kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
            }

            units += RequireEveryPosition(seed, network, rng);
        }

        string counts =
            $"{units} units of {Graphs} graphs; graphs with {string.Join(", ", kinds.OrderBy(k => k.Key).Select(k => $"{k.Key} {k.Value}"))}";
        output.WriteLine(counts);
        Assert.True(
            Wanted.All(k => kinds.GetValueOrDefault(k) >= 20) && units > 10_000,
            $"too few of a kind: {counts}"
        );
    }

    /// <summary>Far from the borders of a long input every position sees exactly the stretch that is said, and the size is
    /// that of the longest.</summary>
    [Fact]
    public void At_FarFromBorders_IsTheExtentOfTheGradientAndSizeTheLargest()
    {
        int axes = 0,
            sizes = 0,
            same = 0,
            small = 0;
        for (ulong seed = 0; axes < Graphs; seed++)
        {
            Rng rng = new Rng(67).Split(seed);
            RandomNetwork network = RandomNetwork.Draw(rng, enlarging: true);
            int axis = rng.Next(network.Item.Rank - 1);
            if (network.Has(SeeAll) || LongInput.Of(network, axis, rng) is not { } input)
            {
                continue;
            }

            axes++;
            AxisField field = ReceptiveFields.Of(input.Graph)[input.Graph.Output]!.Axes[axis];
            string what = $"seed {seed}, axis {axis} of {input.Item}: {network.Text}";
            sizes += RequireExtents(field, input, what) ? 1 : 0;
            if (network.Has("by size") || (network.Has("same-tensorflow") && network.Has("strided")))
            {
                continue;
            }

            same++;
            small += RequireSame(network, axis, field, what) ? 1 : 0;
        }

        string counts =
            $"{axes} axes, {sizes} with their size, {same} at their own input, {small} of it with their size";
        output.WriteLine(counts);
        Assert.True(sizes > 180 && same > 120 && small > 80, $"too few compared: {counts}");
    }

    private static int RequireEveryPosition(ulong seed, RandomNetwork network, Rng rng)
    {
        ReceptiveFields fields = ReceptiveFields.Of(network.Graph);
        Value map = network.Graph.Output;
        int[] sizes = [.. map.Shape.Single.Sizes[2..]];
        int[][] parts = [.. Enumerable.Range(0, sizes.Aggregate(1, (a, b) => a * b)).Select(i => new[] { i })];
        int unit = 0;
        foreach (bool[] truth in GradientSets.Of(network.Module, network.Item, rng, parts))
        {
            int[] position = Position(unit++, sizes);
            bool[] mask = fields.Mask(map, position)!;
            int[] wrong = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] != mask[i])];
            Assert.True(
                wrong.Length == 0,
                $"seed {seed}, position [{string.Join(", ", position)}]: pixels {string.Join(", ", wrong)} are {(truth[wrong.FirstOrDefault()] ? "read and missing" : "not read")} of {network.Text}"
            );
            RequireWithin(seed, network, fields[map]!, position, truth);
        }

        return unit;
    }

    /// <summary>What is said of the positions far from the borders, and of the size: whether that could be
    /// compared.</summary>
    private static bool RequireExtents(AxisField field, LongInput input, string what)
    {
        foreach ((int position, FieldSpan? truth) in input.Middle)
        {
            Assert.True(
                field.At(position) == truth,
                $"position {position} sees {Text(truth)}, said {Text(field.At(position))}: {what}"
            );
        }

        int largest = input.Middle.Max(m => m.Extent?.Size ?? 0);
        bool covers = field.Main.Period <= input.Middle.Count && field.Lines.Count == 1;
        Assert.True(
            covers ? field.Size == largest : field.Size >= largest,
            $"the largest extent is {largest}, said {field.Size}: {what}"
        );
        return covers;
    }

    /// <summary>The same layers at the size they were drawn for, where borders may cut every position: whether the map
    /// has a whole period there.</summary>
    private static bool RequireSame(RandomNetwork network, int axis, AxisField field, string what)
    {
        AxisField own = ReceptiveFields.Of(network.Graph)[network.Graph.Output]!.Axes[axis];
        Assert.All(Enumerable.Range(0, own.Positions), i => Assert.Equal(field.At(i), own.At(i)));
        if (own.Positions < own.Main.Period)
        {
            return false;
        }

        Assert.True(
            (own.Size, own.Main.Jump, own.Padding) == (field.Size, field.Main.Jump, field.Padding),
            $"size, jump and padding {field}, at the network's own input {own}: {what}"
        );
        return true;
    }

    /// <summary>What is said contains every pixel that is read; padding that repeats the input reads elsewhere.</summary>
    private static void RequireWithin(
        ulong seed,
        RandomNetwork network,
        ReceptiveField field,
        int[] position,
        bool[] truth
    )
    {
        for (int axis = 0, given = 0; axis < field.Axes.Count && !network.Has(Modes); axis++)
        {
            int at = field.Axes[axis].Axis >= 0 ? position[given++] : 0;
            FieldSpan[] seen = [.. field.Axes[axis].Lines.Select(l => l.At(at)).OfType<FieldSpan>()];
            int[] read = [.. LongInput.Along(truth, network.Item, axis)];
            Assert.True(
                read.All(r => seen.Any(s => r >= s.Low) && seen.Any(s => r <= s.High)),
                $"seed {seed}, axis {axis}, position {at}: {string.Join(", ", seen)}, pixels {string.Join(",", read)} of {network.Text}"
            );
        }
    }

    private static int[] Position(int index, int[] sizes)
    {
        int[] position = new int[sizes.Length];
        for (int axis = sizes.Length - 1; axis >= 0; index /= sizes[axis], axis--)
        {
            position[axis] = index % sizes[axis];
        }

        return position;
    }

    private static string Text(FieldSpan? span) => span is { } s ? $"{s.Low} to {s.High}" : "nothing";
}
