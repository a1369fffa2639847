namespace Fovea.Workbench;

/// <summary>What the probe <c>first-batch</c> says of outputs, loss and targets.</summary>
internal static class LossFindings
{
    // Rounding of a mean over a batch.
    private const double Equal = 1e-5,
        Sums = 1e-4;

    /// <summary>All of them, in the order in which causes explain.</summary>
    public static IEnumerable<Finding> Of(Measurements measured, MeasuredProbe first) =>
        (
            (IEnumerable<Finding?>)
                [
                    WrongShape(first),
                    WrongAxis(first),
                    Flipped(first),
                    Indifferent(first),
                    Unbounded(first),
                    Shares(measured, first),
                    MissingActivation(first),
                    Bounded(measured, first),
                    BetweenZeroAndOne(measured, first),
                    Squares(first),
                    NeverSorry(first),
                    Sum(measured, first),
                    Width(measured, first),
                    SureOfWrong(measured, first),
                ]
        ).OfType<Finding>();

    private static bool TakesLogits(MeasuredProbe p) => Same(p["logits"], p["shifted"], Sums) && p["width"] > 1;

    private static bool Same(double a, double b, double share) =>
        double.IsFinite(a) && Math.Abs(a - b) <= share * Math.Max(Math.Abs(a), 1e-12);

    private static bool IsBetween(MeasuredProbe p) => p["low"] >= 0 && p["high"] <= 1;

    private static string OutputOf(MeasuredRun run) =>
        run.Points.FirstOrDefault(p => p.IsOutput)?.Operator.ToLowerInvariant() ?? "";

    private static bool IsFlipped(MeasuredProbe p) => p["right"] > p["none"] && p["none"] > p["wrong"];

    private static Finding? WrongShape(MeasuredProbe p) =>
        p["vary"] == 1 && Same(p["drawn"], p["permuted"], Equal)
            ? new Finding(
                Verdict.Fix,
                Cause.LossShape,
                $"The loss of scores drawn is {p["drawn"]:G5}, and {p["permuted"]:G5} when each item gets the target of the next: it does not depend on which target belongs to which item."
            )
            {
                Remedy =
                    "Give outputs and targets one shape: [N, 1] against [N] is compared each with each. Reshape the targets to [N, 1], or the outputs by Reshape([n]).",
                Threshold = "a loss that is the same to 1e-5 with targets moved on",
            }
            : null;

    private static Finding? WrongAxis(MeasuredProbe p) =>
        p["items"] > 1 && p["items"] != p["width"] && IsBetween(p) && p["columnSum"] < Sums && p["rowSum"] > Sums
            ? new Finding(
                Verdict.Fix,
                Cause.LossShape,
                $"The outputs of {p["items"]:F0} items sum to 1 for each class, not for each item: a softmax runs over the wrong axis."
            )
            {
                Remedy = "Take the softmax over axis 1, or leave it to the loss: CrossEntropy takes scores.",
            }
            : null;

    private static Finding? Flipped(MeasuredProbe p) =>
        IsFlipped(p)
            ? new Finding(
                Verdict.Fix,
                Cause.LossKind,
                $"The loss is {p["right"]:G4} where the right class has the highest score, and {p["wrong"]:G4} where it has the lowest: its sign is turned round."
            )
            {
                Remedy = "Change the sign of the loss.",
            }
            : null;

    /// <summary>A loss that does not care which class a score speaks for: labels taken for numbers.</summary>
    private static Finding? Indifferent(MeasuredProbe p) =>
        !IsFlipped(p)
        && p["vary"] == 1
        && double.IsFinite(p["next"])
        && p["one"] >= p["next"] - (Equal * Math.Abs(p["next"]))
            ? new Finding(
                Verdict.Fix,
                Cause.LossKind,
                $"A score of 1 for the right class costs {p["one"]:G5}, and one for the class behind it {p["next"]:G5}: the loss does not ask for the class of an item; it may take labels for numbers."
            )
            {
                Remedy = "Use CrossEntropy, which takes labels as classes; or compare with labels.OneHot(classes).",
                Threshold = "a score for the right class that costs as much as one for another, to 1e-5",
            }
            : null;

