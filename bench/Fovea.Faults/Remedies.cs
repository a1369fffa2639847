using System.Globalization;
using System.Text.Json;
using Fovea.Initialization;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>What came of a remedy that was applied by machine.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Problem">The network and data.</param>
/// <param name="Seed">The seed.</param>
/// <param name="Cause">What was named first.</param>
/// <param name="How">What was changed; empty where the remedy is for people.</param>
/// <param name="Before">Accuracy on the items held out with the fault.</param>
/// <param name="After">The same with the remedy; NaN where none was applied.</param>
internal sealed record Healing(
    string Kind,
    string Problem,
    ulong Seed,
    string Cause,
    string How,
    double Before,
    double After
);

/// <summary>Applies the first remedy named to the run it was named for: options as options, the others by what their words
/// say, where a machine can do it.</summary>
internal static class Remedies
{
    // Of what the fault cost, a remedy brings back so much; or the run comes within so much of the healthy one.
    private const double Regained = 0.8,
        Near = 0.05;

    /// <summary>Runs a fault, and again with the remedy named first.</summary>
    public static Healing? Try(Fault fault, Problem problem, ulong seed)
    {
        if (fault.Plant(problem, seed) is not { } sick)
        {
            return null;
        }

        (Outcome before, IReadOnlyList<Answer> answers) = Runner.RunWithAnswers(fault, problem, seed, sick);
        if (answers.FirstOrDefault(a => a.Verdict == Verdict.Fix) is not { } first)
        {
            return null;
        }

        string name = $"{problem.Network} on {problem.Data}";
        // The first run has trained the network: planted anew.
        Case again = fault.Plant(problem, seed)!;
        return Apply(first, again, problem, seed) is (string how, { } healed)
            ? new Healing(
                fault.Name,
                name,
                seed,
                first.Cause,
                how,
                before.Accuracy,
                Runner.RunWithAnswers(fault, problem, seed, healed).Outcome.Accuracy
            )
            : new Healing(fault.Name, name, seed, first.Cause, "", before.Accuracy, double.NaN);
    }

    /// <summary>Counts them, as Markdown.</summary>
    public static void Write(IReadOnlyList<Healing> all, IReadOnlyList<Outcome> twins, TextWriter to)
    {
        Dictionary<string, double> reached = twins
            .GroupBy(t => t.Problem)
            .ToDictionary(g => g.Key, g => g.Average(t => t.Accuracy));
        bool Healed(Healing h)
        {
            double twin = reached.GetValueOrDefault(h.Problem, 1.0),
                start = double.IsFinite(h.Before) ? h.Before : 0.0;
            return h.After >= twin - Near || h.After >= start + (Regained * (twin - start));
        }

        Healing[] applied = [.. all.Where(h => h.How.Length > 0)];
        Proportion share = Proportion.Wilson(applied.Count(Healed), applied.Length);
        to.WriteLine(
            $"Remedies: {all.Count} runs, {applied.Length} with one that a machine can apply; healed {applied.Count(Healed)} of {applied.Length}, {100 * share.Value:F0} % ({100 * share.Low:F0} - {100 * share.High:F0})."
        );
        to.WriteLine();
        to.WriteLine("| cause named | remedy | healed | not healed |");
        to.WriteLine("|---|---|---|---|");
        foreach (
            IGrouping<(string Cause, string How), Healing> group in applied
                .GroupBy(h => (h.Cause, Word(h.How)))
                .OrderBy(g => g.Key)
        )
        {
            string not = string.Join(
                ", ",
                group.Where(h => !Healed(h)).Select(h => $"{h.Kind} ({h.Before:F2} to {h.After:F2})").Take(3)
            );
            to.WriteLine($"| {group.Key.Cause} | {group.Key.How} | {group.Count(Healed)} of {group.Count()} | {not} |");
        }

        to.WriteLine();
        to.WriteLine(
            $"For people: {string.Join(", ", all.Where(h => h.How.Length == 0).Select(h => h.Cause).Distinct().Order())}."
        );

        static string Word(string how) => how.Split(' ')[0];
    }

    /// <summary>A healing as a line.</summary>
    public static string Line(Healing healing) => JsonSerializer.Serialize(healing, Runner.Json);

    /// <summary>Healings of a file.</summary>
    public static IReadOnlyList<Healing> Read(string path) =>
        [.. File.ReadLines(path).Select(l => JsonSerializer.Deserialize<Healing>(l, Runner.Json)!)];

