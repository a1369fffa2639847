namespace Fovea.Data;

/// <summary>What the pictures of a folder are like.</summary>
/// <param name="Count">Pictures that can be read.</param>
/// <param name="MinimumWidth">Pixels of the narrowest.</param>
/// <param name="MedianWidth">The middle width, of two the larger.</param>
/// <param name="MaximumWidth">Pixels of the widest.</param>
/// <param name="MinimumHeight">Rows of the lowest.</param>
/// <param name="MedianHeight">The middle height, of two the larger.</param>
/// <param name="MaximumHeight">Rows of the highest.</param>
/// <param name="Formats">How many there are of each format, most first.</param>
/// <param name="OddOnes">Pictures unlike the others, a sentence each: very small, very elongated, gray among
/// coloured.</param>
public sealed record PictureStatistics(
    int Count,
    int MinimumWidth,
    int MedianWidth,
    int MaximumWidth,
    int MinimumHeight,
    int MedianHeight,
    int MaximumHeight,
    IReadOnlyList<(ImageFormat Format, int Count)> Formats,
    IReadOnlyList<string> OddOnes
)
{
    private const int Small = 32; // smaller is a thumbnail or an icon
    private const int Elongated = 4; // of such a picture the middle shows a quarter
    private const int Shown = 3;

    /// <summary>Sums up.</summary>
    internal static PictureStatistics Of(IReadOnlyList<PictureFile> pictures)
    {
        int[] widths = [.. pictures.Select(p => p.Width).Order()],
            heights = [.. pictures.Select(p => p.Height).Order()];
        int gray = pictures.Count(p => p.Channels <= 2);
        return new PictureStatistics(
            pictures.Count,
            widths[0],
            widths[widths.Length / 2],
            widths[^1],
            heights[0],
            heights[heights.Length / 2],
            heights[^1],
            [.. pictures.CountBy(p => p.Format).OrderByDescending(f => f.Value).Select(f => (f.Key, f.Value))],
            [
                .. Odd(pictures, $"smaller than {Small} pixels", p => Math.Min(p.Width, p.Height) < Small),
                .. Odd(
                    pictures,
                    $"more than {Elongated} times as long as wide",
                    p => Math.Max(p.Width, p.Height) > Elongated * Math.Min(p.Width, p.Height)
                ),
                .. gray * 10 < pictures.Count ? Odd(pictures, "gray", p => p.Channels <= 2) : [],
            ]
        );
    }

    private static IEnumerable<string> Odd(
        IReadOnlyList<PictureFile> pictures,
        string what,
        Func<PictureFile, bool> isOdd
    )
    {
        PictureFile[] odd = [.. pictures.Where(isOdd)];
        if (odd.Length > 0)
        {
            yield return $"{odd.Length} {(odd.Length == 1 ? "picture is" : "pictures are")} {what}: {Names(odd)}.";
        }
    }

    /// <summary>The first few by path and size.</summary>
    private static string Names(PictureFile[] pictures) =>
        string.Join(", ", pictures.Take(Shown).Select(p => $"{p.Path} ({p.Width} x {p.Height})"))
        + (pictures.Length > Shown ? $" and {pictures.Length - Shown} more" : "");
}
