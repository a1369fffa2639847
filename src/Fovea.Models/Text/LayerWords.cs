namespace Fovea.Models;

/// <summary>A layer of the text language: which options may stand without their names, and how it is made.</summary>
/// <param name="Positional">Options by position.</param>
/// <param name="Make">Makes it for an input [N, C, ...].</param>
internal sealed record LayerWord(string[] Positional, Func<OptionReader, Shape, Module> Make);

/// <summary>The words for layers. They are the operators' names in lower case, without the number of axes, which
/// follows from the input.</summary>
internal static class LayerWords
{
    /// <summary>Layers that have parameters, are made of several operators, or are guarded: their options are those of the
    /// catalogue.</summary>
    private static readonly Dictionary<string, Func<OptionReader, Shape, Module>> Makers = new(StringComparer.Ordinal)
    {
        ["conv"] = ConvolutionWords.Conv,
        ["depthwise"] = ConvolutionWords.Depthwise,
        ["separable"] = ConvolutionWords.Separable,
        ["convtranspose"] = ConvolutionWords.Transposed,
        ["linear"] = (o, x) => new Linear(Features(x), LayerFields.Out.Read(o), LayerFields.Bias.Read(o)),
        ["batchnorm"] = NormalizationWords.Batch,
        ["instancenorm"] = NormalizationWords.Instance,
        ["groupnorm"] = NormalizationWords.Group,
        ["layernorm"] = NormalizationWords.Layer,
        ["maxpool"] = (o, x) => PoolWords.Sliding("maxpool", o, x),
        ["avgpool"] = (o, x) => PoolWords.Sliding("avgpool", o, x),
        ["lppool"] = (o, x) => PoolWords.Sliding("lppool", o, x),
        ["adaptiveavgpool"] = (o, x) => PoolWords.Adaptive("adaptiveavgpool", o, x),
        ["adaptivemaxpool"] = (o, x) => PoolWords.Adaptive("adaptivemaxpool", o, x),
        ["upsample"] = PoolWords.Upsample,
        ["prelu"] = (o, _) => new PReLU(LayerFields.Slopes.Read(o), o.Number("slope", 0.25)),
        ["identity"] = (_, _) => new Identity(),
        ["se"] = ConvolutionWords.SqueezeExcite,
    };

    /// <summary>What stands by position in words that are no operator's.</summary>
    private static readonly Dictionary<string, string[]> Composites = new(StringComparer.Ordinal)
    {
        ["depthwise"] = [LayerFields.Kernel.Name],
        ["separable"] = [LayerFields.Out.Name, LayerFields.Kernel.Name],
        ["identity"] = [],
        ["se"] = ["channels"],
    };

    private static readonly Dictionary<string, LayerWord> Words = OperatorCatalog
        .All.Where(e => e.IsWord)
        .Select(e => e.Word)
        .Distinct()
        .ToDictionary(word => word, OfOperator, StringComparer.Ordinal);

    private static readonly Dictionary<string, string> Short = new(StringComparer.Ordinal)
    {
        ["bn"] = "batchnorm",
        ["swish"] = "silu",
    };

    /// <summary>What other tools and papers call layers, and how they are written here.</summary>
    private static readonly Dictionary<string, string> Foreign = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gap"] = "globalavgpool flatten=true",
        ["globalaveragepooling2d"] = "globalavgpool flatten=true",
        ["gmp"] = "globalmaxpool flatten=true",
        ["globalmaxpooling2d"] = "globalmaxpool flatten=true",
        ["dense"] = "linear",
        ["fc"] = "linear",
        ["gemm"] = "linear",
        ["pool"] = "maxpool",
        ["maxpooling2d"] = "maxpool",
        ["averagepooling2d"] = "avgpool",
        ["deconv"] = "convtranspose",
        ["conv2dtranspose"] = "convtranspose",
        ["convtranspose2d"] = "convtranspose",
        ["separableconv2d"] = "separable",
        ["depthwiseconv2d"] = "depthwise",
        ["dwconv"] = "depthwise",
        ["batchnormalization"] = "batchnorm",
        ["concatenate"] = "concat",
        ["upsampling2d"] = "upsample",
        ["resize"] = "upsample",
        ["skip"] = "residual { ... }",
    };

    /// <summary>How a word of another tool is written here: Keras' and PyTorch's names, and short forms; null where it is not
    /// known.</summary>
    public static string? OfOtherTools(string word)
    {
        if (Foreign.TryGetValue(word, out string? meant))
        {
            return meant;
        }

        string stem = word.ToLowerInvariant();
        stem = stem is [.. string before, '1' or '2' or '3', 'd'] ? before : stem;
        return stem != word && All.Contains(stem) ? stem : null;
    }

    /// <summary>Every word for a layer, for suggestions.</summary>
    public static IEnumerable<string> All => [.. Words.Keys, .. Composites.Keys, .. Short.Keys];

    /// <summary>A layer by its word or short word; null where there is none.</summary>
    public static LayerWord? Find(string word) =>
        Words.TryGetValue(Full(word), out LayerWord? found) ? found
        : Composites.TryGetValue(word, out string[]? positional) ? new LayerWord(positional, Makers[word])
        : null;

    /// <summary>The attributes that options of a word give, for an input.</summary>
    public static TAttributes Read<TAttributes>(string word, OptionReader o, Shape x, string? except = null)
        where TAttributes : OperatorAttributes =>
        (TAttributes)OperatorCatalog.Find(word)!.Read(o, new OptionContext(x), except);

    /// <summary>A word written out.</summary>
    public static string Full(string word) => Short.GetValueOrDefault(word, word);

    /// <summary>The word for a short name: what layers without a label are called by.</summary>
    public static string Brief(string word) => word == "batchnorm" ? "bn" : word;

    /// <summary>Whether a word joins several inputs, so that what stands behind it by position are labels.</summary>
    public static bool Joins(string word) => OperatorCatalog.Find(word) is { IsWord: true, Joins: true };

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

    private static LayerWord OfOperator(string word)
    {
        OperatorEntry entry = OperatorCatalog.Find(word)!;
        return new LayerWord(
            [.. entry.Positional],
            Makers.TryGetValue(word, out Func<OptionReader, Shape, Module>? make) ? make
                : entry.CanMakeLayer ? (o, x) => Plain(word, o, x)
                : (o, _) => new Operation(word, o)
        );
    }

    private static Module Plain(string word, OptionReader o, Shape x)
    {
        OperatorEntry entry = OperatorCatalog.Find(word, o)!;
        return entry.MakeLayer(entry.Read(o, new OptionContext(x)));
    }
}
