using System.Globalization;
using Fovea.Data;

namespace Fovea.Workbench;

/// <content>Updates.</content>
internal sealed partial class TrainingSession
{
    /// <summary>Does one update from the next batches.</summary>
    /// <returns>Null, or where and how numbers stopped being finite; weights, states, optimizer and generators are then
    /// those before the update.</returns>
    public NonFinite? Update(IEnumerator<Batch> batches, TrainingObserver observer)
    {
        int group = BatchesOfNext;
        _guard.Begin(group);
        Watch?.Begin(State.Updates);
        if (Gather(batches, group) is { } symptom)
        {
            return _guard.Stop(symptom);
        }

        if (!_saidReason && Compiler.Reason is { } reason)
        {
            _saidReason = true;
            observer.Notice($"The training step is not compiled but run layer by layer, more slowly: {reason}");
        }

        double norm = Clip();
        if (!double.IsFinite(norm))
        {
            Watch?.Failed(null, null, norm, State.LearningRate);
            return _guard.Stop($"the gradient norm is {norm.ToString(CultureInfo.InvariantCulture)}");
        }

        Optimizer.LearningRate = State.LearningRate = Options.LearningRate * Schedule.Factor(State.Updates);
        observer.GradientsReady(Model, State.Updates);
        Watch?.Ready(norm, Options.ClipNorm);
        if (_guard.Step(norm) is { } stopped)
        {
            return stopped;
        }

        Watch?.Updated(State.LearningRate);
        Average?.Update();
        State.Updates++;
        State.Batch += group;
        return null;
    }

    /// <summary>Does one update of a trial at a learning rate: nobody watches, and no average follows.</summary>
    /// <returns>The mean loss of its items; NaN where loss or gradient is not finite and the weights stay.</returns>
    public double Trial(IEnumerator<Batch> batches, double rate)
    {
        int group = BatchesOfNext;
        (State.LossSum, State.LossWeight) = (0, 0);
        if (Gather(batches, group) is not null || !double.IsFinite(Clip()))
        {
            return double.NaN;
        }

        Optimizer.LearningRate = rate;
        Optimizer.Step();
        State.Batch = (State.Batch + group) % Loader.BatchesPerEpoch;
        return Running.Loss;
    }

    private int BatchesOfNext => Math.Min(Options.Accumulation, Loader.BatchesPerEpoch - State.Batch);

    /// <summary>Gathers the gradient of the next batches.</summary>
    /// <returns>Null, or what is not finite.</returns>
    private string? Gather(IEnumerator<Batch> batches, int group)
    {
        Optimizer.ZeroGrad();
        UpdateShares shares = new(Task, Options.Batch, group);
        for (int i = 0; i < group; i++)
        {
            batches.MoveNext();
            if (Learn(batches.Current, shares) is { } symptom)
            {
                return symptom;
            }
        }

        shares.Complete(_parameters);
        return null;
    }

    /// <summary>Clips the gradient where that is asked for.</summary>
    /// <returns>Its norm before.</returns>
    private double Clip() =>
        Options.ClipNorm > 0
            ? GradientClipping.ByNorm(_parameters, Options.ClipNorm)
            : GradientClipping.Norm(_parameters);

    /// <summary>Runs one batch forward and backward, adding its share to the gradients.</summary>
    private string? Learn(Batch batch, UpdateShares shares)
    {
        try
        {
            CompiledTrainingStep? step = Compiler.For(batch, State.Epoch);
            Tensor?[] before = step is null ? [] : [.. _parameters.Select(p => p.Grad)];
            (Tensor loss, IReadOnlyList<Tensor> outputs) =
                step?.Run(batch.AllInputs, batch.AllTargets) ?? Forward(batch);
            double value = loss.Item();
            if (!double.IsFinite(value))
            {
                PutBack(before);
                Watch?.Failed(batch, value, double.NaN, State.LearningRate);
                return $"the loss is {value.ToString(CultureInfo.InvariantCulture)}";
            }

            (double share, double factor, double divisor) = shares.Add(outputs, batch);
            if (step is null)
            {
                loss.Backward(Tensor.Full(loss.Shape, share, loss.DType));
            }
            else
            {
                AddShare(before, share);
            }

            int? right = Task.Correct(outputs, batch);
            Count(right, batch, value * factor, divisor);
            Watch?.Learned(batch, outputs, value, right, share);
            return null;
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidOperationException(
                $"Training: a batch {string.Join(", ", batch.AllInputs.Select(t => t.Shape))} does not fit the memory. Use --batch {Math.Max(1, Options.Batch / 2)} --accumulation {Options.Accumulation * 2}, which computes the same updates but for batch normalization.",
                e
            );
        }
    }

    /// <summary>Learns from a batch once and forgets its gradients: loss and outputs.</summary>
    public (Tensor Loss, IReadOnlyList<Tensor> Outputs) Try(Batch batch)
    {
        CompiledTrainingStep? step = Compiler.For(batch, State.Epoch);
        (Tensor loss, IReadOnlyList<Tensor> outputs) = step?.Run(batch.AllInputs, batch.AllTargets) ?? Forward(batch);
        if (step is null)
        {
            loss.Backward();
        }

        Model.ZeroGrad();
        return (loss, outputs);
    }

    /// <summary>Runs a batch forward, layer by layer.</summary>
    private (Tensor Loss, IReadOnlyList<Tensor> Outputs) Forward(Batch batch)
    {
        IReadOnlyList<Tensor> outputs = Model.ForwardAll(batch.AllInputs);
        Task.Check(outputs, batch);
        return (Task.Loss(outputs, batch), outputs);
    }

    /// <summary>Takes back the gradients of a batch, which say nothing of where numbers stopped being finite.</summary>
    private void PutBack(Tensor?[] before)
    {
        for (int i = 0; i < before.Length; i++)
        {
            _parameters[i].Grad = before[i];
        }
    }

    /// <summary>Makes of the gradients of a batch its share, and adds those of the batches before.</summary>
    private void AddShare(Tensor?[] before, double share)
    {
        using NoGrad quiet = NoGrad.Enter();
        for (int i = 0; i < before.Length; i++)
        {
            if (_parameters[i].Grad is not { } own || ReferenceEquals(own, before[i]))
            {
                continue;
            }

            own = share == 1.0 ? own : own * share;
            if (before[i] is not { } sofar)
            {
                _parameters[i].Grad = own;
                continue;
            }

            sofar.CopyFrom(sofar + own); // where it lies, as Backward does: another tensor would be a gradient that was cleared
            _parameters[i].Grad = sofar;
        }
    }

    private void Count(int? right, Batch batch, double loss, double weight)
    {
        State.Correct += right ?? 0;
        State.Seen += batch.Indices.Count;
        State.LossSum += loss;
        State.LossWeight += weight;
    }
}
