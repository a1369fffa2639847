using Fovea.Testing;

namespace Fovea.Kernels.Tests;

/// <summary>An item of a blocked map in a guarded buffer, with NaN wherever nothing may read: behind the planes, and in the channels that fill up the last block.</summary>
internal sealed unsafe class GuardedMap : IDisposable
{
    private readonly NativeBuffer _buffer;
    private readonly BlockedLayout _layout;

    /// <summary>A map to be written: NaN everywhere.</summary>
    public GuardedMap(BlockedLayout layout)
    {
        _layout = layout;
        _buffer = new NativeBuffer(layout.Item);
    }

    /// <summary>A map to be read: plain planes [C, D, H, W] within a halo of zeros.</summary>
    public GuardedMap(BlockedLayout layout, float[] planes)
        : this(layout)
    {
        for (int block = 0; block < layout.Blocks; block++)
        {
            new Span<float>(Pointer + ((long)block * layout.Plane), (layout.Front + layout.Depth + layout.Back) * Height * Width * layout.Lanes).Clear();
        }

        for (int channel = 0; channel < layout.Blocks * layout.Lanes; channel++)
        {
            for (int i = 0; i < layout.Depth * layout.Height * layout.Width; i++)
            {
                Pointer[Index(channel, i)] = channel < layout.Channels ? planes[(channel * layout.Depth * layout.Height * layout.Width) + i] : float.NaN;
            }
        }
    }

    public float* Pointer => _buffer.Pointer;

    private int Height => _layout.Top + _layout.Height + _layout.Bottom;

    private int Width => _layout.Left + _layout.Width + _layout.Right;

    /// <summary>The values as plain planes [C, D, H, W].</summary>
    public float[] ToPlanes()
    {
        int pixels = _layout.Depth * _layout.Height * _layout.Width;
        float[] planes = new float[_layout.Channels * pixels];
        for (int i = 0; i < planes.Length; i++)
        {
            planes[i] = Pointer[Index(i / pixels, i % pixels)];
        }

        return planes;
    }

    /// <summary>The whole item: halo, pixels and what lies behind the planes.</summary>
    public float[] ToArray() => _buffer.ToArray();

    /// <summary>Fails unless everything but the pixels is as it was made.</summary>
    public void AssertOnlyPixelsAreWritten(string what)
    {
        bool[] pixels = new bool[_buffer.Count];
        for (int channel = 0; channel < _layout.Blocks * _layout.Lanes; channel++)
        {
            for (int i = 0; i < _layout.Depth * _layout.Height * _layout.Width; i++)
            {
                pixels[Index(channel, i)] = true;
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

    public void AssertGuards(string what) => Assert.True(_buffer.GuardsAreIntact(), $"{what}: wrote outside the item of {_layout}");

    public void Dispose() => _buffer.Dispose();

    /// <summary>The place of a value, worked out from the layout's definition: [C / lanes, D, H, W, lanes] with its halo.</summary>
    private int Index(int channel, int pixel)
    {
        int x = pixel % _layout.Width, y = pixel / _layout.Width % _layout.Height, z = pixel / _layout.Width / _layout.Height;
        int place = (((_layout.Front + z) * Height) + _layout.Top + y) * Width + _layout.Left + x;
        return (channel / _layout.Lanes * _layout.Plane) + (place * _layout.Lanes) + (channel % _layout.Lanes);
    }
}
