namespace Fovea.Workbench.Reports;

/// <summary>The label of one or several marks.</summary>
/// <param name="X">The middle of what it labels, 0-1.</param>
/// <param name="Row">0 next to the drawing, 1 above that.</param>
/// <param name="Code">The letters: <c>A</c>, <c>A, B</c>, <c>A–D</c>.</param>
/// <param name="Marks">The places of its marks, in order, among those given.</param>
internal sealed record MarkLabel(double X, int Row, string Code, IReadOnlyList<int> Marks)
{
    private const int Rows = 2;

    // Shares of the width of a drawing that labels of one, two and more letters take with the room beside them: letters are 9 pixels
    // wide, and the narrowest drawing, on a screen of 320 pixels, is 224.
    private const double One = 0.06,
        Two = 0.12,
        Several = 0.16;

    /// <summary>Labels for marks, such that none overprints another: in two rows, and where there is no room in either, marks share
    /// a label.</summary>
    /// <param name="marks">Place 0-1 and letter, from left to right.</param>
    public static IReadOnlyList<MarkLabel> Of(IReadOnlyList<(double X, string Code)> marks)
    {
        List<MarkLabel> labels = [];
        double[] ends = [.. Enumerable.Repeat(double.NegativeInfinity, Rows)];
        for (int i = 0; i < marks.Count; i++)
        {
            int row = Array.FindIndex(ends, end => marks[i].X - (One / 2) >= end);
            if (row >= 0)
            {
                labels.Add(new MarkLabel(marks[i].X, row, marks[i].Code, [i]));
                ends[row] = marks[i].X + (One / 2);
                continue;
            }

            int[] shared = [.. labels[^1].Marks, i];
            double first = marks[shared[0]].X,
                width = shared.Length == 2 ? Two : Several,
                middle = Math.Max(first + ((width - One) / 2), (first + marks[i].X) / 2);
            row = labels[^1].Row;
            labels[^1] = new MarkLabel(middle, row, Letters([.. shared.Select(m => marks[m].Code)]), shared);
            ends[row] = middle + (width / 2);
        }

        return labels;
    }

    private static string Letters(string[] codes) =>
        codes.Length > 2 ? $"{codes[0]}–{codes[^1]}" : string.Join(", ", codes);
}
