using Fovea.Graphs;
using Fovea.Kernels;

namespace Fovea;

/// <summary>A training step planned for a batch: its passes, and where its maps lie in the arena.</summary>
internal sealed class TrainingPlan
{
    private readonly Dictionary<MapKey, NetworkBuffer> _buffers = [];
    private readonly List<Entry> _entries = [];

    /// <summary>Plans.</summary>
    /// <param name="graph">The step.</param>
    /// <param name="nodes">Its nodes with their forms.</param>
    /// <param name="seen">Values that are shown.</param>
    /// <param name="batch">Items.</param>
    public TrainingPlan(Graph graph, IReadOnlyList<TrainingNode> nodes, IReadOnlySet<Value> seen, int batch)
    {
        Batch = batch;
        Order(graph, nodes, seen);
        Place(nodes);
        HashSet<Value> wants =
        [
            .. graph.Nodes.SelectMany(n => n.Outputs).Where(o => o.Uses.Count > 0),
            .. graph.Outputs,
            .. graph.Updates.Select(u => u.Next),
        ];
        TrainingBinding binding = new(batch, _buffers, wants);
        foreach (Entry entry in _entries)
        {
            entry.Passes = [.. entry.Make(binding)];
        }

        DropTensors(graph);
        TrainingPass[] passes = [.. _entries.SelectMany(e => e.Passes)];
        SharedBytes = MemoryPlan.Aligned(passes.Max(p => p.SharedFloats) * sizeof(float));
        JobBytes = MemoryPlan.Aligned(passes.Max(p => p.WorkspaceBytes));
        foreach (TrainingPass pass in passes)
        {
            pass.Workspaces = (MapBytes + SharedBytes, JobBytes);
        }
    }

    /// <summary>Items.</summary>
    public int Batch { get; }

    /// <summary>Bytes of the maps.</summary>
    public long MapBytes { get; private set; }

    /// <summary>Bytes of packed weights and sums.</summary>
    public long SharedBytes { get; }

    /// <summary>Bytes of the working memory of a job.</summary>
    public long JobBytes { get; }

    /// <summary>What is done, in order.</summary>
    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Bytes of the arena.</summary>
    public long ArenaBytes(int threads) => MapBytes + SharedBytes + (threads * JobBytes);

    /// <summary>Nodes, and copies between tensors and maps where a reader wants the other.</summary>
    private void Order(Graph graph, IReadOnlyList<TrainingNode> nodes, IReadOnlySet<Value> seen)
    {
        HashSet<MapKey> maps = [];
        HashSet<Value> tensors = [.. graph.Inputs, .. graph.Keys];
        Show(graph.Inputs, seen, tensors);
        foreach (TrainingNode node in nodes)
        {
            IEnumerable<Value> read = node.Form?.Tensors ?? node.Node.Inputs.Where(i => i.Tensor is null);
            foreach (Value value in read.Where(tensors.Add))
            {
                _entries.Add(ToTensor(value));
            }

            foreach (MapRead map in node.Form?.Reads ?? [])
            {
                if (maps.Add(map.Key))
                {
                    MapKey key = map.Key;
                    _entries.Add(
                        new([], [key], [key.Value], [], b => [new ToMapPass(key, b)]) { Node = key.Value.Producer }
                    );
                }
            }

            if (node.Form is not { } form)
            {
                _entries.Add(
                    new([], [], [.. read], [.. node.Node.Outputs], b => [new EagerPass(node.Node, b)])
                    {
                        Node = node.Node,
                    }
                );
                tensors.UnionWith(node.Node.Outputs);
                Show(node.Node.Outputs, seen, tensors);
                continue;
            }

            maps.UnionWith(form.Writes.Select(w => new MapKey(w)));
            tensors.UnionWith(form.Results);
            _entries.Add(
                new(
                    [.. form.Reads.Select(r => r.Key)],
                    [.. form.Writes.Select(w => new MapKey(w))],
                    [.. form.Tensors],
                    [.. form.Results],
                    form.Bind
                )
                {
                    Node = (form as TrainedNormalization)?.Node ?? node.Node, // its clamp belongs to it
                }
            );
            Show(form.Writes.Concat(form.Results), seen, tensors);
        }

        foreach (Value value in graph.Outputs.Concat(graph.Updates.Select(u => u.Next)).Where(tensors.Add))
        {
            if (value.Tensor is null)
            {
                _entries.Add(ToTensor(value));
            }
        }
    }

