using System.Globalization;

namespace Fovea.Interop;

/// <summary>Names of timm where they differ from those of torchvision, which the zoo has: MobileNetV2 and V3, EfficientNet
/// and its V2, MNASNet, RegNet, VGG. ResNets and DenseNets have the same names in both.</summary>
/// <remarks>After timm 1.0: <c>models/_efficientnet_blocks.py</c>, <c>models/efficientnet.py</c>,
/// <c>models/mobilenetv3.py</c>, <c>models/regnet.py</c>, <c>models/vgg.py</c>.</remarks>
internal static class TimmNames
{
    private static readonly (string Timm, string Ours)[] Vgg =
    [
        ("pre_logits.fc1.", "classifier.0."),
        ("pre_logits.fc2.", "classifier.3."),
        ("head.fc.", "classifier.6."),
    ];

    // The parts of a block, in order; squeeze and excitation is one part, with two layers.
    private static readonly (string First, (string Layer, string Norm)[] Parts)[] Blocks =
    [
        ("conv_pw", [("conv_pw", "bn1"), ("conv_dw", "bn2"), ("se", ""), ("conv_pwl", "bn3")]),
        ("conv_dw", [("conv_dw", "bn1"), ("se", ""), ("conv_pw", "bn2")]),
        ("conv_exp", [("conv_exp", "bn1"), ("se", ""), ("conv_pwl", "bn2")]),
        ("conv", [("conv", "bn1")]),
    ];

    private static readonly (string Timm, string Ours)[] RegNetParts =
    [
        ("conv1.conv.", "f.a.0."),
        ("conv1.bn.", "f.a.1."),
        ("conv2.conv.", "f.b.0."),
        ("conv2.bn.", "f.b.1."),
        ("se.fc1.", "f.se.fc1."),
        ("se.fc2.", "f.se.fc2."),
        ("conv3.conv.", "f.c.0."),
        ("conv3.bn.", "f.c.1."),
        ("downsample.conv.", "proj.0."),
        ("downsample.bn.", "proj.1."),
    ];

    private enum Family
    {
        MnasNet,
        MobileNetV2,
        MobileNetV3,
        EfficientNet,
    }

    /// <summary>For names of timm those of torchvision; null where they are not of a network with other names.</summary>
    /// <param name="names">The names of the file.</param>
    /// <param name="own">What the network has.</param>
    public static IReadOnlyDictionary<string, string>? Translate(
        IEnumerable<string> names,
        IReadOnlyDictionary<string, Tensor> own
    )
    {
        HashSet<string> all = [.. names];
        if (all.Contains("pre_logits.fc1.weight") && own.ContainsKey("classifier.6.weight"))
        {
            return Replaced(all, Vgg);
        }

        if (all.Contains("stem.conv.weight") && own.ContainsKey("trunk_output.block1.block1-0.f.a.0.weight"))
        {
            return Replaced(all, RegNet(all));
        }

        if (!all.Contains("conv_stem.weight") || !all.Any(n => n.StartsWith("blocks.", StringComparison.Ordinal)))
        {
            return null;
        }

        Family? family =
            own.ContainsKey("features.1.0.block.0.0.weight") ? Family.EfficientNet
            : own.ContainsKey("features.1.block.0.0.weight") ? Family.MobileNetV3
            : own.ContainsKey("features.1.conv.0.0.weight") ? Family.MobileNetV2
            : own.ContainsKey("layers.8.0.layers.0.weight") ? Family.MnasNet
            : null;
        return family is not { } known ? null
            : known == Family.MnasNet ? Replaced(all, MnasNet(all))
            : Mobile(all, known);
    }

    /// <summary>Blocks <c>s1.b1</c>, ... are <c>block1.block1-0</c>, ...</summary>
    private static List<(string, string)> RegNet(HashSet<string> names)
    {
        List<(string, string)> table = [("stem.conv.", "stem.0."), ("stem.bn.", "stem.1."), ("head.fc.", "fc.")];
        foreach (string[] path in names.Select(n => n.Split('.')).Where(p => p is [['s', ..], ['b', ..], "conv1", ..]))
        {
            if (int.TryParse(path[0][1..], out int stage) && int.TryParse(path[1][1..], out int block))
            {
                string to = string.Create(
                    CultureInfo.InvariantCulture,
                    $"trunk_output.block{stage}.block{stage}-{block - 1}."
                );
                table.AddRange(RegNetParts.Select(p => ($"{path[0]}.{path[1]}.{p.Timm}", to + p.Ours)));
            }
        }

        return [.. table.Distinct()];
    }

