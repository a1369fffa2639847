using System.Text.RegularExpressions;

namespace Fovea.Graphs;

/// <summary>Records the operators that a thread applies, instead of computing them.</summary>
internal sealed partial class GraphTracer
{
    // The batch stands at a prime while shapes are computed, and every size that is a multiple of it is taken for the
    // batch. Should a network have such a size
    // of its own, the second prime tells them apart.
    private const int Placeholder = 1021;
    private const int OtherPlaceholder = 1031;

    [ThreadStatic]
    private static GraphTracer? _current;

    private readonly int _batch;
    private readonly GraphBuilder _builder;
    private readonly Dictionary<Tensor, Value> _values = new(ReferenceEqualityComparer.Instance);

    private GraphTracer(int batch, Module? root) =>
        (_batch, _builder, Names) = (batch, new GraphBuilder(batch), new GraphNames(root));

    /// <summary>The trace that this thread is making; null while it computes.</summary>
    public static GraphTracer? Current => _current;

    /// <summary>Names of nodes and values.</summary>
    public GraphNames Names { get; }

    /// <summary>What stands for the batch.</summary>
    public int Batch => _batch;

    /// <summary>Gives a parameter, state or constant the name it had in the graph that is replayed.</summary>
    public Tensor Name(Tensor tensor, string name)
    {
        Names.Give(tensor, name);
        return tensor;
    }

    /// <summary>A shape as an operator may hold it: in a trace, with sizes that are the batch left open.</summary>
    public static SymbolicShape Open(Shape shape) =>
        _current is { } tracer ? SymbolicShape.FromPlaceholder(shape, tracer._batch) : SymbolicShape.Fixed(shape);

    /// <summary>The outputs of an operator; a refusal is told in the words of a trace.</summary>
    public IReadOnlyList<OutputSpec> Outputs(Operator op, ReadOnlySpan<Tensor> inputs, TensorSpec[] specs)
    {
        try
        {
            return op.At(_batch).Outputs(specs);
        }
        catch (ShapeException e)
        {
            Node? before = null;
            foreach (Tensor input in inputs)
            {
                before =
                    _values.TryGetValue(input, out Value? value)
                    && (value.Producer?.Index ?? -1) >= (before?.Index ?? 0)
                        ? value.Producer
                        : before;
            }

            string place =
                op.Owner is { Path.Length: > 0 } || before is null ? "" : $" It comes after layer '{before.Name}'.";
            throw new ShapeException(e.Message + place, e);
        }
    }

    /// <summary>Sizes of a reshape with -1 where they are the batch. A -1 that stood elsewhere becomes the number it
    /// meant.</summary>
    public int[] OpenBatch(Shape resolved, ReadOnlySpan<int> asked)
    {
        int[] sizes = asked.ToArray();
        int[] batches = [.. Enumerable.Range(0, sizes.Length).Where(i => sizes[i] > 0 && sizes[i] % _batch == 0)];
        if (batches is not [int open])
        {
            return sizes;
        }

        int other = Array.IndexOf(sizes, -1);
        if (other >= 0 && resolved[other] % _batch == 0)
        {
            return sizes;
        }

        sizes = resolved.Sizes.ToArray();
        sizes[open] = -1;
        return sizes;
    }

    /// <summary>Runs a function on tensors without values and records what it does.</summary>
    /// <param name="name">What the graph is called.</param>
    /// <param name="module">The module that is traced, where it is one.</param>
    /// <param name="inputs">The inputs.</param>
    /// <param name="forward">The function: inputs to outputs.</param>
    /// <param name="batch">The placeholder of the graph that is replayed: operators may hold it in their
    /// options.</param>
    public static Graph Trace(
        string name,
        Module? module,
        IReadOnlyList<GraphInput> inputs,
        Func<GraphTracer, Tensor[], IReadOnlyList<Tensor>> forward,
        int? batch = null
    )
    {
        int first = batch ?? Placeholder;
        GraphTracer tracer = new(first, module);
        Graph graph = tracer.Run(name, module, inputs, forward);
        if (!tracer._builder.HasDoubt)
        {
            return graph;
        }

        try
        {
            return new GraphTracer(first == Placeholder ? OtherPlaceholder : Placeholder, module).Run(
                name,
                module,
                inputs,
                forward
            );
        }
        catch (ShapeException) when (batch is not null)
        {
            return graph; // an operator holds the first
        }
    }

    /// <summary>Runs a function that computes, while a trace is being made: on values that do not depend on the
    /// inputs.</summary>
    public static T Outside<T>(Func<T> compute)
    {
        GraphTracer? tracer = _current;
        _current = null;
        try
        {
            return compute();
        }
        finally
        {
            _current = tracer;
        }
    }

    /// <summary>Adds a node.</summary>
    public Tensor[] Record(Operator op, ReadOnlySpan<Tensor> inputs, IReadOnlyList<OutputSpec> outputs)
    {
        Value[] values = new Value[inputs.Length];
        for (int i = 0; i < inputs.Length; i++)
        {
            values[i] = ValueOf(op, inputs[i]);
        }

        Node node = _builder.Add(op, values, outputs, Names);
        Tensor[] results = new Tensor[outputs.Count];
        for (int j = 0; j < results.Length; j++)
        {
            results[j] = Tensor.Symbolic(outputs[j].Shape, outputs[j].DType);
            _values.Add(results[j], node.Outputs[j]);
        }

        return results;
    }

