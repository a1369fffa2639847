using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Finds where numbers stopped being finite: runs the batches of an update once more, layer by layer, forward and
/// backward, and looks at every value.</summary>
/// <param name="session">The session, with weights, states and generators as they were before the update.</param>
internal sealed class NonFiniteSearch(TrainingSession session)
{
    /// <summary>The place of what is wrong in the items themselves.</summary>
    public const string Data = "the data";

    private readonly Dictionary<long, (string Subject, ValueRange? Input)> _calls = [];
    private NonFinite _found = null!;
    private bool _isFound;
    private Batch _batch = null!;
    private string _layer = "";
    private bool _inLoss;

    /// <summary>Searches the batches of the update in order.</summary>
    /// <param name="known">What was noticed, and where in the run.</param>
    /// <param name="batches">The batches.</param>
    /// <returns>With place, ranges and items, as far as they can be found.</returns>
    public NonFinite Find(NonFinite known, IReadOnlyList<Batch> batches)
    {
        _found = known;
        if (FirstParameter(session.Model) is { } path)
        {
            return known with { Place = $"'{path}'", Finding = $"'{path}' was not finite before this update" };
        }

        try
        {
            session.Optimizer.ZeroGrad();
            UpdateShares shares = new(session.Task, session.Options.Batch, batches.Count);
            for (int i = 0; i < batches.Count && !_isFound; i++)
            {
                _found = known with { Batch = known.Batch + i };
                Run(batches[i], shares);
            }
        }
        catch (Exception e)
            when (e is OutOfMemoryException or InvalidOperationException or ArgumentException or ShapeException)
        {
            return _isFound ? _found : known with { Finding = $"where it began could not be found: {e.Message}" };
        }

        return _isFound ? _found
            : FirstGradient() is { } sum
                ? known with
                {
                    Part = StepPart.Backward,
                    Place = $"'{sum}'",
                    Finding = $"backward: the gradient of '{sum}' is not finite, as a sum of finite parts",
                }
            : known with
            {
                Finding =
                    "run once more layer by layer, all of it is finite: values at the edge of the range, or a network that does not compute the same twice",
            };
    }

    /// <summary>The path of the first parameter or buffer with a value that is not finite, or null.</summary>
    public static string? FirstParameter(Module model) =>
        model.StateDict().Where(t => !IsFinite(t.Value)).Select(t => t.Key).FirstOrDefault();

    /// <summary>Whether all values are finite.</summary>
    public static bool IsFinite(Tensor tensor) =>
        tensor.DType switch
        {
            DType.Float32 => ValueScan.IsFinite(tensor.AsReadOnlySpan<float>()),
            DType.Float64 => ValueScan.IsFinite(tensor.AsReadOnlySpan<double>()),
            _ => true,
        };

    private string? FirstGradient() =>
        session
            .Model.NamedParameters()
            .Where(p => p.Parameter.Grad is { } g && !IsFinite(g))
            .Select(p => p.Path)
            .FirstOrDefault();

    private void Run(Batch batch, UpdateShares shares)
    {
        _batch = batch;
        if (batch.AllInputs.FirstOrDefault(t => !IsFinite(t)) is { } input)
        {
            Note(
                StepPart.Forward,
                Data,
                "the data: the inputs themselves are not finite",
                input,
                ValueScan.Range(input)
            );
            return;
        }

        _calls.Clear();
        (_layer, _inLoss) = ("", false);
        Tensor loss;
        IReadOnlyList<Tensor> outputs;
        using (OperatorObserver.ObserveCalls(See))
        {
            outputs = session.Model.ForwardAll(batch.AllInputs);
            _inLoss = true;
            loss = session.Task.Loss(outputs, batch);
        }

        if (_isFound)
        {
            return;
        }

        using (OperatorObserver.ObserveGradients(See))
        {
            loss.Backward(Tensor.Full(loss.Shape, shares.Add(outputs, batch).Share, loss.DType));
        }
    }

    private void See(ObservedCall call)
    {
        if (_isFound || call.IsInner)
        {
            return;
        }

        string subject = SubjectOf(call.Operator);
        ValueRange? range = call.Inputs.Count > 0 ? ValueScan.Range(call.Inputs[0]) : null;
        if (call.Call > 0)
        {
            _calls[call.Call] = (subject, range);
        }

        if (!IsFinite(call.Output))
        {
            Note(
                StepPart.Forward,
                subject,
                _inLoss
                    ? $"forward: every output of the network is finite; the loss itself is not: that of {subject}"
                    : $"forward: the first output that is not finite is that of {subject}",
                call.Output,
                range
            );
        }
    }

    private void See(ObservedGradient seen)
    {
        if (_isFound)
        {
            return;
        }

        (string subject, ValueRange? input) = _calls.GetValueOrDefault(seen.Call, (seen.Operator.Subject, null));
        bool met = seen.OutputGradient is { } came && !IsFinite(came);
        if (!met && IsFinite(seen.Gradient))
        {
            return;
        }

        string what =
            met ? $"the gradients that meet behind {subject}, finite each, have a sum that is not"
            : seen.Parameter is { } p ? $"the first gradient that is not finite is that of '{p.Path}' in {subject}"
            : $"the first gradient that is not finite is that of the input of {subject}";
        Note(
            StepPart.Backward,
            subject,
            $"backward: {what}",
            met ? seen.OutputGradient! : seen.Gradient,
            input,
            isByItem: met || seen.Parameter is null
        );
        _found = _found with { Gradient = seen.OutputGradient is { } above ? ValueScan.Range(above) : null };
    }

    /// <summary>The operator with its layer, or with the last layer before it that has a name.</summary>
    private string SubjectOf(Operator op)
    {
        if (op.Owner is { Path.Length: > 0 })
        {
            return _layer = op.Subject;
        }

        return _layer.Length == 0 || _inLoss ? op.Subject : $"{op.Subject} behind {_layer}";
    }

    private void Note(
        StepPart part,
        string place,
        string finding,
        Tensor values,
        ValueRange? input,
        bool isByItem = true
    )
    {
        _isFound = true;
        _found = _found with
        {
            Part = part,
            Place = place,
            Finding = finding,
            Input = input,
            Items = isByItem ? ItemsOf(values) : [],
        };
    }

    private IReadOnlyList<int> ItemsOf(Tensor values)
    {
        int items = _batch.Indices.Count;
        return values.Rank == 0 || values.Shape[0] != items || values.Count == 0
            ? []
            : [.. Enumerable.Range(0, items).Where(n => !IsFinite(values, n)).Select(Numbered)];

        int Numbered(int n) => session.Task.SourceIndex(_batch.Indices[n]);
    }

    private static bool IsFinite(Tensor values, int item)
    {
        int size = (int)(values.Count / values.Shape[0]);
        return values.DType switch
        {
            DType.Float32 => ValueScan.IsFinite(values.AsReadOnlySpan<float>().Slice(item * size, size)),
            DType.Float64 => ValueScan.IsFinite(values.AsReadOnlySpan<double>().Slice(item * size, size)),
            _ => true,
        };
    }
}