    /// <summary>Shows those of some values that are seen, as soon as they are there.</summary>
    private void Show(IEnumerable<Value> values, IReadOnlySet<Value> seen, HashSet<Value> tensors)
    {
        foreach (Value value in values.Where(seen.Contains))
        {
            if (tensors.Add(value))
            {
                _entries.Add(ToTensor(value));
            }

            _entries.Add(new([], [], [value], [], _ => [new ShowPass(value)]) { Node = value.Producer });
        }
    }

    private static Entry ToTensor(Value value) =>
        new([new(value)], [], [], [value], b => [new ToTensorPass(value, b)]) { Node = value.Producer };

    /// <summary>Halos wide enough for every reader, and places by lives.</summary>
    private void Place(IReadOnlyList<TrainingNode> nodes)
    {
        Dictionary<MapKey, BlockedLayout> layouts = [];
        foreach (MapKey key in _entries.SelectMany(e => e.Reads.Concat(e.Writes)))
        {
            layouts.TryAdd(key, LayoutPlan.Layout(key.Value, key.Lanes));
        }

        foreach (MapRead read in nodes.SelectMany(n => n.Form?.Reads ?? []).Where(r => r.Halo is not null))
        {
            layouts[read.Key] = layouts[read.Key].WithHalo(read.Halo!);
        }

        MapKey[] keys = [.. layouts.Keys];
        Dictionary<MapKey, (int First, int Last)> lives = [];
        for (int i = 0; i < _entries.Count; i++)
        {
            foreach (MapKey key in _entries[i].Reads.Concat(_entries[i].Writes))
            {
                lives[key] = (lives.TryGetValue(key, out (int First, int Last) life) ? life.First : i, i);
            }
        }

        MemoryPlan plan = MemoryPlan.Of([
            .. keys.Select(
                (key, i) =>
                    new MemoryNeed(i, 0, layouts[key].Item * Batch * sizeof(float), lives[key].First, lives[key].Last)
            ),
        ]);
        MapBytes = plan.Bytes;
        for (int i = 0; i < keys.Length; i++)
        {
            _buffers[keys[i]] = new(layouts[keys[i]], layouts[keys[i]].Item, plan.Offsets[i]);
        }
    }

    /// <summary>Says behind which entry each tensor is read no more.</summary>
    private void DropTensors(Graph graph)
    {
        HashSet<Value> held = [.. graph.Outputs, .. graph.Updates.Select(u => u.Next)];
        Dictionary<Value, Entry> last = [];
        foreach (Entry entry in _entries)
        {
            foreach (Value value in entry.Tensors.Concat(entry.Results))
            {
                last[value] = entry;
            }
        }

        foreach ((Value value, Entry entry) in last.Where(l => !held.Contains(l.Key)))
        {
            entry.Dropped.Add(value);
        }
    }

    /// <summary>A node, or a copy.</summary>
    /// <param name="Reads">Maps read.</param>
    /// <param name="Writes">Maps written.</param>
    /// <param name="Tensors">Tensors read.</param>
    /// <param name="Results">Tensors left.</param>
    /// <param name="Make">Makes its passes.</param>
    internal sealed record Entry(
        MapKey[] Reads,
        MapKey[] Writes,
        Value[] Tensors,
        Value[] Results,
        Func<TrainingBinding, IEnumerable<TrainingPass>> Make
    )
    {
        /// <summary>The node, or for a copy the one whose value is copied; null for an input of the step.</summary>
        public Node? Node { get; init; }

        /// <summary>Its passes.</summary>
        public TrainingPass[] Passes { get; set; } = [];

        /// <summary>Tensors that nothing reads behind it.</summary>
        public List<Value> Dropped { get; } = [];
    }
}
