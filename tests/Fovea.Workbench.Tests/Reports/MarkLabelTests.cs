using Fovea.Workbench.Reports;

namespace Fovea.Workbench.Tests.Reports;

public sealed class MarkLabelTests
{
    [Fact]
    public void Of_MarksFarApart_GivesEachItsLabelInTheLowestRow()
    {
        IReadOnlyList<MarkLabel> labels = MarkLabel.Of([(0, "A"), (0.5, "B"), (1, "C")]);
        Assert.Equal([("A", 0), ("B", 0), ("C", 0)], labels.Select(l => (l.Code, l.Row)));
    }

    [Fact]
    public void Of_TwoMarksAtOnePlace_PutsThemInTwoRows()
    {
        IReadOnlyList<MarkLabel> labels = MarkLabel.Of([(0.2, "A"), (0.2, "B")]);
        Assert.Equal([("A", 0), ("B", 1)], labels.Select(l => (l.Code, l.Row)));
    }

    [Fact]
    public void Of_FiveMarksAtOnePlace_LetsThoseWithoutRoomShareALabel()
    {
        IReadOnlyList<MarkLabel> labels = MarkLabel.Of([.. "ABCDE".Select(c => (0.2, c.ToString()))]);
        Assert.Equal([("A", 0), ("B–E", 1)], labels.Select(l => (l.Code, l.Row)));
        Assert.Equal(
            [
                [0],
                [1, 2, 3, 4],
            ],
            labels.Select(l => l.Marks)
        );
    }

    /// <summary>Letters of 12 pixels are 9 wide; the narrowest drawing, on a screen of 320 pixels, is 224.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Of_RandomMarks_NoLabelsOfARowOverlap(ulong seed)
    {
        Rng rng = new(seed);
        double[] places = [.. Enumerable.Range(0, 12).Select(_ => (double)rng.NextSingle() * 0.4).Order()];
        IReadOnlyList<MarkLabel> labels = MarkLabel.Of([.. places.Select((x, i) => (x, ((char)('A' + i)).ToString()))]);
        Assert.Equal(Enumerable.Range(0, 12), labels.SelectMany(l => l.Marks).Order());
        foreach (IGrouping<int, MarkLabel> row in labels.GroupBy(l => l.Row))
        {
            MarkLabel[] inOrder = [.. row.OrderBy(l => l.X)];
            for (int i = 1; i < inOrder.Length; i++)
            {
                double room = 224 * (inOrder[i].X - inOrder[i - 1].X),
                    needed = 9.0 * (Letters(inOrder[i]) + Letters(inOrder[i - 1])) / 2;
                Assert.True(room >= needed, $"{inOrder[i - 1]} and {inOrder[i]}: {room:F0} pixels for {needed:F0}");
            }
        }

        static double Letters(MarkLabel label) =>
            label.Marks.Count switch
            {
                1 => 1,
                2 => 2.5,
                _ => 3,
            };
    }
}
