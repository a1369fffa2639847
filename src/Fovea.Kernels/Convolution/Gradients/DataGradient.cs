using System.Runtime.Intrinsics;

namespace Fovea.Kernels;

/// <summary>The gradient of the input of a convolution, from blocked maps: a convolution of dy of stride 1 for each phase of
/// the stride, with the phase's taps in reverse order.</summary>
/// <remarks>With stride 1 there is one phase, and it writes the gradient itself. With others each phase writes a map of its
/// own, item by item, whose pixels then go to their places.</remarks>
internal sealed unsafe class DataGradient
{
    private readonly Phase[] _phases;
    private readonly long _map; // floats of the largest map of a phase

    /// <summary>Plans the gradient.</summary>
    /// <param name="geometry">Sizes of the convolution of an item, as <see cref="Supports"/> says.</param>
    /// <param name="dy">Layout of the gradient of the output, with a halo as <see cref="Halo"/> says.</param>
    /// <param name="dx">Layout of the gradient of the input.</param>
    /// <param name="precision">What is allowed.</param>
    /// <param name="items">Items that are computed together.</param>
    /// <param name="cpu">The processor.</param>
    public DataGradient(
        ConvolutionGeometry geometry,
        BlockedLayout dy,
        BlockedLayout dx,
        Precision precision,
        int items,
        CpuProfile cpu
    )
    {
        (Geometry, Dx) = (geometry, dx);
        GradientPhase[] phases = GradientPhase.All(geometry);
        _phases = new Phase[phases.Length];
        IsWhole = phases.Length == 1 && IsUnit(geometry);
        for (int i = 0; i < phases.Length; i++)
        {
            if (phases[i].Taps == 0)
            {
                _phases[i] = new(phases[i], [], null, null, default);
                continue;
            }

            ConvolutionGeometry g = Convolution(geometry, phases[i])!.Value;
            int together = IsWhole ? items : 1;
            AlgorithmChoice choice = ConvolutionPlanner.Choose(Question(g, precision, together), cpu);
            BlockedLayout map = IsWhole ? dx : new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
            _map = Math.Max(_map, IsWhole ? 0 : map.Item);
            IBlockedKernel kernel = ConvolutionKernel.KernelOf(g, dy, map, choice, cpu).ForItems(together);
            _phases[i] = new(phases[i], [.. phases[i].TapIndices(geometry).Reverse()], kernel, map, choice);
        }

        long packed = 0;
        foreach (Phase phase in _phases.Where(p => p.Kernel is not null))
        {
            phase.Packed = packed;
            packed += Line(phase.Kernel!.PackedSize);
        }

        PackedSize = packed;
    }

    /// <summary>The sizes of the convolution.</summary>
    public ConvolutionGeometry Geometry { get; }

    /// <summary>Layout of the gradient of the input.</summary>
    public BlockedLayout Dx { get; }

    /// <summary>Whether one convolution writes the gradient itself.</summary>
    public bool IsWhole { get; }

    /// <summary>Floats of the packed weights of all phases.</summary>
    public long PackedSize { get; }

    /// <summary>Floats of working memory that each part needs.</summary>
    public long WorkspaceSize => Line(_map) + _phases.Max(p => p.Kernel?.WorkspaceSize ?? 0);

    /// <summary>Whether it applies: blocked kernels compute the convolution of every phase.</summary>
    public static bool Supports(ConvolutionGeometry g) =>
        g.Mode == PaddingMode.Zeros
        && GradientPhase
            .All(g)
            .Where(p => p.Taps > 0)
            .All(p =>
                Convolution(g, p) is { } c
                && (DepthwiseConvolution.Supports(c) || BlockedConvolution.Supports(c, TileCall.Block))
            );

    /// <summary>The halo that dy needs, as a layout.</summary>
    public static BlockedLayout Halo(ConvolutionGeometry g, Precision precision, CpuProfile cpu)
    {
        BlockedLayout halo = new(g.OutChannels, g.Depth.Out, g.Height.Out, g.Width.Out);
        foreach (GradientPhase phase in GradientPhase.All(g).Where(p => p.Taps > 0))
        {
            halo = halo.WithHalo(ConvolutionPlanner.Halo(Question(Convolution(g, phase)!.Value, precision, 1), cpu));
        }

        return halo;
    }

    /// <summary>Packs [Cout, Cin / groups, kernel...] for all phases.</summary>
    /// <param name="weights">The weights of the convolution.</param>
    /// <param name="packed">Of <see cref="PackedSize"/>.</param>
    public void Pack(float* weights, float* packed)
    {
        foreach (Phase phase in _phases)
        {
            if (phase.Kernel is not null)
            {
                phase.Kernel.Pack(WeightView.Turned(weights, Geometry, phase.Taps), packed + phase.Packed);
            }
        }
    }