    /// <summary>A loss that no longer rises where the network is sure of another class, so that its gradient is 0 there.</summary>
    private static Finding? NeverSorry(MeasuredProbe p) =>
        p["surerOfNext"] > 0
        && p["surerOfNext"] - p["sureOfNext"] <= Sums * p["sureOfNext"]
        && p["one"] < p["next"] - (Equal * Math.Abs(p["next"]))
        && TakesLogits(p)
            ? new Finding(
                Verdict.Look,
                Cause.LossKind,
                $"The loss of an item that the network is sure and wrong of is {p["sureOfNext"]:G4}, however sure: it has no gradient there, and a small one at first."
            )
            {
                IsFact = true,
                Remedy = "Use CrossEntropy, whose gradient is largest where the network is sure and wrong.",
            }
            : null;

    private static Finding? Unbounded(MeasuredProbe p) =>
        double.IsNaN(p["right"]) && p["lowest"] < Math.Min(-1, p["drawn"] - (10 * Math.Abs(p["drawn"])))
            ? new Finding(
                Verdict.Fix,
                Cause.LossKind,
                $"The loss falls without bound, to {p["lowest"]:G4} for scores of 1000: targets lie between {p["targetLow"]:G4} and {p["targetHigh"]:G4}, and the loss is for others."
            )
            {
                Remedy =
                    p["targetHigh"] > 1 || p["targetLow"] < 0
                        ? "Targets that are no shares of 0 to 1 need MeanSquaredError, L1 or Huber; classes need CrossEntropy."
                        : "Use a loss that is smallest where outputs are right.",
            }
            : null;

    private static Finding? Shares(Measurements measured, MeasuredProbe p) =>
        p["width"] == 1 && p["low"] == 1 && p["high"] == 1 ? OneShare(measured)
        : p["width"] > 1 && IsBetween(p) && p["rowSum"] < Sums && TakesLogits(p)
            ? new Finding(
                Verdict.Fix,
                Cause.OutputActivation,
                $"Outputs are probabilities already (each row sums to 1), and the loss takes a softmax of them once more: it cannot fall below {Floor(p["width"], 1):F3}."
            )
            {
                Remedy = "Leave the softmax out of the network: CrossEntropy takes scores.",
                Layers = Last(measured.Run),
            }
        : null;

    private static Finding OneShare(Measurements measured) =>
        new(Verdict.Fix, Cause.OutputActivation, "A softmax over one output is 1, whatever the input.")
        {
            Remedy = "Leave it out, and use BinaryCrossEntropyWithLogits.",
            Layers = Last(measured.Run),
        };

    private static Finding? MissingActivation(MeasuredProbe p) =>
        p["low"] < 0 && !double.IsFinite(p["loss"]) && !double.IsFinite(p["logits"])
            ? new Finding(
                Verdict.Fix,
                Cause.OutputActivation,
                $"Outputs lie between {p["low"]:G3} and {p["high"]:G3}, and the loss of such is no finite number: it takes shares, not scores."
            )
            {
                Remedy = "Use CrossEntropy or BinaryCrossEntropyWithLogits, which take scores.",
            }
            : null;

    /// <summary>Scores that cannot grow: the softmax of the loss never becomes sure.</summary>
    private static Finding? Bounded(Measurements measured, MeasuredProbe p)
    {
        string op = OutputOf(measured.Run);
        double range = op switch
        {
            "sigmoid" => 1,
            "tanh" => 2,
            _ => double.PositiveInfinity,
        };
        bool shares = p["rowSum"] < Sums;
        return !TakesLogits(p) || shares ? null
            : double.IsFinite(range)
                ? new Finding(
                    Verdict.Fix,
                    Cause.OutputActivation,
                    $"The network ends with {op}, and the loss takes scores without bounds: it cannot fall below {Floor(p["width"], range):F3}."
                )
                {
                    Remedy = $"Leave the {op} at the end out.",
                    Layers = Last(measured.Run),
                }
            : op == "relu"
                ? new Finding(
                    Verdict.Fix,
                    Cause.OutputActivation,
                    "The network ends with relu, and the loss takes scores of both signs: those below 0 and their gradients are cut off, so that a class whose score is there is no longer learned."
                )
                {
                    Remedy = "Leave the relu at the end out.",
                    Layers = Last(measured.Run),
                }
            : null;
    }

