namespace Fovea.Interop.Onnx;

/// <summary>One use of an operator: the node, its inputs, and where it runs.</summary>
/// <param name="node">The node.</param>
/// <param name="inputs">Its inputs; null for one that is absent.</param>
/// <param name="layer">The layer that stands for the node.</param>
/// <param name="placeholder">What stands for the batch in the trace that is being made; 0 where values are computed.</param>
internal sealed class OnnxCall(OnnxNode node, OnnxValue?[] inputs, OnnxLayer layer, int placeholder)
{
    private const long MostElements = 1L << 28,
        MostTimes = 1024;

    /// <summary>The node.</summary>
    public OnnxNode Node { get; } = node;

    /// <summary>The inputs; null for one that is absent.</summary>
    public OnnxValue?[] Inputs { get; } = inputs;

    /// <summary>The layer that stands for the node.</summary>
    public OnnxLayer Layer { get; } = layer;

    /// <summary>The version of the set of operators.</summary>
    public int Opset => Node.Opset;

    /// <summary>What stands for the batch in the trace that is being made; 0 where values are computed.</summary>
    public int Placeholder { get; } = placeholder;

    /// <summary>The number of items that the file declares and that of the run, where they differ.</summary>
    public (long Declared, long Actual)? Frozen { get; init; }

    /// <summary>Number of inputs, without absent ones at the end.</summary>
    public int Count => Array.FindLastIndex(Inputs, i => i is not null) + 1;

    /// <summary>The inputs that are there.</summary>
    public IEnumerable<OnnxValue> Given => Inputs.OfType<OnnxValue>();

    /// <summary>An input.</summary>
    /// <param name="input">Its position.</param>
    /// <exception cref="ModelFormatException">It is absent.</exception>
    public OnnxValue this[int input] => Find(input) ?? throw Error($"needs input {input}, which is absent");

    /// <summary>An input; null where it is absent.</summary>
    public OnnxValue? Find(int input) => input < Inputs.Length ? Inputs[input] : null;

    /// <summary>The tensor of an input.</summary>
    public Tensor X(int input = 0) => this[input].Tensor;

    /// <summary>Whether an output is wanted.</summary>
    public bool Wants(int output) => output < Node.Outputs.Count && Node.Outputs[output].Length > 0;

    /// <summary>Whether all inputs are floats of one carrier, as operators of Fovea take them.</summary>
    public bool IsFloat =>
        Given.All(i => i.Type.IsFloat()) && Given.Select(i => i.Tensor.DType).Distinct().Count() == 1;

    /// <summary>A result of the type of an input.</summary>
    public OnnxValue Like(Tensor tensor, int input = 0) => new(this[input].Type, tensor);

    /// <summary>The integers of an input that decides what is computed.</summary>
    /// <exception cref="ModelFormatException">They are known only when the network runs, and a graph is being made.</exception>
    public long[] Ints(int input) => Readable(input).Integers();

    /// <summary>The numbers of an input that decides what is computed.</summary>
    /// <exception cref="ModelFormatException">They are known only when the network runs, and a graph is being made.</exception>
    public double[] Reals(int input) => Readable(input).Reals();

    /// <summary>Whole numbers of an input where it is there, else of an attribute; null where neither is.</summary>
    public long[]? IntsOf(int input, string attribute) => Find(input) is not null ? Ints(input) : Node.Ints(attribute);

    /// <summary>The only number of an input.</summary>
    public double Number(int input, double usual)
    {
        if (Find(input) is null)
        {
            return usual;
        }

        double[] values = Reals(input);
        return values is [double only] ? only : throw Error($"input {input} must be one number, got {values.Length}");
    }

    /// <summary>Axes of attribute or input as positions from the front; null where neither is.</summary>
    public int[]? Axes(long[]? axes, int rank) => axes is null ? null : Array.ConvertAll(axes, a => Axis(a, rank));

