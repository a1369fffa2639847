using CsCheck;
using Fovea.Testing;

namespace Fovea.Tests;

public sealed class ReceptiveFieldsTests
{
    private static (Graph Graph, ReceptiveFields Fields) Of(Module network, Shape item)
    {
        Graph graph = Graph.Trace(network, item);
        return (graph, ReceptiveFields.Of(graph));
    }

    /// <summary>The recurrence of Araujo, Norris, Sim 2019: size 1 + sum of (k - 1) d times the strides before, stride
    /// the product, padding the sum of padding times the strides before.</summary>
    [Fact]
    public void Of_Chain_IsTheRecurrence() =>
        RandomCases.Check(
            Gen.Select(Gen.Int[1, 4], Gen.Int[1, 2], Gen.Int[0, 2], Gen.Int[1, 2]).Array[1, 5],
            3,
            200,
            chain =>
            {
                int size = 1,
                    stride = 1,
                    padding = 0;
                foreach ((int k, int s, int p, int d) in chain)
                {
                    (size, padding, stride) = (size + ((k - 1) * d * stride), padding + (p * stride), stride * s);
                }

                (Graph graph, ReceptiveFields fields) = Of(
                    new Sequential([.. chain.Select(c => new Conv1d(1, 1, c.Item1, c.Item2, c.Item3, c.Item4))]),
                    [1, 400]
                );
                AxisField axis = Assert.Single(fields[graph.Output]!.Axes);
                FieldLine line = Assert.Single(axis.Lines);
                Assert.True(
                    (line.Size, line.Jump, axis.Padding) == (size, stride, padding),
                    $"size {size}, stride {stride}, padding {padding}, got {line.Size}, {line.Jump}, {axis.Padding}"
                );
            },
            chain =>
                string.Join(
                    " ",
                    chain.Select(c => $"kernel {c.Item1} stride {c.Item2} padding {c.Item3} dilation {c.Item4};")
                )
        );

    [Fact]
    public void Of_Residual_JoinsPathsAndKeepsTheShortest()
    {
        (Graph graph, ReceptiveFields fields) = Of(
            new Residual(new Sequential(new Conv2d(2, 2, 3, padding: 1), new Conv2d(2, 2, (5, 1), padding: (2, 0)))),
            [2, 20, 20]
        );
        ReceptiveField field = fields[graph.Output]!;
        Assert.Equal([7, 3], field.Size);
        Assert.Equal([3.0, 1.0], field.Padding);
        Assert.Equal([1.0, 1.0], field.Stride);
        Assert.All(field.Axes, a => Assert.Equal(1, a.Shortest.Size));
    }

    [Fact]
    public void Of_SqueezeExcite_ShowsTheMapsFieldAndSaysThatTheGateSeesAll()
    {
        (Graph graph, ReceptiveFields fields) = Of(
            new Sequential(new Conv2d(1, 4, 3, padding: 1), new SqueezeExcite(4, 2), new Conv2d(4, 4, 3, padding: 1)),
            [1, 11, 13]
        );
        ReceptiveField field = fields[graph.Output]!;
        Assert.Equal([5, 5], field.Size);
        Assert.All(field.Axes, a => Assert.True(a.SeesAllThroughGate, $"{a}"));
        Assert.All(field.Axes, a => Assert.Equal(5, a.Shortest.Size));
        Assert.All(fields.Mask(graph.Output, 5, 5)!, Assert.True);
    }

    /// <summary>A gate has no positions: it may scale maps of different sizes.</summary>
    [Fact]
    public void Mask_GateOnTwoResolutions_SeesAllThroughBoth()
    {
        Conv2d fine = new(1, 2, 3, padding: 1),
            coarse = new(2, 2, 3, stride: 2, padding: 1);
        TracedFunction network = new(
            x =>
            {
                Tensor a = fine.Forward(x),
                    gate = a.Mean([2, 3]).Sigmoid().Reshape(a.Shape[0], 2, 1, 1);
                return coarse.Forward(a * gate) * gate;
            },
            fine,
            coarse
        );
        (Graph graph, ReceptiveFields fields) = Of(network, [1, 6, 6]);
        Assert.All(fields.Mask(graph.Output, 1, 1)!, Assert.True);
    }

