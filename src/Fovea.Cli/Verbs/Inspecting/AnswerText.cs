using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Answers for a person to read, worst first.</summary>
internal static class AnswerText
{
    private const int Indent = 7;
    private const int NamedLayers = 3;

    /// <summary>The word of a verdict, as in JSON.</summary>
    public static string Word(Verdict verdict) =>
        verdict switch
        {
            Verdict.Fix => "fix",
            Verdict.Look => "look",
            Verdict.CannotTell => "cannot-tell",
            Verdict.Ok => "ok",
            _ => "not-applicable",
        };

    /// <summary>The lines: those to act on with all they say, what cannot be told with the reason, the others by
    /// number.</summary>
    public static IEnumerable<string> Lines(IReadOnlyList<Answer> answers, int width)
    {
        foreach (Answer answer in answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look or Verdict.CannotTell))
        {
            foreach (
                string line in Texts(answer)
                    .SelectMany((t, i) => TextLayout.Wrap(t, width, Indent, i == 0 ? 0 : Indent))
            )
            {
                yield return line;
            }
        }

        foreach (Verdict verdict in new[] { Verdict.Ok, Verdict.NotApplicable })
        {
            string[] ids = [.. answers.Where(a => a.Verdict == verdict).Select(a => a.Id)];
            foreach (
                string line in ids.Length == 0
                    ? []
                    : TextLayout.Wrap($"{Word(verdict)}: {string.Join(", ", ids)}", width, Indent)
            )
            {
                yield return line;
            }
        }
    }

    /// <summary>The first few layers, and how many more there are.</summary>
    public static string Layers(IReadOnlyList<string> layers) =>
        string.Join(", ", layers.Take(NamedLayers))
        + (layers.Count > NamedLayers ? $" +{layers.Count - NamedLayers}" : "");

    private static IEnumerable<string> Texts(Answer answer)
    {
        yield return answer.Verdict == Verdict.CannotTell
            ? $"{Word(answer.Verdict)} {answer.Id} {answer.Question}"
            : $"{Word(answer.Verdict), -4} {answer.Id} {answer.Question}";
        yield return answer.Finding;
        if (answer.Layers.Count > 0)
        {
            yield return $"layers: {Layers(answer.Layers)}";
        }

        if (answer.Verdict is Verdict.Fix or Verdict.Look && answer.Remedy.Length > 0)
        {
            yield return $"remedy: {answer.Remedy}";
        }

        if (answer.Verdict is Verdict.Fix or Verdict.Look && answer.Experiment.Length > 0)
        {
            yield return $"try: {answer.Experiment}";
        }
    }
}
