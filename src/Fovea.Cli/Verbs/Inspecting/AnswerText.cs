using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Answers for a person to read, worst first.</summary>
internal static class AnswerText
{
    private const int Indent = 7;
    private const int NamedLayers = 3;
    private const int LongModel = 40; // longer ones are named once instead of in every command

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

    /// <summary>Writes them: those to act on with all they say, what cannot be told with the reason, the others by
    /// number.</summary>
    public static void Write(Inspection inspection, Terminal terminal)
    {
        string model = inspection.Evidence.Model;
        Answer[] told =
        [
            .. inspection.Answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look or Verdict.CannotTell),
        ];
        int width = terminal.TextWidth;
        if (
            model.Length > LongModel
            && told.Any(a => IsTried(a) && a.Experiment.Contains(model, StringComparison.Ordinal))
        )
        {
            terminal.Write([
                "The commands to try name this network NET:",
                .. ShellText.Assign(inspection.Evidence.Name, width),
                "",
            ]);
        }
        else
        {
            model = "";
        }

        foreach (Answer answer in told)
        {
            VerdictText.Write(
                terminal,
                Texts(answer, model).SelectMany((t, i) => TextLayout.Wrap(t, width, Indent, i == 0 ? 0 : Indent))
            );
        }

        foreach (Verdict verdict in new[] { Verdict.Ok, Verdict.NotApplicable })
        {
            string[] ids = [.. inspection.Answers.Where(a => a.Verdict == verdict).Select(a => a.Id)];
            if (ids.Length > 0)
            {
                VerdictText.Write(
                    terminal,
                    TextLayout.Wrap($"{Word(verdict)}: {string.Join(", ", ids)}", width, Indent)
                );
            }
        }
    }

    /// <summary>The first few layers, and how many more there are.</summary>
    public static string Layers(IReadOnlyList<string> layers) =>
        string.Join(", ", layers.Take(NamedLayers))
        + (layers.Count > NamedLayers ? $" +{layers.Count - NamedLayers}" : "");

    private static bool IsTried(Answer answer) =>
        answer.Verdict is Verdict.Fix or Verdict.Look && answer.Experiment.Length > 0;

    private static IEnumerable<string> Texts(Answer answer, string longModel)
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

        if (IsTried(answer))
        {
            string experiment =
                longModel.Length > 0
                    ? answer.Experiment.Replace(longModel, ShellText.Assigned, StringComparison.Ordinal)
                    : answer.Experiment;
            yield return $"try: {experiment}";
        }
    }
}
