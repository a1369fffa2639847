namespace Fovea.Workbench;

/// <summary>3.15: whether classes, labels or inputs are a problem; before training from the data alone, later from what was fed and
/// predicted.</summary>
/// <remarks>
/// The report of <see cref="DataLint"/>, the books of what was fed, recall by class (Wilson 1927), and the margins of items over the
/// epochs (Pleiss et al. 2020, https://arxiv.org/abs/2001.10528; without its extra class they tell where to look, not how many labels
/// are wrong).
/// </remarks>
public sealed class ClassesAndInputs : MeasuredQuestion
{
    /// <inheritdoc/>
    public override string Id => "3.15";

    /// <inheritdoc/>
    public override string Text => "Are classes, labels or inputs a problem?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants =>
        ["splits", "standardized", "reordered-channels", ViewsProbe.ProbeName];

    /// <inheritdoc/>
    internal override IReadOnlyList<string> AlsoWants(Measurements measured) =>
        PartFindings.FallsShort(measured, PartFindings.Gain) ? [ViewsProbe.ProbeName] : [];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        return Of(measured);
    }

    /// <summary>The answer, of a network that cannot be traced too.</summary>
    internal Answer Of(Measurements measured)
    {
        if (measured.Data is null && !measured.Epochs.Any(e => e.Epoch > 0))
        {
            return CannotTell("The data were not looked at, and no epoch is over.");
        }

        Finding[] findings =
        [
            .. measured.Data is { } data ? DataFindings.Of(measured, data) : [],
            .. PartFindings.View(measured) is { } view ? [view] : Array.Empty<Finding>(),
            .. LabelFindings.Of(measured),
            .. FeedFindings.Of(measured),
        ];
        Answer answer = Answer(Verdict.Ok, Fine(measured)) with
        {
            Measured = [.. Quantities(measured)],
            Threshold = DataFindings.Threshold,
            Source = "counts; Wilson 1927; Pleiss et al. 2020 for margins; how many copies matter is ours",
        };
        return Finding.Into(answer, findings, Untold(measured));
    }

    private static string Fine(Measurements measured)
    {
        string data = measured.Data is { } d
            ? $"{d.Looked:N0} items are whole, told apart, and of one scale in all parts."
            : "";
        string fed = measured.Epochs.Any(e => e.ItemsSeen > 0) ? " What was fed is mixed and complete." : "";
        return (data + fed).Trim();
    }

    private static IEnumerable<Quantity> Quantities(Measurements measured)
    {
        if (measured.Data is { } data)
        {
            yield return new("looked", data.Looked, "items");
            yield return new("duplicates", data.Duplicates, "items");
            yield return new("acrossParts", data.AcrossParts, "items");
            yield return new("nearAcrossParts", data.NeighboursAcrossParts, "items");
            yield return new("contradictions", data.Contradictions, "items");
            yield return new("size", DataScaleFindings.Size(data), "root mean square");
            if (data.TrainPerClass.Any(n => n > 0))
            {
                yield return new(
                    "imbalance",
                    (double)data.TrainPerClass.Max() / data.TrainPerClass.Where(n => n > 0).Min(),
                    "ratio"
                );
            }
        }

        if (measured.Epochs.LastOrDefault(e => e.ItemsSeen > 0) is { } epoch)
        {
            yield return new("itemsSeen", epoch.ItemsSeen, "items");
            yield return new("labelMix", epoch.LabelMix, "ratio");
        }
    }

    private static IEnumerable<string> Untold(Measurements measured)
    {
        if (measured.Data is null)
        {
            yield return "The data themselves were not looked at: copies, blank items and scale could not be told.";
        }
        else if (measured.Data.Looked < measured.Run.TrainItems + measured.Run.HeldOutItems)
        {
            yield return $"Only {measured.Data.Looked:N0} items were looked at; copies among the others could not be told.";
        }

        if (measured.Run.Classes.Count > 0 && measured.Epochs.Count > 0 && measured.Epochs.All(e => e.HeldOut is null))
        {
            yield return "No items are held out: whether labels agree between the parts could not be told.";
        }
    }
}