    /// <summary>An axis as a position from the front.</summary>
    /// <exception cref="ModelFormatException">It does not exist.</exception>
    public int Axis(long axis, int rank)
    {
        long position = axis < 0 ? axis + rank : axis;
        return position >= 0 && position < rank
            ? (int)position
            : throw Error($"axis {axis} does not exist among {rank}");
    }

    /// <summary>Sizes as a shape that there may be room for.</summary>
    /// <exception cref="ModelFormatException">A size is negative, or there are more elements than are allowed for: 2^28, or
    /// 1024 times those of the largest input. A small file could ask for any number.</exception>
    public Shape ShapeOf(ReadOnlySpan<long> sizes)
    {
        Int128 count = 1;
        int[] result = new int[sizes.Length];
        long most =
            Placeholder > 0
                ? long.MaxValue
                : Math.Max(MostElements, MostTimes * Given.Select(i => i.Shape.Count).DefaultIfEmpty().Max());
        for (int i = 0; i < sizes.Length; i++)
        {
            count *= sizes[i];
            if (sizes[i] is < 0 or > int.MaxValue || count > most)
            {
                throw Error(
                    $"sizes must be 0 or more and give at most 2^28 elements, or {MostTimes} times those of an input, got [{string.Join(", ", sizes.ToArray())}]"
                );
            }

            result[i] = (int)sizes[i];
        }

        return Shape.Create(result);
    }

    /// <summary>Checks that there may be room for a result.</summary>
    /// <exception cref="ModelFormatException">As for <see cref="ShapeOf"/>.</exception>
    public Shape RequireRoom(Shape shape) => ShapeOf([.. shape.Select(s => (long)s)]);

    /// <summary>Whether a size is the batch, in a trace.</summary>
    public bool IsBatch(long size) => Placeholder > 0 && size > 0 && size % Placeholder == 0;

    /// <summary>Checks, in a trace, that an axis is not the batch: what a node does there may not depend on its size.</summary>
    /// <exception cref="ModelFormatException">It is.</exception>
    public void RequireNoBatch(Shape shape, int axis)
    {
        if (IsBatch(shape[axis]))
        {
            throw Error($"works along axis {axis} of {GraphTracer.Text(shape)}, whose size is open in a graph");
        }
    }

    /// <summary>Applies operators whose nodes are named by a part of this one, so that the result keeps the name.</summary>
    public Tensor Part(string name, Func<Tensor> apply)
    {
        if (GraphTracer.Current is not { } tracer)
        {
            return apply();
        }

        tracer.Names.Scope = $"{Layer.Path}.{name}";
        Tensor result = apply();
        tracer.Names.Scope = Layer.Path;
        return result;
    }

    /// <summary>Makes an operator of the catalogue and applies it.</summary>
    /// <param name="word">Its word.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <param name="tensors">What it reads.</param>
    public Tensor Apply(string word, OperatorAttributes attributes, params ReadOnlySpan<Tensor> tensors) =>
        Make(word, attributes).Apply(tensors);

    /// <summary>Makes an operator of the catalogue.</summary>
    public Operator Make(string word, OperatorAttributes attributes)
    {
        OperatorEntry entry = OperatorCatalog.All.First(e => e.Word == word && e.CanMake && e.Fits(attributes));
        return entry.Make(attributes, Layer);
    }

    /// <summary>A fault of the model: it names the node.</summary>
    /// <param name="message">What is wrong, without a stop.</param>
    public ModelFormatException Error(string message) => new($"{Node.Subject} (opset {Opset}): {message}.");

    /// <summary>What the node asks for is not supported.</summary>
    /// <param name="message">What that is, without a stop.</param>
    public ModelFormatException Unsupported(string message) =>
        new($"{Node.Subject} (opset {Opset}): {message}.") { IsUnsupported = true };

    private OnnxValue Readable(int input) =>
        this[input] is { IsReadable: true } value
            ? value
            : throw Error(
                $"input '{Node.Inputs[input]}' decides what is computed, and is known only when the network runs; a graph needs it as a constant"
            );
}
