namespace Fovea.Kernels;

/// <summary>How the work is cut, decided once.</summary>
internal sealed unsafe partial class BlockedConvolution
{
    /// <summary>A part of the work. Both ways every result is summed alike; what differs is how evenly the work is
    /// shared, and what each thread must read: all weights, or the whole source.</summary>
    private (int FirstUnit, int EndUnit, int FirstChunk, int EndChunk) PartOf(int items, int part, int parts)
    {
        int units = items * _units,
            most = 0;
        for (int i = 0; i < parts; i++)
        {
            (int first, int end) = WorkerPool.Share(_chunks.Length, i, parts);
            most = Math.Max(
                most,
                end == first ? 0 : _chunks[end - 1].FirstBlock + _chunks[end - 1].Blocks - _chunks[first].FirstBlock
            );
        }

        double cycles = items * Cycles,
            source = (double)items * Geometry.InChannels * Geometry.InPlane / _cpu.FloatsPerCycle,
            weights = PackedSize / _cpu.FloatsPerCycle;
        double byUnits = (cycles * ((units + parts - 1) / parts) / units) + (source / parts) + weights;
        double byChunks = (cycles * most / Destination.Blocks) + source + (weights / parts);
        (int firstUnit, int endUnit) = byUnits <= byChunks ? WorkerPool.Share(units, part, parts) : (0, units);
        (int firstChunk, int endChunk) =
            byUnits <= byChunks ? (0, _chunks.Length) : WorkerPool.Share(_chunks.Length, part, parts);
        return (firstUnit, endUnit, firstChunk, endChunk);
    }

    private static int Behind(WindowAxis axis) =>
        Math.Max(0, ((axis.Out - 1) * axis.Stride) + axis.Extent - axis.PadBefore - axis.In);

    /// <summary>Whether groups are whole blocks, or blocks whole groups.</summary>
    private static bool HasWholeBlocks(ConvolutionGeometry g) =>
        (g.InPerGroup % TileCall.Block == 0 && g.OutPerGroup % TileCall.Block == 0)
        || (g.InPerGroup == g.OutPerGroup && TileCall.Block % g.InPerGroup == 0 && g.InChannels % TileCall.Block == 0);

    /// <summary>Whether the pixels of one layout are those of the other, in the same order.</summary>
    private static bool HasSizesOf(BlockedLayout a, BlockedLayout b) =>
        a.Depth == b.Depth && a.Height == b.Height && a.Width == b.Width;

    /// <summary>Channels of groups that do not fill blocks, so many of which lie in one block wherever a group begins.</summary>
    private static int Together(int perGroup) => Math.Min(TileCall.Block, perGroup & -perGroup);

    /// <summary>The channels that some blocks of output channels are summed from: all of the groups that they belong to, from
    /// a whole block on.</summary>
    private (int FirstBlock, int Channels) Reads(int block, int blocks)
    {
        ConvolutionGeometry g = Geometry;
        if (g.Groups == 1)
        {
            return (0, g.InChannels);
        }

        int first = block * TileCall.Block / g.OutPerGroup,
            last = (Math.Min(g.OutChannels, (block + blocks) * TileCall.Block) - 1) / g.OutPerGroup,
            firstBlock = first * g.InPerGroup / TileCall.Block;
        return (firstBlock, ((last + 1) * g.InPerGroup) - (firstBlock * TileCall.Block));
    }

    /// <summary>Where the values of each tap lie, channels outermost: a run of channels has the first of them.</summary>
    private int[] TapOffsets()
    {
        ConvolutionGeometry g = Geometry;
        int perTap = _byRow ? 1 : _depth,
            parts = g.InChannels / perTap;
        List<int> offsets = [];
        for (int part = 0; part < parts; part++)
        {
            int channel = part * perTap,
                start = (channel / Source.Lanes * Source.Plane) + (channel % Source.Lanes);
            for (int d = 0; d < g.Depth.Kernel; d++)
            {
                for (int h = 0; h < g.Height.Kernel; h++)
                {
                    for (int w = 0; w < (_byRow ? 1 : g.Width.Kernel); w++)
                    {
                        offsets.Add(
                            start
                                + (d * g.Depth.Dilation * Source.Slice)
                                + (h * g.Height.Dilation * Source.Row)
                                + (w * g.Width.Dilation * Source.Lanes)
                        );
                    }
                }
            }
        }

        return [.. offsets];
    }

    /// <summary>Chunks of output channels, and the time of an item by the model, in cycles.</summary>
    private (Chunk[] Chunks, double Cycles) Chunks(bool widest)
    {
        // Chunks of one width, and a rest; each width is tried and the quickest by the model taken. A chunk never spans
        // two groups of whole blocks.
        int groupBlocks =
            Geometry.Groups == 1 || !HasWholeBlocks(Geometry)
                ? Destination.Blocks
                : Math.Max(1, Geometry.OutPerGroup / TileCall.Block);
        List<Chunk>? best = null;
        double least = double.MaxValue;
        foreach (int width in _tiles.ChunkBlocks.Where(w => w <= groupBlocks).Take(widest ? 1 : int.MaxValue))
        {
            List<Chunk> chunks = [];
            double cycles = 0;
            long weights = 0;
            for (int first = 0; first < Destination.Blocks; )
            {
                int left = groupBlocks - (first % groupBlocks),
                    blocks = _tiles.ChunkBlocks.First(w => w <= Math.Min(width, left));
                int run = _flat ? _pixels : _unit;
                (int from, int channels) = Reads(first, blocks);
                int taps = Geometry.Groups == 1 ? _offsets.Length : channels / _depth * Geometry.Taps;
                TileCover cover = _tiles.Cover(run, blocks, taps, _depth);
                int read = (channels + Source.Lanes - 1) / Source.Lanes;
                chunks.Add(new Chunk(first, blocks, from, read, taps, weights, cover));
                weights += (long)blocks * TileCall.Block * taps * _depth;
                cycles += cover.Cycles * _pixels / run;
                first += blocks;
            }

            (best, least) = cycles < least ? (chunks, cycles) : (best, least);
        }

        return ([.. best!], least);
    }

    /// <summary>Output channels that are computed together.</summary>
    /// <param name="FirstBlock">First block of them.</param>
    /// <param name="Blocks">How many.</param>
    /// <param name="FirstSourceBlock">First channel block that is read.</param>
    /// <param name="SourceBlocks">How many are read.</param>
    /// <param name="Taps">Taps of a sum, each of some channels.</param>
    /// <param name="Weights">Where its packed weights begin, in floats.</param>
    /// <param name="Cover">Tiles of a row, or where maps have no gap of all pixels.</param>
    private sealed record Chunk(
        int FirstBlock,
        int Blocks,
        int FirstSourceBlock,
        int SourceBlocks,
        int Taps,
        long Weights,
        TileCover Cover
    );
}
