using Fovea.Cli.Display;
using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>Answers for a person to read, worst first.</summary>
internal static class AnswerText
{
    private const int Indent = 7;
    private const int NamedLayers = 3;
    private const int LongModel = 40; // longer ones are named once instead of in every command

    /// <summary>Writes them: those to act on with all they say, what cannot be told with the reason, the others by
    /// number.</summary>
    public static void Write(Inspection inspection, Terminal terminal) =>
        Write(inspection.Answers, inspection.Evidence.Model, inspection.Evidence.Name, terminal);

    /// <summary>Writes answers about a network.</summary>
    /// <param name="answers">Worst first.</param>
    /// <param name="model">The network as it stands in commands.</param>
    /// <param name="name">The network for a person to read.</param>
    /// <param name="terminal">Where to.</param>
    public static void Write(IReadOnlyList<Answer> answers, string model, string name, Terminal terminal)
    {
        Answer[] told = [.. answers.Where(a => a.Verdict is Verdict.Fix or Verdict.Look or Verdict.CannotTell)];
        int width = terminal.TextWidth;
        if (
            model.Length > LongModel
            && told.Any(a => IsTried(a) && a.Experiment.Contains(model, StringComparison.Ordinal))
        )
        {
            terminal.Write(["The commands to try name this network NET:", .. ShellText.Assign(name, width), ""]);
        }
        else
        {
            model = "";
        }

        Dictionary<string, string> mended = []; // by cause: the answer that says what to do
        foreach (Answer answer in told)
        {
            bool again =
                answer.Cause.Length > 0 && answer.Verdict == Verdict.Fix && !mended.TryAdd(answer.Cause, answer.Id);
            VerdictText.Write(
                terminal,
                Texts(
                        again ? answer with { Remedy = $"That of {mended[answer.Cause]}.", Experiment = "" } : answer,
                        model
                    )
                    .SelectMany((t, i) => TextLayout.Wrap(t, width, Indent, i == 0 ? 0 : Indent))
            );
        }

        foreach (Verdict verdict in new[] { Verdict.Ok, Verdict.NotApplicable })
        {
            string[] ids = [.. answers.Where(a => a.Verdict == verdict).Select(a => a.Id)];
            if (ids.Length > 0)
            {
                VerdictText.Write(
                    terminal,
                    TextLayout.Wrap($"{AnswerJson.Word(verdict)}: {string.Join(", ", ids)}", width, Indent)
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
            ? $"{AnswerJson.Word(answer.Verdict)} {answer.Id} {answer.Question}"
            : $"{AnswerJson.Word(answer.Verdict), -4} {answer.Id} {answer.Question}";
        yield return answer.Finding;
        if (answer.OnsetStep is { } onset)
        {
            yield return $"since: update {onset + 1}{TrainingText.Exactness(answer)}";
        }

        if (answer.Layers.Count > 0)
        {
            yield return $"layers: {Layers(answer.Layers)}";
        }

        if (answer.Verdict is Verdict.Fix or Verdict.Look && answer.Remedy.Length > 0)
        {
            yield return $"remedy: {answer.Remedy}";
        }

        foreach (string command in IsTried(answer) ? answer.Experiment.Split('\n') : [])
        {
            yield return "try: "
                + (
                    longModel.Length > 0
                        ? command.Replace(longModel, ShellText.Assigned, StringComparison.Ordinal)
                        : command
                );
        }
    }
}
