using Fovea.Kernels;

namespace Fovea;

/// <summary>How every value of a compiled network lies, and the kernels with their packed weights: what does not depend
/// on the batch.</summary>
internal sealed class NetworkLayouts
{
    private const double GatedPixels = 1.5; // an output channel, an estimate: with fewer, multiplying the weights takes longer than multiplying the map

    private readonly Dictionary<Value, BlockedLayout> _layouts = [];
    private readonly Dictionary<(FusedStep Step, ConvolutionAlgorithm Algorithm), ConvolutionKernel> _kernels = [];
    private readonly OwnWeights _own;
    private readonly Precision _precision;
    private readonly Tuning? _tuning;
    private readonly CpuProfile _cpu;

    /// <summary>Lays out a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="precision">Which algorithms are allowed.</param>
    /// <param name="tuning">What chooses between them; null for the model.</param>
    /// <param name="cpu">The processor that decisions are for; kernels run at its vector width.</param>
    public NetworkLayouts(Graph graph, List<FusedStep> steps, Precision precision, Tuning? tuning, CpuProfile cpu)
    {
        (_precision, _tuning, _cpu, _own) = (precision, tuning, cpu, new OwnWeights(steps));
        int lanes = steps
            .Where(s => s.Inputs.Contains(graph.Input))
            .All(s =>
                s.Form is ConvolutionForm { Geometry: { InChannels: < 8 } g }
                && s.Inputs[0] == graph.Input
                && s.Inputs.Count == 1
                && !Choice(g, 1, 1).IsEager
            )
            ? 1
            : TileCall.Block;
        foreach (
            Value value in steps.SelectMany(s => s.Inputs.Append(s.Output)).Append(graph.Input).Where(HasPositions)
        )
        {
            _layouts[value] = Layout(value, value == graph.Input ? lanes : TileCall.Block);
        }

        Concatenations = new Concatenations(steps, v => this[v] is { Lanes: TileCall.Block });
        // What is added lies as what it is added to; so all that are linked by sums get the halo that any of them
        // needs. So do a concatenation and its pieces.
        for (bool changed = true; changed; )
        {
            changed = false;
            foreach (FusedStep step in steps)
            {
                if (step.Form is ConvolutionForm { Geometry: { } g } && IsBlocked(step))
                {
                    changed |= Grow(
                        step.Inputs[0],
                        ConvolutionPlanner.Halo(
                            Question(g, _layouts[step.Inputs[0]].Lanes, 1),
                            _cpu,
                            tuning is not null
                        )
                    );
                    changed |=
                        step.Inputs.Count > 1
                        && (Grow(step.Inputs[1], _layouts[step.Output]) | Grow(step.Output, _layouts[step.Inputs[1]]));
                }
            }

            foreach ((Value piece, (Value whole, _)) in Concatenations.Places)
            {
                changed |= Grow(piece, _layouts[whole]) | Grow(whole, _layouts[piece]);
            }
        }
    }

    /// <summary>Which values lie within the memory of others.</summary>
    public Concatenations Concatenations { get; }

    /// <summary>Bytes of packed weights made so far.</summary>
    public long WeightBytes
    {
        get
        {
            lock (_kernels)
            {
                return _kernels.Values.Sum(k => k.Bytes);
            }
        }
    }

    /// <summary>The layout of a value with positions; null for vectors.</summary>
    public BlockedLayout? this[Value value] => _layouts.GetValueOrDefault(value);

    /// <summary>Whether a convolution has a kernel for blocked maps.</summary>
    public bool IsBlocked(FusedStep step) =>
        step.Form is ConvolutionForm { Geometry: { } g } && !Choice(g, _layouts[step.Inputs[0]].Lanes, 1).IsEager;

    /// <summary>Whether a convolution and the depthwise one that reads its output can be done together.</summary>
    public bool IsPair(FusedStep first, FusedStep second) =>
        first.Form is ConvolutionForm { Geometry: { } g }
        && second.Form is ConvolutionForm { Geometry: { } depthwise }
        && first.Inputs.Count == 1
        && second.Inputs.Count == 1
        && !Concatenations.Places.ContainsKey(first.Output)
        && DepthwisePair.Supports(g, depthwise)
        && Choice(g, _layouts[first.Inputs[0]].Lanes, 1).Algorithm == ConvolutionAlgorithm.Direct
        && Choice(depthwise, _layouts[second.Inputs[0]].Lanes, 1).Algorithm == ConvolutionAlgorithm.Depthwise;

    /// <summary>Whether a convolution can take in the product of its input with a gate, and gains by it: more pixels
    /// than output channels, so that weights are fewer than values.</summary>
    public bool TakesGate(FusedStep product, FusedStep convolution) =>
        product is { Form: ProductForm, Map: null, IsClamped: false }
        && convolution.Form is ConvolutionForm { Geometry: { Groups: 1, Taps: 1 } g }
        && convolution.Inputs[0] == product.Output
        && this[product.Inputs[0]] is { Lanes: TileCall.Block } map
        && _layouts[product.Output].LiesAs(map)
        && !Concatenations.Places.ContainsKey(product.Output)
        && g.InPlane >= GatedPixels * g.OutChannels
        && Choice(g, TileCall.Block, 1).Algorithm == ConvolutionAlgorithm.Direct;

