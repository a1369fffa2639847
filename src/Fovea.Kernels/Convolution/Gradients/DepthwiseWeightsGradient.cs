using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The gradient of the weights of a depthwise convolution, from blocked maps: dw[c, tap] = sum over items and pixels
/// of dy[c] * x[c, shifted by the tap].</summary>
/// <remarks>Lanes: channels. Groups of taps keep their sums in registers over a block of rows, and add them to those so far.
/// Each channel block belongs to one part, so the order of a sum does not depend on how the work is shared out.</remarks>
internal sealed unsafe class DepthwiseWeightsGradient : IWeightsGradient
{
    private const int BlockPixels = 784; // terms of a sum before it is added to others

    private readonly List<TapGroup> _groups = [];
    private readonly CpuProfile _cpu;
    private readonly int _rows;

    /// <summary>Plans the gradient.</summary>
    /// <param name="geometry">Sizes of the convolution of an item: as many groups as channels in and out.</param>
    /// <param name="x">Layout of the input, with a halo that covers the padding.</param>
    /// <param name="dy">Layout of the gradient of the output.</param>
    /// <param name="cpu">The processor; kernels run at its vector width.</param>
    public DepthwiseWeightsGradient(ConvolutionGeometry geometry, BlockedLayout x, BlockedLayout dy, CpuProfile cpu)
    {
        (Geometry, X, Dy, _cpu) = (geometry, x, dy, cpu);
        _rows = Math.Clamp(BlockPixels / geometry.Width.Out, 1, geometry.Height.Out);
        for (int d = 0; d < geometry.Depth.Kernel; d++)
        {
            AddTaps(d);
        }
    }

    /// <summary>The sizes.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the input.</summary>
    public BlockedLayout X { get; }

    /// <summary>Layout of the gradient of the output.</summary>
    public BlockedLayout Dy { get; }

    /// <summary>Floats of the sums that a run leaves.</summary>
    public long SumsSize => (long)Dy.Blocks * Geometry.Taps * TileCall.Block;

    /// <summary>Independent parts of the work, at most.</summary>
    public int Units => Dy.Blocks;

    /// <inheritdoc/>
    public long WorkspaceSize => 0;

    /// <inheritdoc/>
    public string Name => "depthwise";

    /// <inheritdoc/>
    public void Run(in WeightsGradientCall call, float* workspace, int part, int parts)
    {
        switch (_cpu.Bits)
        {
            case 512:
                Run<Vector512<float>, Simd512>(call, part, parts);
                break;
            case 256:
                Run<Vector256<float>, Simd256>(call, part, parts);
                break;
            default:
                Run<Vector128<float>, Simd128>(call, part, parts);
                break;
        }
    }

    /// <summary>Writes the sums as [C, 1, kernel...].</summary>
    public void Unpack(float* sums, float* dw)
    {
        for (int c = 0; c < Geometry.OutChannels; c++)
        {
            float* from = sums + ((long)(c / TileCall.Block) * Geometry.Taps * TileCall.Block) + (c % TileCall.Block);
            for (int tap = 0; tap < Geometry.Taps; tap++)
            {
                dw[((long)c * Geometry.Taps) + tap] = from[tap * TileCall.Block];
            }
        }
    }

    private void AddTaps(int d)
    {
        ConvolutionGeometry g = Geometry;
        int first = d * g.Height.Kernel * g.Width.Kernel;
        int At(int h, int w) =>
            X.Origin
            + (((d * g.Depth.Dilation) - g.Depth.PadBefore) * X.Slice)
            + (((h * g.Height.Dilation) - g.Height.PadBefore) * X.Row)
            + (((w * g.Width.Dilation) - g.Width.PadBefore) * TileCall.Block);
        if (g is { Height: { Kernel: 3, Dilation: 1 }, Width: { Kernel: 3, Dilation: 1 } })
        {
            _groups.Add(new(first, 9, At(0, 0)));
            return;
        }

        for (int h = 0; h < g.Height.Kernel; h++)
        {
            for (int w = 0; w < g.Width.Kernel; )
            {
                int left = g.Width.Kernel - w,
                    taps = g.Width.Dilation > 1 || left < 3 ? 1
                    : left < 5 ? 3
                    : 5;
                _groups.Add(new(first + (h * g.Width.Kernel) + w, taps, At(h, w)));
                w += taps;
            }
        }
    }

