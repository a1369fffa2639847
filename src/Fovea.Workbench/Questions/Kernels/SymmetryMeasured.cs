namespace Fovea.Workbench;

/// <summary>1.7, measured: whether filters of a layer are equal to the bit, and stay so while it learns.</summary>
/// <remarks>
/// Units with equal incoming and equal outgoing weights get equal gradients and stay equal for ever: Goodfellow, Bengio,
/// Courville 2016, Deep learning, section 8.4. Equal filters of one layer before the first update may come apart: at fault are
/// those of several layers, and what an epoch of learning left equal.
/// </remarks>
public sealed class SymmetryMeasured : MeasuredQuestion
{
    private const double Half = 0.5;
    private const int Few = 4;

    /// <inheritdoc/>
    public override string Id => "1.7";

    /// <inheritdoc/>
    public override string Text => "Do the filters of a layer come apart?";

    /// <inheritdoc/>
    protected override Answer Judge(Evidence evidence, Measurements measured)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        ArgumentNullException.ThrowIfNull(measured);
        MeasuredRun run = measured.Run;
        if (FromTheStart(evidence, run) is { } start)
        {
            return start;
        }

        MeasuredEpoch[] epochs = [.. measured.Epochs.Where(e => e.AlikeFilters.Count == run.Parameters.Count)];
        if (epochs.Length == 0)
        {
            return CannotTell("Filters were not compared with each other.");
        }

        MeasuredEpoch last = epochs[^1];
        (int Place, int Alike, int Filters)[] alike =
        [
            .. Enumerable
                .Range(0, run.Parameters.Count)
                .Where(i => last.AlikeFilters[i] > 0 && run.Parameters[i].Layer >= 0)
                .Select(i => (i, last.AlikeFilters[i] + 1, run.Points[run.Parameters[i].Layer].Units))
                .Where(a => a.Item2 > Half * a.Units),
        ];
        (int Place, int Alike, int Filters)[] learned = [.. alike.Where(a => Learned(measured, a.Place))];
        if (alike.Length == 0)
        {
            return Answer(
                Verdict.Ok,
                $"After {Figures.Of(last.Epoch, "epoch")} the filters of every layer differ."
            ) with
            {
                Measured = [new("layersAlike", 0, "layers")],
            };
        }

        // A last layer of zeros is health; several layers alike and a loss that does not move are not.
        bool stuck = alike.Length >= 2 && LossCurve.Of(measured).IsStuck(run, 2 * LossCurve.Window);
        bool isFault = last.Epoch > 0 && (learned.Length > 0 || stuck);
        learned = learned.Length > 0 ? learned : alike;
        (int place, int count, int filters) = isFault ? learned[0] : alike[0];
        string name = SignalLayers.LayerName(run, run.Parameters[place]);
        return Told(
            evidence,
            isFault ? Verdict.Fix : Verdict.Look,
            isFault
                ? $"{count} of {filters} filters of {name} are equal to the bit after {Figures.Of(last.Epoch, "epoch")} of learning: they get the same gradients and never come apart; {Figures.Of(learned.Length, "layer")}."
                : $"{count} of {filters} filters of {name} are equal to the bit{(last.Epoch == 0 ? " before the first update" : ", and were not changed by training")}.",
            [
                .. (isFault ? learned : alike)
                    .Select(a => SignalLayers.LayerName(run, run.Parameters[a.Place]))
                    .Distinct(),
            ],
            count,
            filters
        );
    }

    /// <summary>Two layers or more, none of them the last, whose filters all start alike, or with few patterns: most equal an earlier
    /// one. What keeps them apart is a last layer alone, and little of it comes back. Weights of 0 are left out: those of a residual branch start so by wish.</summary>
    private Answer? FromTheStart(Evidence evidence, MeasuredRun run)
    {
        (int Place, int Alike, int Filters)[] alike =
        [
            .. Enumerable
                .Range(0, Math.Min(run.AlikeFilters.Count, run.Parameters.Count))
                .Where(i => run.Parameters[i] is { IsWeight: true, Layer: >= 0 })
                .Select(i => (Place: i, Point: run.Points[run.Parameters[i].Layer]))
                .Where(p =>
                    !p.Point.IsOutput && p.Point.Units >= Few && run.AlikeFilters[p.Place] > Half * p.Point.Units
                )
                .Select(p => (p.Place, run.AlikeFilters[p.Place], p.Point.Units)),
        ];
        return alike.Length < 2
            ? null
            : Told(
                evidence,
                Verdict.Fix,
                alike[0].Alike == alike[0].Filters - 1
                    ? $"All {alike[0].Filters} filters of {SignalLayers.LayerName(run, run.Parameters[alike[0].Place])} start equal to the bit; {alike.Length} layers so: they compute the same, and get nearly the same gradients."
                    : $"{alike[0].Alike} of {alike[0].Filters} filters of {SignalLayers.LayerName(run, run.Parameters[alike[0].Place])} start equal to the bit to an earlier one; {alike.Length} layers so: they compute what those compute, and get nearly the same gradients.",
                [.. alike.Select(a => SignalLayers.LayerName(run, run.Parameters[a.Place]))],
                alike[0].Alike + 1,
                alike[0].Filters
            );
    }

    private Answer Told(
        Evidence evidence,
        Verdict verdict,
        string finding,
        IReadOnlyList<string> layers,
        int count,
        int filters
    ) =>
        Answer(verdict, finding) with
        {
            Layers = layers,
            OnsetStep = 0,
            Cause = Cause.Symmetry,
            Predicted = [new("alike", 0, "filters")],
            Measured =
            [
                new("alike", count, "filters"),
                new("filters", filters, "filters"),
                new("layersAlike", layers.Count, "layers"),
            ],
            Threshold =
                "more than half of a layer's filters equal to the bit; to fix: more than half of two layers before the first update, or after an epoch in which they changed",
            Source = "Goodfellow et al. 2016, Deep learning, section 8.4",
            Remedy = $"Draw the weights of {layers[0]} at random: set Weight.Initializer to KaimingNormal.",
        };

    private static bool Learned(Measurements measured, int parameter) =>
        measured.Samples.Any(s => s.Updates is { } u && u[parameter] > 0.0);
}
