namespace Fovea.Tests;

public sealed class WindowRulesTests
{
    [Fact]
    public void UnreadAndDropped_EverySmallWindow_AgreeWithWhatTapsTouch()
    {
        int cases = 0;
        foreach ((int size, int kernel, int stride, int dilation, int before, int after) in Windows())
        {
            int room = size + before + after - ((kernel - 1) * dilation) - 1;
            if (room < 0)
            {
                continue;
            }

            WindowAxisMap map = new(
                size,
                (room / stride) + 1,
                kernel,
                stride,
                dilation,
                before,
                after,
                PaddingMode.Zeros
            );
            int lastPadded = ((map.Out - 1) * stride) + ((kernel - 1) * dilation); // of the padded positions
            int[] touched = [.. Enumerable.Range(0, map.Out).SelectMany(map.Taps).Where(t => t >= 0).Distinct()];
            int behind = size - 1 - Math.Max(touched.DefaultIfEmpty(-1).Max(), Math.Min(size - 1, lastPadded - before));
            string what =
                $"size {size}, kernel {kernel}, stride {stride}, dilation {dilation}, padding {before} + {after}";
            Assert.True(
                map.Unread == size + before + after - 1 - lastPadded,
                $"{what}: unread {map.Unread}, the last padded position read is {lastPadded}"
            );
            Assert.True(map.Dropped == behind, $"{what}: dropped {map.Dropped}, behind the last read are {behind}");
            Assert.True(map.Unread < stride, $"{what}: unread {map.Unread}");
            cases++;
        }

        Assert.True(cases > 3000, $"only {cases} cases");
    }

    [Fact]
    public void Explain_EveryLayer_TellsTheSizeItHas()
    {
        foreach (
            (int size, int kernel, int stride, int dilation, int before, int after) in Windows()
                .Where((_, i) => i % 17 == 0)
        )
        {
            if (size + before + after < ((kernel - 1) * dilation) + 1)
            {
                continue;
            }

            Node node = Assert.Single(
                Graph
                    .Trace(new Conv1d(1, 1, kernel, stride, Padding.Explicit(before, after), dilation), [1, size])
                    .Nodes
            );
            string text = node.Operator.Explain(node.Shapes);
            Assert.Contains($"/{stride}) + 1 = {node.Output.Shape.Single[2]}", text, StringComparison.Ordinal);
            bool tells = text.Contains("never read", StringComparison.Ordinal);
            Assert.True(
                tells == ((size + before + after - ((kernel - 1) * dilation) - 1) % stride != 0),
                $"{text} for {node.Shapes}"
            );
        }
    }

    public static TheoryData<Module, Shape, string> Explanations =>
        new()
        {
            {
                new Conv2d(1, 1, 3, stride: 2),
                [1, 64, 64],
                "height and width: floor((64 + 0 + 0 - 3)/2) + 1 = 31; the last row and column are never read"
            },
            { new Conv2d(1, 1, 3, padding: 1), [1, 64, 64], "height and width: floor((64 + 1 + 1 - 3)/1) + 1 = 64" },
            {
                new Conv2d(1, 1, 3, stride: 2, padding: 1),
                [1, 56, 56],
                "height and width: floor((56 + 1 + 1 - 3)/2) + 1 = 28; the last row and column of padding are never read, so the padding is uneven: 1 in front, 0 behind"
            },
            {
                new Conv2d(1, 1, 3, stride: 2, padding: 1),
                [1, 56, 57],
                "height: floor((56 + 1 + 1 - 3)/2) + 1 = 28; the last row of padding is never read, so the padding is uneven: 1 in front, 0 behind; width: floor((57 + 1 + 1 - 3)/2) + 1 = 29"
            },
            {
                new Conv1d(1, 1, 3, stride: 4, dilation: 2),
                [1, 16],
                "length: floor((16 + 0 + 0 - ((3 - 1) x 2 + 1))/4) + 1 = 3; the last 3 positions are never read"
            },
            {
                new Conv3d(1, 1, 2, stride: 2),
                [1, 5, 4, 5],
                "depth and width: floor((5 + 0 + 0 - 2)/2) + 1 = 2; the last slice and column are never read; height: floor((4 + 0 + 0 - 2)/2) + 1 = 2"
            },
            {
                new Conv2d(1, 1, 1, stride: 2),
                [1, 6, 6],
                "height and width: floor((6 + 0 + 0 - 1)/2) + 1 = 3; the last row and column are never read"
            },
            {
                new MaxPool2d(3, 2, ceilMode: true),
                [1, 6, 6],
                "height and width: floor((6 + 0 + 1 (with the partial last window) - 3)/2) + 1 = 3"
            },
            {
                new ConvTranspose2d(1, 1, 4, stride: 2, padding: 1),
                [1, 7, 7],
                "height and width: (7 - 1) x 2 - 1 - 1 + 4 = 14"
            },
            {
                new ConvTranspose1d(1, 1, 3, stride: 2, padding: 1, outputPadding: 1),
                [1, 7],
                "length: (7 - 1) x 2 - 1 - 1 + 3 + 1 = 14"
            },
            {
                new AdaptiveAvgPool2d(2),
                [1, 7, 5],
                "height: 7 shared among 2, as asked for; width: 5 shared among 2, as asked for"
            },
            { new AdaptiveAvgPool2d(2), [1, 7, 7], "height and width: 7 shared among 2, as asked for" },
            { new GlobalAvgPool(), [1, 7, 5], "one value from all 7 x 5 positions of a channel" },
            { new Upsample(1.5), [1, 7], "length: floor(7 x 1.5) = 10" },
            { new Linear(7, 3), [7], "7 features in, 3 out" },
            { new ReLU(), [7], "the shape of the input" },
            { new Flatten(), [2, 3], "[1, 2, 3] -> [1, 6]" },
        };

    [Theory, MemberData(nameof(Explanations))]
    public void Explain_Layer_SaysItInWords(Module layer, Shape item, string expected)
    {
        Node node = Assert.Single(Graph.Trace(layer, item).Nodes);
        Assert.Equal(expected, node.Operator.Explain(node.Shapes));
    }

    [Theory]
    [InlineData(3, 7, 0.819)]
    [InlineData(3, 4, 0.694)]
    [InlineData(7, 7, 0.570)]
    public void MeanTaps_SamePadding_IsTheCoverageFormula(int kernel, int size, double published)
    {
        Node node = Assert.Single(Graph.Trace(new Conv2d(1, 1, kernel, padding: kernel / 2), [1, size, size]).Nodes);
        AxisMap[] maps = [.. new[] { 2, 3 }.Select(axis => node.Operator.ReadsOf(node.Shapes, 0, axis)!.Value.Map)];
        int p = kernel / 2;
        double formula = Math.Pow(((kernel * size) - (p * (p + 1.0))) / (kernel * size), 2),
            got = WindowRules.MeanTaps(maps) / (kernel * kernel);
        Assert.Equal(formula, got, 1e-12);
        Assert.Equal(published, got, 1e-3);
        Assert.Equal(got * kernel * kernel, WindowRules.MeanReads(maps), 1e-12);
    }

    private static IEnumerable<(int Size, int Kernel, int Stride, int Dilation, int Before, int After)> Windows() =>
        from size in Enumerable.Range(1, 9)
        from kernel in Enumerable.Range(1, 4)
        from stride in Enumerable.Range(1, 4)
        from dilation in Enumerable.Range(1, 2)
        from before in Enumerable.Range(0, 4)
        from after in Enumerable.Range(0, 4)
        select (size, kernel, stride, dilation, before, after);
}
