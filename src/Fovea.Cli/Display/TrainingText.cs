using System.Globalization;
using Fovea.Models;
using Fovea.Workbench;

namespace Fovea.Cli.Display;

/// <summary>What is said of a training run as it goes.</summary>
internal static class TrainingText
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    /// <summary>The first line of a training run.</summary>
    public static string Describe(TrainingPlan plan)
    {
        string held =
            plan.ValidationItems > 0
                ? string.Create(Culture, $", {plan.ValidationItems:N0} held out to choose the best epoch")
                : "";
        return string.Create(
            Culture,
            $"Training {ModelSource.Title(plan.Model)} ({plan.Parameters:N0} parameters) on {plan.Data}: {plan.TrainItems:N0} items{held}; {Counted(plan.Options.Epochs, "epoch")} of {Counted(plan.BatchesPerEpoch, "batch")}{From(plan)}; run folder {plan.Folder}"
        );
    }

    /// <summary>The line of a finished epoch.</summary>
    public static string Describe(Metrics m, int epochs, bool isBest)
    {
        string held = m.ValidationLoss is { } loss
            ? string.Create(
                Culture,
                $"  held out: loss {loss:F4}{(m.ValidationAccuracy is { } right ? Accuracy(right) : "")}"
            )
            : "";
        return string.Create(
            Culture,
            $"epoch {m.Epoch}/{epochs}  loss {m.Loss:F4}{(m.Accuracy is { } accuracy ? Accuracy(accuracy) : "")}{held}{(isBest ? "  best so far" : "")}  {Duration.Text(TimeSpan.FromSeconds(m.Seconds))}"
        );

        static string Accuracy(double value) => string.Create(Culture, $" accuracy {100 * value:F1} %");
    }

    /// <summary>The line of a fault that was found.</summary>
    public static string Describe(Answer answer) =>
        $"{AnswerJson.Word(answer.Verdict)} {answer.Id}: {answer.Finding}"
        + (answer.Layers.Count > 0 ? $" Layers: {string.Join(", ", answer.Layers.Take(3))}." : "")
        + (answer.OnsetStep is { } onset ? $" Since update {onset + 1}{Exactness(answer)}." : "")
        + (answer.Remedy.Length > 0 ? $" {answer.Remedy}" : "");

    /// <summary>How exactly an onset is known, behind its update; empty where it is the first.</summary>
    public static string Exactness(Answer answer) =>
        answer switch
        {
            { OnsetWithin: > 0 and { } off } => $" (known to {off} updates)",
            { OnsetWithin: 0, OnsetStep: > 0 } => " exactly",
            _ => "",
        };

    /// <summary>What a stage does.</summary>
    public static string Describe(TrainingStage stage) =>
        stage switch
        {
            TrainingStage.Preflight => "checking that a few items can be learned",
            TrainingStage.Validation => "measuring held-out items",
            TrainingStage.Probe => "trying on a copy",
            TrainingStage.RateTest => "finding a learning rate",
            _ => "measuring test items",
        };

    private static string From(TrainingPlan plan) =>
        plan.FirstEpoch >= plan.Options.Epochs ? "; all are done"
        : plan.FirstEpoch > 0 || plan.FirstBatch > 0
            ? string.Create(
                Culture,
                $"; continues at epoch {plan.FirstEpoch + 1}, batch {plan.FirstBatch + 1} of {plan.BatchesPerEpoch}"
            )
        : "";

    private static string Counted(int count, string what) =>
        string.Create(Culture, $"{count} {what}{(count == 1 ? "" : what == "batch" ? "es" : "s")}");
}
