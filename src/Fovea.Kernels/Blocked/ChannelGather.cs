using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>Channels of some maps put together in a new order: concatenations, runs of channels and shuffles are cases of
/// it.</summary>
/// <remarks>Lanes: channels of a pixel. For each vector of the result it is known which vectors of the sources hold its
/// lanes; each is permuted, and what is not its own is zero, so that their bits can be put together.</remarks>
internal sealed unsafe class ChannelGather
{
    private readonly BlockedLayout[] _from;
    private readonly BlockedLayout _to;
    private readonly int _lanes;
    private readonly (int Source, int Lane, int[] Indices)[][] _vectors; // of each vector of the result

    /// <summary>Plans it.</summary>
    /// <param name="from">The maps read, in blocks of 16 channels, of one size.</param>
    /// <param name="to">The map written, of that size; its spare lanes become zeros.</param>
    /// <param name="channels">For each channel of the result the channel it is, counted through all maps read.</param>
    /// <param name="bits">Vector width.</param>
    public ChannelGather(BlockedLayout[] from, BlockedLayout to, ReadOnlySpan<int> channels, int bits)
    {
        (_from, _to, _lanes) = (from, to, bits / 32);
        (int Source, int Channel)[] places =
        [
            .. from.SelectMany((layout, s) => Enumerable.Range(0, layout.Channels).Select(c => (s, c))),
        ];
        _vectors = new (int, int, int[])[to.Blocks * TileCall.Block / _lanes][];
        for (int v = 0; v < _vectors.Length; v++)
        {
            Dictionary<(int Source, int Lane), int[]> parts = [];
            for (int lane = 0; lane < _lanes && (v * _lanes) + lane < channels.Length; lane++)
            {
                (int source, int channel) = places[channels[(v * _lanes) + lane]];
                (int, int) key = (source, channel / _lanes * _lanes);
                if (!parts.TryGetValue(key, out int[]? indices))
                {
                    parts[key] = indices = new int[_lanes];
                    Array.Fill(indices, -1);
                }

                indices[lane] = channel % _lanes;
            }

            _vectors[v] = [.. parts.Select(p => (p.Key.Source, p.Key.Lane, p.Value))];
        }
    }

    /// <summary>Computes a part.</summary>
    /// <param name="x">The maps read.</param>
    /// <param name="y">The map written.</param>
    /// <param name="part">Blocks and rows of it.</param>
    public void Run(ReadOnlySpan<nint> x, float* y, MapPart part)
    {
        switch (_lanes)
        {
            case 16:
                Run<Vector512<float>, Simd512>(x, y, part);
                break;
            case 8:
                Run<Vector256<float>, Simd256>(x, y, part);
                break;
            default:
                Run<Vector128<float>, Simd128>(x, y, part);
                break;
        }
    }

    private void Run<TVec, TSimd>(ReadOnlySpan<nint> x, float* y, MapPart part)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        int perBlock = TileCall.Block / _lanes;
        for (int block = part.FirstBlock; block < part.EndBlock; block++)
        {
            for (int v = block * perBlock; v < (block + 1) * perBlock; v++)
            {
                for (int row = part.FirstRow; row < part.EndRow; row++)
                {
                    float* to = y + ((long)block * _to.Plane) + _to.RowStart(row) + (v % perBlock * _lanes);
                    Vectors<TVec, TSimd>(x, v, row, to);
                }
            }
        }
    }

    /// <summary>A row of pixels of one vector of the result.</summary>
    private void Vectors<TVec, TSimd>(ReadOnlySpan<nint> x, int vector, int row, float* to)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        (int Source, int Lane, int[] Indices)[] parts = _vectors[vector];
        long end = (long)_to.Width * TileCall.Block;
        if (parts.Length == 0)
        {
            for (long i = 0; i < end; i += TileCall.Block)
            {
                TSimd.Store(TSimd.Zero, to + i);
            }
        }

        for (int p = 0; p < parts.Length; p++)
        {
            (int source, int lane, int[] indices) = parts[p];
            BlockedLayout layout = _from[source];
            float* from =
                (float*)x[source]
                + ((long)(lane / TileCall.Block) * layout.Plane)
                + layout.RowStart(row)
                + (lane % TileCall.Block);
            fixed (int* index = indices)
            {
                TVec order = TSimd.Load((float*)index);
                for (long i = 0; i < end; i += TileCall.Block)
                {
                    TVec own = TSimd.Permute(TSimd.Load(from + i), order);
                    TSimd.Store(p == 0 ? own : TSimd.Or(TSimd.Load(to + i), own), to + i);
                }
            }
        }
    }
}
