using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Watches a training session: collects evidence, asks the measured questions, tries the probes they want, and says
/// what was found.</summary>
internal sealed partial class RunWatch
{
    // Items measured the same each time, and as many at the end as tell a dead unit from a rare one: with 3840 items and
    // none above 0, a unit is above 0 in less than one of 1000 (Wilson, 95 %).
    private const int Fixed = 256,
        AtTheEnd = 3840;

    // Measuring the fixed items may take a hundredth of the learning between: a forward pass is a third of a step.
    private const double Share = 0.01;

    // Probes that answers want may cost a fiftieth of the steps done, and at the end of a short run so many.
    private const double ShareOfProbes = 0.02,
        StepsAtTheEnd = 320;

    private static readonly IReadOnlyDictionary<string, double> NothingToTry = new Dictionary<string, double>();

    private readonly TrainingSession _session;
    private readonly Watched _watched;
    private readonly Graph? _evaluated;
    private readonly Lazy<IReadOnlyList<Batch>> _train;
    private readonly TrainingObserver _observer;
    private readonly TrainingRequest? _request;
    private readonly HashSet<string> _said = [];
    private double _spent;

    private RunWatch(PreparedRun run, Watched watched, EvidenceCollector collector, TrainingObserver observer)
    {
        (_session, _watched, Collector, _observer) = (run.Session, watched, collector, observer);
        _request = run.Request;
        _evaluated = _session.Trace();
        _train = new(() => [.. Items(Fixed)]);
    }

    /// <summary>Collects.</summary>
    public EvidenceCollector Collector { get; }

    /// <summary>Makes the watch of a session; null where none is wanted.</summary>
    /// <param name="run">The run.</param>
    /// <param name="folder">The run folder; null keeps the evidence in memory.</param>
    /// <param name="observer">Hears what is found.</param>
    /// <param name="goesOn">Whether the run is continued.</param>
    public static RunWatch? Of(PreparedRun run, string? folder, TrainingObserver observer, bool goesOn = false)
    {
        TrainingSession session = run.Session;
        if (session.Options.Watch == WatchLevel.Off)
        {
            return null;
        }

        Watched watched = Prepare(run);
        MeasurementLog log =
            goesOn && folder is not null
                ? MeasurementLog.Continue(folder, session.State.Updates, session.State.Epoch, observer)
                : MeasurementLog.New(folder, observer);
        EvidenceCollector collector = new(session.Model, watched.Run, session.Options.Watch, watched.Signals, log);
        RunWatch watch = new(run, watched, collector, observer);
        session.Watch = collector;
        return watch;
    }

    /// <summary>The answers so far, worst first.</summary>
    public IReadOnlyList<Answer> Answers { get; private set; } = [];

    /// <summary>The first answer that the run is to stop on; null while there is none.</summary>
    public Answer? Stopper => Answers.FirstOrDefault(a => a.Verdict <= _session.Options.StopOn);

    /// <summary>An update is made.</summary>
    public void Updated()
    {
        long updates = _session.State.Updates;
        if (_session.Options.Watch == WatchLevel.Full && updates % GainEvery == 0)
        {
            Try("gain");
            if (IsSharpnessDue(updates))
            {
                Try("sharpness");
            }
        }

        if (IsAsked(updates))
        {
            Ask(ShareOfProbes * updates);
        }
    }

    /// <summary>The epoch is over, its number not yet counted.</summary>
    /// <param name="loss">Its mean training loss.</param>
    /// <param name="heldOut">The held-out items, measured; null without.</param>
    public void EpochEnded(double loss, EvaluationResult? heldOut)
    {
        int epoch = _session.State.Epoch + 1;
        bool last = epoch >= _session.Options.Epochs;
        MeasuredEpoch line = new()
        {
            Epoch = epoch,
            Step = _session.State.Updates,
            RunningLoss = loss,
            HeldOut = heldOut is null ? null : PartOf(heldOut),
        };
        Collector.EpochEnded(IsDue(epoch) || last ? _session.WithAverage(() => Measured(line, last)) : line);
        Collector.Log.Flush();
    }

    /// <summary>The run's state is saved.</summary>
    public void Save() => Collector.Log.Flush();

    /// <summary>Training stops: asks for the last time.</summary>
    /// <param name="healthy">Whether the network still computes, so that probes can be tried.</param>
    public void End(bool healthy = true)
    {
        Collector.Flush(_session.State.LearningRate);
        Ask(healthy ? Math.Max(ShareOfProbes * _session.State.Updates, StepsAtTheEnd) : 0);
        if (healthy && TryAtTheEnd())
        {
            Answers = Diagnosis.Of(EvidenceNow());
        }

        Collector.Log.Flush();
    }

    /// <summary>Twice an octave, as what is seen later changes ever more slowly.</summary>
    private static bool IsAsked(long updates)
    {
        long octave = 1L << (63 - System.Numerics.BitOperations.LeadingZeroCount((ulong)Math.Max(1, updates)));
        return updates >= 32 && (updates == octave || updates == octave + (octave / 2));
    }

    /// <summary>Updates 256, 512, 1024, and every 1024th or, later on, 4096th: a gradient of a gradient takes some six
    /// steps.</summary>
    private static bool IsSharpnessDue(long updates) =>
        updates >= 256 && ((updates & (updates - 1)) == 0 || updates % (updates < 16384 ? 1024 : 4096) == 0);

