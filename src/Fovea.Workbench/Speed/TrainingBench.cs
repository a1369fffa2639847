using System.Diagnostics;

namespace Fovea.Workbench;

/// <summary>A training step on random items, to be timed: cross-entropy of random labels, SGD with momentum.</summary>
internal sealed class TrainingBench
{
    private const int UpdateValues = 5; // of each parameter: weight, gradient and velocity are read, weight and velocity written

    private readonly Module _module;
    private readonly Tensor _x;
    private readonly Tensor _labels;
    private readonly SGD _optimizer;
    private readonly CrossEntropy _loss = new();
    private readonly CompiledTrainingStep? _step;

    /// <summary>Traces and compiles the step, where that is possible.</summary>
    /// <param name="module">The network; its output must be one score a class.</param>
    /// <param name="itemShape">Shape of an item.</param>
    /// <param name="batch">Items in a batch, 1 or more.</param>
    /// <exception cref="ArgumentException">The output is something else.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The batch is out of range.</exception>
    /// <exception cref="ShapeException">A layer's input does not fit; the message names the layer.</exception>
    public TrainingBench(Module module, Shape itemShape, int batch)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        Graph graph = Graph.Trace(module.Train(), itemShape, training: true);
        if (graph.Output.Shape.Rank != 2)
        {
            throw new ArgumentException(
                $"{graph.Name}: to time a training step the output must be one score a class, [N, classes], got {graph.Output.Shape}. Measure inference instead."
            );
        }

        _module = module;
        MultiplyAdds = CostSummary.Of(graph).MultiplyAdds;
        _x = NetworkSpeed.Items(itemShape, batch);
        int classes = graph.Output.Shape.Item[0];
        _labels = Tensor.From<long>([.. Enumerable.Range(0, batch).Select(i => (long)(i % classes))], [batch]);
        _optimizer = new SGD(module, 1e-4, momentum: 0.9);
        try
        {
            _step = new CompiledTrainingStep(
                TrainingGraph.Of(
                    module,
                    [GraphInput.OfItems("input", itemShape)],
                    [GraphInput.OfItems("target", [], DType.Int64)],
                    (scores, targets) => _loss.Forward(scores[0], targets[0])
                )
            );
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or NotSupportedException)
        {
            NotCompiled = e.Message;
        }
    }

    /// <summary>Of an item, forward.</summary>
    public long MultiplyAdds { get; }

    /// <summary>Why the step runs layer by layer; null where it is compiled.</summary>
    public string? NotCompiled { get; }

    /// <summary>A whole step.</summary>
    public void Step()
    {
        if (_step is null)
        {
            _loss.Forward(_module.Forward(_x), _labels).Backward();
        }
        else
        {
            _step.Run([_x], [_labels]);
        }

        _optimizer.Step();
        _optimizer.ZeroGrad();
    }

    /// <summary>The passes of the compiled step, and the update of all parameters.</summary>
    /// <param name="runs">Steps that are timed, 1 or more.</param>
    /// <param name="cancel">Stops between steps.</param>
    /// <exception cref="ArgumentException">The step cannot be compiled.</exception>
    public IReadOnlyList<StepTime> Profile(int runs, CancellationToken cancel)
    {
        if (_step is null)
        {
            throw new ArgumentException(
                $"This network's training step cannot be compiled, so it has no passes to time: {NotCompiled} Time whole steps instead."
            );
        }

        IReadOnlyList<StepTime> passes = _step.Profile([_x], [_labels], runs, cancel);
        double[] updates = new double[runs];
        _optimizer.Step(); // makes the velocities
        for (int i = 0; i < runs; i++)
        {
            cancel.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            _optimizer.Step();
            updates[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        _optimizer.ZeroGrad();
        Array.Sort(updates);
        return
        [
            .. passes,
            new StepTime(
                "all parameters: SGD with momentum",
                updates[runs / 2],
                0,
                "all parameters",
                _module.Parameters().Sum(p => p.Count) * UpdateValues * sizeof(float),
                StepDirection.Update
            ),
        ];
    }
}
