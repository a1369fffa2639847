namespace Fovea.Workbench;

/// <summary>1.11: whether filters are empty, copies of others, or all of few shapes, at the end beside the start.</summary>
/// <remarks>
/// Sparsity and variance entropy are those of Gavrikov, Keuper 2022, CNN Filter DB, https://arxiv.org/abs/2203.15331, for
/// kernels of any size: the entropy is set beside that of random kernels of the same number and size, in place of a fit for
/// 3x3. They give about 0.9 for good and 0.22 for a redundant layer of ResNet-18.
/// </remarks>
public sealed class FiltersMeasured : MeasuredQuestion
{
    // Shares of a layer's filters or kernels, and of the entropy of random kernels.
    private const double Many = 0.25,
        FewShapes = 0.25;

    /// <inheritdoc/>
    public override string Id => "1.11";

    /// <inheritdoc/>
    public override string Text => "Are filters redundant, or dead?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        EndLook look = EndLook.Of(measured, FiltersProbe.ProbeName, "There are no filters.");
        if (look.Lines.Count == 0)
        {
            return CannotTell(look.Missing);
        }

        Dictionary<string, MeasuredProbe> starts = measured
            .ProbesOf(FiltersProbe.ProbeName)
            .Where(p => p.Step < look.Lines[0].Step)
            .GroupBy(p => p.Layer)
            .ToDictionary(g => g.Key, g => g.First());
        Layer[] layers = [.. look.Lines.Select(l => new Layer(l, starts.GetValueOrDefault(l.Layer)))];
        Layer sparsest = layers.MaxBy(l => l.End["sparsity"])!,
            copied = layers.MaxBy(l => l.Copies)!;
        Layer? plainest = layers.Where(l => double.IsFinite(l.Entropy)).MinBy(l => l.Entropy);
        Layer[] redundant = [.. layers.Where(l => l.IsRedundant).OrderByDescending(l => l.Worst)];
        (string Name, double Rank, int Units)? narrow = Narrowest(measured);
        string finding = string.Join(
            " ",
            new[]
            {
                $"{Figures.Percent(sparsest.End["sparsity"])} of the kernels of {sparsest.Name} are empty, at most{sparsest.Since(l => Figures.Percent(l["sparsity"]))};",
                $"{copied.End["duplicates"]:F0} of {copied.End["compared"]:F0} filters of {copied.Name} are copies of others{copied.Since(l => $"{l["duplicates"]:F0}")}.",
                plainest is null
                    ? ""
                    : $"The kernels of {plainest.Name} have the fewest shapes, {plainest.Entropy:F2} of the entropy of random ones{plainest.Since(l => $"{Layer.EntropyOf(l):F2}")}.",
                narrow is { } n ? $"{n.Name} uses {n.Rank:F1} of {n.Units} directions, the least." : "",
                redundant.Length > 0
                    ? $"{Figures.Of(redundant.Length, "layer")} of {layers.Length} could do with fewer filters."
                    : "",
            }.Where(s => s.Length > 0)
        );
        return Answer(redundant.Length > 0 ? Verdict.Look : Verdict.Ok, finding) with
        {
            Layers = [.. redundant.Select(l => l.Name)],
            Measured =
            [
                new("sparsity", sparsest.End["sparsity"], "ratio"),
                new("duplicates", copied.End["duplicates"], "filters"),
                .. plainest is null ? (Quantity[])[] : [new Quantity("entropy", plainest.Entropy, "ratio to random")],
                .. narrow is { } m ? (Quantity[])[new Quantity("effectiveRank", m.Rank, "directions")] : [],
                new("redundantLayers", redundant.Length, "layers"),
            ],
            Threshold =
                "to look at: a quarter of a layer's kernels empty or of its filters copies, or an entropy below a quarter of that of random kernels, and more so than at the start",
            Source = "Gavrikov, Keuper 2022, https://arxiv.org/abs/2203.15331; the limits are ours",
            Remedy =
                redundant.Length > 0
                    ? $"Fewer filters in {redundant[0].Name} may do; the ablation of question 1.12 tells what they are good for."
                    : "",
        };
    }

    /// <summary>The activation whose channels use the least of their directions after the last measured epoch. Before an
    /// activation function a layer's means say no more than those of what it reads.</summary>
    private static (string Name, double Rank, int Units)? Narrowest(Measurements measured)
    {
        IReadOnlyList<MeasuredPoint> points = measured.Run.Points;
        MeasuredEpoch? epoch = measured.Epochs.LastOrDefault(e => e.EffectiveRank.Count == points.Count);
        (string Name, double Rank, int Units)[] ranks =
        [
            .. Enumerable
                .Range(0, epoch is null ? 0 : points.Count)
                .Where(i => points[i].Kind == PointKind.Activation && !points[i].IsOutput)
                .Select(i => (points[i].Name, epoch!.EffectiveRank[i], points[i].Units))
                .Where(r => double.IsFinite(r.Item2)),
        ];
        return ranks.Length == 0 ? null : ranks.MinBy(r => r.Rank / r.Units);
    }

    /// <summary>A layer at the end, and at the start where that is known.</summary>
    private sealed record Layer(MeasuredProbe End, MeasuredProbe? Start)
    {
        public string Name => End.Layer;

        public double Entropy => EntropyOf(End);

        public double Copies => Share(End, "duplicates", "compared");

        /// <summary>How far it is beyond the worst threshold: 1 at it.</summary>
        public double Worst =>
            new[] { End["sparsity"] / Many, Copies / Many, FewShapes / Math.Max(Entropy, 1e-3) }
                .Where(double.IsFinite)
                .Max();

        public bool IsRedundant =>
            (End["sparsity"] >= Many && !(Start?["sparsity"] >= End["sparsity"]))
            || (Copies >= Many && !(Start is { } s && Share(s, "duplicates", "compared") >= Copies))
            || (Entropy < FewShapes && !(Start is { } e && EntropyOf(e) <= Entropy));

        public string Since(Func<MeasuredProbe, string> value) =>
            Start is null ? "" : $" (at the start {value(Start)})";

        /// <summary>Over that of random kernels; NaN where these are too few to have shapes.</summary>
        public static double EntropyOf(MeasuredProbe line) =>
            line["randomEntropy"] > 0.5 * Math.Log(line["taps"]) ? line["entropy"] / line["randomEntropy"] : double.NaN;

        private static double Share(MeasuredProbe line, string part, string whole) =>
            Figures.Share(line[part], line[whole]);
    }
}
