namespace Fovea;

/// <summary>From which stage to which each value of a network is needed.</summary>
internal sealed class ValueLives
{
    private readonly Dictionary<Value, int> _first = [];
    private readonly Dictionary<Value, int> _last = [];

    /// <summary>Finds them.</summary>
    /// <param name="graph">The network. Its inputs are there before the first stage, at -1; its outputs are needed
    /// behind the last.</param>
    /// <param name="stages">Its stages.</param>
    public ValueLives(Graph graph, IReadOnlyList<NetworkStage> stages)
    {
        foreach (Value input in graph.Inputs)
        {
            _first[input] = _last[input] = -1;
        }

        for (int i = 0; i < stages.Count; i++)
        {
            foreach (Value output in stages[i].Step.Outputs)
            {
                _first[output] = i;
            }

            foreach (Value value in stages[i].Inputs.Concat(stages[i].Step.Outputs))
            {
                _last[value] = i;
            }
        }

        foreach (Value output in graph.Outputs)
        {
            _last[output] = stages.Count;
        }
    }

    /// <summary>The first and the last stage that need a value.</summary>
    public (int First, int Last) this[Value value] => (_first[value], _last[value]);
}
