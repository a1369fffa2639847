namespace Fovea.Workbench;

/// <summary>3.20: whether outputs, loss and targets fit each other, told before the first update.</summary>
/// <remarks>
/// The loss is asked with scores made up for the purpose (probe <c>first-batch</c>): a loss that does not care which target belongs
/// to which item, that is smallest for wrong answers, or that takes a softmax of shares, is at fault whatever the network. Known from
/// the field: softmax twice, losses that broadcast [N, 1] against [N], sums in place of means (TheDeepChecker, NeuraLint).
/// </remarks>
public sealed class LossFitsTargets : MeasuredQuestion
{
    /// <inheritdoc/>
    public override string Id => "3.20";

    /// <inheritdoc/>
    public override string Text => "Do outputs, loss and targets fit each other?";

    /// <inheritdoc/>
    public override IReadOnlyList<string> Wants => [FirstBatchProbe.ProbeName];

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(measured);
        return Of(measured);
    }

    /// <summary>The answer, of a network that cannot be traced too.</summary>
    internal Answer Of(Measurements measured)
    {
        if (measured.ProbesOf(FirstBatchProbe.ProbeName).FirstOrDefault(p => p.Values.Count > 0) is not { } first)
        {
            return CannotTell("Loss and outputs were not tried together; fovea train does before the first epoch.");
        }

        Answer answer = Answer(
            Verdict.Ok,
            $"They do: the first loss is {first["loss"]:G4}, it depends on which target belongs to which item, and it is a mean over items."
        ) with
        {
            Predicted = measured.Run.ChanceLoss is { } chance
                ? [new("lossAtMost", chance + (first["variance"] / 2), "nats"), new("chanceLoss", chance, "nats")]
                : [],
            Measured =
            [
                new("firstLoss", first["loss"], "loss"),
                new("lossOfTheItemsTwice", first["doubled"], "ratio"),
                new("lowestOutput", first["low"], "score"),
                new("highestOutput", first["high"], "score"),
            ],
            Threshold =
                "a loss that is the same with targets moved on; rows that sum to 1 before a softmax; a loss that doubles with the items, or is lower for wrong answers",
            Source = "identities of each loss; Ben Braiek, Khomh 2023, TheDeepChecker; Nikanjam et al. 2021, NeuraLint",
        };
        Finding[] findings = LossSlopeFindings.Flat(first) is { } flat
            ? [flat]
            : [.. LossSlopeFindings.Of(measured, first), .. LossFindings.Of(measured, first)];
        return Finding.Into(answer, findings, Untold(first));
    }

    private static IEnumerable<string> Untold(MeasuredProbe first)
    {
        if (first["vary"] != 1 || !double.IsFinite(first["permuted"]))
        {
            yield return "Whether the loss depends on whose target it is could not be told: "
                + (first["vary"] == 1 ? "it is no finite number." : "the items tried have one target.");
        }

        if (!double.IsFinite(first["doubled"]))
        {
            yield return "Whether it sums could not be told.";
        }
    }
}
