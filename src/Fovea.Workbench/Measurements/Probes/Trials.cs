using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>What probes have in common: modes, steps of training, losses, batches.</summary>
internal static class Trials
{
    /// <summary>Steps of training in probes that train.</summary>
    public const int Steps = 20;

    // Parts that the items measured are divided into, to tell what chance does.
    private const int Parts = 32;

    /// <summary>Sets the network as it is trained: as it stands where any of its modules is in training, else all of
    /// them.</summary>
    /// <param name="context">The network.</param>
    /// <param name="drops">Whether units are dropped at random, where the network does so.</param>
    public static void SetTraining(this ProbeContext context, bool drops = true)
    {
        (string, Module Module)[] modules = [.. context.Model.NamedModules()];
        if (!modules.Any(m => m.Module.IsTraining))
        {
            context.Model.Train();
        }

        foreach ((_, Module module) in drops ? [] : modules.Where(m => m.Module is RandomDrop))
        {
            module.Eval();
        }
    }

    /// <summary>Computes the gradient of a batch anew.</summary>
    /// <returns>The loss.</returns>
    public static double Gradient(this ProbeContext context, Batch batch)
    {
        context.Model.ZeroGrad();
        Tensor loss = context.LossOf(batch);
        loss.Backward();
        return loss.Item();
    }

    /// <summary>Updates the weights by the gradients, clipped as in training.</summary>
    public static void Update(this ProbeContext context)
    {
        if (context.Measured?.Run.ClipNorm is > 0 and { } norm)
        {
            GradientClipping.ByNorm(context.Model.Parameters(), norm);
        }

        context.Optimizer!.Step();
    }

    /// <summary>Trains on batches as in training, and measures the loss of others: with statistics of the batch, without
    /// dropping units.</summary>
    public static LossSample TrainedLoss(
        this ProbeContext context,
        IReadOnlyList<Batch> batches,
        IReadOnlyList<Batch> measured
    )
    {
        context.SetTraining();
        foreach (Batch batch in batches)
        {
            if (!double.IsFinite(context.Gradient(batch)))
            {
                break; // what follows is no number either
            }

            context.Update();
        }

        context.SetTraining(drops: false);
        return context.Losses(measured);
    }

    /// <summary>The loss of batches in evaluation.</summary>
    public static LossSample EvaluationLoss(this ProbeContext context, IReadOnlyList<Batch> batches)
    {
        context.Model.Eval();
        return context.Losses(batches);
    }

    /// <summary>The loss of batches with the network as it is set.</summary>
    public static LossSample Losses(this ProbeContext context, IReadOnlyList<Batch> batches)
    {
        LossSample sample = new();
        int size = Math.Max(1, batches.Sum(b => b.Indices.Count) / Parts);
        using (NoGrad.Enter())
        {
            foreach (Batch batch in batches)
            {
                Add(context, sample, batch, context.Model.ForwardAll(batch.AllInputs), size);
            }
        }

        return sample;
    }

    /// <summary>The first batches that have some number of items together; all where they have fewer.</summary>
    public static IReadOnlyList<Batch> Some(IReadOnlyList<Batch> batches, int items)
    {
        List<Batch> some = [];
        foreach (Batch batch in batches)
        {
            if (some.Sum(b => b.Indices.Count) >= items)
            {
                break;
            }

            some.Add(batch);
        }

        return some;
    }

    /// <summary>The first items of a batch; all of them where there are fewer, or where a tensor of it is not by
    /// items.</summary>
    public static Batch First(Batch batch, int items)
    {
        int all = batch.Indices.Count;
        return items >= all || !IsByItem(batch.AllInputs, all) || !IsByItem(batch.AllTargets, all)
            ? batch
            : new Batch(
                [.. batch.AllInputs.Select(t => t.Narrow(0, 0, items))],
                [.. batch.AllTargets.Select(t => t.Narrow(0, 0, items))],
                [.. batch.Indices.Take(items)]
            );
    }

    /// <summary>A batch with other inputs.</summary>
    public static Batch WithInputs(Batch batch, Func<Tensor, Tensor> change) =>
        new([.. batch.AllInputs.Select(change)], batch.AllTargets, batch.Indices);