    [Fact]
    public void Of_Head_SeesAllAndHasNoPositions()
    {
        (Graph graph, ReceptiveFields fields) = Of(
            new Sequential(new Conv2d(1, 4, 3), new GlobalAvgPool(flatten: true), new Linear(4, 2)),
            [1, 7, 9]
        );
        ReceptiveField field = fields[graph.Output]!;
        Assert.Equal([7, 9], field.Size);
        Assert.All(field.Axes, a => Assert.Equal(-1, a.Axis));
        Assert.All(fields.Mask(graph.Output)!, Assert.True);
    }

    [Fact]
    public void Mask_DilationAndStrides_HaveHoles()
    {
        (Graph graph, ReceptiveFields fields) = Of(new Conv1d(1, 1, 3, dilation: 2), [1, 8]);
        Assert.Equal([1, 3, 5], Enumerable.Range(0, 8).Where(i => fields.Mask(graph.Output, 1)![i]));
        (graph, fields) = Of(new Sequential(new Conv1d(1, 1, 1, stride: 2), new Conv1d(1, 1, 3)), [1, 9]);
        Assert.Equal([2, 4, 6], Enumerable.Range(0, 9).Where(i => fields.Mask(graph.Output, 1)![i]));
    }

    /// <summary>By hand. A position of an enlarged map sees what its source sees: 16 pixels behind a pool of 16, however
    /// far it lies from where a line through all of them would be.</summary>
    [Theory]
    [InlineData("pool 16, up 16", 16, 1.0, 0.0, "0-15 0-15")]
    [InlineData("pool 16, transposed 16", 16, 1.0, 0.0, "0-15 0-15")]
    [InlineData("pool 2, up 2", 2, 1.0, 0.0, "0-1 0-1 2-3 2-3")]
    [InlineData("pool 2, up 2, conv 3", 4, 1.0, 2.0, "-2-1 0-3 0-3 2-5")] // -1,0,1 of the enlarged map: sources -1,0,0
    [InlineData("up 3, conv 3", 2, 1.0 / 3.0, 1.0, "-1-0 0-0 0-1 0-1 1-1 1-2")]
    [InlineData("linear 2", 2, 0.5, 1.0, "-1-0 0-1 0-1 1-2")]
    [InlineData("linear 3", 2, 1.0 / 3.0, 1.0, "-1-0 0-0 0-1 0-1 1-1")] // every third lies on a position
    [InlineData("transposed 4 by 2", 2, 0.5, 1.0, "-1-0 0-1 0-1 1-2")]
    [InlineData("holes", 1, 1.0 / 3.0, 0.0, "0-0 - - 1-1 -")] // one tap, stride 3: two of three positions read nothing
    [InlineData("holes, conv 2", 1, 1.0 / 3.0, 0.0, "0-0 - 1-1 1-1 -")]
    [InlineData("dilated 2 by 3", 1, 0.5, 1.0, "0-0 -1--1 1-1 0-0")] // taps 0 and 3: neighbours go backwards
    [InlineData("up 2, pool 2", 1, 1.0, 0.0, "0-0 1-1")]
    [InlineData("up 1.5", 1, 2.0 / 3.0, 0.0, "0-0 0-0 1-1 2-2 2-2")]
    public void At_Enlarged_IsCountedByHand(string layers, int size, double jump, double padding, string first)
    {
        (Graph graph, ReceptiveFields fields) = Of(
            new Sequential([.. layers.Split(", ").Select(Layer)]),
            [1, layers.Contains("16", StringComparison.Ordinal) ? 256 : 12]
        );
        AxisField field = fields[graph.Output]!.Axes[0];
        string[] expected = first.Split(' ');
        string[] said =
        [
            .. Enumerable.Range(0, expected.Length).Select(i => field.At(i) is { } s ? $"{s.Low}-{s.High}" : "-"),
        ];
        Assert.Equal(expected, said);
        Assert.Equal((size, padding), (field.Size, field.Padding));
        Assert.Equal(jump, field.Main.Jump, 1e-12);
    }

