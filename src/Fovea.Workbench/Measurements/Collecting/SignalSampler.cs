using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>The signals of one update: a run of the training step's graph on the update's batch, with the same numbers drawn,
/// that leaves no trace.</summary>
internal sealed class SignalSampler
{
    private readonly Module _model;
    private readonly Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> _loss;
    private readonly Dictionary<string, int> _places;
    private readonly IReadOnlyList<MeasuredPoint> _points;
    private readonly IReadOnlyList<(string Path, BatchNorm Layer)> _norms;
    private readonly Dictionary<string, Step> _steps = [];

    public SignalSampler(
        Module model,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        MeasuringPoints points
    )
    {
        (_model, _loss, _points) = (model, loss, points.Points);
        _places = points.Places.ToDictionary();
        _norms = NormsOf(model);
    }

    /// <summary>Why no signals can be measured; null while they can.</summary>
    public string? Untraced { get; private set; }

    /// <summary>The batch normalizations with running statistics.</summary>
    public static IReadOnlyList<(string Path, BatchNorm Layer)> NormsOf(Module model) =>
        [
            .. model
                .NamedModules()
                .Where(m => m.Module is BatchNorm { RunningMean: not null })
                .Select(m => (m.Path, (BatchNorm)m.Module)),
        ];

    /// <summary>Measures a batch with the present weights.</summary>
    /// <param name="batch">As it was fed.</param>
    /// <param name="random">The generators as they were before the batch was learned from.</param>
    /// <returns>The signals; null where the network or its loss cannot be traced.</returns>
    public SignalReading? Read(Batch batch, IReadOnlyDictionary<string, RngState> random)
    {
        if (StepOf(batch) is not { } step)
        {
            return null;
        }

        IReadOnlyDictionary<string, RngState> after = SessionCheckpoint.RandomStates(_model);
        SignalReading reading = new(_points, _norms);
        SessionCheckpoint.RestoreRandom(_model, random);
        try
        {
            (Tensor loss, IReadOnlyList<Tensor> gradients) = step.Compiled.Look(
                batch.AllInputs,
                batch.AllTargets,
                (value, tensor) => step.See(value, tensor, reading)
            );
            reading.Loss = loss.Item();
            reading.Compare(step.Graph.Parameters, gradients);
        }
        finally
        {
            SessionCheckpoint.RestoreRandom(_model, after);
        }

        return reading;
    }

    /// <summary>The step for targets of some type: mixup makes weights of labels.</summary>
    private Step? StepOf(Batch batch)
    {
        string kind = string.Join(";", batch.AllTargets.Select(t => $"{t.DType}{t.Rank}"));
        string frozen = string.Concat(_model.Parameters().Select(p => p.RequiresGrad ? '1' : '0'));
        if (_steps.TryGetValue(kind + frozen, out Step? known) || Untraced is not null)
        {
            return known;
        }

        try
        {
            TrainingGraph graph = BatchStep.Trace(_model, _loss, batch);
            return _steps[kind + frozen] = new Step(graph, _places, _norms);
        }
        catch (Exception e)
            when (e
                    is InvalidOperationException
                        or ArgumentException
                        or ShapeException
                        or NotSupportedException
                        or OutOfMemoryException
            )
        {
            Untraced = e.Message;
            return null;
        }
    }

    /// <summary>A training step as a graph, and which of its values are measured.</summary>
    private sealed class Step
    {
        private readonly Dictionary<Value, int> _signals = [];
        private readonly Dictionary<Value, int> _gradients = [];
        private readonly Dictionary<Value, int> _normalized = [];

        public Step(
            TrainingGraph graph,
            Dictionary<string, int> places,
            IReadOnlyList<(string Path, BatchNorm Layer)> norms
        )
        {
            Graph = graph;
            Dictionary<string, int> paths = norms.Select((n, i) => (n.Path, i)).ToDictionary();
            foreach (Value value in graph.Graph.Inputs)
            {
                Note(value, places);
            }

            foreach (Node node in graph.Graph.Nodes.Where(n => n.Origin == NodeOrigin.Forward))
            {
                Note(node.Output, places);
                if (paths.TryGetValue(node.Name, out int norm))
                {
                    _normalized[node.Inputs[0]] = norm;
                }
            }

            Compiled = new CompiledTrainingStep(graph, [.. _signals.Keys, .. _gradients.Keys, .. _normalized.Keys]);
        }

        public TrainingGraph Graph { get; }

        public CompiledTrainingStep Compiled { get; }

