using System.Collections.Concurrent;

namespace Fovea.Kernels;

/// <summary>Which tiles compute the gradient of weights on a processor.</summary>
internal static class GradientTiles
{
    private static readonly ConcurrentDictionary<(CpuProfile Cpu, int Values, int Vectors), GradientCover> Known =
        new();

    /// <summary>The tiles that fit the registers of a processor.</summary>
    public static IEnumerable<GradientTile> Fitting(CpuProfile cpu) =>
        (
            cpu.Bits switch
            {
                512 => GradientTiles512.Kernels,
                256 => GradientTiles256.Kernels,
                _ => GradientTiles128.Kernels,
            }
        ).Where(k => k.Registers <= cpu.FreeRegisters);

    /// <summary>Widths of a chunk of output channels that tiles exist for, in blocks.</summary>
    public static int[] ChunkBlocks(CpuProfile cpu) =>
        [.. Fitting(cpu).Select(k => k.Vectors * cpu.Lanes / TileCall.Block).Distinct().Order()];

    /// <summary>The quickest tiles for so many values that lie together, by the model.</summary>
    /// <param name="cpu">The processor.</param>
    /// <param name="values">Values, 1 or more.</param>
    /// <param name="blocks">Blocks of the chunk, one of <see cref="ChunkBlocks"/>.</param>
    public static GradientCover Cover(CpuProfile cpu, int values, int blocks) =>
        Known.GetOrAdd(
            (cpu, values, blocks * TileCall.Block / cpu.Lanes),
            key => Find(key.Cpu, key.Values, key.Vectors)
        );

    private static GradientCover Find(CpuProfile cpu, int values, int vectors)
    {
        GradientTile[] tiles = [.. Fitting(cpu).Where(k => k.Vectors == vectors)];
        GradientTile[] last = new GradientTile[values + 1];
        double[] cycles = new double[values + 1];
        for (int n = 1; n <= values; n++)
        {
            cycles[n] = double.MaxValue;
            foreach (GradientTile tile in tiles.Where(t => t.Values <= n))
            {
                double sum = cycles[n - tile.Values] + tile.Cycles(cpu);
                (last[n], cycles[n]) = sum < cycles[n] ? (tile, sum) : (last[n], cycles[n]);
            }
        }

        List<GradientTile> cover = [];
        for (int n = values; n > 0; n -= last[n].Values)
        {
            cover.Add(last[n]);
        }

        return new([.. cover], cycles[values]);
    }
}

/// <summary>Tiles that follow each other over values that lie together.</summary>
/// <param name="Tiles">The tiles, in order.</param>
/// <param name="Cycles">Of a pixel, by the model.</param>
internal sealed record GradientCover(GradientTile[] Tiles, double Cycles);