    /// <summary>A further input, a tensor without values.</summary>
    public Tensor AddInput(GraphInput input, List<Value> inputs)
    {
        Tensor x = Tensor.Symbolic(input.Shape.At(_batch), input.DType);
        Value value = _builder.AddInput(Names.Unique(input.Name), input.Shape, input.DType);
        _values.Add(x, value);
        inputs.Add(value);
        return x;
    }

    /// <summary>A constant in the place of a value of the graph that is replayed.</summary>
    public Tensor Held(Value value)
    {
        Tensor tensor = Tensor.Symbolic(value.Shape.At(_batch), value.DType);
        _values.Add(tensor, _builder.AddKnown(ValueKind.Constant, Names.Unique(value.Name), tensor));
        return tensor;
    }

    /// <summary>A key of randomness, which each run draws from its source.</summary>
    /// <param name="source">The layer.</param>
    /// <param name="name">Its name in a graph that is replayed; null for the layer's path.</param>
    public Tensor Key(IKeySource source, string? name = null)
    {
        Tensor key = Tensor.Symbolic([], DType.Int64);
        string path = Names.For(key, source.Path);
        _values.Add(key, _builder.AddKey(name ?? Names.Unique(path.Length == 0 ? "key" : $"{path}.key"), source));
        return key;
    }

    /// <summary>Says what a state becomes when the graph has run; what is applied from here on reads that.</summary>
    public void Update(StateBuffer state, Tensor next)
    {
        Value now = ValueOf(null, state),
            then = ValueOf(null, next);
        _builder.Update(now.UpdatedState ?? now, then);
        _values[state] = then;
    }

    /// <summary>A shape in the words of the trace that this thread is making, if any.</summary>
    public static string Text(Shape shape) =>
        _current is { } tracer ? $"{SymbolicShape.FromPlaceholder(shape, tracer._batch)}" : $"{shape}";

    /// <summary>A size in the words of the trace that this thread is making, if any.</summary>
    public static string Text(int size) =>
        _current is { } tracer && size > 0 && size % tracer._batch == 0 ? tracer.Multiple(size) : $"{size}";

    /// <summary>The value that a tensor of this trace stands for.</summary>
    public Value ValueOf(Operator? op, Tensor tensor)
    {
        if (_values.TryGetValue(tensor, out Value? known))
        {
            return known;
        }

        Value value = tensor switch
        {
            Parameter parameter => Known(ValueKind.Parameter, parameter.Path),
            StateBuffer buffer => Known(ValueKind.State, buffer.Path),
            _ when tensor.HasStorage => Known(ValueKind.Constant, "constant"),
            _ => throw new InvalidOperationException(
                $"{op?.Subject ?? "Graph"}: got a tensor {Text(tensor.Shape)} of another trace."
            ),
        };
        _values.Add(tensor, value);
        return value;

        Value Known(ValueKind kind, string path) => _builder.AddKnown(kind, Names.For(tensor, path), tensor);
    }

    private Graph Run(
        string name,
        Module? module,
        IReadOnlyList<GraphInput> inputs,
        Func<GraphTracer, Tensor[], IReadOnlyList<Tensor>> forward
    )
    {
        GraphTracer? outer = _current;
        _current = this;
        try
        {
            List<Value> values = [];
            Tensor[] x = [.. inputs.Select(i => AddInput(i, values))];
            IReadOnlyList<Tensor> y = forward(this, x);
            return _builder.Build(name, module, values, [.. y.Select(t => OutputOf(name, t))]);
        }
        catch (ShapeException e)
        {
            throw new ShapeException(BatchCount().Replace(e.Message, Open), e);
        }
        finally
        {
            _current = outer;
        }
    }

    private Value OutputOf(string name, Tensor y) =>
        _values.TryGetValue(y, out Value? found) && found.IsActivation
            ? found
            : throw new InvalidOperationException(
                $"{name}: the result of Forward must be computed from its input, or be it; got a tensor {Text(y.Shape)} that is not."
            );

    /// <summary>The first size of a shape, and counts of elements.</summary>
    [GeneratedRegex(@"(?<=\[)\d+(?=[,\]])|\d+(?= elements)")]
    private static partial Regex BatchCount();

    /// <summary>A multiple of the placeholder as a multiple of N.</summary>
    private string Open(Match match) =>
        !long.TryParse(match.Value, out long size) || size == 0 || size % _batch != 0 ? match.Value : Multiple(size);

    private string Multiple(long size) => size == _batch ? "N" : $"{size / _batch}N";
}

/// <summary>An input of a network, for <see cref="Graph.Trace(Module, IReadOnlyList{GraphInput}, bool, string?)"/>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Shape">Its shape; <see cref="SymbolicShape.BatchOf"/> makes one with the batch left open.</param>
/// <param name="DType">Its element type.</param>
public sealed record GraphInput(string Name, SymbolicShape Shape, DType DType = DType.Float32)
{
    /// <summary>An input of batches of items.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="item">Shape of an item, without the batch.</param>
    /// <param name="dtype">Its element type.</param>
    public static GraphInput OfItems(string name, Shape item, DType dtype = DType.Float32) =>
        new(name, SymbolicShape.BatchOf(item), dtype);
}

/// <summary>What a state becomes when a graph has run: <c>bn1.running_mean &lt;- bn1.next_mean</c>.</summary>
/// <param name="State">The state, as the nodes read it.</param>
/// <param name="Next">Its next value.</param>
public sealed record StateUpdate(Value State, Value Next);
