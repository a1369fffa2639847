using Fovea.Workbench;

namespace Fovea.Cli.Verbs;

/// <summary>What is asked of every network of a command.</summary>
/// <param name="Convention">What to count.</param>
/// <param name="Batch">Items in a batch.</param>
/// <param name="Questions">The questions.</param>
internal sealed record InspectRequest(CountingConvention Convention, int Batch, IReadOnlyList<Question> Questions)
{
    /// <summary>Inspects a network.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="model">As its user wrote it.</param>
    /// <param name="options">What was asked besides, e.g. <c>--replace 3x3</c>.</param>
    public Inspection Inspect(Graph graph, string model, string options = "")
    {
        try
        {
            return Inspection.Of(
                graph,
                ShellText.Quote(model) + options,
                Convention,
                Batch,
                Questions,
                model + options
            );
        }
        catch (OverflowException e)
        {
            throw new ArgumentException(
                $"{model}: a count exceeds 2^63 at this input and batch. Use a smaller one.",
                e
            );
        }
    }
}
