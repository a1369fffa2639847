using System.Collections.Concurrent;

namespace Fovea.Kernels;

/// <summary>The kernels for one processor and one distance between pixels that fit the registers, and which of them
/// suits a row.</summary>
internal sealed class TileChoice
{
    private const double LoopCycles = 3.0; // of a tap: its offset, its end
    private const double TileCycles = 20.0; // of a call, on top of loads and stores
    private const double JustEnough = 0.83; // of the peak, by sums that are just enough not to wait: 79 to 93 % measured

    private static readonly Dictionary<(int Bits, int Step), TileKernel[]> Kernels = new()
    {
        [(512, 1)] = PixelTiles512<One>.Kernels,
        [(512, 2)] = PixelTiles512<Two>.Kernels,
        [(512, 4)] = PixelTiles512<Four>.Kernels,
        [(512, 16)] = PixelTiles512<Sixteen>.Kernels,
        [(512, 32)] = PixelTiles512<ThirtyTwo>.Kernels,
        [(256, 1)] = PixelTiles256<One>.Kernels,
        [(256, 2)] = PixelTiles256<Two>.Kernels,
        [(256, 4)] = PixelTiles256<Four>.Kernels,
        [(256, 16)] = PixelTiles256<Sixteen>.Kernels,
        [(256, 32)] = PixelTiles256<ThirtyTwo>.Kernels,
        [(128, 1)] = PixelTiles128<One>.Kernels,
        [(128, 2)] = PixelTiles128<Two>.Kernels,
        [(128, 4)] = PixelTiles128<Four>.Kernels,
        [(128, 16)] = PixelTiles128<Sixteen>.Kernels,
        [(128, 32)] = PixelTiles128<ThirtyTwo>.Kernels,
    };

    private static readonly ConcurrentDictionary<(CpuProfile Cpu, int Step), TileChoice> Known = new();

    private readonly CpuProfile _cpu;
    private readonly TileKernel[] _kernels;
    private readonly ConcurrentDictionary<(int Pixels, int Blocks, int Taps, int Depth), TileCover> _covers = new();

    private TileChoice(CpuProfile cpu, TileKernel[] kernels) => (_cpu, _kernels) = (cpu, kernels);

    /// <summary>Floats of a vector.</summary>
    public int Lanes => _cpu.Lanes;

    /// <summary>The kernels that fit.</summary>
    public IReadOnlyList<TileKernel> Fitting => _kernels;

    /// <summary>The kernels for pixels so many floats apart; null where there are none.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="step">Floats from a pixel to the next.</param>
    public static TileChoice? For(CpuProfile cpu, int step) =>
        Kernels.TryGetValue((cpu.Bits, step), out TileKernel[]? all)
            ? Known.GetOrAdd(
                (cpu, step),
                _ => new TileChoice(cpu, [.. all.Where(k => k.Registers <= cpu.FreeRegisters)])
            )
            : null;

    /// <summary>Vectors a block of 16 channels takes.</summary>
    public int VectorsOfBlock => TileCall.Block / Lanes;

    /// <summary>Widths of a chunk of output channels that kernels exist for, in blocks, widest first.</summary>
    public IEnumerable<int> ChunkBlocks =>
        _kernels.Select(k => k.Vectors / VectorsOfBlock).Distinct().OrderDescending();

    /// <summary>Pixels of the largest tile for a chunk of so many blocks.</summary>
    public int WidestTile(int blocks) => _kernels.Where(k => k.Vectors == blocks * VectorsOfBlock).Max(k => k.Pixels);

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

    /// <summary>A model of a tile's time: multiply-adds, or loads, or five instructions a cycle; fewer sums than fill the latency of a multiply-add wait for themselves, and so do at times those that just fill it.</summary>
    private double Cycles(TileKernel k, int taps, int depth)
    {
        double loads = k.Pixels + k.Vectors,
            computing = k.Sums / _cpu.ProductsPerCycle;
        double products =
            computing > _cpu.LatencyCycles ? computing
            : computing < _cpu.LatencyCycles ? _cpu.LatencyCycles
            : _cpu.LatencyCycles / JustEnough;
        double step = Math.Max(products, Math.Max(loads / _cpu.LoadsPerCycle, (k.Sums + loads + 2) / 5));
        return (taps * ((depth * step) + LoopCycles)) + (2.0 * k.Sums) + TileCycles;
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
