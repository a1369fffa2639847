namespace Fovea.Workbench;

/// <summary>One of several things that a question may find; its answer is the worst of them.</summary>
/// <param name="Verdict">How it came out.</param>
/// <param name="Cause">A word of <see cref="Workbench.Cause"/>; empty for none.</param>
/// <param name="Text">A sentence with numbers.</param>
internal sealed record Finding(Verdict Verdict, string Cause, string Text)
{
    /// <summary>Whether it is certain, and only whether it does harm is not: it is to fix as soon as something is at fault that
    /// it would bring about.</summary>
    public bool IsFact { get; init; }

    /// <summary>What to do.</summary>
    public string Remedy { get; init; } = "";

    /// <summary>The remedy as options of training.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();

    /// <summary>The update at which it began; null where it has no beginning.</summary>
    public long? Onset { get; init; }

    /// <summary>The layers concerned, worst first.</summary>
    public IReadOnlyList<string> Layers { get; init; } = [];

    /// <summary>What was measured beside the limits that it crossed.</summary>
    public IReadOnlyList<Crossing> Crossed { get; init; } = [];

    /// <summary>From when on the verdict changes.</summary>
    public string Threshold { get; init; } = "";

    /// <summary>Puts findings into an answer: its verdict, cause and remedy are those of the worst, of equal ones the
    /// first.</summary>
    /// <param name="answer">What is left to say: its finding where there is none, measured values, source.</param>
    /// <param name="findings">In the order in which causes explain.</param>
    /// <param name="untold">What could not be told, a sentence each.</param>
    public static Answer Into(Answer answer, IReadOnlyList<Finding> findings, params IEnumerable<string> untold)
    {
        Finding[] worst = [.. findings.OrderBy(f => f.Verdict)];
        string text = worst.Length > 0 ? string.Join(" ", worst.Select(f => f.Text)) : answer.Finding;
        answer = answer with
        {
            Finding = string.Join(" ", untold.Prepend(text)),
            Facts = [.. worst.Where(f => f.IsFact && f.Verdict == Verdict.Look)],
        };
        return worst.Length == 0 ? answer : worst[0].Leading(answer);
    }

    /// <summary>An answer that says this first of all.</summary>
    public Answer Leading(Answer answer) =>
        answer with
        {
            Verdict = Verdict,
            Cause = Cause,
            Remedy = Remedy,
            Options = Options,
            OnsetStep = Onset,
            Layers = Layers,
            Crossed = Crossed,
            Threshold = Threshold.Length > 0 ? Threshold : answer.Threshold,
        };
}
