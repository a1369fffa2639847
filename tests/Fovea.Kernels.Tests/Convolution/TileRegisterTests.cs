using System.Text.RegularExpressions;
using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>A tile that needs more registers than there are keeps a sum in memory and loses half of its speed, which
/// no other test would see: the registers are counted in the text of the kernels.</summary>
public sealed partial class TileRegisterTests
{
    [Theory, InlineData(512), InlineData(256), InlineData(128)]
    public void Registers_EveryPixelTile_AreTheVectorsOfItsInnerLoop(int bits)
    {
        Dictionary<string, int> counted = Counted("Blocked", $"PixelTiles{bits}.g.cs", "for (; s < last; s++)");
        TileKernel[] kernels = bits switch
        {
            512 => PixelTiles512<Sixteen>.Kernels,
            256 => PixelTiles256<Sixteen>.Kernels,
            _ => PixelTiles128<Sixteen>.Kernels,
        };
        Assert.Equal(kernels.Length, counted.Count);
        foreach (TileKernel kernel in kernels)
        {
            int found = counted[$"Tile{kernel.Pixels}x{kernel.Vectors}"];
            Assert.True(
                kernel.Registers == found,
                $"{kernel.Pixels} x {kernel.Vectors} at {bits} bits says {kernel.Registers} registers, its loop has {found}"
            );
        }
    }

    [Theory, InlineData(512, 32), InlineData(256, 16)]
    public void Registers_EveryPixelTile_FitTheProcessorsOfItsWidth(int bits, int registers)
    {
        foreach (TileKernel k in bits == 512 ? PixelTiles512<Sixteen>.Kernels : PixelTiles256<Sixteen>.Kernels)
        {
            Assert.True(
                k.Registers <= registers,
                $"{k.Pixels} x {k.Vectors} at {bits} bits takes {k.Registers} of {registers} registers"
            );
        }
    }

    /// <summary>128 bits is the one width of processors with 16 registers and with 32, so not all of its tiles are for
    /// each; without a fused multiply-add the product takes one more.</summary>
    [Theory, InlineData(32, true, 6), InlineData(16, true, 3), InlineData(16, false, 2)]
    public void For_128Bits_OffersTheTilesThatFit(int registers, bool isFused, int widest)
    {
        CpuProfile cpu = CpuProfiles.NeoverseN1 with { Registers = registers, IsFused = isFused };
        TileKernel[] offered = [.. TileChoice.For(cpu, 16)!.Fitting];
        Assert.All(offered, k => Assert.InRange(k.Registers, 1, cpu.FreeRegisters));
        Assert.Equal(widest, offered.Max(k => k.Pixels));
        Assert.Equal(widest, offered.Length);
    }

    [
        Theory,
        InlineData(512, 32, "for (; offset < middle; offset++)"),
        InlineData(512, 32, "for (; offset < end; offset++)"),
        InlineData(256, 16, "for (; offset < middle; offset++)"),
        InlineData(256, 16, "for (; offset < end; offset++)"),
        InlineData(128, 16, "for (; offset < middle; offset++)"),
        InlineData(128, 16, "for (; offset < end; offset++)")
    ]
    public void Registers_EveryDepthwiseLoop_Fit(int bits, int registers, string loop)
    {
        Dictionary<string, int> counted = Counted("Depthwise", $"DepthwiseTiles{bits}.g.cs", loop);
        Assert.NotEmpty(counted);
        foreach ((string tile, int found) in counted)
        {
            Assert.True(found <= registers, $"{tile} at {bits} bits takes {found} of {registers} registers");
        }
    }

    /// <summary>For each method the vectors that its loop names: sums c, weights w or u, pixels b or v, a tap; one for
    /// a pixel that is loaded without a name. Bounds of results wait in memory until the loop is over.</summary>
    private static Dictionary<string, int> Counted(string folder, string file, string loop)
    {
        string text = File.ReadAllText(Path.Combine(TestData.Root, "src", "Fovea.Kernels", "Convolution", folder, file))
            .ReplaceLineEndings("\n");
        Dictionary<string, int> counted = [];
        foreach (string method in text.Split("private static void ").Skip(1))
        {
            int start = method.IndexOf(loop, StringComparison.Ordinal);
            if (start >= 0)
            {
                int line = method.LastIndexOf('\n', start) + 1;
                string end = $"\n{method[line..start]}}}\n";
                string body = method[start..method.IndexOf(end, start, StringComparison.Ordinal)];
                counted[method[..method.IndexOf('(', StringComparison.Ordinal)]] =
                    Vectors().Matches(body).Select(m => m.Value).Distinct().Count() + (Unnamed().IsMatch(body) ? 1 : 0);
            }
        }

        return counted;
    }

    [GeneratedRegex(@"\b(c\d+_\d+|[wb]\d+|[buv]|tap)\b")]
    private static partial Regex Vectors();

    [GeneratedRegex(@"MultiplyAddEstimate\(Vector")]
    private static partial Regex Unnamed();
}
