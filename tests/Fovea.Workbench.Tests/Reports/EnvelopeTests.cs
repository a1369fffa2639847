using Fovea.Workbench.Reports;

namespace Fovea.Workbench.Tests.Reports;

public sealed class EnvelopeTests
{
    [Fact]
    public void Add_AMillionPoints_KeepsLowestHighestAndMean()
    {
        Envelope envelope = new(0, 999_999);
        double sum = 0;
        for (int i = 0; i < 1_000_000; i++)
        {
            double value =
                i == 123_456 ? -50
                : i == 777_777 ? 99
                : i % 10;
            sum += value;
            envelope.Add(i, value);
        }

        IReadOnlyList<Bucket> points = envelope.Points;
        Assert.Equal(Envelope.Most, points.Count);
        Assert.Equal(-50, points.Min(p => p.Low));
        Assert.Equal(99, points.Max(p => p.High));
        Assert.Equal(sum / 1e6, points.Average(p => p.Mean), 1e-3);
        Assert.Equal(777_777 / 1e6, points.MaxBy(p => p.High).X / 1e6, 1.0 / Envelope.Most);
    }

    [Fact]
    public void Add_FewPoints_KeepsEachAndLeavesOutWhatIsNotFinite()
    {
        Envelope envelope = new(0, 3);
        envelope.Add(0, 1);
        envelope.Add(1, double.NaN);
        envelope.Add(2, 2, 4, double.PositiveInfinity);
        Assert.Equal([new Bucket(0, 1), new Bucket(2, 2, 4, 4)], envelope.Points);
    }
}
