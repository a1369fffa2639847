using Fovea.Interop;

namespace Fovea.Workbench;

/// <summary>Weights of another run or of a file, to start from.</summary>
internal static class StartingWeights
{
    private const int MostNamed = 6;

    /// <summary>Takes what fits the network by name and shape; the rest keeps its first values.</summary>
    /// <param name="model">The network, with its first values.</param>
    /// <param name="source">A run folder (its best weights), a checkpoint, or a file that
    /// <see cref="Weights"/> reads.</param>
    /// <param name="state">Which state of a checkpoint of PyTorch; null for the only one.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <returns>What was taken and what was not, in words.</returns>
    /// <exception cref="ArgumentException">Nothing fits.</exception>
    /// <exception cref="IOException">There is no such run or file, or it is damaged.</exception>
    public static string Load(Module model, string source, string? state, Action<string> notice)
    {
        StateMatch match = model.LoadMatching(Read(model, source, state, notice, "--init"), assign: true); // nobody else has these tensors
        if (match.Loaded.Count == 0)
        {
            throw new ArgumentException(
                $"--init: none of the {match.Unexpected.Count + match.Mismatched.Count} tensors of {source} fits the network: {match}. Start from weights of the same architecture."
            );
        }

        string text = $"Starts from {source}: {match.Loaded.Count} of {model.StateDict().Count} tensors";
        string[] own =
        [
            .. match.Mismatched.Select(m => $"{m.Path} ({m.Given} there, {m.Wanted} here)"),
            .. match.Missing,
        ];
        return $"{text}{List("; first values of their own have ", own)}{List("; not in the network: ", [.. match.Unexpected])}.";
    }

    /// <summary>Takes all tensors of a network.</summary>
    /// <param name="model">The network.</param>
    /// <param name="source">A run folder (its best weights), a checkpoint, or a file that <see cref="Weights"/> reads.</param>
    /// <param name="state">Which state of a checkpoint of PyTorch; null for the only one.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="ArgumentException">Some are missing, or have other sizes.</exception>
    /// <exception cref="IOException">There is no such run or file, or it is damaged.</exception>
    public static void LoadAll(Module model, string source, string? state, Action<string> notice)
    {
        StateMatch match = model.LoadMatching(Read(model, source, state, notice, "--weights"), assign: true);
        string[] absent =
        [
            .. match.Mismatched.Select(m => $"{m.Path} ({m.Given} there, {m.Wanted} here)"),
            .. match.Missing.Where(name => !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)),
        ];
        if (absent.Length > 0)
        {
            throw new ArgumentException(
                $"--weights: {source} lacks {absent.Length} of the network's tensors{List(": ", absent)}. Name the network that the weights are of."
            );
        }
    }

    private static IReadOnlyDictionary<string, Tensor> Read(
        Module model,
        string source,
        string? state,
        Action<string> notice,
        string option
    )
    {
        if (!Path.Exists(source))
        {
            throw new FileNotFoundException($"{option}: there is no run folder or file {source}.");
        }

        WeightsFile file = NetworkWeights.Read(source, state, notice).For(model);
        foreach (string note in file.Notes)
        {
            notice($"{source}: {note}.");
        }

        return file.Tensors;
    }

    private static string List(string head, string[] names) =>
        names.Length == 0 ? ""
        : names.Length <= MostNamed ? head + string.Join(", ", names)
        : $"{head}{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more";
}
