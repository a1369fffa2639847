namespace Fovea.Workbench;

/// <summary>Puts the answers about a training run together: what is at fault, what is a symptom of it, and what is to be
/// tried.</summary>
/// <remarks>
/// Causes explain in the order of <see cref="Cause.InOrder"/>: where one is found, what it brings about later on the list is
/// no longer <see cref="Verdict.Fix"/>, unless that began before it. At most two causes stay <see cref="Verdict.Fix"/>:
/// tools that name more are right no more often.
/// </remarks>
public static partial class Diagnosis
{
    private const int Most = 2;

    // Updates, and the share of the loss of knowing nothing.
    private const int Patience = 150;
    private const double NearNothing = 0.8,
        Some = 0.1;

    // Onsets are known to the distance of samples.
    private const int Sampling = 64;

    private static readonly string[] Training =
    [
        Cause.Vanishing,
        Cause.Exploding,
        Cause.DeadUnits,
        Cause.Saturation,
        Cause.Overfitting,
        Cause.Underfitting,
    ];

    private static readonly string[] Optimizing = [Cause.RateTooHigh, Cause.RateTooLow, .. Training];

    /// <summary>What each cause brings about.</summary>
    private static readonly Dictionary<string, string[]> Brings = new()
    {
        [Cause.NonFinite] = [.. Training, Cause.RateTooHigh, Cause.RunningStatistics, Cause.WrongGradient],
        [Cause.ShuffledLabels] =
        [
            Cause.LabelNoise,
            Cause.InputUnused,
            Cause.OverRegularized,
            Cause.Overfitting,
            Cause.Underfitting,
        ],
        [Cause.LabelNoise] = [Cause.Overfitting, Cause.Underfitting],
        [Cause.ClassOrder] = [Cause.PipelinesDiffer, Cause.Overfitting],
        [Cause.PipelinesDiffer] = [Cause.RunningStatistics, Cause.Overfitting],
        [Cause.DataScale] = [Cause.NonFinite, Cause.InputUnused, Cause.FirstValues, .. Optimizing],
        [Cause.DataLayout] = [Cause.Overfitting, Cause.Underfitting],
        [Cause.InputUnused] = [Cause.FirstValues, Cause.Disconnected, .. Optimizing],
        [Cause.Unshuffled] = [Cause.RunningStatistics, Cause.RateTooHigh, Cause.Overfitting, Cause.Underfitting],
        [Cause.RepeatedItems] = [Cause.ItemsMissed, Cause.Overfitting],
        [Cause.ItemsMissed] = [Cause.Overfitting],
        [Cause.RepeatedAugmentation] = [Cause.Overfitting],
        [Cause.StrongAugmentation] = [Cause.OverRegularized, Cause.Underfitting],
        [Cause.Imbalance] = [Cause.Overfitting, Cause.Underfitting],
        [Cause.GradientsNotCleared] = [Cause.NonFinite, Cause.WrongGradient, .. Optimizing],
        [Cause.NotOptimized] = [Cause.Frozen, .. Optimizing],
        [Cause.Unregistered] = [Cause.Frozen, Cause.Disconnected, .. Optimizing],
        [Cause.Frozen] = [.. Optimizing],
        [Cause.Disconnected] = [Cause.WrongGradient, .. Optimizing],
        [Cause.WrongGradient] = [Cause.NonFinite, .. Optimizing],
        [Cause.BatchMixing] = [Cause.RunningStatistics, Cause.Overfitting],
        [Cause.EvaluationMode] = [Cause.RunningStatistics, .. Optimizing],
        [Cause.TrainingMode] = [Cause.RunningStatistics, Cause.Overfitting, Cause.Underfitting],
        [Cause.OtherWeights] = [Cause.RunningStatistics, Cause.Overfitting, Cause.Underfitting],
        [Cause.LossScale] = [Cause.NonFinite, Cause.RateTooHigh, .. Training],
        [Cause.LossShape] = [Cause.LossKind, .. Optimizing],
        [Cause.LossKind] = [Cause.NonFinite, Cause.RunningStatistics, .. Optimizing],
        [Cause.OutputActivation] = [.. Optimizing],
        [Cause.ClassCount] = [Cause.Underfitting],
        [Cause.Symmetry] = [.. Optimizing, Cause.FirstValues],
        [Cause.FirstValues] = [.. Optimizing],
        [Cause.Vanishing] = [Cause.RateTooLow, Cause.Saturation, Cause.TooDeep, Cause.Underfitting],
        [Cause.Exploding] = [Cause.RateTooHigh, Cause.DeadUnits, Cause.Saturation, Cause.TooDeep, Cause.Underfitting],
        [Cause.RateTooHigh] =
        [
            Cause.SmallBatchStatistics,
            Cause.RunningStatistics,
            Cause.DeadUnits,
            Cause.Saturation,
            Cause.Overfitting,
            Cause.Underfitting,
        ],
        [Cause.RateTooLow] = [Cause.Underfitting],
        [Cause.Schedule] = [Cause.Underfitting],
        [Cause.SmallBatchStatistics] = [Cause.RunningStatistics, Cause.Overfitting, Cause.Underfitting],
        [Cause.RunningStatistics] = [Cause.Overfitting],
        [Cause.DeadUnits] = [Cause.Underfitting],
        [Cause.Saturation] = [Cause.Underfitting],
        [Cause.Activation] = [Cause.TooDeep, Cause.Underfitting],
        [Cause.TooDeep] = [Cause.Underfitting],
        [Cause.ReceptiveField] = [Cause.Overfitting, Cause.Underfitting],
        [Cause.OverRegularized] = [Cause.NonFinite, .. Optimizing],
    };

