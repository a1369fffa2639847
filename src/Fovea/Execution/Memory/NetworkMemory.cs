namespace Fovea;

/// <summary>The memory of the values of a compiled network, for a number of items: one arena, and a buffer in it for
/// each value that some stage reads or writes.</summary>
internal sealed class NetworkMemory
{
    private readonly Dictionary<Value, NetworkBuffer> _buffers = [];
    private readonly Dictionary<Value, NetworkBuffer> _rowSums = [];

    /// <summary>Plans the memory.</summary>
    /// <param name="graph">The network.</param>
    /// <param name="stages">Its stages.</param>
    /// <param name="layouts">How its values lie.</param>
    /// <param name="batch">Items.</param>
    public NetworkMemory(Graph graph, IReadOnlyList<NetworkStage> stages, LayoutPlan layouts, int batch)
    {
        Value[] values = ValuesOf(graph, stages),
            summed = [.. stages.Where(s => s.SumsRows).Select(s => s.Step.Output)];
        ValueRoom[] rooms =
        [
            .. values.Select(v => ValueRoom.Of(v, layouts, batch)),
            .. summed.Select(v => ValueRoom.OfRowSums(v, layouts, batch)),
        ];
        MemoryPlan plan = MemoryPlan.Of(
            Needs([.. values, .. summed], rooms, new ValueLives(graph, stages), values.Length)
        );
        Bytes = plan.Bytes;
        for (int i = 0; i < rooms.Length; i++)
        {
            NetworkBuffer buffer = new(rooms[i].Layout, rooms[i].ItemStride, plan.Offsets[i]);
            if (i < values.Length)
            {
                _buffers.Add(values[i], buffer);
            }
            else
            {
                _rowSums.Add(summed[i - values.Length], buffer);
            }
        }
    }

    /// <summary>Bytes of the arena.</summary>
    public long Bytes { get; }

    /// <summary>The buffer of a value.</summary>
    public NetworkBuffer this[Value value] => _buffers[value];

    /// <summary>The buffer for the sums of the rows of a value; null where nothing sums them.</summary>
    public NetworkBuffer? RowSumsOf(Value value) => _rowSums.GetValueOrDefault(value);

    /// <summary>Bytes of the values of an item, without sums of rows.</summary>
    public static long ItemBytes(Graph graph, IReadOnlyList<NetworkStage> stages, LayoutPlan layouts) =>
        new NetworkMemory(graph, [.. stages.Select(s => s with { SumsRows = false })], layouts, 1).Bytes;

    private static Value[] ValuesOf(Graph graph, IReadOnlyList<NetworkStage> stages) =>
        [.. stages.SelectMany(s => s.Inputs.Concat(s.Step.Outputs)).Concat(graph.Inputs).Distinct()];

    /// <summary>Values that lie in one another are one group; sums of rows are groups of their own.</summary>
    /// <param name="values">The values, and behind them those whose rows are summed.</param>
    /// <param name="rooms">Their rooms.</param>
    /// <param name="lives">Their lives.</param>
    /// <param name="buffers">How many are values.</param>
    private static MemoryNeed[] Needs(Value[] values, ValueRoom[] rooms, ValueLives lives, int buffers)
    {
        Dictionary<Value, int> groups = [];
        MemoryNeed[] needs = new MemoryNeed[rooms.Length];
        for (int i = 0; i < rooms.Length; i++)
        {
            int group = i;
            if (i < buffers && !groups.TryAdd(rooms[i].Whole, i))
            {
                group = groups[rooms[i].Whole];
            }

            (int first, int last) = lives[values[i]];
            needs[i] = new(group, rooms[i].Within * sizeof(float), rooms[i].Floats * sizeof(float), first, last);
        }

        return needs;
    }
}
