namespace Fovea.Workbench;

/// <summary>A held-out loss that is out of all proportion, in words.</summary>
internal static class HeldOutLoss
{
    // A held-out loss so many times above both the training loss and that of knowing nothing is no matter of chance.
    private const double Suspicious = 10;

    /// <summary>Whether it is.</summary>
    public static bool IsSuspicious(double held, double training, double chance) =>
        held > Suspicious * Math.Max(training, chance);

    /// <summary>Why; null where it is in proportion.</summary>
    /// <param name="held">The held-out loss.</param>
    /// <param name="training">The training loss of the epoch.</param>
    /// <param name="chance">The loss of knowing nothing.</param>
    /// <param name="normalizes">Whether batch normalizations with running statistics are in the network.</param>
    /// <param name="updates">Updates so far.</param>
    public static string? Explain(double held, double training, double chance, bool normalizes, long updates) =>
        !IsSuspicious(held, training, chance)
            ? null
            : FormattableString.Invariant(
                $"The held-out loss {held:G4} is out of proportion: training has {training:G4}, knowing nothing {chance:G4}."
            )
                + (
                    normalizes
                        ? FormattableString.Invariant(
                            $" Held-out items are normalized with running statistics, not the batch's: after {updates:N0} updates they still lag behind weights that change fast. It passes, or a lower learning rate (--lr) or a warmup (--schedule cosine,warmup=1ep) helps."
                        )
                        : " The network is sure of wrong answers; a lower learning rate (--lr) may help."
                );
}