    /// <summary>The causes that a cause explains; empty where it explains none.</summary>
    /// <param name="cause">A word of <see cref="Cause"/>.</param>
    public static IReadOnlyList<string> Explains(string cause) => Brings.GetValueOrDefault(cause, []);

    /// <summary>Answers all measured questions, symptoms told apart from causes.</summary>
    /// <param name="evidence">What is known of the network, with <see cref="Evidence.Measured"/>.</param>
    /// <param name="further">Questions besides <see cref="QuestionCatalog.Measured"/>; null for none.</param>
    /// <returns>The answers, worst first, and causes before what they bring about.</returns>
    public static IReadOnlyList<Answer> Of(Evidence evidence, IEnumerable<Question>? further = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        List<Answer> open =
        [
            .. WithReasons([.. Asked(evidence, further).Select(a => a.Answer)], Suffers(evidence.Measured))
                .Select(a => Dated(a, evidence.Measured))
                .OrderBy(a => Place(a.Cause)),
        ];
        BringForward(open);
        List<Answer> causes = [];
        for (int i = 0; i < open.Count; i++)
        {
            if (open[i].Verdict != Verdict.Fix)
            {
                continue;
            }

            if (causes.FirstOrDefault(c => IsExplained(open[i], c)) is { } cause)
            {
                // Its own remedy would treat a symptom, such as a higher rate where gradients vanish.
                open[i] = Softened(open[i], $"explained by {cause.Id}: {cause.Cause}") with
                {
                    ExplainedBy = cause.Id,
                    Remedy = $"Mend {cause.Id} first.",
                    Options = new Dictionary<string, string>(),
                    Experiment = "",
                };
            }
            else if (causes.Select(c => c.Cause).Append(open[i].Cause).Distinct().Count() > Most)
            {
                open[i] = Softened(
                    open[i],
                    $"look again once {string.Join(" and ", causes.Select(c => c.Id).Distinct())} are mended"
                );
            }
            else
            {
                causes.Add(open[i]);
            }
        }

        return
        [
            .. open.OrderBy(a => a.Verdict)
                .ThenBy(a => causes.IndexOf(a) is >= 0 and int i ? i : Place(a.Cause))
                .Select(a => WithExperiment(a, evidence.Measured)),
        ];
    }

