using System.Globalization;

namespace Fovea.Interop;

/// <summary>Names of timm where they differ from those of torchvision, which the zoo has: MobileNetV2 and V3, EfficientNet
/// and its V2, VGG. ResNets and DenseNets have the same names in both.</summary>
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

    private enum Family
    {
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

        if (!all.Contains("conv_stem.weight") || !all.Any(n => n.StartsWith("blocks.", StringComparison.Ordinal)))
        {
            return null;
        }

        Family? family =
            own.ContainsKey("features.1.0.block.0.0.weight") ? Family.EfficientNet
            : own.ContainsKey("features.1.block.0.0.weight") ? Family.MobileNetV3
            : own.ContainsKey("features.1.conv.0.0.weight") ? Family.MobileNetV2
            : null;
        return family is { } known ? Mobile(all, known) : null;
    }

    private static Dictionary<string, string> Mobile(HashSet<string> names, Family family)
    {
        (int Stage, int Place)[] blocks =
        [
            .. names
                .Select(n => n.Split('.'))
                .Where(p => p is ["blocks", _, _, ..] && int.TryParse(p[1], out _) && int.TryParse(p[2], out _))
                .Select(p => (Number(p[1]), Number(p[2])))
                .Distinct()
                .Order(),
        ];
        List<(string, string)> table = [("conv_stem.", "features.0.0."), ("bn1.", "features.0.1.")];
        for (int i = 0; i < blocks.Length; i++)
        {
            (int stage, int place) = blocks[i];
            string from = string.Create(CultureInfo.InvariantCulture, $"blocks.{stage}.{place}."),
                to = family == Family.EfficientNet
                    ? string.Create(CultureInfo.InvariantCulture, $"features.{stage + 1}.{place}.block.")
                    : string.Create(CultureInfo.InvariantCulture, $"features.{i + 1}.");
            table.AddRange(Block(names, from, to, family));
        }

        int last = family == Family.EfficientNet ? blocks[^1].Stage + 2 : blocks.Length + 1;
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
        (string first, (string Layer, string Norm)[] parts) = Array.Find(
            Blocks,
            b => b.Parts.All(p => p.Layer == "se" || names.Contains($"{from}{p.Layer}.weight"))
        );
        if (parts is null)
        {
            yield break;
        }

        bool isHead = first == "conv" && family == Family.MobileNetV3; // the last convolution, which is no block there
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
