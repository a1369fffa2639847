using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>Items of a blocked map in a guarded buffer, with NaN wherever nothing may read: behind the planes, in the
/// channels that fill up the last block, and between items.</summary>
internal sealed unsafe class GuardedMap : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly BlockedLayout _layout;

    /// <summary>A map to be written: NaN everywhere.</summary>
    /// <param name="layout">Layout of an item.</param>
    /// <param name="items">Items.</param>
    /// <param name="gap">Floats between items.</param>
    public GuardedMap(BlockedLayout layout, int items = 1, int gap = 0)
    {
        (_layout, Items, ItemStride) = (layout, items, layout.Item + gap);
        _buffer = new NativeBuffer(((items - 1) * ItemStride) + layout.Item);
    }

    /// <summary>A map to be read: plain planes [N, C, D, H, W] within a halo of zeros.</summary>
    public GuardedMap(BlockedLayout layout, float[] planes, int items = 1, int gap = 0)
        : this(layout, items, gap)
    {
        for (int block = 0; block < items * layout.Blocks; block++)
        {
            (int item, int within) = Math.DivRem(block, layout.Blocks);
            new Span<float>(
                Pointer + (item * ItemStride) + ((long)within * layout.Plane),
                (layout.Front + layout.Depth + layout.Back) * Height * Width * layout.Lanes
            ).Clear();
        }

        for (int channel = 0; channel < items * Filled; channel++)
        {
            (int item, int within) = Math.DivRem(channel, Filled);
            for (int i = 0; i < Pixels; i++)
            {
                Pointer[Index(item, within, i)] =
                    within < layout.Channels ? planes[(((item * layout.Channels) + within) * Pixels) + i] : float.NaN;
            }
        }
    }

    /// <summary>Items.</summary>
    public int Items { get; }

    /// <summary>Floats from an item to the next.</summary>
    public long ItemStride { get; }

    public float* Pointer => _buffer.Pointer;

    private int Filled => _layout.Blocks * _layout.Lanes;

    private int Pixels => _layout.Depth * _layout.Height * _layout.Width;

    private int Height => _layout.Top + _layout.Height + _layout.Bottom;

    private int Width => _layout.Left + _layout.Width + _layout.Right;

    /// <summary>The values as plain planes [N, C, D, H, W].</summary>
    public float[] ToPlanes()
    {
        float[] planes = new float[Items * _layout.Channels * Pixels];
        for (int i = 0; i < planes.Length; i++)
        {
            (int item, int channel) = Math.DivRem(i / Pixels, _layout.Channels);
            planes[i] = Pointer[Index(item, channel, i % Pixels)];
        }

        return planes;
    }

    /// <summary>The whole items: halo, pixels and what lies behind the planes.</summary>
    public float[] ToArray() => _buffer.ToArray();

    /// <summary>Fails unless everything but the pixels is as it was made.</summary>
    public void AssertOnlyPixelsAreWritten(string what)
    {
        bool[] pixels = new bool[_buffer.Count];
        for (int channel = 0; channel < Items * Filled; channel++)
        {
            for (int i = 0; i < Pixels; i++)
            {
                pixels[Index(channel / Filled, channel % Filled, i)] = true;
            }
        }

        for (int i = 0; i < pixels.Length; i++)
        {
            if (!pixels[i] && !float.IsNaN(Pointer[i]))
            {
                Assert.Fail($"{what}: wrote {Pointer[i]} at {i}, outside the pixels of {_layout}");
            }
        }

        AssertGuards(what);
    }

    public void AssertGuards(string what) =>
        Assert.True(_buffer.GuardsAreIntact(), $"{what}: wrote outside the items of {_layout}");

    public void Dispose() => _buffer.Dispose();

    /// <summary>The place of a value, worked out from the layout's definition: [C / lanes, D, H, W, lanes] with its
    /// halo.</summary>
    private long Index(int item, int channel, int pixel)
    {
        int x = pixel % _layout.Width,
            y = pixel / _layout.Width % _layout.Height,
            z = pixel / _layout.Width / _layout.Height;
        int place = (((_layout.Front + z) * Height) + _layout.Top + y) * Width + _layout.Left + x;
        return (item * ItemStride)
            + (channel / _layout.Lanes * _layout.Plane)
            + (place * _layout.Lanes)
            + (channel % _layout.Lanes);
    }
}
