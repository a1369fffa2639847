namespace Fovea.Kernels;

/// <summary>A size of Winograd's minimal filtering with 3x3 filters, known when a kernel is compiled.</summary>
internal interface IWinogradForm
{
    /// <summary>Outputs along a side of a patch.</summary>
    static abstract int Out { get; }
}

/// <summary>F(2x2, 3x3): 16 products give 4 outputs that take 36 directly.</summary>
internal readonly struct TwoByTwo : IWinogradForm
{
    public static int Out => 2;
}

/// <summary>F(4x4, 3x3): 36 products give 16 outputs that take 144 directly.</summary>
internal readonly struct FourByFour : IWinogradForm
{
    public static int Out => 4;
}
