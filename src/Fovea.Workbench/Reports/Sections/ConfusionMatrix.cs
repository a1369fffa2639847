using System.Globalization;
using static Fovea.Workbench.Reports.Markup;

namespace Fovea.Workbench.Reports;

/// <summary>What items of a class were taken for: with numbers where classes are few, else shaded, and the pairs that are
/// confused most.</summary>
internal static class ConfusionMatrix
{
    private const int Numbered = 20; // classes up to which a matrix has numbers
    private const int Pairs = 15;
    private const int Cells = 256; // the most of a side of a shaded matrix
    private const int NameLength = 60;

    public static IEnumerable<Element> Of(EvaluationResult test)
    {
        int[] order = ConfusionOrder.Of(test.Confusion);
        yield return test.PerClass.Count <= Numbered ? NumberedMatrix(test, order) : Shaded(test, order);
        (int Row, int Column, long Count)[] pairs =
        [
            .. order
                .SelectMany(i => order.Where(j => j != i).Select(j => (Row: i, Column: j, Count: test.Confusion[i][j])))
                .Where(p => p.Count > 0)
                .OrderByDescending(p => p.Count)
                .Take(Pairs),
        ];
        if (pairs.Length == 0)
        {
            yield return E("p", "No item was taken for another class.");
            yield break;
        }

        NumberTable table = new("Items of", "Taken for", "#Times", "#Of the class");
        foreach ((int row, int column, long count) in pairs)
        {
            table.Add(
                test.PerClass[row].Name,
                test.PerClass[column].Name,
                count,
                Figures.Percent(Figures.Share(count, test.PerClass[row].N))
            );
        }

        yield return E("h3", "Most confused");
        yield return table.Shown("Most confused classes");
    }

    /// <summary>The matrix as a table, shaded by the share of its row.</summary>
    private static Element NumberedMatrix(EvaluationResult test, int[] order) =>
        E(
            "div",
            Class("scroll"),
            A("role", "group"),
            A("aria-label", "Confusion matrix"),
            A("tabindex", "0"),
            E(
                "table",
                Class("confusion"),
                E("caption", Sentence(test) + " Rows are what items are, columns what they were taken for."),
                E(
                    "thead",
                    E(
                        "tr",
                        E("td"),
                        order.Select(j =>
                            E("th", A("scope", "col"), ChartFigure.Cut(test.PerClass[j].Name, NameLength))
                        )
                    )
                ),
                E(
                    "tbody",
                    order.Select(i =>
                        E(
                            "tr",
                            E("th", A("scope", "row"), ChartFigure.Cut(test.PerClass[i].Name, NameLength)),
                            order.Select(j => Cell(test.Confusion[i][j], test.PerClass[i].N, i == j))
                        )
                    )
                )
            )
        );

    private static Element Cell(long count, long of, bool right)
    {
        Colour colour = Palette.Viridis(Figures.Share(count, of));
        return E(
            "td",
            Class(right ? "right" : "wrong"),
            A("style", $"background:{colour};color:{Palette.InkOn(colour)}"),
            count
        );
    }

    private static Element Shaded(EvaluationResult test, int[] order)
    {
        int side = Math.Min(order.Length, Cells);
        double[][] cells = [.. Enumerable.Range(0, side).Select(_ => new double[side])];
        for (int i = 0; i < order.Length; i++)
        {
            for (int j = 0; j < order.Length; j++)
            {
                double share = 100 * Figures.Share(test.Confusion[order[i]][order[j]], test.PerClass[order[i]].N);
                ref double cell = ref cells[(int)((long)i * side / order.Length)][(int)((long)j * side / order.Length)];
                cell = Math.Max(cell, share);
            }
        }

        NumberTable table = new("Class", "#Items", "#Right", "Taken for most");
        foreach (int i in order)
        {
            int most = order.Where(j => j != i).MaxBy(j => test.Confusion[i][j]);
            table.Add(
                test.PerClass[i].Name,
                test.PerClass[i].N,
                test.PerClass[i].Correct,
                test.Confusion[i][most] > 0 ? $"{test.PerClass[most].Name} ({test.Confusion[i][most]:N0})" : ""
            );
        }

        string[] rows =
        [
            .. Enumerable.Range(0, side).Select(i => test.PerClass[order[(int)((long)i * order.Length / side)]].Name),
        ];
        HeatMap map = new(rows, [], "taken for, in the same order") { Shape = "square" };
        return map.Draw(
            new ChartText(
                "confusion",
                "Confusion matrix",
                Sentence(test)
                    + " Rows are what items are, columns what they were taken for, in an order that puts classes taken for each other side by side; a cell is the share of its row.",
                table
            ),
            cells,
            "% of the class",
            MapScale.Root
        );
    }

    private static string Sentence(EvaluationResult test) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{test.PerClass.Sum(c => c.Correct):N0} of {test.N:N0} test items are right: {test.Accuracy}."
        );
}
