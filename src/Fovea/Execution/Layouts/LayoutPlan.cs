using Fovea.Kernels;

namespace Fovea;

/// <summary>How every value of a compiled network lies, and which algorithms its convolutions may take. Nothing here
/// depends on the batch, and nothing is packed.</summary>
internal sealed class LayoutPlan
{
    private readonly Dictionary<Value, BlockedLayout> _layouts = [];
    private readonly Precision _precision;
    private readonly CpuProfile _cpu;

    /// <summary>Lays out a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="steps">Its steps.</param>
    /// <param name="precision">Which algorithms are allowed.</param>
    /// <param name="cpu">The processor that decisions are for; kernels run at its vector width.</param>
    /// <param name="isMeasured">Whether measuring chooses between algorithms, or the model.</param>
    /// <param name="answered">Told what the rules of concatenations say; null for nobody.</param>
    public LayoutPlan(
        Graph graph,
        IReadOnlyList<FusedStep> steps,
        Precision precision,
        CpuProfile cpu,
        bool isMeasured = false,
        Action<RuleAnswer>? answered = null
    )
    {
        (_precision, _cpu) = (precision, cpu);
        foreach (Value input in graph.Inputs.Where(HasPositions))
        {
            _layouts[input] = Layout(input, LanesOf(input, steps));
        }

        foreach (Value value in steps.SelectMany(s => s.Inputs.Concat(s.Outputs)).Where(HasPositions))
        {
            _layouts.TryAdd(value, Layout(value, TileCall.Block));
        }

        Concatenations = Lowering.PlacesOf(graph, steps, v => this[v] is { Lanes: TileCall.Block }, answered);
        new Halos(_layouts, g => ConvolutionPlanner.Halo(Question(g.Geometry, g.Lanes, 1), cpu, isMeasured)).Grow(
            [.. steps.Where(IsBlocked)],
            Concatenations
        );
    }

    /// <summary>Which values lie within the memory of others.</summary>
    public Concatenations Concatenations { get; }

    /// <summary>The processor that decisions are for.</summary>
    public CpuProfile Cpu => _cpu;

    /// <summary>The layout of a value with positions; null for vectors, and for values that are not made of
    /// items.</summary>
    public BlockedLayout? this[Value value] => _layouts.GetValueOrDefault(value);

    /// <summary>Whether a step is a convolution with a kernel for blocked maps.</summary>
    public bool IsBlocked(FusedStep step) => step.Form is ConvolutionForm && !ChoiceOf(step, 1).IsEager;

    /// <summary>Whether measuring may choose the algorithm of a convolution.</summary>
    public bool IsOpen(FusedStep step) =>
        ConvolutionPlanner.IsOpen(Question(((ConvolutionForm)step.Form!).Geometry, _layouts[step.Inputs[0]].Lanes, 1));

    /// <summary>How a convolution is computed for a number of items, by the model.</summary>
    public AlgorithmChoice ChoiceOf(FusedStep step, int items) =>
        Choice(((ConvolutionForm)step.Form!).Geometry, _layouts[step.Inputs[0]].Lanes, items);

    /// <summary>Time of a step's multiply-adds by the model, in cycles, for so many items together; 0 where it has
    /// none.</summary>
    public double Cycles(FusedStep step, int items)
    {
        if (step.Form is ConvolutionForm)
        {
            return ChoiceOf(step, items).Cycles;
        }

        double weights = step.Form is LinearForm ? step.Node.Inputs[1].Tensor!.Count : 0;
        return ConvolutionPlanner.Time(weights * items, weights, _cpu);
    }

    private AlgorithmChoice Choice(ConvolutionGeometry g, int lanes, int items) =>
        ConvolutionPlanner.Choose(Question(g, lanes, items), _cpu);

    private ConvolutionQuestion Question(ConvolutionGeometry g, int lanes, int items) =>
        new(ConvolutionPass.Forward, g, lanes == 1 ? MapLayout.Planes : MapLayout.Blocked, _precision, items);

    /// <summary>Channels of an input that lie together: 1, plain planes as images come, where all that read it are
    /// convolutions of few channels with a kernel for that; else 16.</summary>
    private int LanesOf(Value input, IReadOnlyList<FusedStep> steps) =>
        steps
            .Where(s => s.Inputs.Contains(input))
            .All(s =>
                s.Form is ConvolutionForm { Geometry: { InChannels: < ConvolutionPlanner.PlaneChannels } g }
                && s.Inputs[0] == input
                && s.Inputs.Count == 1
                && !Choice(g, 1, 1).IsEager
            )
            ? 1
            : TileCall.Block;

    /// <summary>Whether a value is made of items with channels and one to three spatial axes.</summary>
    internal static bool HasPositions(Value value) =>
        value.Shape.Rank is >= 3 and <= 5 && BatchAxis.IsByItems(value.Shape);

    /// <summary>How an item of a value with positions lies, without a halo.</summary>
    internal static BlockedLayout Layout(Value value, int lanes)
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
}
