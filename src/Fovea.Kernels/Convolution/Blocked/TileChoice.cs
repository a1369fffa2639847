using System.Collections.Concurrent;

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
    private readonly ConcurrentDictionary<(int Pixels, int Blocks, int Taps, int Depth), TileCover> _covers = new();

    private TileChoice(int bits, TileKernel[] kernels) => (Lanes, _kernels) = (bits / 32, kernels);

    /// <summary>Floats of a vector.</summary>
    public int Lanes { get; }

    /// <summary>The kernels at a vector width for pixels so many floats apart; null where there are none.</summary>
    public static TileChoice? For(int bits, int step) => Known.GetValueOrDefault((bits, step));

    /// <summary>Vectors a block of 16 channels takes.</summary>
    public int VectorsOfBlock => TileCall.Block / Lanes;

    /// <summary>Widths of a chunk of output channels that kernels exist for, in blocks, widest first.</summary>
    public IEnumerable<int> ChunkBlocks =>
        _kernels.Select(k => k.Vectors / VectorsOfBlock).Distinct().OrderDescending();

    /// <summary>The tiles that cover a run of pixels: one kernel for most of it and one for the rest, the quickest by
    /// the model.</summary>
    /// <param name="pixels">Pixels of the run, 1 or more.</param>
    /// <param name="blocks">Blocks of the chunk.</param>
    /// <param name="taps">Taps of a sum.</param>
    /// <param name="depth">Values of a tap.</param>
    public TileCover Cover(int pixels, int blocks, int taps, int depth) =>
        _covers.TryGetValue((pixels, blocks, taps, depth), out TileCover? known)
            ? known
            : _covers[(pixels, blocks, taps, depth)] = Find(pixels, blocks, taps, depth);

    private TileCover Find(int pixels, int blocks, int taps, int depth)
    {
        TileCover best = new(default, 0, default, double.MaxValue);
        TileKernel[] fitting = [.. _kernels.Where(k => k.Vectors == blocks * VectorsOfBlock && k.Pixels <= pixels)];
        foreach (TileKernel kernel in fitting)
        {
            int count = pixels / kernel.Pixels,
                rest = pixels % kernel.Pixels;
            TileKernel last =
                rest == 0 ? default : fitting.Where(k => k.Pixels >= rest).MinBy(k => Cycles(k, taps, depth));
            double cycles = (count * Cycles(kernel, taps, depth)) + (rest == 0 ? 0 : Cycles(last, taps, depth));
            best = cycles < best.Cycles ? new TileCover(kernel, count, last, cycles) : best;
        }

        return best;
    }

    /// <summary>A model of a tile's time: two multiply-adds, or two loads, or four instructions a cycle.</summary>
    private static double Cycles(TileKernel k, int taps, int depth)
    {
        double products = k.Pixels * k.Vectors,
            loads = k.Pixels + k.Vectors;
        double step = Math.Max(Math.Max(products / 2, 4.0), Math.Max(loads / 2, (products + loads + 2) / 5));
        return (taps * ((depth * step) + LoopCycles)) + (2 * products) + TileCycles;
    }
}

/// <summary>How tiles cover a run of pixels.</summary>
/// <param name="Main">The kernel of most of it, from the first pixel on.</param>
/// <param name="Count">How many tiles of it.</param>
/// <param name="Last">The kernel of the rest, which ends at the last pixel and may overlap the tile before; none where
/// its pixels are 0.</param>
/// <param name="Cycles">Of all of them, by the model.</param>
internal sealed record TileCover(TileKernel Main, int Count, TileKernel Last, double Cycles)
{
    /// <summary>Tiles.</summary>
    public int Tiles => Count + (Last.Pixels > 0 ? 1 : 0);

    /// <summary>Computes the run.</summary>
    /// <param name="call">Source, destination and addend of the first pixel.</param>
    /// <param name="pixels">Pixels of the run.</param>
    /// <param name="step">Floats of the source from a pixel to the next.</param>
    public unsafe void Run(ref TileCall call, int pixels, int step)
    {
        float* x = call.Source,
            y = call.Destination,
            add = call.Add;
        nint later = call.LaterStep * call.Taps * call.Depth / sizeof(float);
        for (int tile = 0; tile < Tiles; tile++)
        {
            (TileKernel kernel, int at) = tile < Count ? (Main, tile * Main.Pixels) : (Last, pixels - Last.Pixels);
            call.Source = x + ((long)at * step);
            call.Destination = y + ((long)at * TileCall.Block);
            call.Add = add == null ? null : add + ((long)at * TileCall.Block);
            kernel.Run(in call);
            call.Later += later;
        }
    }
}
