using System.Text.Json.Nodes;

namespace Fovea.Workbench;

/// <summary>Tensors by name, and anything else worth keeping as JSON: what one checkpoint file holds.</summary>
/// <remarks>Files hold the tensors in ordinal order of their names, so equal content gives equal bytes.</remarks>
public sealed class Checkpoint
{
    /// <summary>Creates a checkpoint. Nothing is copied.</summary>
    /// <param name="metadata">Everything that is no tensor.</param>
    /// <param name="tensors">Tensors by name.</param>
    public Checkpoint(JsonObject metadata, IReadOnlyDictionary<string, Tensor> tensors)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(tensors);
        Metadata = metadata;
        Tensors = tensors;
    }

    /// <summary>Everything that is no tensor.</summary>
    public JsonObject Metadata { get; }

    /// <summary>Tensors by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <summary>The tensors whose names begin with a prefix, under the rest of their names.</summary>
    /// <param name="prefix">E.g. <c>model/</c>.</param>
    public IReadOnlyDictionary<string, Tensor> Under(string prefix) =>
        Tensors
            .Where(t => t.Key.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(t => t.Key[prefix.Length..], t => t.Value, StringComparer.Ordinal);
}
