using Fovea.Workbench.Reports;

namespace Fovea.Workbench.Tests.Reports;

/// <summary>Colours against WCAG 2.2: texts 4.5:1 (1.4.3), lines and marks 3:1 (1.4.11), in both schemes.</summary>
public sealed class PaletteTests
{
    // Okabe, Ito 2008, Color universal design.
    private static readonly string[] _okabeIto =
    [
        "#000000",
        "#E69F00",
        "#56B4E9",
        "#009E73",
        "#F0E442",
        "#0072B2",
        "#D55E00",
        "#CC79A7",
    ];

    [Theory]
    [InlineData("#FFFFFF", "#000000", 21.0)]
    [InlineData("#777777", "#FFFFFF", 4.48)] // the grey that just fails, as tables of WCAG have it
    [InlineData("#767676", "#FFFFFF", 4.54)] // and the one that just passes
    public void Against_PublishedPairs_GivesTheirRatio(string a, string b, double ratio) =>
        Assert.Equal(ratio, Colour.Of(a).Against(Colour.Of(b)), 0.005);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Texts_OnPaperAndPanel_AreReadable(bool dark)
    {
        Scheme s = dark ? Palette.Dark : Palette.Light;
        foreach (Colour text in s.Verdicts.Concat([s.Ink, s.Muted, s.Link]))
        {
            Assert.True(text.Against(s.Paper) >= 4.5, $"{text} on {s.Paper}: {text.Against(s.Paper):F2}");
            Assert.True(text.Against(s.Panel) >= 4.5, $"{text} on {s.Panel}: {text.Against(s.Panel):F2}");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_OnPaper_StandOut(bool dark)
    {
        Scheme s = dark ? Palette.Dark : Palette.Light;
        foreach (Colour line in s.Series.Append(s.Rule))
        {
            Assert.True(line.Against(s.Paper) >= 3, $"{line} on {s.Paper}: {line.Against(s.Paper):F2}");
        }

        Assert.All(s.Series, c => Assert.Contains(c.ToString(), _okabeIto));
        Assert.Equal(s.Series.Count, s.Series.Distinct().Count());
    }

    [Fact]
    public void InkOn_AnyColourOfAMap_IsReadable()
    {
        for (int i = 0; i <= 100; i++)
        {
            Colour colour = Palette.Viridis(i / 100.0);
            Assert.True(Palette.InkOn(colour).Against(colour) >= 4.5, $"{colour}");
        }
    }

    [Theory]
    [InlineData(0, "#440154")] // matplotlib: viridis(0), viridis(0.5), viridis(1)
    [InlineData(0.5, "#21918C")]
    [InlineData(1, "#FDE725")]
    public void Viridis_AtPublishedPlaces_HasTheirColours(double share, string colour) =>
        Assert.Equal(colour, Palette.Viridis(share).ToString());

    [Fact]
    public void Viridis_FromLowToHigh_GrowsBrighter()
    {
        double[] luminance = [.. Enumerable.Range(0, 101).Select(i => Palette.Viridis(i / 100.0).Luminance)];
        Assert.Equal(luminance.Order(), luminance);
    }
}
