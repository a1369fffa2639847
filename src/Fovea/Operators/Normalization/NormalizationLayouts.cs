using System.Collections.Frozen;

namespace Fovea;

/// <summary>The inputs that normalizations accept, by their number of axes.</summary>
internal static class NormalizationLayouts
{
    /// <summary>Any number of spatial axes, and none.</summary>
    public static IReadOnlyDictionary<int, string> Any { get; } =
        Enumerable.Range(2, 7).ToFrozenDictionary(r => r, r => r == 2 ? "[N, C]" : "[N, C, spatial...]");

    private static readonly FrozenDictionary<int, string> Plain = new Dictionary<int, string>
    {
        [2] = "[N, C]",
        [3] = "[N, C, L]",
    }.ToFrozenDictionary();

    private static readonly FrozenDictionary<int, string>[] ByDims =
    [
        Only(3, "[N, C, L]"),
        Only(4, "[N, C, H, W]"),
        Only(5, "[N, C, D, H, W]"),
    ];

    /// <summary>Those of a number of spatial axes; null for any.</summary>
    /// <param name="dims">1 to 3, or null.</param>
    /// <param name="allowsPlain">Whether one axis may be left out: [N, C].</param>
    public static IReadOnlyDictionary<int, string> Of(int? dims, bool allowsPlain) =>
        dims switch
        {
            null => Any,
            1 when allowsPlain => Plain,
            { } count => ByDims[count - 1],
        };

    private static FrozenDictionary<int, string> Only(int rank, string layout) =>
        new Dictionary<int, string> { [rank] = layout }.ToFrozenDictionary();
}
