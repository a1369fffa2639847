using System.Globalization;
using Fovea.Kernels;

namespace Fovea;

/// <summary>What a measurement is of.</summary>
/// <param name="Processor">The processor's name.</param>
/// <param name="Bits">Vector width.</param>
/// <param name="Convolution">Sizes of the convolution; its batch is the number of items that are computed
/// together.</param>
internal readonly record struct TuningKey(string Processor, int Bits, string Convolution);

/// <summary>Measured times of a convolution by each algorithm, and which was taken.</summary>
/// <param name="Choice">Direct, or Winograd's F(2x2) or F(4x4).</param>
/// <param name="Direct">Milliseconds by direct sums.</param>
/// <param name="Two">Milliseconds by F(2x2, 3x3).</param>
/// <param name="Four">Milliseconds by F(4x4, 3x3).</param>
internal sealed record TuningEntry(ConvolutionAlgorithm Choice, double Direct, double Two, double Four)
{
    /// <summary>Digits of a millisecond that are kept: a tenth of a microsecond.</summary>
    public const int Digits = 4;

    /// <summary>Longest time that is kept, in milliseconds.</summary>
    public const double Longest = 1e7;

    /// <summary>What may be chosen, in the order of the times. Where times are equal the first is taken, because its
    /// error is the smallest.</summary>
    public static readonly ConvolutionAlgorithm[] Algorithms =
    [
        ConvolutionAlgorithm.Direct,
        ConvolutionAlgorithm.Winograd2,
        ConvolutionAlgorithm.Winograd4,
    ];

    /// <summary>The names of <see cref="Algorithms"/> in files and reasons.</summary>
    public static readonly string[] Names = ["direct", "F(2x2)", "F(4x4)"];

    /// <summary>An entry that chooses the fastest.</summary>
    /// <param name="milliseconds">Of <see cref="Algorithms"/>, as measured; they are rounded as a file keeps
    /// them.</param>
    public static TuningEntry Fastest(IReadOnlyList<double> milliseconds)
    {
        double[] kept =
        [
            .. milliseconds.Select(m => Math.Clamp(Math.Round(m, Digits), Math.Pow(10, -Digits), Longest)),
        ];
        return new(Algorithms[Array.IndexOf(kept, kept.Min())], kept[0], kept[1], kept[2]);
    }

    /// <summary>The times, for people.</summary>
    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"measured: direct {Direct:F3} ms, F(2x2) {Two:F3} ms, F(4x4) {Four:F3} ms"
        );
}
