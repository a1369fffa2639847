using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What is known of a training loop written by hand; all may be left out.</summary>
public sealed record WatchOptions
{
    /// <summary>What the network is called; left out, its type's name.</summary>
    public string? Name { get; init; }

    /// <summary>Class names, where items have a class.</summary>
    public IReadOnlyList<string> Classes { get; init; } = [];

    /// <summary>Items learned from.</summary>
    public int TrainItems { get; init; }

    /// <summary>Updates an epoch.</summary>
    public int UpdatesPerEpoch { get; init; }

    /// <summary>Updates that are planned.</summary>
    public long PlannedUpdates { get; init; }

    /// <summary>The schedule in words, for people.</summary>
    public string Schedule { get; init; } = "";

    /// <summary>The augmentation in words; <c>none</c> for none, empty where it is not known.</summary>
    public string Augment { get; init; } = "";

    /// <summary>Label smoothing of the loss, 0-1.</summary>
    public double LabelSmoothing { get; init; }

    /// <summary>Largest norm to which gradients are clipped; 0 for no clipping.</summary>
    public double ClipNorm { get; init; }

    /// <summary>Parts that are frozen by wish, in words; empty for none.</summary>
    public string Freeze { get; init; } = "";

    /// <summary>How much is collected.</summary>
    public WatchLevel Level { get; init; } = WatchLevel.Full;

    /// <summary>A run folder to keep the measurements in, which <c>fovea diagnose</c> reads; null keeps them in memory.</summary>
    public string? Folder { get; init; }

    /// <summary>Items learned from, prepared as in evaluation, in batches: probes measure them. Empty: probes that need them
    /// are left out.</summary>
    public IReadOnlyList<Batch> Train { get; init; } = [];

    /// <summary>Items held out, likewise.</summary>
    public IReadOnlyList<Batch> HeldOut { get; init; } = [];

    /// <summary>Seed of what probes draw.</summary>
    public ulong Seed { get; init; }
}

/// <summary>Watches a training loop written by hand, so that the measured questions can be asked about it. See
/// <see cref="Diagnosis.Watch"/>.</summary>
/// <remarks>
/// <code>
/// var watch = Diagnosis.Watch(net, optimizer, (scores, labels) => loss.Forward(scores, labels));
/// foreach (Batch batch in loader.Epoch(0))
/// {
///     optimizer.ZeroGrad();
///     watch.Begin();
///     Tensor scores = net.Forward(batch.Inputs), value = loss.Forward(scores, batch.Targets);
///     value.Backward();
///     watch.Learned(batch, scores, value);
///     watch.Step(); // optimizer.Step(), watched
/// }
/// </code>
/// It reads the network and changes no bit of it. Not synchronized: it belongs to its loop.
/// </remarks>
public sealed class TrainingWatch
{
    private readonly Module _model;
    private readonly Optimizer _optimizer;
    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> _loss;
    private readonly WatchOptions _options;
    private Watched? _watched;
    private EvidenceCollector? _collector;
    private long _update;
    private bool _begun;

    internal TrainingWatch(
        Module model,
        Optimizer optimizer,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        WatchOptions options
    ) => (_model, _optimizer, _loss, _options) = (model, optimizer, loss, options);

    /// <summary>What was measured so far.</summary>
    /// <exception cref="InvalidOperationException">No batch was learned from yet.</exception>
    public Measurements Measured => Collector.Measured;

    /// <summary>The evidence so far: structure and measurements, for <c>Diagnosis.Of</c>. Null where the network
    /// cannot be traced.</summary>
    /// <exception cref="InvalidOperationException">No batch was learned from yet.</exception>
    public Evidence? Evidence =>
        Collector is var collector && _watched!.Evidence is { } structure
            ? new Evidence(structure.Graph, structure.Model, structure.Name) { Measured = collector.Measured }
            : null;

    private EvidenceCollector Collector =>
        _collector ?? throw new InvalidOperationException("TrainingWatch: no batch was learned from yet.");

