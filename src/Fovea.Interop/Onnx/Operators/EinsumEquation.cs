namespace Fovea.Interop.Onnx;

/// <summary>Einsum where it reduces to sums, orders of axes and matrix products.</summary>
/// <param name="c">The node.</param>
internal sealed class EinsumEquation(OnnxCall c)
{
    /// <summary>Computes it, two operands at a time from the left.</summary>
    public Tensor Apply()
    {
        (string[] terms, string output) = Read();
        Tensor result = c.X();
        string labels = terms[0];
        for (int i = 1; i < terms.Length; i++)
        {
            string later = string.Concat(terms[(i + 1)..]) + output;
            (result, labels) = Product(result, labels, c.X(i), terms[i], later);
        }

        result = SumOut(result, ref labels, output);
        return Order(result, labels, output);
    }

    /// <summary>The labels of each operand and of the output; those of an ellipsis are capital letters from the end of the
    /// alphabet on.</summary>
    private (string[] Terms, string Output) Read()
    {
        string equation = c.Node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal);
        string[] sides = equation.Split("->");
        string[] terms = sides[0].Split(',');
        if (sides.Length > 2 || terms.Length != c.Count)
        {
            throw c.Error($"the equation '{equation}' does not fit {c.Count} inputs");
        }

        int dots = 0;
        for (int i = 0; i < terms.Length; i++)
        {
            int named = terms[i].Replace("...", "", StringComparison.Ordinal).Length,
                extra = c[i].Shape.Rank - named;
            bool hasDots = terms[i].Contains("...", StringComparison.Ordinal);
            if (extra < 0 || (extra > 0 && !hasDots) || extra > 20)
            {
                throw c.Error($"'{terms[i]}' does not fit an input {c[i].Shape}");
            }

            terms[i] = terms[i].Replace("...", Dots(hasDots ? extra : 0), StringComparison.Ordinal);
            dots = Math.Max(dots, hasDots ? extra : 0);
            if (terms[i].Distinct().Count() != terms[i].Length)
            {
                throw c.Unsupported($"diagonals ('{terms[i]}') are not supported");
            }
        }

        string output =
            sides.Length == 2
                ? sides[1].Replace("...", Dots(dots), StringComparison.Ordinal)
                : Dots(dots)
                    + string.Concat(
                        string.Concat(terms)
                            .GroupBy(l => l)
                            .Where(g => g.Count() == 1 && !Dots(dots).Contains(g.Key, StringComparison.Ordinal))
                            .Select(g => g.Key)
                            .Order()
                    );
        return output.All(l => terms.Any(t => t.Contains(l, StringComparison.Ordinal)))
            ? (terms, output)
            : throw c.Error($"the equation '{equation}' has an output that no input names");
    }

    private static string Dots(int count) =>
        string.Concat(Enumerable.Range(0, count).Select(i => (char)('Z' - count + 1 + i)));

    private static (Tensor, string) Product(Tensor a, string labelsA, Tensor b, string labelsB, string later)
    {
        a = SumOut(a, ref labelsA, labelsB + later);
        b = SumOut(b, ref labelsB, labelsA + later);
        string shared = new([.. labelsA.Where(labelsB.Contains)]),
            batch = new([.. shared.Where(later.Contains)]),
            inner = new([.. shared.Where(l => !later.Contains(l, StringComparison.Ordinal))]),
            onlyA = new([.. labelsA.Except(shared)]),
            onlyB = new([.. labelsB.Except(shared)]);
        Shape sizesA = Sizes(a, labelsA, batch),
            sizesB = Sizes(b, labelsB, batch);
        int[] rows = [.. Sizes(a, labelsA, onlyA)],
            columns = [.. Sizes(b, labelsB, onlyB)];
        int k = Count(a, labelsA, inner);
        Tensor left = Order(a, labelsA, batch + onlyA + inner).Reshape([.. sizesA, Count(a, labelsA, onlyA), k]),
            right = Order(b, labelsB, batch + inner + onlyB).Reshape([.. sizesB, k, Count(b, labelsB, onlyB)]);
        Tensor product = left.MatMul(right);
        return (product.Reshape([.. product.Shape.Sizes[..^2], .. rows, .. columns]), batch + onlyA + onlyB);
    }

    private static Shape Sizes(Tensor x, string labels, string wanted) =>
        Shape.Create([.. wanted.Select(l => x.Shape[labels.IndexOf(l, StringComparison.Ordinal)])]);

    private static int Count(Tensor x, string labels, string wanted) => checked((int)Sizes(x, labels, wanted).Count);

    private static Tensor SumOut(Tensor x, ref string labels, string kept)
    {
        string all = labels;
        int[] gone = [.. Enumerable.Range(0, all.Length).Where(i => !kept.Contains(all[i], StringComparison.Ordinal))];
        labels = new([.. all.Where(l => kept.Contains(l, StringComparison.Ordinal))]);
        return gone.Length == 0 ? x : x.Sum(gone);
    }

    private static Tensor Order(Tensor x, string labels, string wanted) =>
        labels == wanted ? x : x.Permute([.. wanted.Select(l => labels.IndexOf(l, StringComparison.Ordinal))]);
}
