using Fovea.Data;
using static Fovea.Workbench.Tests.ProbeProblems;

namespace Fovea.Workbench.Tests;

/// <summary>A network that tells pictures 4 x 4 by which corner has the dot: class = corner.</summary>
public sealed class ViewsProbeTests
{
    private static readonly (int Row, int Column)[] Corners = [(0, 0), (0, 3), (3, 0), (3, 3)];

    [Theory]
    [InlineData("right", 0, 1, 2, 3)]
    [InlineData("mirrored", 1, 0, 3, 2)]
    [InlineData("flipped", 2, 3, 0, 1)]
    [InlineData("halfTurn", 3, 2, 1, 0)]
    public void Try_DotsInAnotherCorner_AreRightInTheViewThatBringsThemBack(string view, params int[] corners)
    {
        MeasuredProbe line = Line([.. corners]);

        Assert.Equal((4.0, 4.0), (line["items"], line[view]));
        Assert.All(
            new[] { "right", "mirrored", "flipped", "halfTurn" }.Where(v => v != view),
            v => Assert.True(line[v] < 4, $"{v}: {line[v]}")
        );
    }

    // Transposed, the corners on the diagonal stay and the other two change places.
    [Fact]
    public void Try_Transposed_ChangesTheCornersBesideTheDiagonal() =>
        Assert.Equal((2.0, 4.0), (Line([0, 2, 1, 3])["right"], Line([0, 2, 1, 3])["transposed"]));

    // A quarter turn and one back are each other's inverse, and neither is the other.
    [Fact]
    public void Try_QuarterTurns_BringEachOtherBack()
    {
        MeasuredProbe line = Line([1, 3, 0, 2]);

        Assert.Equal(4.0, Math.Max(line["quarterTurn"], line["quarterBack"]));
        Assert.Equal(0.0, Math.Min(line["quarterTurn"], line["quarterBack"]));
    }

    [Fact]
    public void Try_Negated_IsBroughtBack()
    {
        Batch batch = Items([0, 1, 2, 3]);

        MeasuredProbe line = One(
            new ViewsProbe(),
            Labelled(new Lambda(Scores), 4, batch with { Inputs = batch.Inputs * -1.0 })
        );

        Assert.Equal(4.0, line["negated"]);
    }

    [Fact]
    public void Try_NoPictures_HasNoItems() =>
        Assert.Equal(
            0.0,
            One(new ViewsProbe(), Labelled(new Lambda(x => x), 3, BatchOf(Tensor.Eye(3), [0, 1, 2])))["items"]
        );

    private static MeasuredProbe Line(int[] corners) =>
        One(new ViewsProbe(), Labelled(new Lambda(Scores), 4, Items(corners)));

    /// <summary>An item of each class, with a dot in some corner.</summary>
    private static Batch Items(int[] corners)
    {
        float[] values = new float[64];
        for (int i = 0; i < 4; i++)
        {
            values[(i * 16) + (Corners[corners[i]].Row * 4) + Corners[corners[i]].Column] = 1;
        }

        return BatchOf(Tensor.From(values, [4, 1, 4, 4]), [0, 1, 2, 3]);
    }

    private static Tensor Scores(Tensor x)
    {
        Tensor flat = x.Reshape([x.Shape[0], 16]);
        return flat.Take(1, [.. Corners.Select(c => (c.Row * 4) + c.Column)]);
    }
}
