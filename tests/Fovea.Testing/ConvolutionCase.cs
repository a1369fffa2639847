using System.Text.Json.Nodes;
using Fovea.Kernels;

namespace Fovea.Testing;

/// <summary>A case of the table of convolutions: sizes and options, and PyTorch's answer as checksums, or its refusal.
/// Values are those of <see cref="IntegerData"/>.</summary>
internal sealed class ConvolutionCase
{
    /// <summary>The table, below the data folder.</summary>
    public const string File = "conv-cases.json";

    private readonly JsonNode _node;

    private ConvolutionCase(JsonNode node) => _node = node;

    /// <summary>Its number in the table.</summary>
    public int Id => (int)_node["id"]!;

    /// <summary>PyTorch's function, e.g. <c>conv2d</c>.</summary>
    public string Operation => (string)_node["op"]!;

    /// <summary>What it is about; may be empty.</summary>
    public string Note => (string)_node["note"]!;

    /// <summary>Why PyTorch refuses it; null where it answers.</summary>
    public string? Error => (string?)_node["error"];

    /// <summary>Whether it is a transposed convolution.</summary>
    public bool IsTransposed => Operation.StartsWith("conv_transpose", StringComparison.Ordinal);

    /// <summary>Sizes of the input, with or without a batch.</summary>
    public int[] X => Ints(_node["x"]!);

    /// <summary>Sizes of the weight.</summary>
    public int[] W => Ints(_node["w"]!);

    /// <summary>Sizes of the bias; null without one.</summary>
    public int[]? Bias => _node["b"] is { } bias ? Ints(bias) : null;

    private int Rank => Operation[^2] - '0';

    private JsonNode Attributes => _node["attrs"]!;

    private int Groups => (int?)Attributes["groups"] ?? 1;

    /// <summary>All cases of convolutions, transposed ones and refusals too.</summary>
    public static IReadOnlyList<ConvolutionCase> ReadAll() =>
        [
            .. JsonNode
                .Parse(System.IO.File.ReadAllText(TestData.Find(File)!))!
                .AsArray()
                .Select(n => new ConvolutionCase(n!))
                .Where(c => c.Operation.StartsWith("conv", StringComparison.Ordinal)),
        ];

    /// <summary>The operator.</summary>
    /// <exception cref="ArgumentException">An option is not valid.</exception>
    public Operator ToOperator() =>
        IsTransposed
            ? new TransposedConvolution(
                Rank,
                Axes("stride"),
                Padding(),
                Axes("output_padding"),
                Axes("dilation"),
                Groups
            )
            : new Convolution(Rank, Axes("stride"), Padding(), Axes("dilation"), Groups);

    /// <summary>The sizes for kernels, worked out from the table alone. Not of transposed convolutions.</summary>
    public ConvolutionGeometry ToGeometry()
    {
        int channels = X[^(Rank + 1)],
            batch = X.Length == Rank + 1 ? 1 : X[0];
        return new ConvolutionGeometry(
            batch,
            channels,
            W[0],
            Groups,
            Axis(Rank - 3),
            Axis(Rank - 2),
            Axis(Rank - 1),
            PaddingMode.Zeros
        );
    }

    /// <summary>How values differ from PyTorch's by shape and checksums; null where they do not, or where the table has
    /// none.</summary>
    /// <param name="what"><c>y</c>, <c>dx</c>, <c>dw</c> or <c>db</c>.</param>
    /// <param name="shape">Shape of the values.</param>
    /// <param name="values">The values; null where there are none.</param>
    public string? Difference(string what, Shape shape, double[]? values)
    {
        if (_node[what] is not { } expected)
        {
            return null;
        }

        if (values is null)
        {
            return $"{this}: {what} is missing";
        }

        double sum = values.Sum(),
            absolute = values.Sum(Math.Abs),
            weighted = values.Select((v, i) => v * ((i % 13) + 1)).Sum();
        bool same =
            Ints(expected["shape"]!).SequenceEqual(shape)
            && sum == (double)expected["sum"]!
            && absolute == (double)expected["abs"]!
            && weighted == (double)expected["w13"]!;
        return same
            ? null
            : $"{this}: {what} {shape} sum {sum}, |sum| {absolute}, weighted {weighted}; expected {expected.ToJsonString()}";
    }

    /// <summary>E.g. <c>case 2 conv1d {"stride":3}</c>.</summary>
    public override string ToString() => $"case {Id} {Operation} {Attributes.ToJsonString()}";

    private WindowAxis Axis(int axis)
    {
        if (axis < 0)
        {
            return WindowAxis.None;
        }

        int kernel = W[2 + axis],
            dilation = Number("dilation", axis, 1),
            reach = (kernel - 1) * dilation;
        bool same = Rule(Attributes["padding"]) == "same",
            byRule = Rule(Attributes["padding"]) is not null;
        int before =
            same ? reach / 2
            : byRule ? 0
            : Number("padding", axis, 0);
        return new WindowAxis(
            X[^(Rank - axis)],
            kernel,
            Number("stride", axis, 1),
            dilation,
            before,
            same ? reach - before : before
        );
    }

    private int Number(string name, int axis, int otherwise) =>
        Attributes[name] is not { } n ? otherwise
        : Ints(n) is { Length: 1 } one ? one[0]
        : Ints(n)[axis];

    private Padding Padding() =>
        Attributes["padding"] switch
        {
            null => Fovea.Padding.Valid,
            { } n when Rule(n) is { } rule => rule == "same" ? Fovea.Padding.SamePyTorch : Fovea.Padding.Valid,
            { } n => Fovea.Padding.Symmetric(Values(n)),
        };

    /// <summary>A padding that is stated by a word.</summary>
    private static string? Rule(JsonNode? padding) =>
        padding is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private PerAxis? Axes(string name) => Attributes[name] is { } n ? Values(n) : null;

    private static PerAxis Values(JsonNode n) => PerAxis.Create(Ints(n));

    private static int[] Ints(JsonNode n) =>
        n is JsonArray array ? [.. array.Select(v => (int)v!)] : [(int)Math.Min((long)n, int.MaxValue)];
}
