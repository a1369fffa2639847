using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Runs planned convolutions part by part on guarded items with gaps between them, and fails where anything
/// but the pixels is written. As many items as the data holds.</summary>
internal static unsafe class ConvolutionRuns
{
    /// <summary>Direct sums; the result as planes [N, Cout, D, H, W].</summary>
    public static float[] Run(
        BlockedConvolution convolution,
        ConvolutionData data,
        (float Low, float High) clamp,
        bool map,
        int parts,
        string what
    )
    {
        using Buffers buffers = new(convolution.Source, convolution.Destination, convolution.PackedSize, data);
        convolution.Pack(buffers.W.Pointer, buffers.Packed.Pointer);
        for (int part = 0; part < parts; part++)
        {
            convolution.Run(buffers.Call(clamp, map, part, parts));
        }

        return buffers.Result(what);
    }

    /// <summary>Direct sums with weights that are multiplied by a factor of each input channel.</summary>
    public static float[] RunGated(
        BlockedConvolution convolution,
        ConvolutionData data,
        float[] factors,
        int parts,
        string what
    )
    {
        using Buffers buffers = new(convolution.Source, convolution.Destination, convolution.PackedSize, data);
        using NativeBuffer gate = new(factors),
            scaled = new(convolution.PackedSize);
        convolution.Pack(buffers.W.Pointer, buffers.Packed.Pointer);
        convolution.ScaleInputs(buffers.Packed.Pointer, gate.Pointer, scaled.Pointer);
        Assert.True(scaled.GuardsAreIntact(), $"wrote outside the weights: {what}");
        for (int part = 0; part < parts; part++)
        {
            ConvolutionCall call = buffers.Call(BlockedData.Clamps[0], false, part, parts);
            call.Weights = scaled.Pointer;
            convolution.Run(call);
        }

        return buffers.Result(what);
    }

    /// <summary>Winograd's algorithm, planned for the items of the data.</summary>
    public static float[] Run(
        WinogradConvolution convolution,
        ConvolutionData data,
        (float Low, float High) clamp,
        bool map,
        int parts,
        string what
    )
    {
        using Buffers buffers = new(convolution.Source, convolution.Destination, convolution.PackedSize, data);
        convolution.Pack(buffers.W.Pointer, buffers.Packed.Pointer);
        for (int part = 0; part < parts; part++)
        {
            using NativeBuffer workspace = new(convolution.WorkspaceSize);
            convolution.Run(buffers.Call(clamp, map, part, parts), workspace.Pointer);
            Assert.True(
                workspace.GuardsAreIntact(),
                $"wrote outside the workspace of {workspace.Count} floats: {what}"
            );
        }

        return buffers.Result(what);
    }

    /// <summary>One filter a channel; nothing is added.</summary>
    public static float[] Run(
        DepthwiseConvolution convolution,
        ConvolutionData data,
        (float Low, float High) clamp,
        bool map,
        int parts,
        string what
    )
    {
        Assert.True(data.Add is null, $"a depthwise convolution adds nothing: {what}");
        using Buffers buffers = new(convolution.Source, convolution.Destination, convolution.PackedSize, data);
        convolution.Pack(buffers.W.Pointer, buffers.Packed.Pointer);
        for (int part = 0; part < parts; part++)
        {
            convolution.Run(buffers.Call(clamp, map, part, parts));
        }

        return buffers.Result(what);
    }

