namespace Fovea.Workbench.Reports;

/// <summary>A colour, 0-255 a channel.</summary>
internal readonly record struct Colour(byte Red, byte Green, byte Blue)
{
    /// <summary>From <c>#RRGGBB</c>.</summary>
    public static Colour Of(string hex) =>
        new(Convert.ToByte(hex[1..3], 16), Convert.ToByte(hex[3..5], 16), Convert.ToByte(hex[5..7], 16));

    /// <summary>As <c>#RRGGBB</c>.</summary>
    public override string ToString() => $"#{Red:X2}{Green:X2}{Blue:X2}";

    /// <summary>Relative luminance, 0-1 (WCAG 2.2).</summary>
    public double Luminance => (0.2126 * Linear(Red)) + (0.7152 * Linear(Green)) + (0.0722 * Linear(Blue));

    /// <summary>Contrast ratio of two colours, 1-21 (WCAG 2.2).</summary>
    public double Against(Colour other)
    {
        double a = Luminance,
            b = other.Luminance;
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Linear(byte channel)
    {
        double c = channel / 255.0;
        return c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4);
    }
}

/// <summary>The colours of a page in one of its two schemes.</summary>
/// <param name="Paper">Behind all.</param>
/// <param name="Panel">Behind tables' heads, commands and cards.</param>
/// <param name="Ink">Text.</param>
/// <param name="Muted">Text of less weight.</param>
/// <param name="Rule">Axes and borders that carry meaning.</param>
/// <param name="Grid">Lines that only help the eye.</param>
/// <param name="Link">Links.</param>
/// <param name="Series">Lines of charts, in the order in which they are given out.</param>
/// <param name="Verdicts">Words and marks: fix, look, cannot tell, ok.</param>
internal sealed record Scheme(
    Colour Paper,
    Colour Panel,
    Colour Ink,
    Colour Muted,
    Colour Rule,
    Colour Grid,
    Colour Link,
    IReadOnlyList<Colour> Series,
    IReadOnlyList<Colour> Verdicts
);

/// <summary>The page's colours. Lines are of the palette of Okabe and Ito (2008, Color universal design), which people with
/// any colour vision tell apart, in an order where each stands out from its paper by 3:1; maps are viridis.</summary>
internal static class Palette
{
    public static Scheme Light { get; } =
        new(
            Paper: Colour.Of("#FFFFFF"),
            Panel: Colour.Of("#F3F5F7"),
            Ink: Colour.Of("#16191D"),
            Muted: Colour.Of("#525B66"),
            Rule: Colour.Of("#7A838E"),
            Grid: Colour.Of("#E1E5EA"),
            Link: Colour.Of("#005A9C"),
            Series: Colours("#0072B2", "#D55E00", "#009E73", "#000000"),
            Verdicts: Colours("#A83C00", "#7A5200", "#525B66", "#00674B")
        );

    public static Scheme Dark { get; } =
        new(
            Paper: Colour.Of("#14171B"),
            Panel: Colour.Of("#20252B"),
            Ink: Colour.Of("#ECEFF2"),
            Muted: Colour.Of("#AEB7C2"),
            Rule: Colour.Of("#87919C"),
            Grid: Colour.Of("#31373F"),
            Link: Colour.Of("#7CC4F5"),
            Series: Colours("#56B4E9", "#E69F00", "#009E73", "#F0E442"),
            Verdicts: Colours("#FF8A4C", "#F0C04A", "#AEB7C2", "#3FCB9F")
        );

    /// <summary>What a map shows where nothing was measured: a grey that viridis does not have.</summary>
    public static Colour Missing { get; } = Colour.Of("#9AA0A6");

    // matplotlib's viridis (van der Walt, Smith 2015) at nine even places.
    private static readonly Colour[] _viridis = Colours(
        "#440154",
        "#472D7B",
        "#3B528B",
        "#2C728E",
        "#21918C",
        "#28AE80",
        "#5EC962",
        "#ADDC30",
        "#FDE725"
    );

    /// <summary>Viridis at a share, 0 (dark) to 1 (bright); <see cref="Missing"/> for NaN.</summary>
    public static Colour Viridis(double share)
    {
        if (double.IsNaN(share))
        {
            return Missing;
        }

        double place = Math.Clamp(share, 0, 1) * (_viridis.Length - 1);
        int below = Math.Min((int)place, _viridis.Length - 2);
        Colour a = _viridis[below],
            b = _viridis[below + 1];
        double part = place - below;
        return new Colour(Mix(a.Red, b.Red), Mix(a.Green, b.Green), Mix(a.Blue, b.Blue));

        byte Mix(byte x, byte y) => (byte)Math.Round(x + (part * (y - x)));
    }

    /// <summary>Black or white, whichever is read better on a colour.</summary>
    public static Colour InkOn(Colour colour)
    {
        Colour black = new(0, 0, 0),
            white = new(255, 255, 255);
        return colour.Against(black) >= colour.Against(white) ? black : white;
    }

    private static Colour[] Colours(params string[] hex) => [.. hex.Select(Colour.Of)];
}
