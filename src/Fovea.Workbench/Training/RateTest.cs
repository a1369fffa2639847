using Fovea.Data;

namespace Fovea.Workbench;

/// <summary>Makes the range test of <see cref="RateSearch"/> on a session before its first update, and leaves no trace.</summary>
/// <param name="session">The session.</param>
internal sealed class RateTest(TrainingSession session)
{
    /// <summary>Updates in which the rate grows tenfold.</summary>
    public const int PerDecade = 20;

    private const int Decades = 7;
    private const double Lowest = 1e-6;

    /// <summary>Trains with rising rates on the batches that training begins with, as training does, but for averages of
    /// weights; then everything is as before, and proved to be.</summary>
    /// <param name="progress">Told the share of the updates that are made; null for nobody.</param>
    /// <param name="cancel">Ends the test.</param>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    /// <exception cref="InvalidOperationException">The network cannot be put back as it was.</exception>
    public RateSearch Run(IProgress<double>? progress, CancellationToken cancel)
    {
        ProbeContext context = new()
        {
            Model = session.Model,
            Optimizer = session.Optimizer,
            Loss = session.Task.PlainLossOf,
        };
        TrainingState state = session.State;
        try
        {
            return ProbeRunner.WithoutTrace("the range test of learning rates", context, () => Try(progress, cancel));
        }
        finally
        {
            session.State = state;
        }
    }

    private RateSearch Try(IProgress<double>? progress, CancellationToken cancel)
    {
        session.Model.Train();
        session.State = new TrainingState();
        using IEnumerator<Batch> batches = Coming().GetEnumerator();
        List<(double, double)> losses = [];
        LossAverage average = new();
        for (int i = 0; i <= Decades * PerDecade && !average.HasDiverged; i++)
        {
            cancel.ThrowIfCancellationRequested();
            double rate = Lowest * Math.Pow(10, (double)i / PerDecade),
                loss = session.Trial(batches, rate);
            losses.Add((rate, loss));
            average.Add(loss);
            progress?.Report((i + 1.0) / ((Decades * PerDecade) + 1));
        }

        return RateSearch.Of(losses, PerDecade);
    }

    private IEnumerable<Batch> Coming()
    {
        for (int epoch = 0; ; epoch++)
        {
            foreach (Batch batch in session.Loader.Epoch(epoch))
            {
                yield return batch;
            }
        }
    }
}
