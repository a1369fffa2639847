using System.Globalization;
using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>A convolution, and what is decided about it.</summary>
/// <param name="Geometry">Its sizes for one item.</param>
/// <param name="Decisions">A text for each of <see cref="DecisionList.Cases"/>.</param>
internal sealed record Decided(ConvolutionGeometry Geometry, IReadOnlyList<string> Decisions);

/// <summary>The convolutions of the zoo, and what is decided about each: tests/golden/convolution_decisions.txt. One
/// line each: channels in and out, groups, for each axis size, kernel, stride, dilation and padding before and after,
/// then the decisions.</summary>
internal static class DecisionList
{
    /// <summary>The environment variable that has tests write the file instead of comparing with it.</summary>
    public const string Writes = "FOVEA_WRITE_DECISIONS";

    /// <summary>Vector widths and numbers of items that decisions are listed for.</summary>
    public static readonly (int Bits, int Items)[] Cases =
    [
        (512, 1),
        (512, 4),
        (512, 32),
        (256, 1),
        (256, 4),
        (256, 32),
    ];

    /// <summary>The file below the root of the checkout.</summary>
    public static string FileName { get; } = Path.Combine("tests", "golden", "convolution_decisions.txt");

    /// <summary>Whether tests write the file.</summary>
    public static bool IsWritten => Environment.GetEnvironmentVariable(Writes) == "1";

    private static string FullPath => Path.Combine(TestData.Root, FileName);

    /// <summary>How the input of a convolution lies in a network: an image comes in planes.</summary>
    public static MapLayout LayoutOf(ConvolutionGeometry g) => g.InChannels < 8 ? MapLayout.Planes : MapLayout.Blocked;

    /// <summary>Reads the file.</summary>
    public static IReadOnlyList<Decided> Read() =>
        [
            .. File.ReadAllLines(FullPath)
                .Where(l => !l.StartsWith('#'))
                .Select(l => l.Split('\t'))
                .Select(fields => new Decided(Parse(fields[0]), fields[1..])),
        ];

    /// <summary>Writes the file.</summary>
    public static void Write(IEnumerable<Decided> list) =>
        File.WriteAllLines(
            FullPath,
            [
                "# " + string.Join("; ", Cases.Select(c => $"{c.Bits} bits, items {c.Items}")),
                .. list.OrderBy(d => TextOf(d.Geometry), StringComparer.Ordinal)
                    .Select(d => string.Join('\t', [TextOf(d.Geometry), .. d.Decisions])),
            ]
        );

    /// <summary>The sizes of a convolution with zero padding on a line.</summary>
    public static string TextOf(ConvolutionGeometry g) =>
        string.Join(
            ' ',
            [
                .. new[] { g.InChannels, g.OutChannels, g.Groups }.Select(n =>
                    n.ToString(CultureInfo.InvariantCulture)
                ),
                .. new[] { g.Depth, g.Height, g.Width }.Select(a =>
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{a.In},{a.Kernel},{a.Stride},{a.Dilation},{a.PadBefore},{a.PadAfter}"
                    )
                ),
            ]
        );

    private static ConvolutionGeometry Parse(string text)
    {
        string[] parts = text.Split(' ');
        int[] channels = [.. parts[..3].Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        WindowAxis[] axes = [.. parts[3..].Select(Axis)];
        return new(1, channels[0], channels[1], channels[2], axes[0], axes[1], axes[2], PaddingMode.Zeros);
    }

    private static WindowAxis Axis(string text)
    {
        int[] n = [.. text.Split(',').Select(p => int.Parse(p, CultureInfo.InvariantCulture))];
        return new(n[0], n[1], n[2], n[3], n[4], n[5]);
    }
}
