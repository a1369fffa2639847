namespace Fovea.Models;

/// <summary>A layer of the text language: which options may stand without their names, and how it is made.</summary>
/// <param name="Positional">Options by position.</param>
/// <param name="Make">Makes it for an input [N, C, ...].</param>
internal sealed record LayerWord(string[] Positional, Func<OptionReader, Shape, Module> Make);

/// <summary>The words for layers. They are the operators' names in lower case, without the number of axes, which
/// follows from the input.</summary>
internal static class LayerWords
{
    private static readonly string[] None = [];

    private static readonly Dictionary<string, LayerWord> Words = new(StringComparer.Ordinal)
    {
        ["conv"] = new(["out", "kernel"], ConvolutionWords.Conv),
        ["depthwise"] = new(["kernel"], ConvolutionWords.Depthwise),
        ["separable"] = new(["out", "kernel"], ConvolutionWords.Separable),
        ["convtranspose"] = new(["out", "kernel"], ConvolutionWords.Transposed),
        ["linear"] = new(["out"], (o, x) => new Linear(Features(x), o.Integer("out"), o.Flag("bias", true))),
        ["batchnorm"] = new(None, NormalizationWords.Batch),
        ["instancenorm"] = new(None, NormalizationWords.Instance),
        ["groupnorm"] = new(
            ["groups"],
            (o, x) => new GroupNorm(Channels(x), o.Integer("groups"), o.Number("epsilon", 1e-5), o.Flag("affine", true))
        ),
        ["layernorm"] = new(["shape"], NormalizationWords.Layer),
        ["maxpool"] = new(["kernel"], PoolWords.Max),
        ["avgpool"] = new(["kernel"], PoolWords.Average),
        ["lppool"] = new(["norm", "kernel"], PoolWords.Norm),
        ["adaptiveavgpool"] = new(["size"], PoolWords.AdaptiveAverage),
        ["adaptivemaxpool"] = new(["size"], PoolWords.AdaptiveMax),
        ["globalavgpool"] = new(None, (o, _) => new GlobalAvgPool(o.Flag("flatten", false))),
        ["globalmaxpool"] = new(None, (o, _) => new GlobalMaxPool(o.Flag("flatten", false))),
        ["upsample"] = new(["scale"], PoolWords.Upsample),
        ["flatten"] = new(None, (o, _) => new Flatten(o.Integer("start", 1), o.Integer("end", -1))),
        ["identity"] = new(None, (_, _) => new Identity()),
        ["dropout"] = new(["p"], (o, _) => new Dropout(o.Number("p", 0.5))),
        ["dropout1d"] = new(["p"], (o, _) => new Dropout1d(o.Number("p", 0.5))),
        ["dropout2d"] = new(["p"], (o, _) => new Dropout2d(o.Number("p", 0.5))),
        ["dropout3d"] = new(["p"], (o, _) => new Dropout3d(o.Number("p", 0.5))),
        ["droppath"] = new(["p"], (o, _) => new DropPath(o.Number("p", 0.1))),
        ["relu"] = new(None, (_, _) => new ReLU()),
        ["relu6"] = new(None, (_, _) => new ReLU6()),
        ["leakyrelu"] = new(["slope"], (o, _) => new LeakyReLU(o.Number("slope", 0.01))),
        ["prelu"] = new(["channels"], (o, _) => new PReLU(o.Integer("channels", 1), o.Number("slope", 0.25))),
        ["elu"] = new(["alpha"], (o, _) => new ELU(o.Number("alpha", 1.0))),
        ["celu"] = new(["alpha"], (o, _) => new CELU(o.Number("alpha", 1.0))),
        ["selu"] = new(None, (_, _) => new SELU()),
        ["gelu"] = new(None, (o, _) => new GELU(o.Flag("tanh", false))),
        ["silu"] = new(None, (_, _) => new SiLU()),
        ["mish"] = new(None, (_, _) => new Mish()),
        ["hardswish"] = new(None, (_, _) => new Hardswish()),
        ["hardsigmoid"] = new(None, (_, _) => new Hardsigmoid()),
        ["sigmoid"] = new(None, (_, _) => new Sigmoid()),
        ["tanh"] = new(None, (_, _) => new Tanh()),
        ["softplus"] = new(None, (o, _) => new Softplus(o.Number("beta", 1.0), o.Number("threshold", 20.0))),
        ["softmax"] = new(None, (o, _) => new Softmax(o.Integer("axis", -1))),
        ["logsoftmax"] = new(None, (o, _) => new LogSoftmax(o.Integer("axis", -1))),
        ["se"] = new(["channels"], ConvolutionWords.SqueezeExcite),
    };

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["bn"] = "batchnorm",
        ["swish"] = "silu",
    };

    /// <summary>Every word for a layer, for suggestions.</summary>
    public static IEnumerable<string> All => [.. Words.Keys, .. Operation.Words, .. Short.Keys];

    /// <summary>A layer by its word or short word; null where there is none.</summary>
    public static LayerWord? Find(string word) =>
        Words.TryGetValue(Full(word), out LayerWord? found) ? found
        : Operation.Words.Contains(word) ? new LayerWord(None, (o, _) => new Operation(word, o))
        : null;

    /// <summary>A word written out.</summary>
    public static string Full(string word) => Short.GetValueOrDefault(word, word);

    /// <summary>The word for a short name: what layers without a label are called by.</summary>
    public static string Brief(string word) => word == "batchnorm" ? "bn" : word;

    /// <summary>Whether a word joins several inputs, so that what stands behind it by position are labels.</summary>
    public static bool Joins(string word) =>
        word is "add" or "subtract" or "multiply" or "divide" or "maximum" or "minimum" or "matmul" or "concat";

    /// <summary>The size of axis 1.</summary>
    public static int Channels(Shape x) =>
        x.Rank >= 2 ? x[1] : throw new ShapeException($"the input must have channels, [N, C, ...], got {x}.");

    /// <summary>Number of spatial axes.</summary>
    public static int SpatialRank(Shape x) =>
        x.Rank is >= 3 and <= 5
            ? x.Rank - 2
            : throw new ShapeException($"the input must be [N, C, L], [N, C, H, W] or [N, C, D, H, W], got {x}.");

    private static int Features(Shape x) =>
        x.Rank >= 2 ? x[-1] : throw new ShapeException($"the input must be [N, features], got {x}.");
}
