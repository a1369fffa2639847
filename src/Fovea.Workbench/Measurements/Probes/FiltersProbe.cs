namespace Fovea.Workbench;

/// <summary><c>filters</c>: what the filters of each layer look like: empty, alike, of few shapes; and whether those that read
/// the input have a shape at all.</summary>
/// <remarks>
/// <para>By layer: <c>filters</c>; <c>taps</c> of a kernel; <c>sparsity</c>, the share of kernels whose largest value is below a hundredth
/// of the layer's; <c>empty</c>, filters of which all are so; <c>duplicates</c>, filters of a cosine of 0.99 with an earlier one of
/// <c>compared</c>; <c>entropy</c> of the variances along the principal axes of the kernels, 0 where all are multiples of one, and
/// <c>randomEntropy</c> of random ones (Gavrikov, Keuper 2022, CNN Filter DB); NaN for single taps.</para>
/// <para>Of layers that read the input with kernels of three taps or more: <c>frequencies</c> that a filter uses, of <c>most</c>;
/// <c>random</c>, those of random filters of the same shape, and <c>randomSpread</c>, their deviation; <c>centroid</c>, the mean frequency, 1 for
/// the highest, and <c>randomCentroid</c>.</para>
/// </remarks>
public sealed class FiltersProbe : Probe
{
    internal const string ProbeName = "filters";

    /// <inheritdoc/>
    public override string Name => ProbeName;

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override bool AtTheEnd => true;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Rng rng = context.Random(Name);
        HashSet<Parameter> first = [.. FirstWeights(context)];
        return
        [
            .. context
                .Model.NamedParameters()
                .Where(p => p.Parameter is { Kind: ParameterKind.Weight, Rank: > 1 } w && w.DType != DType.Int64)
                .GroupBy(p => Trials.LayerOf(p.Path), p => p.Parameter)
                .Select(layer =>
                    Line(
                        context,
                        layer.Key,
                        Values(layer.MaxBy(w => w.Count)!, layer.Any(first.Contains), rng.Split(layer.Key))
                    )
                ),
        ];
    }

    private static IEnumerable<(string Name, double Value)> Values(Parameter weight, bool readsInput, Rng rng)
    {
        FilterStatistics found = FilterStatistics.Of(weight, rng);
        yield return ("filters", found.Filters);
        yield return ("taps", found.Taps);
        yield return ("sparsity", found.Sparsity);
        yield return ("empty", found.Empty);
        yield return ("duplicates", found.Duplicates);
        yield return ("compared", found.Compared);
        yield return ("entropy", found.Entropy);
        yield return ("randomEntropy", found.RandomEntropy);
        if (readsInput && FilterSpectrum.Of(weight, rng) is { } spectrum)
        {
            yield return ("frequencies", spectrum.Frequencies);
            yield return ("most", spectrum.Most);
            yield return ("random", spectrum.Random);
            yield return ("randomSpread", spectrum.RandomSpread);
            yield return ("centroid", spectrum.Centroid);
            yield return ("randomCentroid", spectrum.RandomCentroid);
            yield return ("structured", spectrum.IsStructured ? 1 : 0);
        }
    }

    /// <summary>The weights that read the input; of a network that cannot be traced the first with kernels.</summary>
    private static IEnumerable<Parameter> FirstWeights(ProbeContext context) =>
        context.Evidence is { } evidence
            ? FilterLayer.Of(evidence).Where(l => l.ReadsInput).SelectMany(l => l.Node.Parameters)
            : context.Model.Parameters().Where(p => p.Kind == ParameterKind.Weight && p.Rank > 2).Take(1);
}
