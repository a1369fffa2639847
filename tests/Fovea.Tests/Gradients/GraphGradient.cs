namespace Fovea.Tests;

/// <summary>A case of the gradient table as a graph: its inputs become parameters, the step is traced with its gradient, and
/// the interpreter runs it.</summary>
internal sealed class GraphGradient
{
    private readonly Network _network;
    private readonly Tensor _weights;

    /// <summary>Prepares a case.</summary>
    /// <param name="item">The case; its inputs are copied, parameters of its modules are taken as they are.</param>
    public GraphGradient(GradientCase item)
    {
        _network = new Network(item);
        _weights = Tensor.Uniform(_network.Value().Shape, 0.5, 1.5, new Rng(1), DType.Float64);
    }

    /// <summary>Compares the gradient of the graph with the eager one, to the bit.</summary>
    /// <param name="words">Takes the catalogue's words of all operators that the interpreter ran.</param>
    /// <returns>Null where all agree, otherwise the first disagreement in words.</returns>
    public string? FirstDisagreement(ISet<string> words)
    {
        Tensor loss = _network.Forward(_weights).Sum();
        IReadOnlyList<Tensor?> eager = loss.GradientsOf(_network.Leaves);
        TrainingGraph step = Step();
        Note(step, words);
        (Tensor own, _) = step.Run([_weights], []);
        return Compare("loss", loss, own) ?? Compare(eager, step);
    }

    /// <summary>Compares the gradient of a weighted sum of the gradients: the graph of a gradient is a network, whose gradient
    /// is a graph again.</summary>
    /// <param name="words">Takes the catalogue's words of all operators that the interpreter ran.</param>
    /// <returns>Null where all agree, otherwise the first disagreement in words.</returns>
    public string? FirstSecondDisagreement(ISet<string> words)
    {
        TrainingGraph step = Step();
        Tensor[] weights =
        [
            .. step.Parameters.Select(
                (p, i) => Tensor.Uniform(p.Shape, 0.5, 1.5, new Rng((ulong)i + 2), DType.Float64)
            ),
        ];
        Tensor Projection(IEnumerable<Tensor> gradients) =>
            gradients.Zip(weights, (g, w) => (g * w).Sum()).Aggregate((a, b) => a + b);
        IReadOnlyList<Tensor?> first = _network
            .Forward(_weights)
            .Sum()
            .GradientsOf([.. step.Parameters], Tensor.Ones([], DType.Float64), createGraph: true);
        Tensor eager = Projection(first.OfType<Tensor>());
        IReadOnlyList<Tensor?> gradients = eager.RequiresGrad ? eager.GradientsOf(_network.Leaves) : [];
        if (gradients.All(g => g is null))
        {
            return null; // linear in every input
        }

        TrainingGraph second = TrainingGraph.Of(
            new GraphModule(step.Graph),
            [.. step.Graph.Inputs.Select(v => new GraphInput(v.Name, v.Shape, v.DType))],
            [],
            (outputs, _) => Projection(outputs.Skip(1 + step.ScoreCount))
        );
        Note(second, words);
        (Tensor own, _) = second.Run([_weights, Tensor.Ones([], DType.Float64)], []);
        return Compare("projection", eager, own) ?? Compare(gradients, second);
    }

    private TrainingGraph Step()
    {
        GraphInput input = new("weights", SymbolicShape.Fixed(_weights.Shape), DType.Float64);
        return TrainingGraph.Of(_network, [input], [], (scores, _) => scores[0].Sum());
    }

    private static void Note(TrainingGraph step, ISet<string> words)
    {
        foreach (Node node in step.Graph.Nodes)
        {
            if (OperatorCatalog.Of(node.Operator) is { } entry)
            {
                words.Add(entry.Word);
            }
        }
    }

    private string? Compare(IReadOnlyList<Tensor?> eager, TrainingGraph step) =>
        eager
            .Select(
                (e, i) =>
                    Compare(
                        $"gradient of input {i}",
                        e,
                        step.Parameters.Contains(_network.Leaves[i]) ? _network.Leaves[i].Grad : null
                    )
            )
            .FirstOrDefault(text => text is not null);

    private static string? Compare(string what, Tensor? eager, Tensor? own) =>
        (eager is null) == (own is null) && Bits(eager).SequenceEqual(Bits(own))
            ? null
            : $"{what}: {Text(eager)} eagerly, {Text(own)} in the graph";

    private static long[] Bits(Tensor? tensor) =>
        tensor is null ? [] : Array.ConvertAll(tensor.ToArray<double>(), BitConverter.DoubleToInt64Bits);

    private static string Text(Tensor? tensor) =>
        tensor is null
            ? "none"
            : $"{tensor.Shape} [{string.Join(", ", tensor.ToArray<double>().Take(4).Select(v => $"{v:R}"))}...]";

    /// <summary>The function of a case as a network, its result weighted by the input.</summary>
    private sealed class Network : MultiModule
    {
        private readonly GradientCase _item;
        private readonly Tensor[] _inputs;

        public Network(GradientCase item)
        {
            _item = item;
            _inputs = [.. item.Inputs.Select(i => i.RequiresGrad && i is not Parameter ? Copy(i) : i)];
            Leaves = [.. _inputs.OfType<Parameter>()];
        }

        public Parameter[] Leaves { get; }

        public Tensor Value() => _item.Function(_inputs);

        public override IReadOnlyList<Tensor> ForwardAll(params IReadOnlyList<Tensor> inputs) => [Value() * inputs[0]];

        protected internal override IEnumerable<(string Name, object Member)> Members() =>
            Leaves.Select((leaf, i) => ($"input{i}", (object)leaf));

        private static Parameter Copy(Tensor tensor)
        {
            Parameter copy = new(tensor.Shape, new Constant(0));
            copy.Assign(tensor.Detach().Clone());
            return copy;
        }
    }
}