    private static (string How, Case Healed)? Apply(Answer answer, Case sick, Problem problem, ulong seed)
    {
        if (answer.Options.Count > 0 && sick.Slip is null or Slip.None)
        {
            string text = string.Join(", ", answer.Options.Select(o => $"{o.Key}={o.Value}"));
            return ($"--{text}", sick with { Options = answer.Options.Aggregate(sick.Options, With) });
        }

        if (sick.Slip is { } slip && slip != Slip.None)
        {
            return Mends(answer.Cause).Contains(slip) ? ("loop", sick with { Slip = Slip.None }) : null;
        }

        return answer.Cause switch
        {
            Cause.LossKind or Cause.LossShape or Cause.LossScale when sick.Loss is not null => (
                "cross-entropy",
                sick with
                {
                    Loss = null,
                }
            ),
            Cause.OverRegularized when sick.Options.LabelSmoothing > 0.1 => (
                "--label-smoothing=0.1",
                sick with
                {
                    Options = sick.Options with { LabelSmoothing = 0.1 },
                }
            ),
            Cause.StrongAugmentation => (
                "--augment=none",
                sick with
                {
                    Options = sick.Options with { Augment = "none" },
                }
            ),
            Cause.Frozen => ("unfreeze", Unfrozen(sick)),
            Cause.OutputActivation => Rebuilt(sick, problem, seed, t => t[..t.LastIndexOf(';')]),
            Cause.Activation => Rebuilt(
                sick,
                problem,
                seed,
                t =>
                    t.Contains("softmax", StringComparison.Ordinal)
                        ? t.Replace("softmax axis=1", "relu", StringComparison.Ordinal)
                        : string.Join("; ", t.Split("; ").SelectMany(WithActivation))
            ),
            Cause.OverRegularized => Rebuilt(
                sick,
                problem,
                seed,
                t => t.Replace("; dropout 0.97", "", StringComparison.Ordinal)
            ),
            Cause.RunningStatistics => Rebuilt(
                sick,
                problem,
                seed,
                t => t.Replace("bn momentum=0.0001", "bn", StringComparison.Ordinal)
            ),
            Cause.ClassCount => Rebuilt(
                sick,
                problem,
                seed,
                t => t.Replace("linear 64", "linear classes", StringComparison.Ordinal)
            ),
            Cause.Underfitting => Rebuilt(
                sick,
                problem,
                seed,
                t => t.Replace("conv 1 1; ", "", StringComparison.Ordinal)
            ),
            Cause.Vanishing or Cause.TooDeep when sick.Text is { } text && text.Split(';').Length > 30 => Rebuilt(
                sick,
                problem,
                seed,
                t => string.Join("; ", t.Split("; ").SelectMany(WithNormalization))
            ),
            Cause.FirstValues or Cause.Symmetry or Cause.DeadUnits or Cause.Vanishing or Cause.Exploding => (
                "first values",
                Redrawn(sick, seed)
            ),
            _ => null,
        };
    }

    private static TrainingOptions With(TrainingOptions options, KeyValuePair<string, string> option)
    {
        double number = double.TryParse(option.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double n)
            ? n
            : double.NaN;
        return option.Key switch
        {
            "lr" => options with { LearningRate = number },
            "clip-norm" => options with { ClipNorm = number },
            "schedule" => options with { Schedule = option.Value },
            "optimizer" => options with { Optimizer = option.Value },
            "batch" => options with { Batch = (int)number },
            "patience" => options with { Patience = (int)number },
            "augment" => options with { Augment = option.Value },
            _ => throw new ArgumentException($"Remedies: option {option.Key} is not known here."),
        };
    }

    private static Slip[] Mends(string cause) =>
        cause switch
        {
            Cause.GradientsNotCleared => [Slip.NotCleared],
            Cause.ItemsMissed => [Slip.ClearedEachBatch, Slip.HalfOfTheItems],
            Cause.LossScale => [Slip.SummedBatches, Slip.ScaledLoss],
            Cause.WrongGradient => [Slip.ClimbsTheLoss, Slip.NoisyGradient],
            Cause.EvaluationMode => [Slip.InEvaluation],
            Cause.TrainingMode => [Slip.EvaluatedInTraining],
            Cause.NotOptimized => [Slip.LayerNotOptimized],
            Cause.Unshuffled => [Slip.Unshuffled],
            Cause.RepeatedItems => [Slip.OneBatchForEver, Slip.HalfOfTheItems],
            Cause.RepeatedAugmentation => [Slip.SameAugmentation],
            Cause.DataScale => [Slip.RawInputs, Slip.DividedTwice],
            Cause.PipelinesDiffer => [Slip.OtherPipeline],
            Cause.ClassOrder => [Slip.OtherClassOrder],
            _ => [],
        };

    private static Case Unfrozen(Case sick)
    {
        foreach (Parameter parameter in sick.Net.Parameters())
        {
            parameter.RequiresGrad = true;
        }

        return sick;
    }

    private static Case Redrawn(Case sick, ulong seed)
    {
        foreach (Parameter weight in NetworkFaults.Weights(sick.Net))
        {
            weight.Initializer = new KaimingNormal();
        }

        sick.Net.Initialize(seed + 1000);
        return sick;
    }

    private static (string, Case)? Rebuilt(Case sick, Problem problem, ulong seed, Func<string, string> change) =>
        sick.Text is { } text && change(text) is { } other && other != text
            ? ("text", sick with { Net = problem.Build(seed, other), Text = other })
            : null;

    private static IEnumerable<string> WithActivation(string layer) =>
        layer.StartsWith("conv", StringComparison.Ordinal) || layer == "bn" ? [layer, "relu"] : [layer];

    private static IEnumerable<string> WithNormalization(string layer) =>
        layer.StartsWith("conv", StringComparison.Ordinal) ? [layer, "bn"] : [layer];
}
