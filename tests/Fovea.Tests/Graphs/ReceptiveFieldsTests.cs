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
    public void Of_Chain_IsTheRecurrence()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            Rng rng = new Rng(3).Split(seed);
            int size = 1,
                stride = 1,
                padding = 0;
            List<Module> layers = [];
            for (int i = 0; i < 5; i++)
            {
                int k = 1 + rng.Next(4),
                    s = 1 + rng.Next(2),
                    p = rng.Next(3),
                    d = 1 + rng.Next(2);
                layers.Add(new Conv1d(1, 1, k, s, p, d));
                (size, padding, stride) = (size + ((k - 1) * d * stride), padding + (p * stride), stride * s);
            }

            (Graph graph, ReceptiveFields fields) = Of(new Sequential([.. layers]), [1, 400]);
            AxisField axis = Assert.Single(fields[graph.Output]!.Axes);
            FieldLine line = Assert.Single(axis.Lines);
            Assert.True(
                (line.Size, line.Jump, line.Padding) == (size, stride, padding),
                $"seed {seed}: size {size}, stride {stride}, padding {padding}, got {line}"
            );
        }
    }

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

    [Fact]
    public void Of_OperatorWithoutRule_IsUnknown()
    {
        (Graph graph, ReceptiveFields fields) = Of(new TracedFunction(x => x.MatMul(x.Transpose())), [2, 5, 5]);
        Assert.Null(fields[graph.Output]);
        Assert.Null(fields.Mask(graph.Output, 0, 0));
    }
}