    /// <summary>An update begins: call it before the network is run, so that the numbers which layers draw are known. May be
    /// left out where no layer drops units.</summary>
    public void Begin()
    {
        _collector?.Begin(_update);
        _begun = true;
    }

    /// <summary>A batch was learned from: call it behind <see cref="Tensor.Backward"/>, for each batch of an update.</summary>
    /// <param name="batch">As it was fed.</param>
    /// <param name="scores">What the network made of it.</param>
    /// <param name="loss">Its loss, one number.</param>
    public void Learned(Batch batch, Tensor scores, Tensor loss) => Learned(batch, [scores], loss);

    /// <summary>As <see cref="Learned(Batch, Tensor, Tensor)"/>, for a network of several outputs.</summary>
    /// <param name="batch">As it was fed.</param>
    /// <param name="outputs">What the network made of it.</param>
    /// <param name="loss">Its loss, one number.</param>
    public void Learned(Batch batch, IReadOnlyList<Tensor> outputs, Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(loss);
        if (_collector is null)
        {
            Start(batch);
        }

        if (!_begun)
        {
            _collector!.Begin(_update, isBeforeForward: false);
            _begun = true;
        }

        double value = loss.Item();
        if (double.IsFinite(value))
        {
            Collector.Learned(batch, outputs, value, Right(batch, outputs));
        }
        else
        {
            Collector.Failed(batch, value, double.NaN, _optimizer.LearningRate);
        }
    }

    /// <summary>Makes the update by <see cref="Optimizer.Step"/>, and notes what it changed. Call it in the place of that,
    /// behind clipping where there is any.</summary>
    /// <exception cref="InvalidOperationException">No batch was learned from yet.</exception>
    public void Step()
    {
        EvidenceCollector collector = Collector;
        collector.Ready(GradientClipping.Norm(_model.Parameters()), _options.ClipNorm);
        _optimizer.Step();
        collector.Updated(_optimizer.LearningRate);
        _update++;
        _begun = false;
    }

    /// <summary>An epoch is over: measures the items of <see cref="WatchOptions.Train"/>, and those held out unless the loop
    /// measured them itself.</summary>
    /// <param name="heldOut">The items held out as the loop measured them; null to have it done here.</param>
    /// <param name="inTraining">Whether the network was in training while the loop measured them.</param>
    public void EpochEnded(MeasuredPart? heldOut = null, bool inTraining = false)
    {
        EvidenceCollector collector = Collector;
        Graph? graph = _watched!.Evidence is null ? null : TraceEvaluated();
        PartMeter train = Meter(graph, _options.Train);
        heldOut ??= _options.HeldOut.Count > 0 ? Meter(graph, _options.HeldOut).Part : null;
        collector.EpochEnded(
            new MeasuredEpoch
            {
                Epoch = collector.Measured.Epochs.Count + 1,
                Step = _update,
                RunningLoss = RunningLoss(collector.Measured),
                Train = _options.Train.Count > 0 ? train.Part : null,
                HeldOut = heldOut,
                EvaluatedInTraining = inTraining,
                TrainingModeLoss = ModeLoss(collector),
                DeadUnits = _options.Train.Count > 0 ? train.DeadUnits : [],
                EffectiveRank = _options.Train.Count > 0 ? train.EffectiveRanks : [],
                UnitItems = train.Part.Items,
            }
        );
        collector.Log.Flush();
    }

    /// <summary>Tries the probes that answers so far would be surer with.</summary>
    /// <param name="names">Their names, as <c>Diagnosis.Wanted</c> gives them.</param>
    public void Try(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        EvidenceCollector collector = Collector;
        foreach (Probe probe in names.Select(ProbeCatalog.Find).OfType<Probe>())
        {
            collector.Probed(ProbeRunner.Run(probe, Context(collector)));
        }
    }

