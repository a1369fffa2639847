using Fovea.Data;

namespace Fovea.Workbench;

/// <summary><c>reordered-channels</c>: whether the network does better with the channels of its input in the opposite order, as
/// blue, green, red in place of red, green, blue.</summary>
/// <remarks>The mean loss in evaluation of the items held out, or else of those learned from: it tells of a network that was trained
/// elsewhere, or of parts of the data that were prepared differently. Values: <c>loss</c>; <c>reordered</c>; <c>error</c>, the standard
/// error of their paired difference. No lines where no input has two channels or more.</remarks>
public sealed class ReorderedChannelsProbe : Probe
{
    /// <inheritdoc/>
    public override string Name => "reordered-channels";

    /// <inheritdoc/>
    public override double Cost => 1;

    /// <inheritdoc/>
    public override IReadOnlyList<MeasuredProbe> Try(ProbeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<Batch> measured = context.HeldOut.Count > 0 ? context.HeldOut : context.Train;
        if (measured.Count == 0 || measured[0].AllInputs.All(t => !HasChannels(t)))
        {
            return [];
        }

        LossSample own = context.EvaluationLoss(measured),
            reordered = context.EvaluationLoss([
                .. measured.Select(b => Trials.WithInputs(b, t => HasChannels(t) ? t.Flip(1) : t)),
            ]);
        return [Line(context, ("loss", own.Mean), ("reordered", reordered.Mean), ("error", reordered.ErrorOf(own)))];
    }

    /// <summary>Whether axis 1 is channels of positions.</summary>
    private static bool HasChannels(Tensor input) => input.Rank >= 3 && input.Shape[1] > 1;
}