    private static Finding? BetweenZeroAndOne(Measurements measured, MeasuredProbe p)
    {
        bool takesLogits = p["sure"] < 0.01 && p["match"] > 0.1,
            ends = OutputOf(measured.Run) is "sigmoid" or "softmax" || measured.Run.Untraced.Length > 0;
        return takesLogits && IsBetween(p) && ends
            ? new Finding(
                Verdict.Fix,
                Cause.OutputActivation,
                $"Outputs lie between {p["low"]:G3} and {p["high"]:G3}, and the loss takes a sigmoid of them once more: outputs that equal the targets have a loss of {p["match"]:G3}."
            )
            {
                Remedy = "Leave the sigmoid out of the network: BinaryCrossEntropyWithLogits takes scores.",
                Layers = Last(measured.Run),
            }
            : null;
    }

    private static Finding? Squares(MeasuredProbe p) =>
        p["one"] >= 0 && p["one"] < 1e-6 * p["none"] && p["many"] > p["none"]
            ? new Finding(
                Verdict.Look,
                Cause.LossKind,
                "The loss is 0 where scores are 1 and 0, and grows again beyond: squared differences, where classes are to be told apart."
            )
            {
                IsFact = true,
                Remedy = "Use CrossEntropy, whose gradient does not fade where the network is sure and wrong.",
            }
            : null;

    private static Finding? Sum(Measurements measured, MeasuredProbe p)
    {
        if (!(Math.Abs(p["doubled"] - 2) < 0.01))
        {
            return null;
        }

        double rate = measured.Run.LearningRate * measured.Run.Batch;
        return new Finding(
            measured.Run.Optimizer == "sgd" && rate > 1 ? Verdict.Fix : Verdict.Look,
            Cause.LossScale,
            $"The loss doubles with the number of items: it sums, and a learning rate of {measured.Run.LearningRate:G3} acts like {rate:G3} of a mean."
        )
        {
            IsFact = true,
            Remedy = "End the loss with Mean(), or divide the learning rate by the batch.",
            Threshold = "twice the loss for the same items twice; to fix: with SGD, and a rate times batch above 1",
        };
    }

    private static Finding? Width(Measurements measured, MeasuredProbe p)
    {
        int classes = measured.Run.Classes.Count;
        bool isClasses = !double.IsNaN(p["none"]),
            far =
                classes == 0
                && isClasses
                && p["vary"] == 1
                && p["items"] >= 32
                && p["width"] >= 4 * (p["targetHigh"] + 1);
        return double.IsNaN(p["width"]) ? null
            : classes > 0 && p["width"] != classes
                ? new Finding(
                    Verdict.Fix,
                    Cause.ClassCount,
                    $"The network has {p["width"]:F0} outputs for {classes} classes."
                )
                {
                    Remedy = $"Give the last layer {classes} outputs.",
                }
            : far
                ? new Finding(
                    Verdict.Look,
                    Cause.ClassCount,
                    $"The network has {p["width"]:F0} outputs, and {p["items"]:F0} items have labels of 0 to {p["targetHigh"]:F0}."
                )
                {
                    Remedy = "Give the last layer as many outputs as there are classes.",
                }
            : null;
    }

    private static Finding? SureOfWrong(Measurements measured, MeasuredProbe p) =>
        measured.Run.ChanceLoss is { } chance && p["loss"] > 3 * chance
            ? new Finding(
                Verdict.Look,
                Cause.FirstValues,
                $"The first loss is {p["loss"]:G4}, where equal scores have {chance:F4} and scores of the variance seen, {p["variance"]:G3}, at most {chance + (p["variance"] / 2):G4}: the network starts sure of wrong answers."
            )
            {
                // In evaluation a network with normalizations is another before it has learned their statistics.
                IsFact = !(measured.Steps is [var update, ..] && update.Loss <= 3 * chance),
                Layers = Last(measured.Run),
                Onset = 0,
                Remedy =
                    "Start the last layer with smaller weights, or standardize the inputs (questions 1.8 and 1.9).",
            }
            : null;

    /// <summary>The lowest cross entropy of scores within a range: the right class at its upper end, all others at its
    /// lower.</summary>
    private static double Floor(double classes, double range) => Math.Log(1 + ((classes - 1) * Math.Exp(-range)));

    private static IReadOnlyList<string> Last(MeasuredRun run) =>
        run.Points.FirstOrDefault(p => p.IsOutput) is { } last ? [last.Name] : [];
}
