using Fovea.Interop;

namespace Fovea.Workbench;

/// <summary>Weights by name, wherever they are: in run folders, checkpoints, or files of other tools.</summary>
public static class NetworkWeights
{
    /// <summary>Reads them. The first bytes of a file tell what it is.</summary>
    /// <param name="source">A run folder (its best weights), a checkpoint of Fovea, or a file that <see cref="Weights"/>
    /// reads.</param>
    /// <param name="state">Which state of a checkpoint of PyTorch; null for the only one.</param>
    /// <param name="notice">Hears where a damaged checkpoint was replaced by the one before it.</param>
    /// <exception cref="IOException">There is no such run or file, or it is damaged.</exception>
    public static WeightsFile Read(string source, string? state = null, Action<string>? notice = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(source);
        return !Path.Exists(source) ? throw new FileNotFoundException($"There is no run folder or file {source}.")
            : Directory.Exists(source) || NetworkSource.IsCheckpoint(source)
                ? new WeightsFile(
                    source,
                    "run of Fovea",
                    SessionCheckpoint.Weights(TrainedModel.Read(source, notice).Checkpoint),
                    []
                )
            : Weights.Read(source, state);
    }
}