    private ProbeContext Context(EvidenceCollector collector) =>
        new()
        {
            Model = _model,
            Evidence = _watched!.Evidence,
            Optimizer = _optimizer,
            Loss = _loss,
            Classes = _options.Classes.Count,
            Current = collector.Current,
            Train = _options.Train,
            HeldOut = _options.HeldOut,
            Coming = count =>
                _options.Train.Count == 0
                    ? []
                    : [.. Enumerable.Range(0, count).Select(i => _options.Train[i % _options.Train.Count])],
            Step = _update,
            Seed = _options.Seed,
            Measured = collector.Measured,
        };

    /// <summary>The mean loss of the items of <see cref="WatchOptions.Train"/> as in training; null where that is the same as in
    /// evaluation.</summary>
    private double? ModeLoss(EvidenceCollector collector) =>
        _options.Train.Count == 0 || (_watched!.Run.Normalizations.Count == 0 && !_watched.Run.DropsUnits)
            ? null
            : ProbeRunner.Run(new TrainingModeLoss(), Context(collector))[0]["loss"];

    private static double RunningLoss(Measurements measured)
    {
        long from = measured.Epochs.Count > 0 ? measured.Epochs[^1].Step : 0;
        MeasuredStep[] lines = [.. measured.Steps.Where(s => s.Step >= from)];
        return lines.Sum(s => s.Loss * s.Steps) / Math.Max(1, lines.Sum(s => s.Steps));
    }

    private void Start(Batch batch)
    {
        _watched = Watched.Of(
            _model,
            _optimizer,
            batch.AllInputs,
            _loss,
            new MeasuredRun
            {
                Model = _options.Name ?? _model.GetType().Name,
                Classes = _options.Classes,
                TrainItems = _options.TrainItems,
                HeldOutItems = _options.HeldOut.Sum(b => b.Indices.Count),
                Batch = batch.Indices.Count,
                UpdatesPerEpoch = _options.UpdatesPerEpoch,
                PlannedUpdates = _options.PlannedUpdates,
                Optimizer = "",
                LearningRate = _optimizer.LearningRate,
                Schedule = _options.Schedule,
                Augment = _options.Augment,
                LabelSmoothing = _options.LabelSmoothing,
                ClipNorm = _options.ClipNorm,
                Freeze = _options.Freeze,
                ChanceLoss = _options.Classes.Count > 1 ? Math.Log(_options.Classes.Count) : null,
            }
        );
        _collector = new EvidenceCollector(
            _model,
            _watched.Run,
            _options.Level,
            _watched.Signals,
            MeasurementLog.New(_options.Folder)
        )
        {
            IsByHand = true,
        };
        _collector.Begin(_update);
        _begun = true;
        if (_options.Train.Count > 0)
        {
            if (BatchItems.Look(_options.Train, _options.HeldOut, _options.Classes) is { } data)
            {
                _collector.Log.Add(data);
            }

            Try([FirstBatchProbe.ProbeName, MixingProbe.ProbeName]);
        }
    }

    private int? Right(Batch batch, IReadOnlyList<Tensor> outputs) =>
        _options.Classes.Count > 1
        && batch.Targets is { DType: DType.Int64, Rank: 1 }
        && outputs[0].Rank == 2
        && outputs[0].Shape[0] == batch.Targets.Shape[0]
            ? Predictions.Highest(outputs[0]).Zip(Predictions.Labels(batch.Targets)).Count(p => p.First == p.Second)
            : null;

    private PartMeter Meter(Graph? graph, IReadOnlyList<Batch> batches)
    {
        PartMeter meter = new(_loss, _options.Classes.Count, _watched!.Run.Points);
        meter.Measure(_model, graph, _watched.Places, batches);
        return meter;
    }

    private Graph TraceEvaluated() =>
        Graph.Trace(
            _model,
            [.. _watched!.Evidence!.Graph.Inputs.Select(v => new GraphInput(v.Name, v.Shape, v.DType))]
        );
}
