namespace Fovea.Workbench;

/// <summary>What is gathered between two lines.</summary>
internal sealed class UpdateWindow
{
    private double _loss,
        _low = double.PositiveInfinity,
        _high = double.NegativeInfinity,
        _norm,
        _normHigh,
        _squared,
        _product,
        _cosine,
        _entropy;
    private int _losses,
        _items,
        _right,
        _clipped,
        _products,
        _cosines,
        _entropies;
    private bool _judged;

    /// <summary>Number of the present update.</summary>
    public long Update { get; set; }

    /// <summary>Updates whose gradient went on from that of the update before.</summary>
    public int Uncleared { get; set; }

    /// <summary>Batches whose gradient was cleared before the update.</summary>
    public int Dropped { get; set; }

    /// <summary>Updates before which the weights were replaced.</summary>
    public int Replaced { get; set; }

    /// <summary>Updates that took a gradient of an earlier one.</summary>
    public int Late { get; set; }

    /// <summary>How many updates ago that was, at most.</summary>
    public int LateBy { get; set; }

    /// <summary>Updates before which running statistics had moved since the update before.</summary>
    public int StatisticsMoved { get; set; }

    /// <summary>The share of an update that was taken back before the next one; null where it was not measured.</summary>
    public double? Undone { get; set; }

    /// <summary>Updates since the last line.</summary>
    public int Steps { get; private set; }

    public void Add(double loss, int? right, int items, double? entropy)
    {
        _loss += loss;
        _losses++;
        (_low, _high) = (Math.Min(_low, loss), Math.Max(_high, loss));
        _items += items;
        _judged |= right is not null;
        _right += right ?? 0;
        _entropy += entropy ?? 0;
        _entropies += entropy is null ? 0 : 1;
    }

    public void Add(double norm, bool clipped, double? product, double? cosine)
    {
        Steps++;
        _norm += norm;
        _squared += norm * norm;
        _normHigh = Math.Max(_normHigh, norm);
        _clipped += clipped ? 1 : 0;
        _product += product ?? 0;
        _products += product is null ? 0 : 1;
        _cosine += cosine ?? 0;
        _cosines += cosine is null ? 0 : 1;
    }

    public MeasuredStep Close(MeasuredStep line, double learningRate)
    {
        MeasuredStep closed = line with
        {
            Steps = Steps,
            Loss = _loss / Math.Max(1, _losses),
            LossLow = _low,
            LossHigh = _high,
            Accuracy = _judged && _items > 0 ? (double)_right / _items : null,
            LearningRate = learningRate,
            GradientNorm = _norm / Math.Max(1, Steps),
            GradientNormHigh = _normHigh,
            SquaredNorm = _squared / Math.Max(1, Steps),
            LagProduct = _products > 0 ? _product / _products : null,
            LagCosine = _cosines > 0 ? _cosine / _cosines : null,
            Clipped = (double)_clipped / Math.Max(1, Steps),
            LabelEntropy = _entropies > 0 ? _entropy / _entropies : null,
            Items = _items,
            Uncleared = Uncleared,
            Dropped = Dropped,
            Replaced = Replaced,
            Late = Late,
            LateBy = LateBy,
            StatisticsMoved = StatisticsMoved,
            Undone = Undone,
        };
        (_loss, _norm, _normHigh, _squared, _product, _cosine, _entropy) = (0, 0, 0, 0, 0, 0, 0);
        (_low, _high) = (double.PositiveInfinity, double.NegativeInfinity);
        (_losses, _items, _right, _clipped, _products, _cosines, _entropies) = (0, 0, 0, 0, 0, 0, 0);
        (Steps, Uncleared, Dropped, Replaced) = (0, 0, 0, 0);
        (Late, LateBy, StatisticsMoved, Undone) = (0, 0, 0, null);
        return closed;
    }
}
