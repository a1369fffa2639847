using System.Globalization;
using static Fovea.Workbench.Reports.ChartFigure;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>A network from input to output: a bar a layer, upwards the side of its map, downwards its channels, both by doublings,
/// with arcs for what skips layers.</summary>
internal static class NetworkStrip
{
    private const double Top = 34; // for arcs and marks
    private const double Half = 78;
    private const int Named = 4; // layers that a mark's line names

    public static Element Draw(Inspection network, IReadOnlyList<Answer> answers)
    {
        InspectedLayer[] layers = [.. network.Layers.Where(l => l.IsMain)];
        double side = Math.Max(1, layers.Max(l => Doublings(Side(l)))),
            depth = Math.Max(1, layers.Max(l => Doublings(Channels(l))));
        List<Element> drawing = [.. Frame(layers, side, depth)];
        List<(Answer Answer, List<string> Layers)> marks = [];
        for (int i = 0; i < layers.Length; i++)
        {
            InspectedLayer layer = layers[i];
            Answer? worst = NetworkSection.Worst(answers, layer.Node.Name);
            double up = Half * 0.8 * Doublings(Side(layer)) / side,
                down = Half * 0.9 * Doublings(Channels(layer)) / depth;
            drawing.Add(Bar(i, layers.Length, up, down, layer, worst));
            if (worst is not null)
            {
                int number = marks.FindIndex(m => m.Answer == worst);
                if (number < 0)
                {
                    number = marks.Count;
                    marks.Add((worst, []));
                }

                marks[number].Layers.Add(layer.Node.Name);
                string code = (number + 1).ToString(CultureInfo.InvariantCulture);
                drawing.Add(Text((i + 0.5) / layers.Length, 0, Top + Half - up - 9, code, "code middle onset"));
            }
        }

        ChartText text = new(
            "network",
            "The network, from input to output",
            Sentence(layers, marks.Sum(m => m.Layers.Count)),
            Numbers(layers)
        );
        return Of(text, Top + (2 * Half), drawing, "strip", Marks(marks));
    }

    /// <summary>The axes of side and channels, and the arcs.</summary>
    private static IEnumerable<Element> Frame(InspectedLayer[] layers, double side, double depth) =>
        [
            Line(0, Top + Half, 1, Top + Half, "axis"),
            Text(0, -8, Top + 10, "side", "tick end"),
            Text(0, -8, Top + 24, Math.Pow(2, side).ToString("0", CultureInfo.InvariantCulture), "tick end"),
            Text(
                0,
                -8,
                Top + (2 * Half) - 24,
                Math.Pow(2, depth).ToString("0", CultureInfo.InvariantCulture),
                "tick end"
            ),
            Text(0, -8, Top + (2 * Half) - 10, "channels", "tick end"),
            E(
                "svg",
                A("width", "100%"),
                A("height", Top + Half),
                A("viewBox", $"0 0 1000 {Coordinate(Top + Half)}"),
                A("preserveAspectRatio", "none"),
                A("aria-hidden", "true"),
                Skips(layers)
            ),
        ];

    private static Element? Marks(List<(Answer Answer, List<string> Layers)> marks) =>
        marks.Count == 0
            ? null
            : E(
                "ol",
                Class("marks"),
                marks.Select(m =>
                    E(
                        "li",
                        VerdictSection.Badge(m.Answer.Verdict),
                        $" {m.Answer.Id} {m.Answer.Question} {Figures.Names(m.Layers, Named)}"
                    )
                )
            );

    private static Element Bar(int i, int count, double up, double down, InspectedLayer layer, Answer? worst) =>
        E(
            "g",
            E("title", $"{layer.Node.Name}: {layer.Node.Operator.Name}, {layer.Node.Output.Shape.Item}"),
            E(
                "rect",
                Class(worst is null ? "bar b0" : "bar flagged"),
                A("x", Percent((i + 0.12) / count)),
                A("y", Top + Half - up),
                A("width", Percent(0.76 / count)),
                A("height", up + down)
            )
        );

    /// <summary>Arcs from a layer to where its output joins, past the layers between.</summary>
    private static IEnumerable<Element> Skips(InspectedLayer[] layers)
    {
        Dictionary<Node, int> places = [];
        for (int i = 0; i < layers.Length; i++)
        {
            places[layers[i].Node] = i;
        }

        for (int i = 0; i < layers.Length; i++)
        {
            foreach ((_, Value value) in layers[i].Node.Activations)
            {
                int from = value.Producer is { } producer ? Place(producer, places) : -1;
                if (from < i - 1 && from >= 0)
                {
                    double a = 1000 * (from + 0.5) / layers.Length,
                        b = 1000 * (i + 0.5) / layers.Length;
                    yield return E(
                        "path",
                        Class("skip"),
                        A(
                            "d",
                            $"M{Coordinate(a)} {Coordinate(Top + 16)}C{Coordinate(a)} 0 {Coordinate(b)} 0 {Coordinate(b)} {Coordinate(Top + 16)}"
                        )
                    );
                }
            }
        }
    }

    /// <summary>The place of a node, or of the drawn layer that it comes after; -1 for none.</summary>
    private static int Place(Node node, Dictionary<Node, int> places)
    {
        for (Node? at = node; at is not null; at = at.Activations.Select(a => a.Value.Producer).FirstOrDefault())
        {
            if (places.TryGetValue(at, out int place))
            {
                return place;
            }
        }

        return -1;
    }

    private static double Doublings(int size) => Math.Log2(Math.Max(1, size));

    private static int Side(InspectedLayer layer) =>
        layer.Node.Output.Shape.Item is { Rank: > 1 } item ? item.Sizes[1..].ToArray().Max() : 1;

    private static int Channels(InspectedLayer layer) =>
        layer.Node.Output.Shape.Item is { Rank: > 0 } item ? item[0] : 1;

    private static string Sentence(InspectedLayer[] layers, int marked)
    {
        InspectedLayer first = layers[0],
            last = layers[^1];
        string flagged =
            marked == 0 ? " No layer is named by a finding."
            : marked == 1 ? " The marked layer is named by a finding."
            : $" The {marked} marked layers are named by findings.";
        return $"{layers.Length} layers and joins; maps from side {Side(first)} to {Side(last)}, channels from {Channels(first)} to {Channels(last)}, on scales of doublings; arcs are what skips layers.{flagged}";
    }

    private static NumberTable Numbers(InspectedLayer[] layers)
    {
        NumberTable table = new("Layer", "Operator", "#Side", "#Channels");
        foreach (InspectedLayer layer in layers)
        {
            table.Add(layer.Node.Name, layer.Node.Operator.Name, Side(layer), Channels(layer));
        }

        return table;
    }
}
