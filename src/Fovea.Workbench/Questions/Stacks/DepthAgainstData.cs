namespace Fovea.Workbench;

/// <summary>3.14: whether the network's size fits the data.</summary>
/// <remarks>
/// Parameters an item say little: networks with a hundred times as many parameters as items generalize (Zhang et al. 2017,
/// https://arxiv.org/abs/1611.03530). What tells is the learning curve, the held-out loss over parts of the data (probe
/// <c>learning-curve</c>, a line for each part: <c>items</c>, <c>loss</c>, <c>error</c>), which falls as a power of the items where more
/// would help (Hestness et al. 2017, https://arxiv.org/abs/1712.00409).
/// </remarks>
public sealed class DepthAgainstData : MeasuredQuestion
{
    private const double Sure = 2;

    /// <inheritdoc/>
    public override string Id => "3.14";

    /// <inheritdoc/>
    public override string Text => "Do depth and size of the network fit the data?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        long parameters = measured.Run.Parameters.Sum(p => p.Count);
        int items = measured.Run.TrainItems,
            all = items + measured.Run.HeldOutItems;
        MeasuredProbe[] curve = [.. measured.ProbesOf("learning-curve").OrderBy(p => p["items"])];
        string sizes =
            items > 0
                ? $"{Figures.Count(parameters)} parameters for {items:N0} items, {parameters / (double)items:G3} an item"
                : $"{Figures.Count(parameters)} parameters";
        Answer answer =
            curve.Length < 2
                ? CannotTell(
                    $"{sizes}; that alone tells nothing, and no learning curve was measured: train on a half and a quarter of the items."
                ) with
                {
                    Experiment = Experiments.Parts(measured, Math.Max(1, all / 4), Math.Max(1, all / 2), all),
                }
                : OfCurve(sizes, curve[^2], curve[^1]);
        return answer with
        {
            Measured =
            [
                new("parameters", parameters, "parameters"),
                new("items", items, "items"),
                .. curve.Select(p => new Quantity($"lossOf{p["items"]:F0}", p["loss"], "loss")),
            ],
            Threshold = $"to look at: a held-out loss that falls by {Sure} standard errors with the last doubling",
            Source = "Hestness et al. 2017; Zhang et al. 2017",
        };
    }

    private Answer OfCurve(string sizes, MeasuredProbe before, MeasuredProbe last)
    {
        double gain = before["loss"] - last["loss"],
            error = Math.Sqrt((before["error"] * before["error"]) + (last["error"] * last["error"])),
            power = Math.Log(before["loss"] / last["loss"]) / Math.Log(last["items"] / before["items"]),
            twice = last["loss"] * (1 - Math.Pow(2, -power));
        return gain > Sure * error
            ? Answer(
                Verdict.Look,
                $"{sizes}. From {before["items"]:F0} to {last["items"]:F0} items the held-out loss falls from {before["loss"]:G4} to {last["loss"]:G4}: data are what is short, and twice as many would save about {twice:G3} more."
            ) with
            {
                Remedy = "More items, or augmentation (--augment) in their place; more layers will not help.",
            }
            : Answer(
                Verdict.Ok,
                $"{sizes}. From {before["items"]:F0} to {last["items"]:F0} items the held-out loss goes from {before["loss"]:G4} to {last["loss"]:G4}, within {Sure} standard errors: more items of the kind will not help, a larger network might."
            );
    }
}
