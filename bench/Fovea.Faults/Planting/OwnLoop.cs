using Fovea.Data;
using Fovea.Workbench;

namespace Fovea.Faults;

/// <summary>What a user's own training loop does otherwise than the plain one; left out, as usual.</summary>
internal sealed record Habits
{
    /// <summary>Makes the optimizer.</summary>
    public Func<Module, TrainingOptions, Optimizer>? Optimizer { get; init; }

    /// <summary>The factor on the rate at an update, from the update and the schedule.</summary>
    public Func<int, Schedule, double>? Rate { get; init; }

    /// <summary>Is called as an epoch begins, with its number.</summary>
    public Action<Module, int>? EpochBegins { get; init; }

    /// <summary>Is called between backward and step, with the update's number.</summary>
    public Action<Module, Optimizer, int>? BeforeStep { get; init; }

    /// <summary>Is called behind the step.</summary>
    public Action<Module>? Stepped { get; init; }

    /// <summary>Is called before the network is evaluated.</summary>
    public Action<Module>? Evaluates { get; init; }

    /// <summary>Is called behind it.</summary>
    public Action<Module>? Evaluated { get; init; }

    /// <summary>What the items learned from pass through; the preprocessing is fitted to them as they were before.</summary>
    public Func<IDataset, IDataset>? Learned { get; init; }

    /// <summary>What the items held out pass through.</summary>
    public Func<IDataset, IDataset>? HeldOut { get; init; }

    /// <summary>What all batches pass through.</summary>
    public Func<Tensor, Tensor>? Inputs { get; init; }

    /// <summary>The augmentation.</summary>
    public Augmentation? Augmentation { get; init; }

    /// <summary>Items of the batch of an update, at most.</summary>
    public Func<int, int>? Items { get; init; }

    /// <summary>What the batches of an epoch pass through, with its number.</summary>
    public Func<IEnumerable<Batch>, int, IEnumerable<Batch>>? Batches { get; init; }

    /// <summary>The loss from network, inputs and labels, where it is not of the scores.</summary>
    public Func<Module, Tensor, Tensor, Tensor>? Value { get; init; }
}

/// <summary>A training loop as a user writes it, with habits.</summary>
internal static class OwnLoop
{
    private const int Updates = 300;

    /// <summary>Runs it.</summary>
    /// <param name="run">The case.</param>
    /// <param name="before">Takes the causes that are named before the first update.</param>
    /// <returns>The answers, and what was measured.</returns>
    public static (IReadOnlyList<Answer> Answers, Measurements Measured) Run(Case run, ICollection<string> before)
    {
        Habits habits = run.Own!;
        TrainingOptions options = run.Options;
        IDataset all = run.Data.Train;
        int held = all.Count / 5;
        int[] order = new Rng(options.Seed).Split("split").Permutation(all.Count);
        Items own = new(all, order[held..]);
        IDataset train = Passed(own, habits.Learned),
            heldOut = Passed(new Items(all, order[..held]), habits.HeldOut);
        Preprocessing preprocessing = Preprocessing.Fit(own);
        Optimizer optimizer = habits.Optimizer is { } make
            ? make(run.Net, options)
            : Optimizer.Parse(options.Optimizer, run.Net, options.LearningRate);
        Loader loader = new(
            train,
            new LoaderOptions
            {
                BatchSize = options.Batch,
                Shuffle = true,
                Seed = options.Seed,
                DropLast = true,
                Preprocessing = preprocessing,
                Augmentation = habits.Augmentation,
                Workers = 0,
            }
        );
        int perEpoch = Math.Max(1, train.Count / options.Batch);
        TrainingWatch watch = Diagnosis.Watch(
            run.Net,
            optimizer,
            run.Loss ?? new CrossEntropy().Forward,
            new WatchOptions
            {
                Classes = all.Classes,
                TrainItems = train.Count,
                UpdatesPerEpoch = perEpoch,
                PlannedUpdates = Updates,
                Augment = habits.Augmentation?.ToString() ?? "none",
                Train = [.. Loop.Fixed(train, preprocessing).Select(b => Prepared(b, habits))],
                HeldOut = [.. Loop.Fixed(heldOut, preprocessing).Select(b => Prepared(b, habits))],
                Seed = options.Seed,
            }
        );
        Train(run, optimizer, watch, loader, perEpoch, before);
        habits.Evaluates?.Invoke(run.Net);
        Evidence evidence = watch.Evidence ?? throw new InvalidOperationException("the network cannot be traced");
        watch.Try(Diagnosis.Wanted(evidence));
        return (Diagnosis.Of(watch.Evidence!), watch.Measured);
    }

    private static void Train(
        Case run,
        Optimizer optimizer,
        TrainingWatch watch,
        Loader loader,
        int perEpoch,
        ICollection<string> before
    )
    {
        Habits habits = run.Own!;
        Schedule schedule = Schedule.Parse(run.Options.Schedule, Updates, perEpoch);
        run.Net.Train();
        int update = 0;
        for (int epoch = 0; update < Updates; epoch++)
        {
            habits.EpochBegins?.Invoke(run.Net, epoch);
            IEnumerable<Batch> batches = loader.Epoch(epoch);
            foreach (Batch batch in (habits.Batches?.Invoke(batches, epoch) ?? batches).Take(Updates - update))
            {
                optimizer.LearningRate =
                    run.Options.LearningRate * (habits.Rate?.Invoke(update, schedule) ?? schedule.Factor(update));
                Update(run, optimizer, watch, Prepared(Cut(batch, habits, update), habits), update);
                if (update++ == 0 && watch.Evidence is { } evidence)
                {
                    foreach (Answer answer in Diagnosis.Of(evidence).Where(a => a.Verdict == Verdict.Fix))
                    {
                        before.Add(answer.Cause);
                    }
                }
            }

            habits.Evaluates?.Invoke(run.Net);
            watch.EpochEnded();
            habits.Evaluated?.Invoke(run.Net);
        }
    }

    private static void Update(Case run, Optimizer optimizer, TrainingWatch watch, Batch batch, int number)
    {
        Habits habits = run.Own!;
        run.Net.ZeroGrad();
        watch.Begin();
        Tensor scores = run.Net.Forward(batch.Inputs),
            value =
                habits.Value?.Invoke(run.Net, batch.Inputs, batch.Targets)
                ?? (run.Loss ?? new CrossEntropy().Forward)(scores, batch.Targets);
        value.Backward();
        watch.Learned(batch, scores, value);
        habits.BeforeStep?.Invoke(run.Net, optimizer, number);
        watch.Step();
        habits.Stepped?.Invoke(run.Net);
    }

    private static IDataset Passed(IDataset data, Func<IDataset, IDataset>? through) => through?.Invoke(data) ?? data;

    private static Batch Prepared(Batch batch, Habits habits) =>
        habits.Inputs is { } through ? batch with { Inputs = through(batch.Inputs) } : batch;

    private static Batch Cut(Batch batch, Habits habits, int update)
    {
        int items = habits.Items?.Invoke(update) ?? batch.Indices.Count;
        return items >= batch.Indices.Count
            ? batch
            : new Batch(
                batch.Inputs.Narrow(0, 0, items),
                batch.Targets.Narrow(0, 0, items),
                [.. batch.Indices.Take(items)]
            );
    }
}
