using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>A training loop as a user writes it, with a slip.</summary>
internal static class Loop
{
    private const int Updates = 300;

    /// <summary>Runs it.</summary>
    /// <param name="run">The case.</param>
    /// <param name="before">Takes the causes that are named before the first update.</param>
    /// <returns>The answers, and what was measured.</returns>
    public static (IReadOnlyList<Answer> Answers, Measurements Measured) Run(Case run, ICollection<string> before)
    {
        Slip slip = run.Slip!.Value;
        TrainingOptions options = run.Options;
        IDataset all = run.Data.Train;
        int held = all.Count / 5;
        Preprocessing preprocessing = Preprocessing.Fit(all);
        int[] order = new Rng(options.Seed).Split("split").Permutation(all.Count);
        Items train = new(all, order[held..]),
            out_ = new Items(all, order[..held]);
        if (slip == Slip.Unshuffled)
        {
            train = new Items(train, [.. Enumerable.Range(0, train.Count).OrderBy(train.Label)]);
        }

        Optimizer optimizer = OptimizerOf(run, slip);
        int group = slip is Slip.ClearedEachBatch or Slip.SummedBatches ? 4 : 1,
            size = options.Batch / (group == 1 ? 1 : 2),
            perEpoch = Math.Max(1, train.Count / size / group);
        Loader loader = new(
            train,
            new LoaderOptions
            {
                BatchSize = size,
                Shuffle = slip != Slip.Unshuffled,
                Seed = options.Seed,
                DropLast = true,
                Preprocessing = preprocessing,
                Augmentation =
                    slip == Slip.SameAugmentation
                        ? Augmentation.Parse(run.Data.Train.ItemShape.Rank == 3 ? "crop=2" : "jitter=0.1")
                        : null,
                Workers = 0,
            }
        );
        Batch[] heldOut = [.. Held(slip, out_, preprocessing).Select(b => Scaled(b, slip, heldOut: true))];
        CrossEntropy entropy = new();
        TrainingWatch watch = Diagnosis.Watch(
            run.Net,
            optimizer,
            run.Loss ?? entropy.Forward,
            new WatchOptions
            {
                Classes = all.Classes,
                TrainItems = train.Count,
                UpdatesPerEpoch = perEpoch,
                PlannedUpdates = Updates,
                Augment = slip == Slip.SameAugmentation ? "crop" : "none",
                Train = [.. Fixed(train, preprocessing).Select(b => Scaled(b, slip, heldOut: false))],
                HeldOut = heldOut,
                Seed = options.Seed,
            }
        );
        Train(run, slip, optimizer, watch, loader, group, perEpoch, heldOut, before);
        Evidence evidence = watch.Evidence ?? throw new InvalidOperationException("the network cannot be traced");
        watch.Try(Diagnosis.Wanted(evidence));
        return (Diagnosis.Of(watch.Evidence!), watch.Measured);
    }

