namespace Fovea.Workbench;

/// <summary>A network's whole.</summary>
/// <param name="Params">Parameters, by the convention.</param>
/// <param name="TrainableParams">Learned values that are not frozen.</param>
/// <param name="Macs">Operations of the batch, by the convention.</param>
/// <param name="ActivationBytes">Bytes of all activations of the batch.</param>
/// <param name="TrainingBytes">Bytes that a training step holds: parameters, gradients, one optimizer value a
/// parameter, and what the backward pass needs.</param>
public sealed record InspectionTotals(
    long Params,
    long TrainableParams,
    long Macs,
    long ActivationBytes,
    long TrainingBytes
);

/// <summary>A layer's row.</summary>
/// <param name="Node">The node.</param>
/// <param name="Params">Parameters it is the first to read, by the convention.</param>
/// <param name="Macs">Operations of the batch, by the convention.</param>
/// <param name="ActivationBytes">Bytes of its output for the batch.</param>
/// <param name="Field">Its receptive field, on the first input it sees; null where a rule is missing.</param>
/// <param name="Why">Why its output has its shape.</param>
/// <param name="SharedWith">The first node that reads the same weights, where this is a further use of a layer: its
/// parameters are counted there, its operations here. Else null.</param>
public sealed record InspectedLayer(
    Node Node,
    long Params,
    long Macs,
    long ActivationBytes,
    ReceptiveField? Field,
    string Why,
    Node? SharedWith = null
)
{
    /// <summary>Whether a short list shows it: layers with parameters or filters, every use of them, what changes the shape, and
    /// where branches join.</summary>
    public bool IsMain =>
        Params > 0
        || SharedWith is not null
        || Node.Operator.Filters(Node.Shapes) is not null
        || Node.Activations.ToArray() is not [var read]
        || read.Value.Shape != Node.Output.Shape;
}

/// <summary>All that structure says of a network: what <c>fovea inspect</c> shows.</summary>
public sealed class Inspection
{
    private Inspection(Evidence evidence, CountingConvention convention, int batch, IReadOnlyList<Answer> answers)
    {
        (Evidence, Convention, Batch, Answers) = (evidence, convention, batch, answers);
        CostSummary cost = evidence.Cost;
        Totals = new InspectionTotals(
            convention.Parameters(cost),
            cost.TrainableParameters,
            batch * convention.Operations(new OperatorCost(cost.MultiplyAdds, cost.Other)),
            batch * cost.ActivationBytes,
            cost.TrainingBytes(batch)
        );
        HashSet<Value> seen = [];
        Layers =
        [
            .. cost.Nodes.Select(c => new InspectedLayer(
                c.Node,
                convention.Parameters(c, seen),
                batch * convention.Operations(c.Cost),
                batch * c.ActivationBytes,
                evidence.FieldOf(c.Node.Output),
                c.Node.Operator.Explain(c.Node.Shapes),
                c.SharedWith
            )),
        ];
    }

    /// <summary>What it was made from.</summary>
    public Evidence Evidence { get; }

    /// <summary>What was counted.</summary>
    public CountingConvention Convention { get; }

    /// <summary>Items in a batch.</summary>
    public int Batch { get; }

    /// <summary>The whole.</summary>
    public InspectionTotals Totals { get; }

    /// <summary>By layer, in the order of execution.</summary>
    public IReadOnlyList<InspectedLayer> Layers { get; }

    /// <summary>The answers, worst first.</summary>
    public IReadOnlyList<Answer> Answers { get; }

    /// <summary>Inspects a network.</summary>
    /// <param name="graph">The network, traced as in training.</param>
    /// <param name="model">The network as its user wrote it, for commands in answers.</param>
    /// <param name="convention">What to count; left out: as torchvision.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <param name="questions">The questions to ask; left out: all of the library.</param>
    /// <param name="name">The network for a person to read; left out, as <paramref name="model"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The batch is less than 1.</exception>
    public static Inspection Of(
        Graph graph,
        string? model = null,
        CountingConvention? convention = null,
        int batch = 1,
        IEnumerable<Question>? questions = null,
        string? name = null
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Evidence evidence = new(graph, model, name);
        return new Inspection(
            evidence,
            convention ?? CountingConvention.Torchvision,
            batch,
            QuestionCatalog.Ask(evidence, questions)
        );
    }
}