    /// <summary>The probes that answers to look at would be surer with and that have not been made.</summary>
    /// <param name="evidence">What is known of the network, with <see cref="Evidence.Measured"/>.</param>
    /// <param name="further">Questions besides <see cref="QuestionCatalog.Measured"/>; null for none.</param>
    /// <returns>Names of probes, those of the earliest causes first.</returns>
    public static IReadOnlyList<string> Wanted(Evidence evidence, IEnumerable<Question>? further = null)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        (Question Question, Answer Answer)[] asked = [.. Asked(evidence, further)];
        return
        [
            .. asked
                .Where(a => a.Answer.Verdict == Verdict.Look)
                .OrderBy(a => Place(a.Answer.Cause))
                .SelectMany(a => (a.Question as MeasuredQuestion)?.Wants ?? [])
                .Concat(
                    asked
                        .Select(a => a.Question)
                        .OfType<MeasuredQuestion>()
                        .SelectMany(q => evidence.Measured is { } measured ? q.AlsoWants(measured) : [])
                )
                .Distinct()
                .Where(w => evidence.Measured?.LastProbe(w) is null),
        ];
    }

    private static IEnumerable<(Question Question, Answer Answer)> Asked(
        Evidence evidence,
        IEnumerable<Question>? further
    ) => QuestionCatalog.Measured.Concat(further ?? []).Select(q => (q, Asked(evidence, q)));

    /// <summary>Asks a question. One that fails is no reason to lose a training run.</summary>
    private static Answer Asked(Evidence evidence, Question question)
    {
        try
        {
            return QuestionCatalog.Ask(evidence, [question])[0];
        }
#pragma warning disable CA1031 // whatever a question of the user's own does wrong
        catch (Exception e) when (e is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new Answer
            {
                Id = question.Id,
                Question = question.Text,
                Verdict = Verdict.CannotTell,
                Finding =
                    $"The question {question.GetType().Name} failed with {e.GetType().Name}: {e.Message} This is a fault of the question.",
            };
        }
    }

    /// <summary>Whether the loss, or where its scale is not known the share right, is near that of knowing nothing after a while, so that something must be at fault.</summary>
    private static bool Suffers(Measurements? measured) =>
        measured is { Updates: >= Patience }
        && (
            measured.Run.ChanceLoss is { } chance
                ? LossCurve.Of(measured).Last > NearNothing * chance
                : measured.Epochs.LastOrDefault(e => e is { Epoch: > 0, Train: not null }) is { Train: { } train }
                    && train.Accuracy() is { } right
                    && right.Value < train.Common() + Some
        );

    /// <summary>Numbers that are not finite explain nearly all; but a loop or a loss that was wrong before explains
    /// them.</summary>
    private static void BringForward(List<Answer> open)
    {
        Answer? end = open.Find(a => a.Verdict == Verdict.Fix && a.Cause == Cause.NonFinite);
        Answer[] before =
        [
            .. open.Where(a =>
                a.Verdict == Verdict.Fix
                && Explains(a.Cause).Contains(Cause.NonFinite)
                && end is not null
                && !(a.OnsetStep > end.OnsetStep)
            ),
        ];
        foreach (Answer cause in before.Reverse())
        {
            open.Remove(cause);
            open.Insert(0, cause);
        }
    }

    /// <summary>Facts that did no harm become causes where something is at fault that they bring about.</summary>
    private static IEnumerable<Answer> WithReasons(Answer[] answers, bool suffers)
    {
        Answer[] symptoms =
        [
            .. answers.Where(a =>
                a.Verdict == Verdict.Fix || (a.Verdict == Verdict.Look && a.Cause == Cause.Underfitting)
            ),
        ];
        return answers.Select(answer =>
            answer.Verdict == Verdict.Fix ? answer
            : answer.Facts.FirstOrDefault(f => Consequence(f) is not null) is { } fact
                ? (fact with { Verdict = Verdict.Fix }).Leading(answer) with
                {
                    Finding = $"{fact.Text} It would explain {Consequence(fact)}.",
                }
            : answer
        );

        string? Consequence(Finding fact) =>
            Symptom(fact) is { } symptom ? $"question {symptom.Id} ({symptom.Cause})"
            : suffers && Explains(fact.Cause).Contains(Cause.Underfitting)
                ? "that the loss stays near that of knowing nothing"
            : null;

        Answer? Symptom(Finding fact) => symptoms.FirstOrDefault(s => Explains(fact.Cause).Contains(s.Cause));
    }

    /// <summary>An answer to act on, whose remedy is options of training, with the commands that test them.</summary>
    private static Answer WithExperiment(Answer answer, Measurements? measured) =>
        answer is { Verdict: Verdict.Fix or Verdict.Look, Experiment: "", Options.Count: > 0 } && measured is not null
            ? answer with
            {
                Experiment = Experiments.Pair(measured, answer.Options),
            }
            : answer;

    private static bool IsExplained(Answer symptom, Answer cause) =>
        Explains(cause.Cause).Contains(symptom.Cause) && !(cause.OnsetStep > symptom.OnsetStep + Sampling);

    private static Answer Softened(Answer answer, string why) =>
        answer with
        {
            Verdict = Verdict.Look,
            Finding = $"{answer.Finding} ({char.ToUpperInvariant(why[0])}{why[1..]}.)",
        };

    /// <summary>Its place among the causes; behind all where there is none.</summary>
    private static int Place(string cause)
    {
        int place = Cause.InOrder.ToList().IndexOf(cause);
        return place >= 0 ? place : int.MaxValue;
    }
}
