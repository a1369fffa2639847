using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Measures some batches in evaluation: loss, answers, and which units never speak.</summary>
internal sealed class PartMeter
{
    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> _loss;
    private readonly int _classes;
    private readonly bool[]?[] _alive;
    private readonly int[] _units;
    private readonly RankMeter _ranks;
    private double _sum,
        _squares;
    private int _items,
        _values,
        _right;
    private readonly int[] _classItems,
        _classRight,
        _classPredicted;

    public PartMeter(
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        int classes,
        IReadOnlyList<MeasuredPoint> points
    )
    {
        (_loss, _classes) = (loss, classes);
        _alive = [.. points.Select(p => p.Kind == PointKind.Activation ? new bool[p.Units] : null)];
        _units = [.. points.Select(p => p.Units)];
        _ranks = new RankMeter(points);
        (_classItems, _classRight, _classPredicted) = (new int[classes], new int[classes], new int[classes]);
    }

    /// <summary>What was measured.</summary>
    public MeasuredPart Part =>
        new(
            _items,
            _sum / Math.Max(1, _values),
            ItemLosses.Error(_sum, _squares, _values),
            _classes > 0 ? _right : null
        )
        {
            ClassItems = _classItems,
            ClassRight = _classRight,
            ClassPredicted = _classPredicted,
        };

    /// <summary>By point: units that gave nothing above 0.</summary>
    public IReadOnlyList<int> DeadUnits => [.. _alive.Select(a => a?.Count(alive => !alive) ?? -1)];

    /// <summary>By point: how many directions its channels use.</summary>
    public IReadOnlyList<double> EffectiveRanks => _ranks.Ranks;

    /// <summary>Measures batches.</summary>
    /// <param name="model">The network; afterwards it is in the modes it was in.</param>
    /// <param name="graph">Its graph in evaluation; null where it cannot be traced.</param>
    /// <param name="places">Places of the points by name.</param>
    /// <param name="batches">As in evaluation.</param>
    public void Measure(Module model, Graph? graph, IReadOnlyDictionary<string, int> places, IEnumerable<Batch> batches)
    {
        Interpreter? interpreter = graph is null ? null : new Interpreter(graph) { AppliesUpdates = false };
        using ModuleModes modes = model.KeepModes();
        model.Eval();
        using (NoGrad.Enter())
        {
            foreach (Batch batch in batches)
            {
                Add(
                    interpreter?.Run(batch.AllInputs, (value, tensor) => See(value, tensor, places))
                        ?? model.ForwardAll(batch.AllInputs),
                    batch
                );
            }
        }
    }

    private void See(Value value, Tensor tensor, IReadOnlyDictionary<string, int> places)
    {
        if (
            tensor.DType == DType.Int64
            || !places.TryGetValue(value.Name, out int place)
            || tensor.Rank < 2
            || tensor.Shape[1] != _units[place]
        )
        {
            return;
        }

        _ranks.See(place, tensor);
        if (_alive[place] is { } alive)
        {
            IReadOnlyList<bool> now = SignalMeter.Of(tensor).Alive;
            for (int i = 0; i < alive.Length; i++)
            {
                alive[i] |= now[i];
            }
        }
    }

    private void Add(IReadOnlyList<Tensor> outputs, Batch batch)
    {
        _items += batch.Indices.Count;
        double[] losses;
        if (_classes > 0 && batch.Targets.DType == DType.Int64 && outputs[0].Rank == 2)
        {
            int[] labels = Predictions.Labels(batch.Targets);
            int[] predicted = Predictions.Highest(outputs[0]);
            for (int i = 0; i < labels.Length; i++)
            {
                _classItems[labels[i]]++;
                if (predicted[i] < _classes) // a network may have more scores than there are classes
                {
                    _classPredicted[predicted[i]]++;
                }

                _classRight[labels[i]] += labels[i] == predicted[i] ? 1 : 0;
                _right += labels[i] == predicted[i] ? 1 : 0;
            }

            losses = ItemLosses.Of(outputs[0], labels);
        }
        else
        {
            losses = [_loss(outputs, batch.AllTargets).Item()];
        }

        foreach (double loss in losses)
        {
            _sum += loss;
            _squares += loss * loss;
            _values++;
        }
    }
}