    private static void Train(
        Case run,
        Slip slip,
        Optimizer optimizer,
        TrainingWatch watch,
        Loader loader,
        int group,
        int perEpoch,
        Batch[] heldOut,
        ICollection<string> before
    )
    {
        CrossEntropy entropy = new();
        Func<Tensor, Tensor, Tensor> loss = run.Loss ?? entropy.Forward;
        Schedule schedule = Schedule.Parse(run.Options.Schedule, Updates, perEpoch);
        Rng noise = new Rng(run.Options.Seed).Split("noise");
        if (slip != Slip.InEvaluation || run.From > 0)
        {
            run.Net.Train();
        }
        else
        {
            run.Net.Eval();
        }

        int update = 0;
        for (int epoch = 0; update < Updates; epoch++)
        {
            // Augmentation and order of an epoch come from its number.
            IEnumerable<Batch> batches = loader.Epoch(slip == Slip.SameAugmentation ? 0 : epoch);
            foreach (Batch[] parts in batches.Chunk(group).Where(c => c.Length == group))
            {
                Batch[] fed =
                    slip == Slip.OneBatchForEver ? [loader.Epoch(0).First()]
                    : slip == Slip.HalfOfTheItems && parts[0].Indices[0] % 2 == 1 ? [loader.Epoch(epoch).First()]
                    : parts;
                Update(fed, update);
                if (++update >= Updates)
                {
                    break;
                }
            }

            MeasuredPart? own = slip == Slip.EvaluatedInTraining ? Measure(run.Net, heldOut) : null;
            watch.EpochEnded(own, inTraining: slip == Slip.EvaluatedInTraining);
        }

        void Update(Batch[] parts, int number)
        {
            Slip slip = number >= run.From ? run.Slip!.Value : Slip.None;
            if (slip == Slip.InEvaluation && number == run.From)
            {
                run.Net.Eval();
            }

            optimizer.LearningRate = run.Options.LearningRate * schedule.Factor(number);
            if (slip != Slip.NotCleared)
            {
                run.Net.ZeroGrad();
            }

            watch.Begin();
            foreach (Batch part in parts)
            {
                if (slip == Slip.ClearedEachBatch)
                {
                    run.Net.ZeroGrad();
                }

                Batch batch = Scaled(part, slip, heldOut: false);
                Tensor scores = run.Net.Forward(batch.Inputs),
                    value = loss(scores, batch.Targets);
                double factor =
                    slip == Slip.ClimbsTheLoss ? -1
                    : slip == Slip.ScaledLoss ? 30
                    : slip == Slip.SummedBatches ? 1
                    : 1.0 / parts.Length;
                (value * factor).Backward();
                if (slip == Slip.NoisyGradient)
                {
                    Disturb(run.Net, noise.Split((ulong)number));
                }

                watch.Learned(batch, scores, value);
            }

            if (number == 0 && watch.Evidence is { } evidence)
            {
                foreach (Answer answer in Diagnosis.Of(evidence).Where(a => a.Verdict == Verdict.Fix))
                {
                    before.Add(answer.Cause);
                }
            }

            watch.Step();
        }
    }

    private static void Disturb(Module net, Rng rng)
    {
        foreach (Parameter parameter in net.Parameters().Where(p => p.Grad is not null))
        {
            foreach (ref float value in parameter.Grad!.AsSpan<float>())
            {
                value *= rng.NextSingle() < 0.5f ? 0f : 1f;
            }
        }
    }

    private static Optimizer OptimizerOf(Case run, Slip slip)
    {
        if (slip != Slip.LayerNotOptimized)
        {
            return Optimizer.Parse(run.Options.Optimizer, run.Net, run.Options.LearningRate);
        }

        Parameter[] given = [.. run.Net.Parameters()];
        Parameter left = NetworkFaults.Weights(run.Net)[1];
        return new SGD([new ParameterGroup([.. given.Where(p => p != left)])], run.Options.LearningRate, momentum: 0.9);
    }

    internal static IEnumerable<Batch> Fixed(IDataset data, Preprocessing preprocessing) => new Loader(
            data,
            new LoaderOptions
            {
                BatchSize = Math.Min(64, data.Count),
                Shuffle = true,
                Seed = 1,
                Preprocessing = preprocessing,
                Workers = 0,
            }
        ).Epoch(0).Take(4);

    private static IEnumerable<Batch> Held(Slip slip, Items data, Preprocessing preprocessing)
    {
        int classes = data.Classes.Count;
        if (slip == Slip.OtherClassOrder)
        {
            data = new Items(
                data,
                [.. Enumerable.Range(0, data.Count)],
                [.. Enumerable.Range(0, data.Count).Select(i => (data.Label(i) + 1) % classes)]
            );
        }

        return Fixed(data, preprocessing);
    }

    private static Batch Scaled(Batch batch, Slip slip, bool heldOut) =>
        slip switch
        {
            Slip.RawInputs => batch with { Inputs = (batch.Inputs * 60.0) + 80.0 },
            Slip.DividedTwice => batch with { Inputs = batch.Inputs * (1.0 / 255.0) },
            Slip.OtherPipeline when heldOut => batch with { Inputs = (batch.Inputs * 4.0) + 3.0 },
            _ => batch,
        };

    private static MeasuredPart Measure(Module net, Batch[] batches)
    {
        CrossEntropy entropy = new();
        double sum = 0;
        int items = 0,
            right = 0;
        using (NoGrad.Enter())
        {
            foreach (Batch batch in batches)
            {
                Tensor scores = net.Forward(batch.Inputs);
                sum += entropy.Forward(scores, batch.Targets).Item() * batch.Indices.Count;
                items += batch.Indices.Count;
                long[] labels = batch.Targets.ToArray<long>();
                long[] best = scores.ArgMax(1).ToArray<long>();
                right += labels.Zip(best).Count(p => p.First == p.Second);
            }
        }

        return new MeasuredPart(items, sum / items, 0.05, right);
    }
}
