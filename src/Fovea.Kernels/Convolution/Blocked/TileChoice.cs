namespace Fovea.Kernels;

/// <summary>The kernels for one vector width and one distance between pixels, and which of them suits a row.</summary>
internal sealed class TileChoice
{
    private const double LoopCycles = 3.0; // of a tap: its offset, its end
    private const double TileCycles = 20.0; // of a call, on top of loads and stores

    private static readonly Dictionary<(int Bits, int Step), TileChoice> Known = new()
    {
        [(512, 1)] = new(512, PixelTiles512<One>.Kernels),
        [(512, 2)] = new(512, PixelTiles512<Two>.Kernels),
        [(512, 4)] = new(512, PixelTiles512<Four>.Kernels),
        [(512, 16)] = new(512, PixelTiles512<Sixteen>.Kernels),
        [(512, 32)] = new(512, PixelTiles512<ThirtyTwo>.Kernels),
        [(256, 1)] = new(256, PixelTiles256<One>.Kernels),
        [(256, 2)] = new(256, PixelTiles256<Two>.Kernels),
        [(256, 4)] = new(256, PixelTiles256<Four>.Kernels),
        [(256, 16)] = new(256, PixelTiles256<Sixteen>.Kernels),
        [(256, 32)] = new(256, PixelTiles256<ThirtyTwo>.Kernels),
        [(128, 1)] = new(128, PixelTiles128<One>.Kernels),
        [(128, 2)] = new(128, PixelTiles128<Two>.Kernels),
        [(128, 4)] = new(128, PixelTiles128<Four>.Kernels),
        [(128, 16)] = new(128, PixelTiles128<Sixteen>.Kernels),
        [(128, 32)] = new(128, PixelTiles128<ThirtyTwo>.Kernels),
    };

    private readonly TileKernel[] _kernels;

    private TileChoice(int bits, TileKernel[] kernels) => (Lanes, _kernels) = (bits / 32, kernels);

    /// <summary>Floats of a vector.</summary>
    public int Lanes { get; }

    /// <summary>The kernels at a vector width for pixels so many floats apart; null where there are none.</summary>
    public static TileChoice? For(int bits, int step) => Known.GetValueOrDefault((bits, step));

    /// <summary>Vectors a block of 16 channels takes.</summary>
    public int VectorsOfBlock => TileCall.Block / Lanes;

    /// <summary>Widths of a chunk of output channels that kernels exist for, in blocks, widest first.</summary>
    public IEnumerable<int> ChunkBlocks => _kernels.Select(k => k.Vectors / VectorsOfBlock).Distinct().OrderDescending();

    /// <summary>The tiles that cover a row: the kernel of most of it, and where its tiles begin. The last one overlaps the one before where they do not come out even.</summary>
    /// <param name="pixels">Pixels of a row, 1 or more.</param>
    /// <param name="blocks">Blocks of the chunk.</param>
    /// <param name="taps">Taps of a sum.</param>
    /// <param name="depth">Values of a tap.</param>
    public (TileKernel Kernel, double Cycles) Best(int pixels, int blocks, int taps, int depth)
    {
        (TileKernel Kernel, double Cycles) best = (default, double.MaxValue);
        foreach (TileKernel kernel in _kernels)
        {
            if (kernel.Vectors == blocks * VectorsOfBlock && kernel.Pixels <= pixels)
            {
                double cycles = (pixels + kernel.Pixels - 1) / kernel.Pixels * Cycles(kernel, taps, depth);
                best = cycles < best.Cycles ? (kernel, cycles) : best;
            }
        }

        return best;
    }

    /// <summary>A model of a tile's time: two multiply-adds, or two loads, or four instructions a cycle.</summary>
    private static double Cycles(TileKernel k, int taps, int depth)
    {
        double products = k.Pixels * k.Vectors, loads = k.Pixels + k.Vectors;
        double step = Math.Max(Math.Max(products / 2, 4.0), Math.Max(loads / 2, (products + loads + 2) / 5));
        return (taps * ((depth * step) + LoopCycles)) + (2 * products) + TileCycles;
    }
}
