using Fovea.Data;

namespace Fovea.Workbench;

/// <content>Learning rates.</content>
public static partial class Trainer
{
    /// <summary>Finds a learning rate by a range test (<see cref="RateSearch"/>) of up to 141 updates. The network, its
    /// gradients, generators and modes are afterwards as before, to the bit, and proved to be.</summary>
    /// <param name="model">A batch of items [N, C, ...] to class scores [N, classes].</param>
    /// <param name="data">The data.</param>
    /// <param name="options">Every choice; <see cref="TrainingOptions.LearningRate"/> and
    /// <see cref="TrainingOptions.Schedule"/> do not matter. Train with the rate that is found, and a schedule that rises to
    /// it and falls again, <c>onecycle</c>.</param>
    /// <param name="loss">As for
    /// <see cref="Fit(Module, DataSource, TrainingOptions, Func{Tensor, Tensor, Tensor}, TrainingObserver, CancellationToken)"/>.</param>
    /// <param name="cancel">Ends the test.</param>
    /// <exception cref="ArgumentException">An option is out of range or unknown.</exception>
    /// <exception cref="InvalidOperationException">The network has state that is neither parameter, buffer nor generator, so
    /// that it could not be put back.</exception>
    /// <exception cref="OperationCanceledException">The test was ended.</exception>
    /// <exception cref="ShapeException">The items do not fit the network.</exception>
    public static RateSearch FindLearningRate(
        Module model,
        DataSource data,
        TrainingOptions options,
        Func<Tensor, Tensor, Tensor>? loss = null,
        CancellationToken cancel = default
    ) => Find(model, () => PreparedRun.Of(model, data, options, loss), cancel);

    /// <summary>As
    /// <see cref="FindLearningRate(Module, DataSource, TrainingOptions, Func{Tensor, Tensor, Tensor}, CancellationToken)"/>, on
    /// samples of several tensors.</summary>
    /// <param name="model">Takes the inputs of a batch of samples.</param>
    /// <param name="data">The samples.</param>
    /// <param name="options">Every choice.</param>
    /// <param name="loss">From all outputs and all targets of a batch to its mean loss, one number.</param>
    /// <param name="cancel">Ends the test.</param>
    /// <exception cref="ArgumentException">An option is out of range or unknown.</exception>
    /// <exception cref="InvalidOperationException">The network could not be put back.</exception>
    /// <exception cref="OperationCanceledException">The test was ended.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network, or the loss is no single number.</exception>
    public static RateSearch FindLearningRate(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Func<IReadOnlyList<Tensor>, IReadOnlyList<Tensor>, Tensor> loss,
        CancellationToken cancel = default
    ) => Find(model, () => PreparedRun.Of(model, data, options, new SampleLoss(loss), null), cancel);

    /// <summary>As
    /// <see cref="FindLearningRate(Module, DataSource, TrainingOptions, Func{Tensor, Tensor, Tensor}, CancellationToken)"/>, on
    /// samples whose first target a loss compares with the first output.</summary>
    /// <param name="model">Takes the inputs of a batch of samples.</param>
    /// <param name="data">The samples.</param>
    /// <param name="options">Every choice.</param>
    /// <param name="loss">Reduced to one number.</param>
    /// <param name="cancel">Ends the test.</param>
    /// <exception cref="ArgumentException">An option is out of range or unknown.</exception>
    /// <exception cref="InvalidOperationException">The network could not be put back.</exception>
    /// <exception cref="OperationCanceledException">The test was ended.</exception>
    /// <exception cref="ShapeException">The samples do not fit the network or the loss.</exception>
    public static RateSearch FindLearningRate(
        Module model,
        SampleSource data,
        TrainingOptions options,
        Loss loss,
        CancellationToken cancel = default
    ) => Find(model, () => PreparedRun.Of(model, data, options, new SampleLoss(loss), null), cancel);

    private static RateSearch Find(Module model, Func<PreparedRun> prepare, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(model);
        (Parameter Parameter, bool Requires, Tensor? Gradient)[] before =
        [
            .. model.Parameters().Select(p => (p, p.RequiresGrad, p.Grad)),
        ];
        using ModuleModes modes = model.KeepModes();
        try
        {
            TrainingSession session = prepare().Session;
            session.CheckFit();
            return new RateTest(session).Run(null, cancel);
        }
        finally
        {
            foreach ((Parameter parameter, bool requires, Tensor? gradient) in before)
            {
                (parameter.RequiresGrad, parameter.Grad) = (requires, gradient); // options may freeze parts
            }
        }
    }
}