        public void See(Value value, Tensor tensor, SignalReading reading)
        {
            if (tensor.DType == DType.Int64)
            {
                return;
            }

            bool signal = _signals.TryGetValue(value, out int place),
                norm = _normalized.TryGetValue(value, out int layer);
            if (signal || norm)
            {
                SignalMeter meter = SignalMeter.Of(tensor);
                if (signal)
                {
                    reading.Signal(place, meter, tensor);
                }

                if (norm)
                {
                    reading.Normalized(layer, meter);
                }
            }

            if (_gradients.TryGetValue(value, out int point))
            {
                reading.Gradient(point, SignalMeter.Of(tensor));
            }
        }

        private void Note(Value value, Dictionary<string, int> places)
        {
            if (!places.TryGetValue(value.Name, out int place))
            {
                return;
            }

            _signals[value] = place;
            if (Graph.GradientOf(value) is { } gradient)
            {
                _gradients[gradient] = place;
            }
        }
    }
}

/// <summary>What one run of <see cref="SignalSampler"/> saw.</summary>
internal sealed class SignalReading
{
    private readonly IReadOnlyList<MeasuredPoint> _points;
    private readonly IReadOnlyList<(string Path, BatchNorm Layer)> _norms;

    public SignalReading(IReadOnlyList<MeasuredPoint> points, IReadOnlyList<(string Path, BatchNorm Layer)> norms)
    {
        (_points, _norms) = (points, norms);
        (Power, Mean, GradientPower) = (NaNs(points.Count), NaNs(points.Count), NaNs(points.Count));
        (Zeros, Saturated) = (NaNs(points.Count), NaNs(points.Count));
        Silent = [.. points.Select(_ => -1)];
        (MeanDrift, VarianceDrift) = (NaNs(norms.Count), NaNs(norms.Count));
    }

    public double Loss { get; set; }

    /// <summary>Cosine of the parameters' gradient with the traced one.</summary>
    public double GradientCosine { get; private set; } = double.NaN;

    /// <summary>Norm of the parameters' gradient over that of the traced one.</summary>
    public double GradientScale { get; private set; } = double.NaN;

    public long NonFinite { get; private set; }

    public double[] Power { get; }

    public double[] Mean { get; }

    public double[] GradientPower { get; }

    public double[] Zeros { get; }

    public int[] Silent { get; }

    public double[] Saturated { get; }

    public double[] MeanDrift { get; }

    public double[] VarianceDrift { get; }

    /// <summary>Compares the gradients that the parameters have with traced ones.</summary>
    public void Compare(IReadOnlyList<Parameter> parameters, IReadOnlyList<Tensor> traced)
    {
        double own = 0,
            other = 0,
            product = 0;
        for (int i = 0; i < parameters.Count; i++)
        {
            other += ParameterNorms.Product(traced[i], traced[i]);
            if (parameters[i].Grad is { } gradient)
            {
                own += ParameterNorms.Product(gradient, gradient);
                product += ParameterNorms.Product(gradient, traced[i]);
            }
        }

        (GradientCosine, GradientScale) = (product / Math.Sqrt(own * other), Math.Sqrt(own / other));
    }

    public void Signal(int place, SignalMeter meter, Tensor tensor)
    {
        (Power[place], Mean[place]) = (meter.Power, meter.Mean);
        NonFinite += meter.NonFinite;
        if (_points[place].Kind == PointKind.Activation)
        {
            Zeros[place] = (double)meter.Zeros / Math.Max(1, meter.Count);
            Silent[place] = meter.Alive.Count(alive => !alive);
            Saturated[place] = SignalMeter.Saturated(_points[place].Operator, tensor);
        }
    }

    public void Gradient(int place, SignalMeter meter) => GradientPower[place] = meter.Power;

    /// <summary>How far running statistics are from those of the batch that a normalization reads.</summary>
    public void Normalized(int layer, SignalMeter meter)
    {
        BatchNorm norm = _norms[layer].Layer;
        double[] means = norm.RunningMean!.To(DType.Float64).ToArray<double>(),
            variances = norm.RunningVariance!.To(DType.Float64).ToArray<double>();
        double mean = 0,
            variance = 0;
        int counted = 0;
        for (int c = 0; c < means.Length; c++)
        {
            double own = meter.VarianceOf(c);
            if (own > 0 && variances[c] > 0)
            {
                double off = means[c] - meter.MeanOf(c);
                mean += off * off / own;
                variance += Math.Log(variances[c] / own);
                counted++;
            }
        }

        (MeanDrift[layer], VarianceDrift[layer]) =
            counted > 0 ? (mean / counted, variance / counted) : (double.NaN, double.NaN);
    }

    private static double[] NaNs(int count)
    {
        double[] values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
