namespace Fovea.Workbench.Tests.Reports;

public sealed class WorstItemsTests
{
    /// <summary>Scores by the pixel at the top left: 4 p, 0, 0.</summary>
    private sealed class FirstPixel : Module
    {
        public override Tensor Forward(Tensor x)
        {
            float[] values = x.ToArray<float>();
            float[] scores = new float[3 * x.Shape[0]];
            for (int i = 0; i < x.Shape[0]; i++)
            {
                scores[3 * i] = 4 * values[64 * i];
            }

            return Tensor.From(scores, [x.Shape[0], 3]);
        }
    }

    [Fact]
    public void Find_AllTakenForTheFirstClass_GivesTheOthersWorstFirst()
    {
        CornerImages data = new(30, 3);
        IReadOnlyList<ReportedItem> items = WorstItems.Find(new FirstPixel(), data, most: 7);
        float[] values = new float[64];

        // By hand: loss of an item of another class is ln(e^4p + 2); the probability of the first e^4p / (e^4p + 2).
        (int Index, double Loss, double Probability)[] expected =
        [
            .. Enumerable
                .Range(0, 30)
                .Where(i => data.Label(i) != 0)
                .Select(i =>
                {
                    data.Read(i, values);
                    double e = Math.Exp(4 * values[0]);
                    return (i, Math.Log(e + 2), e / (e + 2));
                })
                .OrderByDescending(x => x.Item2)
                .Take(7),
        ];
        Assert.Equal(expected.Select(e => e.Index), items.Select(i => i.Index));
        for (int i = 0; i < 7; i++)
        {
            Assert.Equal(expected[i].Loss, items[i].Loss, 1e-6);
            Assert.Equal(expected[i].Probability, items[i].Probability, 1e-6);
            Assert.Equal("top left", items[i].Predicted);
            Assert.Equal(data.Classes[data.Label(items[i].Index)], items[i].Actual);
            data.Read(items[i].Index, values);
            Assert.Equal(Thumbnail.Of(values, [1, 8, 8]), items[i].Picture.ToArray());
        }
    }

    [Fact]
    public void Find_ScoresFarApart_HasAFiniteLoss()
    {
        IReadOnlyList<ReportedItem> items = WorstItems.Find(new Sure(), new CornerImages(3, 1));
        Assert.Equal([1, 2], items.Select(i => i.Index).Order());
        Assert.All(items, i => Assert.Equal(5000.0, i.Loss));
    }

    private sealed class Sure : Module
    {
        public override Tensor Forward(Tensor x) =>
            Tensor.From([.. Enumerable.Range(0, 3 * x.Shape[0]).Select(i => i % 3 == 0 ? 5000f : 0f)], [x.Shape[0], 3]);
    }
}
