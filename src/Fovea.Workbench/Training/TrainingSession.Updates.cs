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
        bool wasCompiled = Compiler.Reason is null;
        int group = Math.Min(Options.Accumulation, Loader.BatchesPerEpoch - State.Batch);
        _guard.Begin(group);
        Optimizer.ZeroGrad();
        Watch?.Begin(State.Updates);
        UpdateShares shares = new(Task, Options.Batch, group);
        for (int i = 0; i < group; i++)
        {
            batches.MoveNext();
            if (Learn(batches.Current, shares) is { } symptom)
            {
                return _guard.Stop(symptom);
            }
        }

        if (wasCompiled && Compiler.Reason is { } reason)
        {
            observer.Notice($"The training step is not compiled but run layer by layer, more slowly: {reason}");
        }

        shares.Complete(_parameters);
        double norm =
            Options.ClipNorm > 0
                ? GradientClipping.ByNorm(_parameters, Options.ClipNorm)
                : GradientClipping.Norm(_parameters);
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
