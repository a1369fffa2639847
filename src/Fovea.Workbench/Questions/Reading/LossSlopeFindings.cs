namespace Fovea.Workbench;

/// <summary>What the probe <c>first-batch</c> says of the gradient of the loss: where it has none, for whom, from what, and how much of
/// it.</summary>
internal static class LossSlopeFindings
{
    // Of a cross-entropy: scores times this in the loss, to look at and to fix.
    private const double Faint = 0.1,
        FaintFix = 0.02,
        Agree = 0.02;

    // Of the gradient that comes through the scores.
    private const double PenaltyLook = 0.5,
        PenaltyFix = 3;

    // Of the loss of knowing nothing; and updates in which a network learns more.
    private const double HardlyLearned = 0.3;
    private const int Patience = 150;

    /// <summary>A loss without any gradient: nothing else is to be said of it.</summary>
    public static Finding? Flat(MeasuredProbe p) =>
        p["slope"] == 0 && p["loss"] > 0
            ? new Finding(
                Verdict.Fix,
                Cause.Disconnected,
                $"The loss of the first batch is {p["loss"]:G4}, and its gradient by the outputs is exactly 0: nothing is learned from it."
            )
            {
                Remedy =
                    "Look in the loss for Clamp, Detach, ArgMax, rounding or a comparison: they cut the gradient off; clip gradients in place of the loss.",
                Onset = 0,
                Threshold = "a gradient of exactly 0 at a loss above 0",
            }
            : null;

    /// <summary>All others, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, MeasuredProbe p) =>
        new[] { Ignored(measured, p), Penalty(measured, p), Temperature(measured, p) }.OfType<Finding>();

    /// <summary>Classes whose items the loss leaves out.</summary>
    private static Finding? Ignored(Measurements measured, MeasuredProbe p) =>
        p["silentClasses"] > 0 && p["classSlope"] > 0
            ? new Finding(
                Verdict.Fix,
                Cause.LossKind,
                $"Items of {measured.Run.Classes.ElementAtOrDefault((int)p["silentClass"]) ?? $"class {p["silentClass"]:F0}"} have a gradient of exactly 0, whatever the scores ({Figures.Of((int)p["silentClasses"], "class", "classes")} of {p["width"]:F0}): the loss leaves them out."
            )
            {
                Remedy =
                    "Look for an ignored label (IgnoredLabel), a class weight of 0 or a mask: labels count from 0, so that padding needs a label of its own.",
                Onset = 0,
                Threshold = "a gradient of exactly 0 for an item of a class, while items of others have one",
            }
            : null;

    /// <summary>A loss that pulls weights as hard as data do.</summary>
    private static Finding? Penalty(Measurements measured, MeasuredProbe p)
    {
        double times = p["penaltySlope"] / p["dataSlope"];
        if (!(times > PenaltyLook))
        {
            return null;
        }

        // The loss of items is the cross-entropy alone.
        double? plain =
            measured.Updates >= Patience && measured.Run.Classes.Count > 1
                ? measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, Train: not null })?.Train!.Loss
                : null;
        bool harms = times > PenaltyFix && plain > HardlyLearned * Math.Log(measured.Run.Classes.Count);
        return new Finding(
            harms ? Verdict.Fix : Verdict.Look,
            Cause.OverRegularized,
            $"The loss counts weights besides the scores: by itself that has a gradient of {p["penaltySlope"]:G3} at first, where what comes from the data has {p["dataSlope"]:G3}{(harms ? $"; after {measured.Updates:N0} updates items learned from have a cross-entropy of {plain:G4}" : "")}."
        )
        {
            IsFact = true,
            Remedy =
                "Weigh it a hundred times less, and sum squares, not magnitudes; or leave it to the optimizer's decay.",
            Onset = 0,
            Threshold =
                "half of the gradient that comes through the scores, before the first update; to fix: three times, and a cross-entropy above 0.3 ln(classes) after 150 updates",
        };
    }

    /// <summary>A cross-entropy of scores made small: s times the scores, as 10 and 20 for the right class tell.</summary>
    private static Finding? Temperature(Measurements measured, MeasuredProbe p)
    {
        double width = p["width"],
            ten = Scale(10, p["right"]),
            twenty = Scale(20, p["many"]);
        bool plain =
            Math.Abs(p["none"] - Math.Log(width)) < 1e-4 * Math.Log(width) && Math.Abs(ten - twenty) < Agree * twenty;
        return !plain || measured.Run.LabelSmoothing > 0 || !(ten > 0 && ten < Faint)
            ? null
            : new Finding(
                ten < FaintFix ? Verdict.Fix : Verdict.Look,
                Cause.Vanishing,
                $"The loss is the cross-entropy of {ten:G3} times the scores: a score of 10 for the right class brings it from {p["none"]:G4} to {p["right"]:G4}, where that of the scores themselves is {Math.Log(1 + ((width - 1) * Math.Exp(-10))):G2}; gradients are as much smaller."
            )
            {
                IsFact = true,
                Remedy =
                    "Take the factor or the temperature on the scores away: 1 suits scores of a last linear layer.",
                Onset = 0,
                Threshold = "to look at: a tenth; to fix: a fiftieth",
            };

        // The loss is ln(1 + (K - 1) exp(-s a)).
        double Scale(double score, double loss) => -Math.Log((Math.Exp(loss) - 1) / (width - 1)) / score;
    }
}