    /// <summary>Computes a part.</summary>
    /// <param name="call">Dy as X and dx as Y, packed weights from <see cref="Pack"/>, biases of zeros.</param>
    /// <param name="workspace">Of <see cref="WorkspaceSize"/>, of this part alone, on a boundary of 64 bytes.</param>
    public void Run(in ConvolutionCall call, float* workspace)
    {
        if (IsWhole)
        {
            _phases[0].Kernel!.Run(call, workspace);
            return;
        }

        (int first, int end) = WorkerPool.Share(call.Items, call.Part, call.Parts);
        for (int item = first; item < end; item++)
        {
            foreach (Phase phase in _phases)
            {
                float* dx = call.Y + (item * call.YItem);
                if (phase.Kernel is null)
                {
                    Spread(null, phase, dx);
                    continue;
                }

                ConvolutionCall one = call;
                (one.Items, one.Part, one.Parts) = (1, 0, 1);
                one.X = call.X + (item * call.XItem);
                one.Y = workspace;
                one.YItem = phase.Map!.Item;
                one.Weights = call.Weights + phase.Packed;
                phase.Kernel.Run(one, workspace + Line(_map));
                Spread(workspace, phase, dx);
            }
        }
    }

    /// <summary>The algorithms of the phases.</summary>
    public override string ToString() =>
        string.Join(", ", _phases.Where(p => p.Kernel is not null).Select(p => p.Choice.Name).Distinct());

    private static bool IsUnit(in ConvolutionGeometry g) => g is { Depth.Stride: 1, Height.Stride: 1, Width.Stride: 1 };

    private static long Line(long floats) => (floats + TileCall.Block - 1) / TileCall.Block * TileCall.Block;

    private static ConvolutionQuestion Question(in ConvolutionGeometry g, Precision precision, int items) =>
        new(ConvolutionPass.Forward, g, MapLayout.Blocked, precision, items, IsPackedAnew: true);

    /// <summary>The convolution of dy that a phase is; null where it reads only a part of dy's margin, which no kernel
    /// does.</summary>
    private static ConvolutionGeometry? Convolution(in ConvolutionGeometry g, GradientPhase phase) =>
        Axis(g.Depth, phase.Depth) is { } depth
        && Axis(g.Height, phase.Height) is { } height
        && Axis(g.Width, phase.Width) is { } width
            ? new(1, g.OutChannels, g.InChannels, g.Groups, depth, height, width, PaddingMode.Zeros)
            : null;

    private static WindowAxis? Axis(WindowAxis axis, AxisPhase phase)
    {
        int[] starts = [.. phase.Starts(new(0, axis.Out, 0)).Order()];
        int dilation = starts.Length > 1 ? starts[1] - starts[0] : 1,
            before = -starts[0],
            extent = ((starts.Length - 1) * dilation) + 1;
        return before < 0
            ? null
            : new(axis.Out, starts.Length, 1, dilation, before, phase.Count - 1 + extent - axis.Out - before);
    }

    /// <summary>Writes the pixels of a phase to their places, zeros where there are none.</summary>
    private void Spread(float* map, Phase phase, float* dx)
    {
        GradientPhase place = phase.Place;
        (int stepD, int stepH, int stepW) = (
            Geometry.Depth.Stride,
            Geometry.Height.Stride,
            Geometry.Width.Stride * TileCall.Block
        );
        for (int block = 0; block < Dx.Blocks; block++)
        {
            for (int row = 0; row < place.Depth.Count * place.Height.Count; row++)
            {
                (int d, int h) = Math.DivRem(row, place.Height.Count);
                float* to =
                    dx
                    + ((long)block * Dx.Plane)
                    + Dx.Origin
                    + ((long)(place.Depth.Position + (d * stepD)) * Dx.Slice)
                    + ((long)(place.Height.Position + (h * stepH)) * Dx.Row)
                    + (place.Width.Position * TileCall.Block);
                float* from = map == null ? null : map + ((long)block * phase.Map!.Plane) + phase.Map.RowStart(row);
                for (int w = 0; w < place.Width.Count; w++, to += stepW)
                {
                    (map == null ? Vector512<float>.Zero : Vector512.Load(from + (w * TileCall.Block))).Store(to);
                }
            }
        }
    }

    /// <summary>A phase, and the convolution that computes it; null where it has no taps.</summary>
    private sealed class Phase(
        GradientPhase place,
        int[] taps,
        IBlockedKernel? kernel,
        BlockedLayout? map,
        AlgorithmChoice choice
    )
    {
        public GradientPhase Place => place;

        /// <summary>The taps in the order in which they are read: the last first.</summary>
        public int[] Taps => taps;

        public IBlockedKernel? Kernel => kernel;

        public BlockedLayout? Map => map;

        public AlgorithmChoice Choice => choice;

        public long Packed { get; set; }
    }
}
