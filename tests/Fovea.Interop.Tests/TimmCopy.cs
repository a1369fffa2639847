using System.Text.RegularExpressions;

namespace Fovea.Interop.Tests;

/// <summary>Renames a network of the zoo as timm names its twin, from timm's definitions of blocks: by the order of layers in
/// a block, not by the table that reads them.</summary>
internal static partial class TimmCopy
{
    private static readonly string[] Expanded = ["conv_pw", "bn1", "conv_dw", "bn2", "conv_pwl", "bn3"];
    private static readonly string[] Separable = ["conv_dw", "bn1", "conv_pw", "bn2"];
    private static readonly string[] Fused = ["conv_exp", "bn1", "conv_pwl", "bn2"];
    private static readonly string[] Plain = ["conv", "bn1"];

    public static Dictionary<string, Tensor> Of(string model, IReadOnlyDictionary<string, Tensor> state)
    {
        if (model.StartsWith("vgg", StringComparison.Ordinal))
        {
            return state.ToDictionary(t => VggName(t.Key), t => VggShape(t.Key, t.Value));
        }

        if (
            model.StartsWith("mnasnet", StringComparison.Ordinal)
            || model.StartsWith("regnet", StringComparison.Ordinal)
        )
        {
            return InOrder(state, model[0] == 'm' ? MnasNet() : RegNet(model[7] == 'y'));
        }

        // Layers in order, each with its entries; blocks by what stands before the place within them.
        List<IGrouping<string, KeyValuePair<string, Tensor>>> layers =
        [
            .. state.GroupBy(t => t.Key[..t.Key.LastIndexOf('.')]),
        ];
        bool isStaged = model.StartsWith("efficientnet", StringComparison.Ordinal);
        List<List<IGrouping<string, KeyValuePair<string, Tensor>>>> blocks =
        [
            .. layers
                .Where(l => l.Key.StartsWith("features.", StringComparison.Ordinal))
                .GroupBy(l => string.Join('.', l.Key.Split('.').Take(isStaged && !IsEnd(l.Key) ? 3 : 2)))
                .Select(g => g.ToList()),
        ];
        Dictionary<string, Tensor> result = [];
        Put(result, blocks[0], ["conv_stem", "bn1"], "");
        bool isV3 = model.StartsWith("mobilenet_v3", StringComparison.Ordinal);
        int count = blocks.Count - (isV3 ? 0 : 1);
        int stage = -1,
            place = 0;
        for (int i = 1; i < count; i++)
        {
            int own = isStaged ? int.Parse(blocks[i][0].Key.Split('.')[1]) - 1 : i - 1;
            place = own == stage ? place + 1 : 0;
            stage = own;
            Put(result, blocks[i], Parts(blocks[i]), $"blocks.{stage}.{place}.");
        }

        if (!isV3)
        {
            Put(result, blocks[^1], ["conv_head", "bn2"], "");
        }

        string[] heads = isV3 ? ["conv_head", "classifier"] : ["classifier"];
        Put(result, [.. layers.Where(l => l.Key.StartsWith("classifier.", StringComparison.Ordinal))], heads, "");
        if (isV3)
        {
            Tensor head = result["conv_head.weight"];
            result["conv_head.weight"] = head.Reshape(head.Shape[0], head.Shape[1], 1, 1);
        }

        return result;
    }

    /// <summary>Both have their layers in the same order here.</summary>
    private static Dictionary<string, Tensor> InOrder(
        IReadOnlyDictionary<string, Tensor> state,
        IEnumerable<string> names
    )
    {
        string[] layers = [.. state.Keys.Select(k => k[..k.LastIndexOf('.')]).Distinct()],
            timm = [.. names];
        Assert.Equal(layers.Length, timm.Length);
        return state.ToDictionary(
            t => timm[Array.IndexOf(layers, t.Key[..t.Key.LastIndexOf('.')])] + t.Key[t.Key.LastIndexOf('.')..],
            t => t.Value
        );
    }

