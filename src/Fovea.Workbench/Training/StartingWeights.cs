using Fovea.Interop;

namespace Fovea.Workbench;

/// <summary>Weights of another run or of a file, to start from.</summary>
internal static class StartingWeights
{
    private const int MostNamed = 6;

    /// <summary>Takes what fits the network by name and shape; the rest keeps its first values.</summary>
    /// <param name="model">The network, with its first values.</param>
    /// <param name="source">A run folder (its best weights), a checkpoint, or a file of weights of any kind that
    /// <see cref="Weights.Read"/> takes.</param>
    /// <param name="state">Which state of a checkpoint of PyTorch; null for the only one.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <returns>What was taken and what was not, in words.</returns>
    /// <exception cref="ArgumentException">Nothing fits.</exception>
    /// <exception cref="IOException">There is no such run or file, or it is damaged.</exception>
    public static string Load(Module model, string source, string? state, Action<string> notice)
    {
        WeightsFile file = Read(source, state, notice).For(model);
        IReadOnlyDictionary<string, Tensor> own = model.StateDict();
        int converted = file.Tensors.Count(t =>
            own.TryGetValue(t.Key, out Tensor? wanted)
            && wanted.Shape == t.Value.Shape
            && (wanted.DType, t.Value.DType) is (DType.Float32, DType.Float64)
        );
        StateMatch match = model.LoadMatching(file.Tensors, assign: true); // nobody else has these tensors
        if (match.Loaded.Count == 0)
        {
            throw new ArgumentException(
                $"--init: none of the {match.Unexpected.Count + match.Mismatched.Count} tensors of {source} fits the network: {match}. Start from weights of the same architecture."
            );
        }

        string[] kept =
        [
            .. match.Mismatched.Select(m => $"{m.Path} ({m.Given} there, {m.Wanted} here)"),
            .. match.Missing,
        ];
        string notes = string.Concat(file.Notes.Select(n => $"; {n}"));
        string doubles = converted == 0 ? "" : $"; {converted} of Float64 converted to Float32";
        return $"Starts from {source}: {match.Loaded.Count} of {own.Count} tensors{List("; first values of their own have ", kept)}{List("; not in the network: ", [.. match.Unexpected])}{notes}{doubles}.";
    }

    private static WeightsFile Read(string source, string? state, Action<string> notice)
    {
        if (!Path.Exists(source))
        {
            throw new FileNotFoundException($"--init: there is no run folder or file {source}.");
        }

        return Directory.Exists(source) || CheckpointStore.Is(source)
            ? new WeightsFile(
                source,
                "checkpoint",
                SessionCheckpoint.Weights(TrainedModel.Read(source, notice).Checkpoint),
                []
            )
            : Weights.Read(source, state);
    }

    private static string List(string head, string[] names) =>
        names.Length == 0 ? ""
        : names.Length <= MostNamed ? head + string.Join(", ", names)
        : $"{head}{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more";
}