    private static Module Layer(string text) =>
        text switch
        {
            "pool 16" => new MaxPool1d(16, 16),
            "pool 2" => new MaxPool1d(2, 2),
            "up 16" => new Upsample(16.0),
            "up 3" => new Upsample(3.0),
            "up 2" => new Upsample(2.0),
            "up 1.5" => new Upsample(1.5),
            "linear 2" => new Upsample(2.0, UpsampleMode.Linear),
            "linear 3" => new Upsample(3.0, UpsampleMode.Linear),
            "transposed 16" => new ConvTranspose1d(1, 1, 16, 16),
            "transposed 4 by 2" => new ConvTranspose1d(1, 1, 4, 2, 1),
            "holes" => new ConvTranspose1d(1, 1, 1, 3),
            "dilated 2 by 3" => new ConvTranspose1d(1, 1, 2, 2, 0, dilation: 3),
            "conv 2" => new Conv1d(1, 1, 2),
            _ => new Conv1d(1, 1, 3, padding: 1),
        };

    [Fact]
    public void Size_PointwiseOverEnlargedPool_IsThePools()
    {
        (Graph graph, ReceptiveFields fields) = Of(
            new Sequential(new MaxPool2d(2), new Upsample(2.0), new Conv2d(3, 4, 1)),
            [3, 32, 32]
        );
        Assert.Equal([2, 2], fields[graph.Output]!.Size);
    }

    /// <summary>Sizes without a common divisor: the reads repeat after a million positions, and only those of the map
    /// are kept.</summary>
    [Fact]
    public void At_PeriodBeyondTheMap_IsWhatIsRead()
    {
        Sequential network = new(
            Upsample.ToSize(997, UpsampleMode.Nearest),
            new Conv1d(1, 1, 3),
            Upsample.ToSize(991, UpsampleMode.Linear),
            new Conv1d(1, 1, 2, stride: 3)
        );
        (Graph graph, ReceptiveFields fields) = Of(network, [1, 1000]);
        AxisField field = fields[graph.Output]!.Axes[0];
        Assert.True(field.Main.Period <= 4096, $"period {field.Main.Period} for {field.Positions} positions");
        for (int i = 1; i < field.Positions - 1; i++)
        {
            bool[] mask = fields.Mask(graph.Output, i)!;
            int[] read = [.. Enumerable.Range(0, 1000).Where(p => mask[p])];
            Assert.True(
                field.At(i) == new FieldSpan(read.Min(), read.Max()),
                $"position {i} reads {read.Min()} to {read.Max()}, said {field.At(i)}"
            );
        }

        Assert.Equal(Enumerable.Range(0, field.Positions).Max(i => field.At(i)!.Value.Size), field.Size);
        Assert.Equal(1000.0 / 997.0 * 995.0 / 991.0 * 3.0, field.Main.Jump, 1e-9);
    }

    /// <summary>Paths of different jumps, as where an upper path keeps corners aligned: each position sees what either
    /// path sees.</summary>
    [Fact]
    public void At_PathsOfDifferentJumps_IsTheUnion()
    {
        Sequential resampled = new(new AvgPool1d(2), new Upsample(2.0, UpsampleMode.Linear, alignCorners: true));
        (Graph graph, ReceptiveFields fields) = Of(new Residual(resampled), [1, 16]);
        AxisField field = fields[graph.Output]!.Axes[0];
        Assert.Equal(2, field.Lines.Count);
        int largest = 0;
        for (int i = 0; i < 16; i++)
        {
            double at = i * 7.0 / 15.0;
            int low = Math.Min(i, 2 * (int)at),
                high = Math.Max(i, (2 * (int)Math.Ceiling(at)) + 1);
            Assert.True(field.At(i) == new FieldSpan(low, high), $"position {i}: {low} to {high}, said {field.At(i)}");
            largest = Math.Max(largest, high - low + 1);
        }

        Assert.Equal(largest, field.Size);
        Assert.False(field.SeesAllThroughGate);
    }

    [Fact]
    public void Of_OperatorWithoutRule_IsUnknown()
    {
        (Graph graph, ReceptiveFields fields) = Of(new TracedFunction(x => x.MatMul(x.Transpose())), [2, 5, 5]);
        Assert.Null(fields[graph.Output]);
        Assert.Null(fields.Mask(graph.Output, 0, 0));
    }
}