    /// <summary>The kernel of a convolution for a number of items; weights are packed when first asked for.</summary>
    /// <exception cref="InvalidOperationException">They are to be packed, and were changed after the network was
    /// compiled.</exception>
    public ConvolutionKernel KernelOf(FusedStep step, int items)
    {
        lock (_kernels)
        {
            ConvolutionGeometry g = ((ConvolutionForm)step.Form!).Geometry;
            int lanes = _layouts[step.Inputs[0]].Lanes;
            AlgorithmChoice choice = Choice(g, lanes, items);
            if (_own.AreReleased && PackedBefore(step, choice.Algorithm) is { } packed)
            {
                return packed.ForItems(items, "as packed before the network's own weights were released");
            }

            choice =
                _tuning is not null && ConvolutionPlanner.IsOpen(Question(g, lanes, items))
                    ? Tuned(_tuning, step, g, choice, items)
                    : choice;
            ConvolutionKernel kernel = _kernels[(step, choice.Algorithm)] = PackedFor(step, choice);
            _own.Packed(step);
            return kernel.ForItems(items, choice.Reason);
        }
    }

    /// <summary>The kernel of a matrix product for a number of items; weights are packed when first asked
    /// for.</summary>
    public ConvolutionKernel KernelOf(FusedStep step, int inFeatures, int outFeatures, int items)
    {
        lock (_kernels)
        {
            if (!_kernels.TryGetValue((step, ConvolutionAlgorithm.Direct), out ConvolutionKernel? kernel))
            {
                _own.BeforePacking(step);
                _kernels[(step, ConvolutionAlgorithm.Direct)] = kernel = StepWeights.PackLinear(
                    step,
                    inFeatures,
                    outFeatures,
                    items,
                    _cpu
                );
                _own.Packed(step);
            }

            return kernel.ForRows(items);
        }
    }

    /// <summary>From now on each of the network's own weights is given up as soon as it is packed; those that are
    /// packed, at once. What was packed serves all numbers of items.</summary>
    /// <exception cref="InvalidOperationException">Weights were changed after the network was compiled; none is given
    /// up.</exception>
    public void Release()
    {
        lock (_kernels)
        {
            if (!_own.AreReleased)
            {
                _own.Release();
                foreach (FusedStep step in _kernels.Keys.Select(k => k.Step).Distinct())
                {
                    _own.Packed(step);
                }
            }
        }
    }

    /// <summary>Gives the memory of weights that were given up back to the system.</summary>
    public void ReturnMemory()
    {
        lock (_kernels)
        {
            _own.Return();
        }
    }

    /// <summary>Time of a step's multiply-adds by the model, in cycles, for so many items together; 0 where it has
    /// none.</summary>
    public double Cycles(FusedStep step, int items) =>
        step.Form switch
        {
            ConvolutionForm { Geometry: { } g } => Choice(g, _layouts[step.Inputs[0]].Lanes, items).Cycles,
            LinearForm => ConvolutionPlanner.Time(
                (double)step.Node.Inputs[1].Tensor!.Count * items,
                step.Node.Inputs[1].Tensor!.Count,
                _cpu
            ),
            _ => 0,
        };

    private AlgorithmChoice Choice(ConvolutionGeometry g, int lanes, int items) =>
        ConvolutionPlanner.Choose(Question(g, lanes, items), _cpu);

    private ConvolutionQuestion Question(ConvolutionGeometry g, int lanes, int items) =>
        new(ConvolutionPass.Forward, g, lanes == 1 ? MapLayout.Planes : MapLayout.Blocked, _precision, items);

    /// <summary>The choice by known times, or by times that are measured now.</summary>
    private AlgorithmChoice Tuned(
        Tuning tuning,
        FusedStep step,
        ConvolutionGeometry g,
        AlgorithmChoice byModel,
        int items
    )
    {
        TuningEntry entry = tuning.For(
            g,
            items,
            () =>
                KernelTimer.Measure(
                    [
                        .. TuningEntry.Algorithms.Select(a =>
                            PackedFor(step, byModel with { Algorithm = a }).ForItems(items, "")
                        ),
                    ],
                    _layouts[step.Inputs[0]],
                    _layouts[step.Output],
                    items
                )
        );
        return byModel with { Algorithm = entry.Choice, Reason = entry.ToString() };
    }

    /// <summary>The kernel that was kept for an algorithm, or a new one.</summary>
    private ConvolutionKernel PackedFor(FusedStep step, AlgorithmChoice choice)
    {
        if (_kernels.GetValueOrDefault((step, choice.Algorithm)) is { } kept)
        {
            return kept;
        }

        _own.BeforePacking(step);
        return StepWeights.Pack(step, _layouts[step.Inputs[0]], _layouts[step.Output], choice, _cpu);
    }

    /// <summary>The kernel that was kept for an algorithm, or for another where there is none; null where none was
    /// kept.</summary>
    private ConvolutionKernel? PackedBefore(FusedStep step, ConvolutionAlgorithm algorithm) =>
        _kernels.GetValueOrDefault((step, algorithm)) ?? _kernels.FirstOrDefault(k => k.Key.Step == step).Value;

    private static bool HasPositions(Value value) => value.Shape.Rank is >= 3 and <= 5;

    private static BlockedLayout Layout(Value value, int lanes)
    {
        Shape item = value.Shape.Item;
        return new BlockedLayout(
            item[0],
            item.Rank > 3 ? item[1] : 1,
            item.Rank > 2 ? item[-2] : 1,
            item[-1],
            lanes: lanes
        );
    }

    private bool Grow(Value value, BlockedLayout halo)
    {
        BlockedLayout own = _layouts[value];
        if (own.Covers(halo))
        {
            return false;
        }

        _layouts[value] = own.WithHalo(halo);
        return true;
    }
}