    /// <summary>Updates between two probes of the gain, which takes two steps.</summary>
    private long GainEvery =>
        _session.State.Updates switch
        {
            < 1024 => 128,
            < 16384 => 256,
            _ => 1024,
        };

    /// <summary>Asks the measured questions, tries the probes that would make answers surer, and says what is
    /// new.</summary>
    /// <param name="steps">Steps that probes may cost, all together since the start; none where little is watched.</param>
    private void Ask(double steps)
    {
        steps = _session.Options.Watch == WatchLevel.Full ? steps : 0;
        Evidence evidence = EvidenceNow();
        Answers = Diagnosis.Of(evidence);
        bool tried = false;
        foreach (string name in steps > 0 ? Diagnosis.Wanted(evidence) : [])
        {
            if (ProbeCatalog.Find(name) is { } probe && _spent + probe.Cost <= steps)
            {
                _observer.Advanced(TrainingStage.Probe, 0.5);
                Try(name);
                tried = true;
            }
        }

        Answers = tried ? Diagnosis.Of(EvidenceNow()) : Answers;
        foreach (Answer answer in Answers.Where(a => a.Verdict == Verdict.Fix))
        {
            Say(answer);
        }
    }

    private Evidence EvidenceNow()
    {
        Evidence structure = _watched.Structure;
        return new Evidence(structure.Graph, structure.Model, structure.Name)
        {
            Measured = Collector.Measured with { Request = _request },
        };
    }

    /// <summary>Makes a probe; those that every run makes at its end cost nothing of what others may.</summary>
    private int Try(string name)
    {
        Probe probe = ProbeCatalog.Find(name)!;
        _spent += probe.AtTheEnd ? 0 : probe.Cost;
        IReadOnlyList<MeasuredProbe> lines = ProbeRunner.Run(probe, Context());
        Collector.Probed(lines.Count > 0 ? lines : [new MeasuredProbe(_session.State.Updates, name, NothingToTry)]);
        return lines.Count;
    }

    /// <summary>Epochs 1, 2, 4, 8... and as often besides as costs a hundredth of the learning.</summary>
    private bool IsDue(int epoch)
    {
        if (_session.Options.Watch == WatchLevel.Light)
        {
            return false;
        }

        double items = Math.Min(Fixed, _session.Task.Count);
        int every = (int)Math.Ceiling(items * 2 / 3 / (Share * _session.Task.Count));
        return (epoch & (epoch - 1)) == 0 || epoch % Math.Max(1, every) == 0;
    }

    private MeasuredEpoch Measured(MeasuredEpoch line, bool last)
    {
        PartMeter train = MeterOf(_train.Value);
        long learned = (long)_session.Task.Count * _session.Options.Epochs;
        int more = (int)Math.Min(Math.Min(AtTheEnd, _session.Task.Count), 3 * Share * learned);
        PartMeter units =
            _session.Options.Watch == WatchLevel.Full && last && more > train.Part.Items ? MeterOf(Items(more)) : train;
        return line with
        {
            Train = train.Part,
            TrainingModeLoss = ModeLoss(),
            DeadUnits = units.DeadUnits,
            EffectiveRank = train.EffectiveRanks,
            UnitItems = units.Part.Items,
        };
    }

    private PartMeter MeterOf(IEnumerable<Batch> batches)
    {
        PartMeter meter = new(_session.Task.PlainLossOf, _session.Task.ClassNames.Count, _watched.Run.Points);
        meter.Measure(_session.Model, _evaluated, _watched.Places, batches);
        return meter;
    }

    /// <summary>The mean loss of the fixed items as in training; null where that is the same as in evaluation.</summary>
    private double? ModeLoss()
    {
        if (_watched.Run.Normalizations.Count == 0 && !_watched.Run.DropsUnits)
        {
            return null;
        }

        ProbeContext context = Context();
        return ProbeRunner.Run(new TrainingModeLoss(), context)[0]["loss"];
    }

    /// <summary>What probes may use.</summary>
    public ProbeContext Context() =>
        new()
        {
            Model = _session.Model,
            Evidence = _watched.Evidence,
            Optimizer = _session.Optimizer,
            Loss = _session.Task.PlainLossOf,
            Classes = _session.Task.ClassNames.Count,
            Current = Collector.Current,
            Train = _train.Value,
            HeldOut = [.. HeldOut()],
            Coming = Coming,
            Step = _session.State.Updates,
            Seed = _session.Options.Seed,
            Measured = Collector.Measured,
        };

    private List<Batch> Coming(int count)
    {
        int epoch = _session.State.Epoch,
            batch = _session.State.Batch;
        List<Batch> coming = [];
        while (coming.Count < count && _session.Loader.BatchesPerEpoch > 0)
        {
            coming.AddRange(_session.Loader.Epoch(epoch, batch).Take(count - coming.Count));
            (epoch, batch) = (epoch + 1, 0);
        }

        return coming;
    }

    private IEnumerable<Batch> Items(int count)
    {
        int size = Math.Min(64, Math.Min(count, _session.Task.Count));
        return _session
            .Task.Load(
                new LoaderOptions
                {
                    BatchSize = size,
                    Shuffle = true,
                    Seed = _session.Options.Seed,
                    Workers = 0,
                },
                augment: false
            )
            .Epoch(0)
            .Take((count + size - 1) / size);
    }

    private IEnumerable<Batch> HeldOut() => _session.Task.LoadHeldOut(64)?.Epoch(0).Take(Fixed / 64) ?? [];
}
