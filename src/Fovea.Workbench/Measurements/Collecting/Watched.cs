using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>A network that is watched while it is trained, prepared: its structure, its points, and what is known of the
/// run.</summary>
internal sealed class Watched
{
    private Watched(Evidence? evidence, MeasuringPoints? points, MeasuredRun run, SignalSampler? signals) =>
        (Evidence, Places, Run, Signals) = (evidence, points?.Places ?? new Dictionary<string, int>(), run, signals);

    /// <summary>Its structure; null where it cannot be traced.</summary>
    public Evidence? Evidence { get; }

    /// <summary>Its structure; of one that cannot be traced an empty network, so that questions about other things can be
    /// asked.</summary>
    public Evidence Structure => Evidence ?? Empty(Run);

    /// <summary>Places of the points by name.</summary>
    public IReadOnlyDictionary<string, int> Places { get; }

    /// <summary>What is measured.</summary>
    public MeasuredRun Run { get; }

    /// <summary>Measures signals; null where the network cannot be traced.</summary>
    public SignalSampler? Signals { get; }

    /// <summary>Prepares it.</summary>
    /// <param name="model">The network.</param>
    /// <param name="optimizer">What updates it.</param>
    /// <param name="inputs">Some of its inputs, for their shapes.</param>
    /// <param name="loss">All outputs and all targets to the mean loss that is learned from.</param>
    /// <param name="run">What is known of the run; points and parameters are filled in.</param>
    /// <param name="asked">The network as it was asked for; null for its name in <paramref name="run"/>.</param>
    public static Watched Of(
        Module model,
        Optimizer optimizer,
        IReadOnlyList<Tensor> inputs,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        MeasuredRun run,
        string? asked = null
    )
    {
        IReadOnlyList<(string Path, BatchNorm Layer)> norms = SignalSampler.NormsOf(model);
        (string word, double momentum, double beta2) = Rule(optimizer);
        run = run with
        {
            Optimizer = word,
            Momentum = momentum,
            Beta2 = beta2,
            Normalizations = [.. norms.Select(n => n.Path)],
            NormalizationMomentum = [.. norms.Select(n => n.Layer.Momentum ?? 0.0)],
            AlikeFilters =
            [
                .. model.Parameters().Select(p => ParameterNorms.Of(p) > 0.0 ? Workbench.AlikeFilters.Of(p) : -1),
            ],
            DropsUnits = model.NamedModules().Any(m => m.Module is RandomDrop),
        };
        try
        {
            Graph graph = Graph.Trace(
                model,
                [
                    .. inputs.Select(
                        (x, i) =>
                            GraphInput.OfItems(
                                i == 0 ? "input" : $"input{i}",
                                Shape.Create(x.Shape.Sizes[1..]),
                                x.DType
                            )
                    ),
                ],
                training: true
            );
            Evidence evidence = new(graph, ShellText.Quote(asked ?? run.Model), run.Model);
            MeasuringPoints points = MeasuringPoints.Of(evidence);
            run = run with { Points = points.Points, Parameters = points.Parameters(model, optimizer) };
            return new Watched(evidence, points, run, new SignalSampler(model, loss, points));
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
            run = run with { Untraced = e.Message, Parameters = MeasuringPoints.Untraced(model, optimizer) };
            return new Watched(null, null, run, null);
        }
    }

    /// <summary>A network that only passes on.</summary>
    internal static Evidence Empty(MeasuredRun run, Measurements? measured = null) =>
        new(
            Graph.Trace(new Identity(), [GraphInput.OfItems("input", [1])], training: true),
            ShellText.Quote(measured?.Request?.Model ?? run.Model),
            run.Model
        )
        {
            Measured = measured,
        };

    /// <summary>An optimizer as words and numbers.</summary>
    private static (string Word, double Momentum, double Beta2) Rule(Optimizer optimizer) =>
        optimizer switch
        {
            SGD sgd => ("sgd", sgd.Momentum, 0.0),
            AdamW adamW => ("adamw", adamW.Beta1, adamW.Beta2),
            Adam adam => ("adam", adam.Beta1, adam.Beta2),
            RMSprop => ("rmsprop", 0.0, 0.0),
            _ => (optimizer.GetType().Name, 0.0, 0.0),
        };
}
