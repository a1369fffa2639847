using System.Text.Json;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>What came of a run.</summary>
/// <param name="Kind">The fault, or the healthy network.</param>
/// <param name="Problem">The network and data.</param>
/// <param name="Seed">The seed.</param>
/// <param name="IsHeldOut">Whether fault, network or data were put aside.</param>
/// <param name="Hit">Whether an accepted cause is among the first two faults named.</param>
/// <param name="LayerHit">Whether the layer at fault is the first named; null where none is at fault.</param>
/// <param name="Before">Whether an accepted cause was named before the first epoch.</param>
/// <param name="Named">Causes named, as <c>id cause</c>, worst first.</param>
/// <param name="Looks">Causes to look at.</param>
/// <param name="Others">Rules of others that fired.</param>
/// <param name="Accuracy">Accuracy on the items held out at the end; NaN without.</param>
/// <param name="Error">What stopped it; empty where nothing did.</param>
internal sealed record Outcome(
    string Kind,
    string Problem,
    ulong Seed,
    bool IsHeldOut,
    bool Hit,
    bool? LayerHit,
    bool Before,
    IReadOnlyList<string> Named,
    IReadOnlyList<string> Looks,
    IReadOnlyList<string> Others,
    double Accuracy,
    string Error
)
{
    /// <summary>Updates between the onset named and the true one; NaN where the fault was there from the first update on.</summary>
    public double OnsetError { get; init; } = double.NaN;
}

/// <summary>Runs cases, and says how they came out.</summary>
internal static class Runner
{
    internal static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>Whether all that was found is printed.</summary>
    public static bool IsVerbose { get; set; }

    /// <summary>Runs a case.</summary>
    /// <param name="kind">What it is called.</param>
    /// <param name="problem">The network and data.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="isHeldOut">Whether it was put aside.</param>
    /// <param name="accepts">Causes that count as right.</param>
    /// <param name="run">The run.</param>
    /// <param name="refusal">A part of the message where the right answer is to refuse; empty where it is not.</param>
    public static Outcome Run(
        string kind,
        string problem,
        ulong seed,
        bool isHeldOut,
        IReadOnlyList<string> accepts,
        Case run,
        string refusal = ""
    ) => RunWithAnswers(kind, problem, seed, isHeldOut, accepts, run, refusal).Outcome;

    /// <summary>Runs a fault.</summary>
    public static (Outcome Outcome, IReadOnlyList<Answer> Answers) RunWithAnswers(
        Fault fault,
        Problem problem,
        ulong seed,
        Case run
    ) =>
        RunWithAnswers(
            fault.Name,
            NameOf(problem, run.Own is not null),
            seed,
            fault.IsHeldOut || problem.IsHeldOut,
            fault.Accepts,
            run,
            fault.Refusal
        );

    private static (Outcome Outcome, IReadOnlyList<Answer> Answers) RunWithAnswers(
        string kind,
        string problem,
        ulong seed,
        bool isHeldOut,
        IReadOnlyList<string> accepts,
        Case run,
        string refusal
    )
    {
        Ear ear = new();
        try
        {
            (IReadOnlyList<Answer> answers, Measurements? measured) =
                run.Own is not null ? OwnLoop.Run(run, ear.Before)
                : run.Slip is not null ? Loop.Run(run, ear.Before)
                : Trained(run, ear);
            if (IsVerbose)
            {
                foreach (
                    Answer answer in answers.Where(a =>
                        a.Verdict is Verdict.Fix or Verdict.Look || a.Id is "3.5" or "3.13"
                    )
                )
                {
                    Console.WriteLine($"    {answer.Verdict} {answer.Id} {answer.Cause}: {answer.Finding}");
                }

                foreach (MeasuredProbe probe in measured?.Probes ?? [])
                {
                    Console.WriteLine(
                        $"    probe {probe.Step} {probe.Name} {probe.Layer}: {string.Join(", ", probe.Values.Select(v => $"{v.Key} {v.Value:G4}"))}"
                    );
                }
            }

            Answer[] named = [.. answers.Where(a => a.Verdict == Verdict.Fix)];
            Answer? right = named.Take(2).FirstOrDefault(a => accepts.Contains(a.Cause));
            Outcome outcome = new(
                kind,
                problem,
                seed,
                isHeldOut,
                right is not null,
                run.Layer is null
                    ? null
                    : right?.Layers is [string first, ..] && first.StartsWith(run.Layer, StringComparison.Ordinal),
                ear.Before.Any(accepts.Contains),
                [.. named.Select(a => $"{a.Id} {a.Cause}")],
                [.. answers.Where(a => a.Verdict == Verdict.Look).Select(a => $"{a.Id} {a.Cause}")],
                measured is null ? [] : [.. OtherRules.Fired(measured)],
                measured?.Epochs.LastOrDefault(e => e.HeldOut?.Right is not null)?.HeldOut is { } held
                    ? (double)held.Right!.Value / held.Items
                    : double.NaN,
                ""
            )
            {
                OnsetError = run.From > 0 && right?.OnsetStep is { } onset ? Math.Abs(onset - run.From) : double.NaN,
            };
            return (outcome, answers);
        }
        catch (Exception e)
            when (e is ArgumentException or InvalidOperationException or ShapeException or InvalidDataException)
        {
            bool refused = refusal.Length > 0 && e.Message.Contains(refusal, StringComparison.Ordinal);
            Outcome outcome = new(
                kind,
                problem,
                seed,
                isHeldOut,
                refused,
                null,
                refused,
                [],
                [],
                [],
                double.NaN,
                e.Message
            );
            return (outcome, []);
        }
    }

    /// <summary>A problem's name in outcomes; a loop written by hand has twins of its own.</summary>
    public static string NameOf(Problem problem, bool byHand) =>
        $"{problem.Network} on {problem.Data}{(byHand ? ", by hand" : "")}";

    /// <summary>An outcome as a line.</summary>
    public static string Line(Outcome outcome) => JsonSerializer.Serialize(outcome, Json);

    /// <summary>Outcomes of a file.</summary>
    public static IReadOnlyList<Outcome> Read(string path) =>
        [.. File.ReadLines(path).Select(l => JsonSerializer.Deserialize<Outcome>(l, Json)!)];

    private static (IReadOnlyList<Answer>, Measurements?) Trained(Case run, Ear ear)
    {
        string folder = Directory.CreateTempSubdirectory("fovea-faults-").FullName;
        try
        {
            TrainingResult result = Trainer.Fit(
                run.Net,
                run.Data,
                run.Options with
                {
                    Out = Path.Combine(folder, "run"),
                },
                run.Loss,
                ear
            );
            return (result.Answers, Measurements.Read(Path.Combine(folder, "run")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Hears what is named before the first update.</summary>
    private sealed class Ear : TrainingObserver
    {
        private bool _learning;

        public List<string> Before { get; } = [];

        public override void Found(Answer answer)
        {
            if (!_learning)
            {
                Before.Add(answer.Cause);
            }
        }

        public override void GradientsReady(Module model, long update) => _learning = true;
    }
}
