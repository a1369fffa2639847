namespace Fovea.Workbench;

/// <summary>Asks about networks of several inputs. What stride and padding do is a matter of each input; everything else is
/// one of the whole network.</summary>
internal static class PerInputAnswers
{
    /// <summary>The answer to a question.</summary>
    public static Answer Of(Question question, Evidence evidence)
    {
        if (evidence.Graph.Inputs.Count == 1)
        {
            return question.Ask(evidence);
        }

        return question.Group == QuestionGroup.StridePadding && question is not MeasuredQuestion
            ? Joined([.. evidence.PerInput.Select(e => (e.Graph.Input.Name, question.Ask(e)))])
            : Plain(question.Ask(evidence));
    }

    /// <summary>One answer for all inputs: the worst verdict, the findings by input, and what is the same told once.</summary>
    private static Answer Joined((string Input, Answer Answer)[] answers)
    {
        (string Input, Answer Answer)[] told =
        [
            .. answers.Where(a => a.Answer.Verdict != Verdict.NotApplicable).DefaultIfEmpty(answers[0]),
        ];
        Answer worst = told.MinBy(a => a.Answer.Verdict).Answer;
        bool same = told.All(a =>
            a.Answer.Finding == worst.Finding && a.Answer.Predicted.SequenceEqual(worst.Predicted)
        );
        if (same)
        {
            return Plain(
                told.Length == answers.Length
                    ? worst
                    : worst with
                    {
                        Finding = $"{string.Join(", ", told.Select(t => t.Input))}: {worst.Finding}",
                    }
            );
        }

        return Plain(worst) with
        {
            Finding = string.Join(" ", told.Select(t => $"{t.Input}: {t.Answer.Finding}")),
            Layers = [.. told.OrderBy(t => t.Answer.Verdict).SelectMany(t => t.Answer.Layers).Distinct()],
            Predicted =
            [
                .. told.SelectMany(t => t.Answer.Predicted.Select(q => q with { Name = $"{t.Input}.{q.Name}" })),
            ],
        };
    }

    /// <summary>Without a command that gives one input, or a range of one: there are several.</summary>
    private static Answer Plain(Answer answer) =>
        answer.Experiment.Contains(" --input ", StringComparison.Ordinal) ? answer with { Experiment = "" } : answer;
}
