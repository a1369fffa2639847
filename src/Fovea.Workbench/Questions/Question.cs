namespace Fovea.Workbench;

/// <summary>A question that can be asked about any network. Derive from it, with a constructor without parameters, to
/// add one: questions are found by type.</summary>
public abstract class Question
{
    /// <summary>Its number, e.g. <c>2.2</c>: the group, and the place in the group. Questions of your own may use
    /// letters, e.g. <c>2.a</c>.</summary>
    public abstract string Id { get; }

    /// <summary>The question in words.</summary>
    public abstract string Text { get; }

    /// <summary>Its group; by default by the first digit of <see cref="Id"/>.</summary>
    public virtual QuestionGroup Group =>
        Id[0] switch
        {
            '1' => QuestionGroup.Kernels,
            '2' => QuestionGroup.StridePadding,
            _ => QuestionGroup.Stacks,
        };

    /// <summary>Answers it.</summary>
    /// <param name="evidence">What is known of the network.</param>
    public abstract Answer Ask(Evidence evidence);

    /// <summary>An answer of this question.</summary>
    /// <param name="verdict">How it came out.</param>
    /// <param name="finding">What was found, with numbers and layer names.</param>
    protected Answer Answer(Verdict verdict, string finding) =>
        new()
        {
            Id = Id,
            Question = Text,
            Verdict = verdict,
            Finding = finding,
        };

    /// <summary>The answer that there is nothing to ask about.</summary>
    /// <param name="why">What the network lacks.</param>
    protected Answer NotApplicable(string why) => Answer(Verdict.NotApplicable, why);

    /// <summary>The answer that it cannot be told.</summary>
    /// <param name="why">Which evidence is missing.</param>
    protected Answer CannotTell(string why) => Answer(Verdict.CannotTell, why);
}