    /// <summary>Layers with activations between them, numbered through; the first block without one of its own.</summary>
    private static List<(string, string)> MnasNet(HashSet<string> names)
    {
        const int Between = 3; // layer, normalization, activation
        List<(string, string)> table = [("conv_stem.", "layers.0."), ("bn1.", "layers.1.")];
        List<(int Stage, int Place)> blocks = BlocksOf(names);
        foreach ((int stage, int place) in blocks)
        {
            string from = string.Create(CultureInfo.InvariantCulture, $"blocks.{stage}.{place}.");
            string to =
                stage == 0
                    ? "layers."
                    : string.Create(CultureInfo.InvariantCulture, $"layers.{stage + 7}.{place}.layers.");
            int at = stage == 0 ? Between : 0;
            foreach ((string layer, string norm) in PartsOf(names, from).Where(p => p.Layer != "se"))
            {
                table.Add(($"{from}{layer}.", Place(to, at, ".")));
                table.Add(($"{from}{norm}.", Place(to, at + 1, ".")));
                at += Between;
            }
        }

        int head = blocks[^1].Stage + 8;
        table.Add(("conv_head.", Place("layers.", head, ".")));
        table.Add(("bn2.", Place("layers.", head + 1, ".")));
        table.Add(("classifier.", "classifier.1."));
        return table;
    }

    /// <summary>Stage and place of every block, in order.</summary>
    private static List<(int Stage, int Place)> BlocksOf(HashSet<string> names) =>
        [
            .. names
                .Select(n => n.Split('.'))
                .Where(p => p is ["blocks", _, _, ..] && int.TryParse(p[1], out _) && int.TryParse(p[2], out _))
                .Select(p => (Number(p[1]), Number(p[2])))
                .Distinct()
                .Order(),
        ];

    /// <summary>The parts of the block whose names begin so; empty for a kind that is not known.</summary>
    private static (string Layer, string Norm)[] PartsOf(HashSet<string> names, string from) =>
        Array.Find(Blocks, b => b.Parts.All(p => p.Layer == "se" || names.Contains($"{from}{p.Layer}.weight"))).Parts
        ?? [];

    private static Dictionary<string, string> Mobile(HashSet<string> names, Family family)
    {
        List<(int Stage, int Place)> blocks = BlocksOf(names);
        List<(string, string)> table = [("conv_stem.", "features.0.0."), ("bn1.", "features.0.1.")];
        for (int i = 0; i < blocks.Count; i++)
        {
            (int stage, int place) = blocks[i];
            string from = string.Create(CultureInfo.InvariantCulture, $"blocks.{stage}.{place}."),
                to = family == Family.EfficientNet
                    ? string.Create(CultureInfo.InvariantCulture, $"features.{stage + 1}.{place}.block.")
                    : string.Create(CultureInfo.InvariantCulture, $"features.{i + 1}.");
            table.AddRange(Block(names, from, to, family));
        }

        int last = family == Family.EfficientNet ? blocks[^1].Stage + 2 : blocks.Count + 1;
        table.AddRange(
            family == Family.MobileNetV3
                ? [("conv_head.", "classifier.0."), ("classifier.", "classifier.3.")]
                :
                [
                    ("conv_head.", string.Create(CultureInfo.InvariantCulture, $"features.{last}.0.")),
                    ("bn2.", string.Create(CultureInfo.InvariantCulture, $"features.{last}.1.")),
                    ("classifier.", "classifier.1."),
                ]
        );
        return Replaced(names, table);
    }

    private static IEnumerable<(string, string)> Block(HashSet<string> names, string from, string to, Family family)
    {
        (string Layer, string Norm)[] parts = PartsOf(names, from);
        bool isHead = parts is [("conv", _)] && family == Family.MobileNetV3; // the last convolution, which is no block there
        string inner = isHead
            ? to
            : to
                + (
                    family == Family.MobileNetV3 ? "block."
                    : family == Family.MobileNetV2 ? "conv."
                    : ""
                );
        int at = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            (string layer, string norm) = parts[i];
            bool isLast = i == parts.Length - 1;
            if (layer == "se")
            {
                if (names.Contains($"{from}se.conv_reduce.weight"))
                {
                    yield return ($"{from}se.conv_reduce.", Place(inner, at, ".fc1."));
                    yield return ($"{from}se.conv_expand.", Place(inner, at, ".fc2."));
                    at++;
                }

                continue;
            }

            // MobileNetV2 has the last convolution and its normalization side by side, the others as a part.
            bool isFlat = isHead || (family == Family.MobileNetV2 && isLast);
            yield return ($"{from}{layer}.", isFlat ? Place(inner, at, ".") : Place(inner, at, ".0."));
            yield return ($"{from}{norm}.", isFlat ? Place(inner, at + 1, ".") : Place(inner, at, ".1."));
            at++;
        }
    }

    private static string Place(string inner, int at, string end) =>
        string.Create(CultureInfo.InvariantCulture, $"{inner}{at}{end}");

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Replaced(
        IEnumerable<string> names,
        IReadOnlyList<(string From, string To)> table
    )
    {
        Dictionary<string, string> result = new(StringComparer.Ordinal);
        Dictionary<string, string> starts = table.ToDictionary(t => t.From, t => t.To, StringComparer.Ordinal);
        foreach (string name in names)
        {
            string start = name[..(name.LastIndexOf('.') + 1)];
            if (starts.TryGetValue(start, out string? to))
            {
                result.Add(name, to + name[start.Length..]);
            }
        }

        return result;
    }
}