    private void Run<TVec, TSimd>(in WeightsGradientCall on, int part, int parts)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        float* x = on.X,
            dy = on.Dy;
        (long xItem, long dyItem, int items) = (on.XItem, on.DyItem, on.Items);
        (int first, int end) = WorkerPool.Share(Dy.Blocks, part, parts);
        for (int block = first; block < end; block++)
        {
            float* own = on.Sums + ((long)block * Geometry.Taps * TileCall.Block);
            new Span<float>(own, Geometry.Taps * TileCall.Block).Clear();
            for (int item = 0; item < items; item++)
            {
                for (int slice = 0; slice < Geometry.Depth.Out; slice++)
                {
                    for (int row = 0; row < Geometry.Height.Out; row += _rows)
                    {
                        DepthwiseGradientCall call = new()
                        {
                            X =
                                x
                                + (item * xItem)
                                + ((long)block * X.Plane)
                                + ((long)slice * Geometry.Depth.Stride * X.Slice)
                                + ((long)row * Geometry.Height.Stride * X.Row),
                            Dy =
                                dy
                                + (item * dyItem)
                                + ((long)block * Dy.Plane)
                                + Dy.Origin
                                + ((long)slice * Dy.Slice)
                                + ((long)row * Dy.Row),
                            XStep = Geometry.Width.Stride * TileCall.Block,
                            XRow = Geometry.Height.Stride * X.Row,
                            XLine = X.Row,
                            DyRow = Dy.Row,
                            Width = Geometry.Width.Out,
                            Rows = Math.Min(_rows, Geometry.Height.Out - row),
                        };
                        foreach (TapGroup group in _groups)
                        {
                            Group<TVec, TSimd>(call, group, own + (group.First * TileCall.Block));
                        }
                    }
                }
            }
        }
    }

    private static void Group<TVec, TSimd>(DepthwiseGradientCall call, TapGroup group, float* sums)
        where TVec : struct
        where TSimd : struct, ISimd<TVec>
    {
        call.X += group.At;
        for (int lane = 0; lane < TileCall.Block; lane += TSimd.Count)
        {
            switch (group.Taps)
            {
                case 9:
                    DepthwiseGradientRows<TVec, TSimd>.Nine(call, sums + lane);
                    break;
                case 5:
                    DepthwiseGradientRows<TVec, TSimd>.Five(call, sums + lane);
                    break;
                case 3:
                    DepthwiseGradientRows<TVec, TSimd>.Three(call, sums + lane);
                    break;
                default:
                    DepthwiseGradientRows<TVec, TSimd>.One(call, sums + lane);
                    break;
            }

            call.X += TSimd.Count;
            call.Dy += TSimd.Count;
        }
    }

    /// <summary>Taps whose sums are kept together: those of three rows of three, or neighbours in a row.</summary>
    private readonly record struct TapGroup(int First, int Taps, int At);
}

/// <summary>What a group of taps is summed over.</summary>
internal unsafe struct DepthwiseGradientCall
{
    /// <summary>What the first tap reads for the first pixel.</summary>
    public float* X;

    /// <summary>The first pixel of dy.</summary>
    public float* Dy;

    /// <summary>Floats of x from a pixel of dy to the next.</summary>
    public nint XStep;

    /// <summary>Floats of x from a row of dy to the next.</summary>
    public nint XRow;

    /// <summary>Floats of x from a row to the next.</summary>
    public nint XLine;

    /// <summary>Floats of dy from a row to the next.</summary>
    public nint DyRow;

    /// <summary>Pixels of a row.</summary>
    public int Width;

    /// <summary>Rows.</summary>
    public int Rows;
}
