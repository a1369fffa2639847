namespace Fovea.Workbench;

/// <summary>A question that is answered from what was measured in training. Derive from it, with a constructor without
/// parameters, to add one.</summary>
public abstract class MeasuredQuestion : Question
{
    /// <summary>The probes that would make the answer surer, by name; asked for when <see cref="Judge"/> gave
    /// <see cref="Verdict.Look"/>. A run makes each that it knows once, and asks again.</summary>
    public virtual IReadOnlyList<string> Wants => [];

    /// <summary>Probes that what was measured asks for, whatever the answer is.</summary>
    /// <param name="measured">What was measured in training.</param>
    internal virtual IReadOnlyList<string> AlsoWants(Measurements measured) => [];

    /// <inheritdoc/>
    public sealed override Answer Ask(Evidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return evidence.Measured is { } measured
            ? Judge(evidence, measured)
            : CannotTell("Nothing was measured: it needs a training run, or fovea diagnose MODEL --data D.");
    }

    /// <summary>Answers it.</summary>
    /// <param name="evidence">What is known of the network.</param>
    /// <param name="measured">What was measured in training.</param>
    protected abstract Answer Judge(Evidence evidence, Measurements measured);
}
