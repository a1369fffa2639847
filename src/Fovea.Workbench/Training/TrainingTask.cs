using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What a session learns: the data, what makes a loss of it, and how it is judged.</summary>
internal abstract class TrainingTask
{
    /// <summary>What the data is called.</summary>
    public abstract string Name { get; }

    /// <summary>Number of items learned from.</summary>
    public abstract int Count { get; }

    /// <summary>Number of items held out to choose the best epoch.</summary>
    public abstract int HeldOutCount { get; }

    /// <summary>Number of items to measure at the end.</summary>
    public abstract int TestCount { get; }

    /// <summary>Whether items are pictures in files.</summary>
    public virtual bool HasPictures => false;

    /// <summary>What is done to items first; null for nothing.</summary>
    public virtual Preprocessing? Preprocessing => null;

    /// <summary>Class names; empty where items have no class.</summary>
    public virtual IReadOnlyList<string> ClassNames => [];

    /// <summary>The loss of a network that knows nothing; null where that is not known.</summary>
    public virtual double? ChanceLoss => null;

    /// <summary>Number of classes; 0 where nothing is right or wrong.</summary>
    public virtual int Classes => 0;

    /// <summary>Batches of the items learned from.</summary>
    /// <param name="options">How to make them; the task adds what is done to its items.</param>
    /// <param name="augment">Whether they are changed at random as asked for.</param>
    public abstract Loader Load(LoaderOptions options, bool augment);

    /// <summary>Looks at the data before training; null where they have no form that can be looked at.</summary>
    public abstract DataReport? LookAtData();

    /// <summary>A batch of one, to try whether the network takes it.</summary>
    public abstract Batch One();

    /// <summary>Refuses outputs that do not fit the items.</summary>
    /// <exception cref="ShapeException">Says which and why.</exception>
    public abstract void Check(IReadOnlyList<Tensor> outputs, Batch batch);

    /// <summary>As <see cref="Check"/>, once before training, with all that can be tried.</summary>
    /// <exception cref="ShapeException">Says which and why.</exception>
    public virtual void CheckFit(IReadOnlyList<Tensor> outputs, Batch batch) => Check(outputs, batch);

    /// <summary>The loss of a batch, a scalar.</summary>
    /// <param name="outputs">The network's outputs.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="plain">Without what makes training harder, such as label smoothing.</param>
    public Tensor Loss(IReadOnlyList<Tensor> outputs, Batch batch, bool plain = false) =>
        plain ? PlainLossOf(outputs, batch.AllTargets) : LossOf(outputs, batch.AllTargets);

    /// <summary>The loss of outputs and targets, as it is learned from.</summary>
    public abstract Tensor LossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets);

    /// <summary>As <see cref="LossOf"/>, without what makes training harder.</summary>
    public abstract Tensor PlainLossOf(IReadOnlyList<Tensor> outputs, IReadOnlyList<Tensor> targets);

    /// <summary>Batches of the items held out, or where there are none of the test items; null without either.</summary>
    /// <param name="batch">Items a batch.</param>
    public abstract Loader? LoadHeldOut(int batch);

    /// <summary>What the loss of a batch divided its sum by: items, or the weight of the labels. Of a loss that is not known
    /// to be another mean: items.</summary>
    /// <param name="outputs">Of the network.</param>
    /// <param name="batch">The batch.</param>
    public virtual double Divisor(IReadOnlyList<Tensor> outputs, Batch batch) => batch.Indices.Count;

    /// <summary>Whether the loss is a sum over items, so that it divides by nothing.</summary>
    public virtual bool IsSum => false;

    /// <summary>The number of an item in the training data that were given, before some were held out.</summary>
    /// <param name="index">Its number in a batch's <see cref="Batch.Indices"/>.</param>
    public abstract int SourceIndex(int index);

    /// <summary>How many items were predicted right; null where nothing is right or wrong.</summary>
    public abstract int? Correct(IReadOnlyList<Tensor> outputs, Batch batch);

    /// <summary>Measures the held-out items; null without any.</summary>
    public abstract EvaluationResult? Validate(Module model, IProgress<long>? progress, CancellationToken cancel);

    /// <summary>The test items that a network gets most wrong, worst first; none where nothing is right or wrong.</summary>
    /// <param name="model">The network.</param>
    /// <param name="searched">So many of the first items are looked at.</param>
    /// <param name="most">At most so many are kept.</param>
    public virtual IReadOnlyList<ReportedItem> Mistakes(Module model, int searched, int most) => [];

    /// <summary>Measures the test items.</summary>
    public abstract EvaluationResult Test(Module model, IProgress<long>? progress, CancellationToken cancel);
}