    /// <summary>A convolution and the depthwise one that reads its output, together; the result of the second. The sums
    /// of its rows must be those of the result.</summary>
    public static float[] Run(
        (BlockedConvolution Convolution, ConvolutionData Data, (float Low, float High) Clamp) first,
        (DepthwiseConvolution Convolution, ConvolutionData Data, (float Low, float High) Clamp) second,
        int bits,
        bool doubles,
        int parts,
        string what
    )
    {
        DepthwisePair pair = new(first.Convolution, second.Convolution, CpuProfiles.OfWidth(bits));
        int items =
            first.Data.X.Length
            / (first.Convolution.Source.Channels * first.Convolution.Source.Rows * first.Convolution.Source.Width);
        using Buffers a = new(
            first.Convolution.Source,
            first.Convolution.Destination,
            first.Convolution.PackedSize,
            first.Data
        );
        using Buffers b = new(
            second.Convolution.Source,
            second.Convolution.Destination,
            second.Convolution.PackedSize,
            second.Data with
            {
                X = new float[items * second.Convolution.Geometry.InputCount / second.Convolution.Geometry.Batch],
            }
        );
        first.Convolution.Pack(a.W.Pointer, a.Packed.Pointer);
        second.Convolution.Pack(b.W.Pointer, b.Packed.Pointer);
        BlockedLayout map = second.Convolution.Destination;
        long plane = (map.Rows * TileCall.Block) + 16,
            item = map.Blocks * plane;
        using NativeBuffer sums = new(items * item),
            expected = new(items * item);
        for (int part = 0; part < parts; part++)
        {
            ConvolutionCall from = a.Call(first.Clamp, doubles, 0, 1),
                to = b.Call(second.Clamp, doubles, part, parts);
            from.Y = to.X = null;
            from.YItem = to.XItem = 0;
            using NativeBuffer workspace = new(pair.WorkspaceSize);
            pair.Run(from, to, workspace.Pointer, new RowSums(sums.Pointer, item, plane));
            Assert.True(
                workspace.GuardsAreIntact(),
                $"wrote outside the workspace of {workspace.Count} floats: {what}"
            );
        }

        for (int i = 0; i < items; i++)
        {
            BlockedMeans.SumRows(
                map,
                b.Y.Pointer + (i * b.Y.ItemStride),
                MapPart.All(map),
                expected.Pointer + (i * item),
                plane,
                bits
            );
        }

        BlockedData.AssertSame($"sums of rows: {what}", expected.ToArray(), sums.ToArray());
        Assert.True(sums.GuardsAreIntact(), $"wrote outside the {sums.Count} sums: {what}");
        return b.Result(what);
    }

    /// <summary>Everything a call points to. Gaps between items differ, so that no stride can stand for
    /// another.</summary>
    private sealed class Buffers : IDisposable
    {
        private readonly GuardedMap? _add;

        public Buffers(BlockedLayout source, BlockedLayout destination, long packedSize, ConvolutionData data)
        {
            int items = data.X.Length / (source.Channels * source.Rows * source.Width);
            (X, Y) = (new GuardedMap(source, data.X, items, 48), new GuardedMap(destination, items, 16));
            _add = data.Add is null ? null : new GuardedMap(destination, data.Add, items, 32);
            (W, Bias, Packed) = (
                new NativeBuffer(data.W),
                new NativeBuffer(BlockedData.Filled(data.Bias, destination.Blocks)),
                new NativeBuffer(packedSize)
            );
        }

        public GuardedMap X { get; }

        public GuardedMap Y { get; }

        public NativeBuffer W { get; }

        public NativeBuffer Bias { get; }

        public NativeBuffer Packed { get; }

        public ConvolutionCall Call((float Low, float High) clamp, bool map, int part, int parts) =>
            BlockedData.Call(X, Packed, Bias, _add, Y, clamp, map, part, parts);

        public float[] Result(string what)
        {
            Assert.True(
                Packed.GuardsAreIntact() && !Packed.ToArray().Contains(float.NaN),
                $"packed weights do not fill their {Packed.Count} floats: {what}"
            );
            Y.AssertOnlyPixelsAreWritten(what);
            return Y.ToPlanes();
        }

        public void Dispose()
        {
            foreach (IDisposable? buffer in new IDisposable?[] { X, Y, W, Bias, Packed, _add })
            {
                buffer?.Dispose();
            }
        }
    }
}
