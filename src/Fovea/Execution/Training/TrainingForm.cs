using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A value as blocked maps. A network's input of few channels is laid out anew for each reader that wants other
/// lanes.</summary>
/// <param name="Value">The value.</param>
/// <param name="Lanes">Channels that lie together: 16, or for an input 1 or all of them.</param>
internal readonly record struct MapKey(Value Value, int Lanes = TileCall.Block);

/// <summary>Maps that a node of a training step reads.</summary>
/// <param name="Key">Which.</param>
/// <param name="Halo">The halo it needs; null for none.</param>
internal sealed record MapRead(MapKey Key, BlockedLayout? Halo = null);

/// <summary>What compiled training needs to know of one use of an operator: a node without a form runs eagerly, on
/// tensors.</summary>
internal abstract record TrainingForm
{
    /// <summary>The maps it reads.</summary>
    public abstract IReadOnlyList<MapRead> Reads { get; }

    /// <summary>The values it writes as maps of blocks of 16 channels.</summary>
    public abstract IReadOnlyList<Value> Writes { get; }

    /// <summary>The values it reads as tensors, without parameters and states.</summary>
    public virtual IReadOnlyList<Value> Tensors => [];

    /// <summary>The values it leaves as tensors. What a node computes besides, nothing that reads tensors may ask for.</summary>
    public virtual IReadOnlyList<Value> Results => [];

    /// <summary>Makes its passes.</summary>
    public abstract IEnumerable<TrainingPass> Bind(TrainingBinding binding);

    /// <summary>Whether a value can lie as maps: Float32, made of items, with channels and one to three spatial axes that are
    /// not empty.</summary>
    public static bool IsMap(Value value) =>
        value.DType == DType.Float32 && LayoutPlan.HasPositions(value) && value.Shape.Single.Count > 0;
}

/// <summary>Where the maps of a training step lie for a batch.</summary>
/// <param name="batch">Items.</param>
/// <param name="buffers">The maps.</param>
/// <param name="wants">The values that somebody reads.</param>
internal sealed class TrainingBinding(
    int batch,
    IReadOnlyDictionary<MapKey, NetworkBuffer> buffers,
    IReadOnlySet<Value> wants
)
{
    /// <summary>Items.</summary>
    public int Batch => batch;

    /// <summary>Where maps lie.</summary>
    public NetworkBuffer this[MapKey key] => buffers[key];

    /// <summary>Where a value lies in blocks of 16 channels.</summary>
    public NetworkBuffer this[Value value] => buffers[new(value)];

    /// <summary>Whether somebody reads a value.</summary>
    public bool IsWanted(Value value) => wants.Contains(value);
}
