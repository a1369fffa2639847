using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Collects evidence while a network is trained. It reads, and changes no bit of training.</summary>
/// <remarks>For each update: <see cref="Begin"/> before a batch is learned from, <see cref="Learned"/> behind it,
/// <see cref="Ready"/> when the gradient is complete, <see cref="Updated"/> when the weights have changed.</remarks>
internal sealed class EvidenceCollector
{
    private readonly Module _model;
    private readonly WatchLevel _level;
    private readonly SignalSampler? _signals;
    private readonly IReadOnlyList<Parameter> _parameters;
    private readonly FeedBook _book;
    private readonly UpdateWindow _window = new();
    private readonly MeasurementLog _log;
    private readonly bool[] _optimized;
    private BetweenUpdates? _between;
    private Tensor?[] _gradients = [];
    private Tensor?[] _weights = [];
    private double _lastNorm;
    private IReadOnlyDictionary<string, RngState>? _random;
    private readonly Module[] _modes;
    private Tensor?[] _before = [];
    private Batch? _batch;
    private MeasuredStep? _line;
    private SignalReading? _reading;
    private double _firstLoss;
    private double _share;
    private Tensor?[] _backward = [];
    private int _batches;
    private int _evaluating;
    private bool _sampled;

    public EvidenceCollector(
        Module model,
        MeasuredRun run,
        WatchLevel level,
        SignalSampler? signals,
        MeasurementLog log
    )
    {
        (_model, _level, _signals, _log) = (model, level, signals, log);
        _parameters = model.Parameters();
        _modes = [.. model.NamedModules().Select(m => m.Module).Where(m => m is RandomDrop or BatchNorm)];
        _optimized = [.. _parameters.Select((_, i) => i >= run.Parameters.Count || run.Parameters[i].IsOptimized)];
        _book = new FeedBook(run.Classes.Count);
        log.Begin(run);
    }

    /// <summary>All that was measured.</summary>
    public Measurements Measured => _log.Measurements;

    /// <summary>Where it is kept.</summary>
    public MeasurementLog Log => _log;

    /// <summary>The batch that was learned from last, as it was fed.</summary>
    public Batch? Current => _batch;

    /// <summary>Stretches of updates, first and last, in which each is measured.</summary>
    public IReadOnlyList<(long From, long To)> Dense { get; init; } = [];

    /// <summary>Whether the loop is written by hand: it may then change gradients and weights between the calls, which is looked
    /// for. The trainer does not.</summary>
    public bool IsByHand { get; init; }

    private BetweenUpdates? Between =>
        IsByHand && _level != WatchLevel.Light ? _between ??= new BetweenUpdates(_model, _parameters) : null;

    /// <summary>An update begins.</summary>
    /// <param name="update">Its number, from 0.</param>
    /// <param name="isBeforeForward">Whether the network was not run yet for it.</param>
    public void Begin(long update, bool isBeforeForward = true)
    {
        _window.Update = update;
        Between?.Begin(_window, isBeforeForward);
        _sampled = SamplingPlan.Includes(_level, update) || Dense.Any(d => update >= d.From && update <= d.To);
        _random = _sampled && _signals is not null ? SessionCheckpoint.RandomStates(_model) : null;
        (_line, _batch, _reading, _batches, _before, _backward) = (null, null, null, 0, [], []);
    }

    /// <summary>A batch was learned from: its loss and gradient are known.</summary>
    /// <param name="batch">As it was fed.</param>
    /// <param name="outputs">Of the network.</param>
    /// <param name="loss">Its mean loss.</param>
    /// <param name="right">Items predicted right; null where nothing is right or wrong.</param>
    /// <param name="share">The gradient that its loss was given, where the sum over the batches of the update is divided
    /// behind the last of them; null where it is not known.</param>
    public void Learned(Batch batch, IReadOnlyList<Tensor> outputs, double loss, int? right, double? share = null)
    {
        if (_batches++ == 0)
        {
            // Of several batches of an update the first is measured.
            (_batch, _firstLoss, _share) = (batch, loss, share ?? double.NaN);
            _evaluating = _modes.Count(m => !m.IsTraining && !m.HoldsState);
            _reading = _random is null ? null : _signals?.Read(batch, _random);
        }

        NoteDropped();
        Between?.Left();
        _backward = _sampled && IsByHand ? [.. _parameters.Select(p => p.Grad?.Clone())] : [];
        double? entropy = _level == WatchLevel.Light ? null : _book.Add(batch, outputs[0]);
        _window.Add(loss, right, batch.Indices.Count, entropy);
    }

