namespace Fovea.Workbench.Tests;

/// <summary>What an inspection says of networks that enlarge maps. All figures by hand.</summary>
public sealed class EnlargedInspectionTests
{
    private static Inspection Of(string text) => Inspection.Of(NetworkSource.Find(text).Trace(), "net");

    private static Answer Answer(Inspection inspection, string id) => inspection.Answers.Single(a => a.Id == id);

    private static double Number(Answer answer, string name) =>
        answer.Predicted.FirstOrDefault(p => p.Name == name)?.Value
        ?? throw new Xunit.Sdk.XunitException(
            $"{answer.Id} predicts no {name}, only {string.Join(", ", answer.Predicted.Select(p => p.Name))}: {answer.Finding}"
        );

    /// <summary>Every enlarged position repeats a pooled one, which sees the pool's 16 pixels.</summary>
    [Theory]
    [InlineData("input 1x256; m: maxpool 16; u: upsample 16")]
    [InlineData("input 1x256; m: maxpool 16; u: convtranspose 1 16 stride=16")]
    public void Of_EnlargedPool_SeesWhatThePoolSees(string text)
    {
        Inspection inspection = Of(text);
        ReceptiveField field = inspection.Layers.Single(l => l.Node.Name == "u").Field!;
        Assert.Equal((16, 1.0, 0.0), (field.Size.Single(), field.Stride.Single(), field.Padding.Single()));
        Answer geometry = Answer(inspection, "2.4");
        Assert.Equal(
            (16.0, 1.0, 0.0, 7.5, 16.0),
            (
                Number(geometry, "receptiveField"),
                Number(geometry, "jump"),
                Number(geometry, "padding"),
                Number(geometry, "firstCentre"),
                Number(geometry, "shortestPath")
            )
        );
        Assert.Contains("fields move by 16 every 16 positions", geometry.Finding, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_PointwiseOverEnlargedPool_AdvisesByTheFieldOfTwo()
    {
        Inspection inspection = Of("input 3x32x32; maxpool 2; upsample 2; conv 4 1");
        Assert.Equal([2, 2], inspection.Layers[^1].Field!.Size);
        Answer sizes = Answer(inspection, "2.6"),
            sees = Answer(inspection, "2.5");
        Assert.Equal((2.0, 2.0), (Number(sizes, "least"), Number(sizes, "most")));
        Assert.Contains("no unit sees more than 2x2", sizes.Finding, StringComparison.Ordinal);
        Assert.DoesNotContain("smaller input", sizes.Remedy, StringComparison.Ordinal); // none would suit
        Assert.Contains("sees 2x2 of 32x32", sees.Finding, StringComparison.Ordinal);
    }

    /// <summary>Position j of the lower map sees 2j - 2 to 2j + 3. Of three neighbours above, two repeat one of it and
    /// one the next: 2j - 4 to 2j + 3, or 2j - 2 to 2j + 5. Eight pixels, and four in front of the first.</summary>
    [Fact]
    public void Of_EncoderAndDecoder_CountsEachPhase()
    {
        Inspection inspection = Of("input 1x64; maxpool 2; a: conv 1 3 padding=1; upsample 2; b: conv 1 3 padding=1");
        ReceptiveField field = inspection.Layers[^1].Field!;
        Assert.Equal((8, 1.0, 4.0), (field.Size[0], field.Stride[0], field.Padding[0]));
        Answer sizes = Answer(inspection, "2.6"),
            halo = Answer(inspection, "2.17");
        Assert.Equal((6.0, 8.0), (Number(sizes, "least"), Number(sizes, "most")));
        Assert.Equal((4.0, 4.0, 2.0), (Number(halo, "reachFront"), Number(halo, "reachBehind"), Number(halo, "grid")));
    }

    /// <summary>Strides of 2 behind a factor of 1.5 come out even again after 4 pixels: 4 give 6 positions.</summary>
    [Fact]
    public void Of_StrideBehindOneAndAHalf_BeginsAnewAfterFour()
    {
        Inspection inspection = Of("input 1x64; upsample 1.5; conv 1 3 stride=2 padding=1");
        Answer even = Answer(inspection, "2.3");
        // floor(1.5 n) + 2 - 3 must be even: floor(1.5 n) odd, n = 1 (1), 2 (3) mod 4.
        Assert.Contains("n = 1, 2 (mod 4)", even.Finding, StringComparison.Ordinal);
        InputSweep sweep = InputSweep.Of(
            [.. Enumerable.Range(60, 8).Select(n => Shape.Create([1, n]))],
            item => NetworkSource.Find("input 1x64; upsample 1.5; conv 1 3 stride=2 padding=1").Trace(item),
            CountingConvention.Torchvision
        );
        Assert.Equal(4, sweep.Period);
        Assert.Equal([1, 2], sweep.Residues);
    }
}
