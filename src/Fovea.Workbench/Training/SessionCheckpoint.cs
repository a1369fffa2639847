using System.Text.Json;
using System.Text.Json.Nodes;
using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Turns a session into a checkpoint and back. Nothing in it depends on time, machine or number of
/// threads.</summary>
internal static class SessionCheckpoint
{
    public const string Last = "last";
    public const string Best = "best";
    public const string ModelPrefix = "model/";
    public const string AveragePrefix = "average/";
    private const string OptimizerPrefix = "optimizer/";

    /// <summary>Captures the whole state. The tensors are the session's own.</summary>
    public static Checkpoint Capture(TrainingSession session, string modelText, DataIdentity data)
    {
        Dictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        Add(ModelPrefix, session.Model.StateDict());
        Add(OptimizerPrefix, session.Optimizer.StateDict());
        if (session.Average is { } average)
        {
            Add(AveragePrefix, average.StateDict());
        }

        JsonObject metadata = new()
        {
            ["model"] = modelText,
            ["preprocessing"] = session.Task.Preprocessing is { } done ? JsonNode.Parse(done.ToJson()) : null,
            ["data"] = RunJson.Indented.ToNode(data),
            ["options"] = RunJson.Indented.ToNode(session.Options),
            ["state"] = RunJson.Indented.ToNode(session.State),
            ["schedule"] = session.Schedule.Main is Plateau plateau ? RunJson.Indented.ToNode(plateau.State) : null,
            ["random"] = RunJson.Indented.ToNode(RandomStates(session.Model)),
        };
        return new Checkpoint(metadata, tensors);

        void Add(string prefix, IReadOnlyDictionary<string, Tensor> state)
        {
            foreach ((string name, Tensor tensor) in state)
            {
                tensors.Add(prefix + name, tensor);
            }
        }
    }

    /// <summary>Puts a captured state into a session over the same model, data and options.</summary>
    public static void Restore(TrainingSession session, Checkpoint checkpoint)
    {
        session.State = Read<TrainingState>(checkpoint, "state");
        IReadOnlyDictionary<string, RngState> random = Read<Dictionary<string, RngState>>(checkpoint, "random");
        session.Model.LoadStateDict(checkpoint.Under(ModelPrefix));
        session.Optimizer.LoadStateDict(checkpoint.Under(OptimizerPrefix));
        session.Average?.LoadStateDict(checkpoint.Under(AveragePrefix));
        if (session.Schedule.Main is Plateau plateau)
        {
            plateau.State = Read<PlateauState>(checkpoint, "schedule");
        }

        RestoreRandom(session.Model, random);
    }

    /// <summary>The weights to use a trained network with: the averaged ones where there are any.</summary>
    public static IReadOnlyDictionary<string, Tensor> Weights(Checkpoint checkpoint)
    {
        Dictionary<string, Tensor> average = new(checkpoint.Under(AveragePrefix));
        average.Remove("updates");
        return average.Count > 0 ? average : checkpoint.Under(ModelPrefix);
    }

    /// <summary>A part of the metadata.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public static T Read<T>(Checkpoint checkpoint, string name)
    {
        try
        {
            return RunJson.Indented.From<T>(ReadNode(checkpoint, name)) ?? throw Missing(name);
        }
        catch (JsonException e)
        {
            throw new CheckpointException($"checkpoint: metadata '{name}': {e.Message}", e);
        }
    }

    /// <summary>A text of the metadata. Needs no serializer, whose start takes longer than a small network's
    /// answer.</summary>
    /// <exception cref="CheckpointException">It is missing or something else.</exception>
    public static string ReadText(Checkpoint checkpoint, string name)
    {
        JsonNode node = ReadNode(checkpoint, name);
        return node.GetValueKind() == JsonValueKind.String
            ? node.GetValue<string>()
            : throw new CheckpointException(
                $"checkpoint: metadata '{name}': expected a text, found {node.ToJsonString()}."
            );
    }

    /// <summary>A part of the metadata as it stands there.</summary>
    /// <exception cref="CheckpointException">It is missing.</exception>
    public static JsonNode ReadNode(Checkpoint checkpoint, string name) =>
        checkpoint.Metadata[name] ?? throw Missing(name);

    /// <summary>The generators inside a network, by path.</summary>
    public static IReadOnlyDictionary<string, RngState> RandomStates(Module model) =>
        model
            .NamedModules()
            .Where(m => m.Module is IRandomState)
            .ToDictionary(m => m.Path, m => ((IRandomState)m.Module).RandomState);

    /// <summary>Sets the generators inside a network.</summary>
    public static void RestoreRandom(Module model, IReadOnlyDictionary<string, RngState> states)
    {
        foreach ((string path, Module module) in model.NamedModules())
        {
            if (module is IRandomState random && states.TryGetValue(path, out RngState state))
            {
                random.RandomState = state;
            }
        }
    }

    private static CheckpointException Missing(string name) =>
        new($"checkpoint: metadata '{name}' is missing: the file is a checkpoint, but not of a training run.");
}