    /// <summary>Whether the first axis of each tensor is the items.</summary>
    public static bool IsByItem(IReadOnlyList<Tensor> tensors, int items) =>
        tensors.All(t => t.Rank > 0 && t.Shape[0] == items);

    /// <summary>A generator for what a probe draws.</summary>
    public static Rng Random(this ProbeContext context, string name) => new Rng(context.Seed).Split($"probe {name}");

    /// <summary>Converts the network to double, where it and its loss go that far.</summary>
    /// <returns>The batch in double; null where the network stays as it is.</returns>
    public static Batch? InDouble(this ProbeContext context, Batch batch)
    {
        if (context.Model.Parameters().All(p => p.DType == DType.Float64))
        {
            return batch;
        }

        IReadOnlyDictionary<string, RngState> random = SessionCheckpoint.RandomStates(context.Model);
        Batch raised = new([.. batch.AllInputs.Select(Raise)], [.. batch.AllTargets.Select(Raise)], batch.Indices);
        context.Model.To(DType.Float64);
        try
        {
            Tensor loss = NoGrad.Run(() => context.LossOf(raised));
            return loss.DType == DType.Float64 ? raised : Back();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return Back();
        }
        finally
        {
            SessionCheckpoint.RestoreRandom(context.Model, random);
        }

        Batch? Back()
        {
            context.Model.To(DType.Float32);
            return null;
        }
    }

    /// <summary>The loss of a batch, computed in double from outputs as they are, where it goes that far.</summary>
    public static double LossInDouble(this ProbeContext context, Batch batch)
    {
        IReadOnlyList<Tensor> outputs = context.Model.ForwardAll(batch.AllInputs);
        try
        {
            return context.Loss([.. outputs.Select(Raise)], [.. batch.AllTargets.Select(Raise)]).Item();
        }
        catch (Exception e) when (IsRefusal(e))
        {
            return context.Loss(outputs, batch.AllTargets).Item();
        }
    }

    private static Tensor Raise(Tensor tensor) => tensor.DType == DType.Float32 ? tensor.To(DType.Float64) : tensor;

    /// <summary>What operators say to an element type that they do not take.</summary>
    private static bool IsRefusal(Exception e) =>
        e is ShapeException or ArgumentException or InvalidOperationException or NotSupportedException;

    /// <summary>The path of the layer that a parameter belongs to; the parameter's own where it is the root's.</summary>
    public static string LayerOf(string path) => path.LastIndexOf('.') is > 0 and { } dot ? path[..dot] : path;

    /// <summary>The network in evaluation as a graph of the shapes of a batch; null where it cannot be traced.</summary>
    public static Graph? Trace(this ProbeContext context, Batch batch)
    {
        try
        {
            return Graph.Trace(
                context.Model,
                [
                    .. batch.AllInputs.Select(
                        (x, i) => GraphInput.OfItems($"input{i}", Shape.Create(x.Shape.Sizes[1..]), x.DType)
                    ),
                ]
            );
        }
        catch (Exception e) when (e is InvalidOperationException or ShapeException)
        {
            return null;
        }
    }

    private static void Add(
        ProbeContext context,
        LossSample sample,
        Batch batch,
        IReadOnlyList<Tensor> outputs,
        int size
    )
    {
        int items = batch.Indices.Count;
        IReadOnlyList<Tensor> targets = batch.AllTargets;
        int right =
            context.Classes > 0
                ? Predictions.Highest(outputs[0]).Zip(Predictions.Labels(batch.Targets)).Count(p => p.First == p.Second)
                : 0;
        double loss = context.Loss(outputs, targets).Item();
        sample.Add(loss, items, right);
        if (!IsByItem(outputs, items) || !IsByItem(targets, items))
        {
            sample.AddPart(loss, items);
            return;
        }

        for (int start = 0; start < items; start += size)
        {
            int length = Math.Min(size, items - start);
            Tensor part = context.Loss(
                [.. outputs.Select(t => t.Narrow(0, start, length))],
                [.. targets.Select(t => t.Narrow(0, start, length))]
            );
            sample.AddPart(part.Item(), length);
        }
    }
}