    /// <summary>Table of MNASNet-B1: blocks of each stage.</summary>
    private static IEnumerable<string> MnasNet() =>
        [
            "conv_stem",
            "bn1",
            .. Separable.Select(l => $"blocks.0.0.{l}"),
            .. new[] { 3, 3, 3, 2, 4, 1 }.SelectMany(
                (blocks, stage) =>
                    Enumerable
                        .Range(0, blocks)
                        .SelectMany(place => Expanded.Select(l => $"blocks.{stage + 1}.{place}.{l}"))
            ),
            "conv_head",
            "bn2",
            "classifier",
        ];

    /// <summary>Depths of 400MF in the paper's table. torchvision has the shortcut before the block, which only first blocks
    /// have.</summary>
    private static IEnumerable<string> RegNet(bool squeezes)
    {
        int[] depths = squeezes ? [1, 3, 6, 6] : [1, 2, 7, 12];
        string[] parts = squeezes ? ["conv1", "conv2", "se", "conv3"] : ["conv1", "conv2", "conv3"];
        IEnumerable<string> blocks = depths.SelectMany(
            (depth, stage) =>
                Enumerable
                    .Range(0, depth)
                    .SelectMany(block =>
                        parts
                            .Prepend("downsample")
                            .Skip(block == 0 ? 0 : 1)
                            .SelectMany(part =>
                                part == "se" ? new[] { "se.fc1", "se.fc2" } : [$"{part}.conv", $"{part}.bn"]
                            )
                            .Select(layer => $"s{stage + 1}.b{block + 1}.{layer}")
                    )
        );
        return ["stem.conv", "stem.bn", .. blocks, "head.fc"];
    }

    private static bool IsEnd(string layer) => layer.Split('.').Length == 3; // features.0.0: stem and head

    private static string[] Parts(List<IGrouping<string, KeyValuePair<string, Tensor>>> block)
    {
        int convolutions = block.Count(l => l.Count() == 1);
        bool isDepthwise = block.Exists(l => l.Count() == 1 && l.First().Value.Shape[1] == 1);
        return convolutions switch
        {
            3 => Expanded,
            2 when isDepthwise => Separable,
            2 => Fused,
            _ => Plain,
        };
    }

    private static void Put(
        Dictionary<string, Tensor> result,
        List<IGrouping<string, KeyValuePair<string, Tensor>>> layers,
        string[] names,
        string prefix
    )
    {
        int at = 0;
        foreach (IGrouping<string, KeyValuePair<string, Tensor>> layer in layers)
        {
            string name =
                layer.Key.EndsWith(".fc1", StringComparison.Ordinal) ? "se.conv_reduce"
                : layer.Key.EndsWith(".fc2", StringComparison.Ordinal) ? "se.conv_expand"
                : names[at++];
            foreach ((string key, Tensor tensor) in layer)
            {
                result.Add($"{prefix}{name}.{key[(key.LastIndexOf('.') + 1)..]}", tensor);
            }
        }

        Assert.Equal(names.Length, at);
    }

    private static string VggName(string name) =>
        Classifier()
            .Replace(
                name,
                m =>
                    m.Groups[1].Value switch
                    {
                        "0" => "pre_logits.fc1.",
                        "3" => "pre_logits.fc2.",
                        _ => "head.fc.",
                    }
            );

    private static Tensor VggShape(string name, Tensor tensor) =>
        name switch
        {
            "classifier.0.weight" => tensor.Reshape(tensor.Shape[0], tensor.Shape[1] / 49, 7, 7),
            "classifier.3.weight" => tensor.Reshape(tensor.Shape[0], tensor.Shape[1], 1, 1),
            _ => tensor,
        };

    [GeneratedRegex(@"^classifier\.([036])\.")]
    private static partial Regex Classifier();
}
