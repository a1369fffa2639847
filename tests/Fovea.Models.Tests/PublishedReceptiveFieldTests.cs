namespace Fovea.Models.Tests;

/// <summary>The receptive fields that google-research/receptive_field publishes for TF-Slim's networks, row by row, in
/// the layouts of TF-Slim.</summary>
public class PublishedReceptiveFieldTests
{
    private static readonly Dictionary<string, (string Model, Func<string, string> Layer)> Networks = new()
    {
        ["alexnet_v2"] = (
            "alexnet(variant=slim)",
            point =>
                Listed(
                    point,
                    "conv1",
                    "features.0",
                    "pool1",
                    "features.2",
                    "conv2",
                    "features.3",
                    "conv3",
                    "features.6",
                    "conv4",
                    "features.8",
                    "conv5",
                    "features.10",
                    "pool5",
                    "features.12"
                )
        ),
        ["vgg_a"] = ("vgg11(variant=slim)", point => Vgg(point, [1, 1, 2, 2, 2])),
        ["vgg_16"] = ("vgg16(variant=slim)", point => Vgg(point, [2, 2, 3, 3, 3])),
        ["resnet_v1_50"] = ("resnet50(variant=slim)", point => ResNet(point, 3, 4, 6, 3)),
        ["resnet_v1_101"] = ("resnet101(variant=slim)", point => ResNet(point, 3, 4, 23, 3)),
        ["resnet_v1_152"] = ("resnet152(variant=slim)", point => ResNet(point, 3, 8, 36, 3)),
        ["resnet_v1_200"] = ("resnet200(variant=slim)", point => ResNet(point, 3, 24, 36, 3)),
        ["mobilenet_v1"] = ("mobilenet_v1(variant=slim)", MobileNet),
        ["mobilenet_v1_075"] = ("mobilenet_v1(variant=slim,width=0.75)", MobileNet),
    };

    public static TheoryData<string, string> Cases
    {
        get
        {
            TheoryData<string, string> cases = [];
            foreach (
                (string network, string resolution) in PublishedFigures
                    .Read("receptive_fields_published.csv")
                    .Select(r => (r["network"], r["resolution"]))
                    .Distinct()
            )
            {
                cases.Add(network, resolution);
            }

            return cases;
        }
    }

    [Fact]
    public void Table_HasTheRowsOfTheZoosNetworks() =>
        Assert.Equal(231, PublishedFigures.Read("receptive_fields_published.csv").Count());

    [Theory]
    [MemberData(nameof(Cases))]
    public void Field_OfEveryPublishedPoint_IsThePublishedOne(string network, string resolution)
    {
        (string text, Func<string, string> layer) = Networks[network];
        int side =
            resolution == "None" ? 256 : int.Parse(resolution, System.Globalization.CultureInfo.InvariantCulture);
        (Module model, Shape item) = ModelRegistry.Create(text, [3, side, side]);
        Graph graph = Graph.Trace(model, item);
        ReceptiveFields fields = ReceptiveFields.Of(graph);
        List<string> expected = [],
            found = [];
        foreach (
            IReadOnlyDictionary<string, string> row in PublishedFigures
                .Read("receptive_fields_published.csv")
                .Where(r => r["network"] == network && r["resolution"] == resolution)
        )
        {
            string name = layer(row["end_point"]),
                figures = PublishedFigures.FieldOf(fields, graph.Nodes.Single(n => n.Name == name).Output);
            bool noPadding = row["padding"] == "None"; // it depends on the input size there
            expected.Add($"{row["end_point"]} {row["size"]}/{row["stride"]}/{(noPadding ? "" : row["padding"])}");
            found.Add($"{row["end_point"]} {(noPadding ? figures[..(figures.LastIndexOf('/') + 1)] : figures)}");
        }

        Assert.NotEmpty(expected);
        Assert.Equal(expected, found);
    }

    private static string Listed(string point, params string[] pairs) => pairs[Array.IndexOf(pairs, point) + 1];

    /// <summary>conv3/conv3_2 and pool3 as positions in torchvision's list: two entries a convolution (with its ReLU),
    /// one a pool.</summary>
    private static string Vgg(string point, int[] convolutions)
    {
        int stage = point[4] - '0',
            before = convolutions.Take(stage - 1).Sum(c => (2 * c) + 1);
        return point[0] == 'p'
            ? $"features.{before + (2 * convolutions[stage - 1])}"
            : $"features.{before + (2 * (point[^1] - '1'))}";
    }

    private static string ResNet(string point, params int[] units) =>
        $"layer{point[^1]}.{units[point[^1] - '1'] - 1}.add";

    private static string MobileNet(string point)
    {
        string number = point.Split('_')[1];
        return number == "0" ? "features.0.0" : $"features.{number}.3";
    }
}