    /// <summary>The gradient is complete, and clipped where that is asked for.</summary>
    /// <param name="norm">Its norm before clipping.</param>
    /// <param name="clipNorm">The largest norm; 0 for no clipping.</param>
    public void Ready(double norm, double clipNorm = 0)
    {
        bool clipped = clipNorm > 0 && norm > clipNorm;
        (double? product, double? cosine) = _level == WatchLevel.Light ? (null, null) : Lag(clipped ? clipNorm : norm);
        _window.Add(norm, clipped, product, cosine);
        Between?.Ready(_window, _sampled);
        if (!_sampled)
        {
            return;
        }

        _weights = [.. _parameters.Select(p => p.Clone())];
        _line = new MeasuredStep
        {
            Step = _window.Update,
            Weights = [.. _parameters.Select(ParameterNorms.Of)],
            Gradients = [.. _parameters.Select(p => p.Grad is { } g ? ParameterNorms.Of(g) : double.NaN)],
            GradientTurns =
                _backward.Length == 0 ? null : [.. _parameters.Select((p, i) => Cosine(p.Grad, _backward[i]))],
        };
        if (_reading is { } reading)
        {
            _line = _line with
            {
                NonFinite = reading.NonFinite,
                TracedLoss = reading.Loss,
                FirstLoss = _firstLoss,
                GradientCosine = reading.GradientCosine,
                GradientScale = double.IsNaN(_share)
                    ? reading.GradientScale
                    : reading.GradientScale / (_share * _batches),
                Power = reading.Power,
                Mean = reading.Mean,
                GradientPower = reading.GradientPower,
                Zeros = reading.Zeros,
                Silent = reading.Silent,
                Saturated = reading.Saturated,
                MeanDrift = reading.MeanDrift,
                VarianceDrift = reading.VarianceDrift,
            };
        }
    }

    /// <summary>The update is made.</summary>
    /// <param name="learningRate">Its learning rate.</param>
    /// <returns>Whether a line was written.</returns>
    public bool Updated(double learningRate)
    {
        Between?.Updated();
        if (_line is null)
        {
            return false;
        }

        Tensor?[] before = _weights;
        _log.Add(
            Closed(learningRate) with
            {
                Updates = [.. _parameters.Select((p, i) => ParameterNorms.OfDifference(p, before[i]!))],
            }
        );
        _weights = [];
        return true;
    }

    /// <summary>An update failed: its loss or its gradient is not finite. What can be seen of it is written.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="loss">Its loss; null where that was noted already.</param>
    /// <param name="norm">Norm of the gradient; NaN where none was computed.</param>
    /// <param name="learningRate">Of the update before.</param>
    public void Failed(Batch? batch, double? loss, double norm, double learningRate)
    {
        if (batch is not null && loss is { } value)
        {
            _batch ??= batch;
            _window.Add(value, null, batch.Indices.Count, null);
        }

        if (_reading is null && _batch is not null)
        {
            _reading = _signals?.Read(_batch, _random ?? SessionCheckpoint.RandomStates(_model));
        }

        _sampled = true;
        Ready(norm);
        _log.Add(Closed(learningRate));
        (_line, _gradients) = (null, []);
    }

    /// <summary>Writes the updates since the last line, where there are any: training ends, or is saved.</summary>
    /// <param name="learningRate">Of the last update.</param>
    public void Flush(double learningRate)
    {
        if (_window.Steps > 0)
        {
            _log.Add(_window.Close(new MeasuredStep { Step = _window.Update }, learningRate));
        }
    }

    /// <summary>An epoch is over.</summary>
    /// <param name="epoch">What was measured.</param>
    public void EpochEnded(MeasuredEpoch epoch) =>
        _log.Add(
            _book.Close(epoch) with
            {
                AlikeFilters = [.. _parameters.Select(AlikeFilters.Of)],
                WeightsMoved = Between?.Distance() ?? double.NaN,
            }
        );

    /// <summary>A probe was tried.</summary>
    public void Probed(IEnumerable<MeasuredProbe> lines)
    {
        foreach (MeasuredProbe line in lines)
        {
            _log.Add(line);
        }
    }

    private static double Cosine(Tensor? a, Tensor? b) =>
        a is null || b is null || a.DType == DType.Int64 || !a.Shape.Equals(b.Shape)
            ? double.NaN
            : ParameterNorms.Product(a, b) / (ParameterNorms.Of(a) * ParameterNorms.Of(b));

    private MeasuredStep Closed(double learningRate) =>
        _window.Close(_line!, learningRate) with
        {
            Batches = Math.Max(1, _batches),
            InEvaluation = _evaluating,
        };

    /// <summary>Notes where a gradient is no longer that to which the batch before added.</summary>
    private void NoteDropped()
    {
        Tensor?[] now = [.. _parameters.Select(p => p.Grad)];
        if (
            _before.Length == now.Length
            && _before.Zip(now).Any(g => g.First is not null && !ReferenceEquals(g.First, g.Second))
        )
        {
            _window.Dropped++;
        }

        _before = now;
    }

    /// <summary>Inner product and cosine with the gradient of the update before, which is then replaced.</summary>
    private (double? Product, double? Cosine) Lag(double norm)
    {
        Tensor?[] now = [.. _parameters.Select(p => p.Grad)];
        bool known = _gradients.Length == now.Length;
        // Of a parameter that the optimizer was not given nobody clears the gradient, and nobody uses it.
        if (known && Enumerable.Range(0, now.Length).Any(i => _optimized[i] && Is(now[i], _gradients[i])))
        {
            _window.Uncleared++;
            return (null, null);
        }

        double product = 0;
        for (int i = 0; known && i < now.Length; i++)
        {
            if (now[i] is { } g && _gradients[i] is { } before && g.DType != DType.Int64)
            {
                product += ParameterNorms.Product(g, before);
            }
        }

        // ZeroGrad lets go of gradients and Backward makes new ones, so those kept here change no more.
        double last = _lastNorm;
        (_gradients, _lastNorm) = (now, norm);
        return known ? (product, norm > 0 && last > 0 ? product / norm / last : null) : (null, null);

        static bool Is(Tensor? now, Tensor? before) => now is not null && ReferenceEquals(now, before);
    }
}
